"""A budget that lets every call through, and remembers what the vendor said of its limits."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field


@dataclass(slots=True)
class Unlimited:
    """`providers.base.Budget`."""

    left: list[tuple[str | None, int | None, int | None]] = field(default_factory=list)
    """Organisation, calls left in the minute, calls left in the day."""
    pauses: list[tuple[str | None, float]] = field(default_factory=list)
    asked_for: list[str | None] = field(default_factory=list)

    def call(
        self, tenant_id: str | None, *, can_wait: bool = False, kind: str | None = None
    ) -> AbstractAsyncContextManager[None]:
        self.asked_for.append(tenant_id)
        return nullcontext()

    async def observe(
        self, tenant_id: str | None, *, minute_left: int | None, day_left: int | None, app_left: int | None = None
    ) -> None:
        self.left.append((tenant_id, minute_left, day_left))

    async def pause(self, tenant_id: str | None, seconds: float) -> None:
        self.pauses.append((tenant_id, seconds))
