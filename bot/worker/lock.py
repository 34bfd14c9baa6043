"""One worker for a SQLite file: the lock beside it says who. The system lets go of it when the process dies."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url


@dataclass(slots=True)
class WorkerLock:
    """Held by the one process that works jobs on a SQLite database. On PostgreSQL there is nothing to hold."""

    path: Path | None
    _handle: int | None = None

    @classmethod
    def of(cls, url: str) -> "WorkerLock":
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite" or not parsed.database:
            return cls(None)
        return cls(Path(f"{parsed.database}.lock"))

    def take(self) -> bool:
        """True when this process may work jobs."""
        if self.path is None or self._handle is not None:
            return True
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
