"""A PostgreSQL of our own: started in a temporary folder, reached by a socket file only, thrown away afterwards."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import psycopg

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "max_wal_size=512MB")
"""A server that may lose everything at a power cut, because nothing in it is meant to last."""

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. Its folder is also where its socket is."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        address = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, name: str, template: str | None = None) -> str:
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def find_programs() -> Path | None:
    """The folder of `initdb` and `postgres`: on the path, or where Debian keeps them, newest first."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name.split(".")[0]), default=None)


@contextmanager
def postgres_server(programs: Path) -> Iterator[Postgres]:
    """Runs until the block ends. As root it runs as another user, because PostgreSQL refuses root."""
    folder = Path(mkdtemp(prefix="dext-pg-"))
    user = _unprivileged() if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    try:
        _call(user, programs / "initdb", "--no-sync", "--auth=trust", "--username=postgres", "-E", "UTF8", "-D", data)
        options = " ".join(f"-c {setting}" for setting in QUICK)
        server = f"-h '' -k {folder} {options}"
        wait = ("-w", "-t", str(START_SECONDS), "-l", folder / "log")
        _call(user, programs / "pg_ctl", "-D", data, *wait, "-o", server, "start")
        try:
            yield Postgres(folder)
        finally:
            _call(user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def _call(user: pwd.struct_passwd | None, *command: str | Path) -> None:
    """Output goes to a file: the server keeps the handles it was given, and a pipe would never end."""
    log = Path(mkdtemp(prefix="dext-pg-log-")) / "output"
    try:
        with log.open("wb") as output:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                cwd="/",
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
            )
        assert done.returncode == 0, f"{Path(command[0]).name} failed: {log.read_text(errors='replace')}"
    finally:
        shutil.rmtree(log.parent, ignore_errors=True)
