"""A far end at which something happens at one of its calls, counted from 0: a fault, or whatever a test does there meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from providers.simulating.misbehaviour import Fault, Misbehaviour, Planned


@dataclass(slots=True)
class AtCall(Misbehaviour):
    """Stands in the place of its `misbehaviour`."""

    READS: ClassVar[tuple[str, ...]] = ("GET",)
    place: int = -1
    fault: Fault | None = None
    happens: Callable[[], None] | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)

    def next_for(self, method: str, path: str, body: bytes = b"") -> Planned | None:
        self.calls.append((method, path))
        if len(self.calls) - 1 != self.place:
            return None
        if self.happens is not None:
            self.happens()
        return None if self.fault is None else Planned(self.fault, method, path, 1, 30)

    @property
    def has_written(self) -> bool:
        """Before the call that it happens at."""
        return any(method not in self.READS for method, _ in self.calls[: self.place])
