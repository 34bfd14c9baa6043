"""Calls of a far end that write, so that each of their answers can be lost, and how much of what they write stands there."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.domain.publishing import StepKind
from providers.base import Access
from providers.simulating.limits import Limits
from providers.simulating.misbehaviour import Fault
from providers.simulating.state import Simulated
from tests.contract.withdrawing import WithdrawingFarEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The call that a step goes out by; `holding` is what only its bodies have in them, where steps share a call."""

    method: str
    path: str
    holding: bytes = b""


class LosingFarEnd(WithdrawingFarEnd):
    state: Simulated[Any]
    writes: ClassVar[Mapping[StepKind, Written]]

    @abstractmethod
    def fresh_access(self) -> Access:
        """To the same organisation: an old one is over after a while."""

    @abstractmethod
    def count(self, write: StepKind, number: str) -> int:
        """How many documents of this number stand in the ledger, or payments or files of them."""

    def lift_limits(self) -> None:
        """As many calls as anybody likes."""
        self.state.meter.limits = Limits()

    def lose(self, write: StepKind, fault: Fault, *, times: int, seconds: float) -> None:
        """The answers of the next calls of this kind."""
        call = self.writes[write]
        self.state.fail_next(
            fault, times=times, method=call.method, path=call.path, seconds=seconds, holding=call.holding
        )
