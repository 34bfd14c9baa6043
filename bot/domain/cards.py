"""An item as people see it: with names in place of codes, and with what it waits for."""

from dataclasses import dataclass

from bot.domain.books import Account, TaxRate
from bot.domain.documents import Facts
from bot.domain.ids import ChannelId, OrganisationId, UserId
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """What the form of an item is drawn from: a new one, or one that is to be edited."""

    organisation_id: OrganisationId
    organisation: str
    currency: str
    """The organisation's own, offered where the document's is not known yet."""
    account: Account | None = None
    tax_rate: TaxRate | None = None
    default_account: str | None = None
    default_tax_rate: str | None = None
    """Names of what an empty field leads to; None where the organisation has no default."""
    item: Item | None = None

    @property
    def facts(self) -> Facts:
        """What the form begins with."""
        return Facts(currency=self.currency) if self.item is None else self.item.facts
