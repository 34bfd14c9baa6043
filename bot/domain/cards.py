"""An item as people see it: with names in place of codes, and with what it waits for."""

from dataclasses import dataclass

from bot.domain.ids import ChannelId, UserId
from bot.domain.items import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """`account` and `tax_rate` are names; None where nothing is chosen. `steps_done` counts the steps of setting up."""

    item: Item
    organisation: str
    ledger: str
    account: str | None
    tax_rate: str | None
    approvers: tuple[UserId, ...]
    is_set_up: bool
    steps_done: int
    is_connected: bool
    may_be_there: bool = False
    """It was sent, and nobody knows yet whether the ledger has it."""
    is_looked_for: bool = False
    """The connection was ended, and it is looked for in the ledger all the same."""
    warnings: tuple[str, ...] = ()
    """What stops nothing, and is to be looked at before anybody approves."""
    channel: ChannelId | None = None
    """Where its card is; None where there is no channel yet, and it is with who sent it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a coded field is what it is: its name, where that comes from, who chose it, and what lost against it."""

    field: str
    value: str | None
    source: str
    by: UserId | None = None
    beaten: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to "Why?"."""

    card: ItemCard
    reasons: tuple[Reason, ...]
