"""Payment methods: the cards and accounts that things are paid with, each linked to a bank account of the ledger."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from bot.domain.books import Account
from bot.domain.documents import PaidWith
from bot.domain.finding import words
from bot.domain.ids import OrganisationId

PaymentMethodId = NewType("PaymentMethodId", UUID)

LONGEST_NAME = 60
DIGITS = 4
"""The last ones of a card or account are enough to tell it from others, and say nothing that could be misused."""
MOST_METHODS = 500
"""Of one organisation: more cards than a company hands out, and few enough to be looked through at once."""
MOST_SEEN = 200
"""As soon as an organisation has so many, documents add no more: what they name is in the hand of whoever writes them."""
PER_PAGE = 30

_CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,}")


class Link(StrEnum):
    """How a payment method's bank account stands in the ledger."""

    NONE = "none"
    LIVE = "live"
    ARCHIVED = "archived"
    GONE = "gone"
    """The ledger's list does not have it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """`bank_account` is the ledger's own id, so that it stays the same one whatever it is called there."""

    id: PaymentMethodId
    name: str
    last_digits: str | None = None
    bank_account: str | None = None
    is_active: bool = True
    version: int = 1

    @property
    def label(self) -> str:
        return self.name if self.last_digits is None or self.is_named_by_digits else f"{self.name} ··{self.last_digits}"

    @property
    def is_named_by_digits(self) -> bool:
        """Whether its name says the digits already."""
        return self.last_digits in words(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMethod:
    """A payment method with its bank account as the ledger's list has it; None where it has no such account."""

    method: PaymentMethod
    link: Link = Link.NONE
    account: Account | None = None

    @property
    def pays_from(self) -> Account | None:
        """The bank account that something can be paid from with it, now."""
        return self.account if self.method.is_active and self.link is Link.LIVE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodForm:
    """A payment method as somebody sent it. `version` is the one that the form was drawn from, 0 of a new one. `publish_to` is
    what its rule is to say: a `Destination`, or none; `says_where` is False where the form did not ask.
    """

    version: int
    name: str
    last_digits: str | None
    bank_account: str | None
    is_active: bool = True
    publish_to: str | None = None
    says_where: bool = False
    auto_publish: str | None = None
    """An `AutoPublish`, which `says_auto`, where it has the field, has its rule say."""
    says_auto: bool = False

    def is_held_by(self, method: PaymentMethod) -> bool:
        """Whether it was saved already: the form was sent twice."""
        mine = (self.name, self.last_digits, self.bank_account, self.is_active)
        theirs = (method.name, method.last_digits, method.bank_account, method.is_active)
        return method.version == self.version + 1 and mine == theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodsPage:
    """One page of an organisation's payment methods, by name."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    """Where its bank accounts are listed."""
    methods: tuple[KnownMethod, ...]
    page: int = 0
    total: int = 0
    is_typed: bool = False
    """Whether people type what bank accounts there are, and a file says nothing of payments."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodPage:
    """What the form of one is drawn from; `known` is None for a new one."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    known: KnownMethod | None = None
    total: int = 0
    """How many there are by now."""
    has_accounts: bool = True
    """Whether the ledger has a bank account that could be linked."""
    destinations: tuple[str, ...] = ()
    """The places (`Destination`) that what it pays for can be published to in these books."""
    publish_to: str | None = None
    """The one that its rule says."""
    auto_publish: str | None = None
    """Whether its rule has what it pays for published by itself (`AutoPublish`)."""
    can_go_by_itself: bool = True
    """Whether anything is, in its package."""
    is_typed: bool = False
    """As of `PaymentMethodsPage`."""
    is_rule_off: bool = False
    """Whether its rule is switched off."""

    @property
    def asks_where(self) -> bool:
        """Whether there is anything to choose of it."""
        return not self.is_rule_off and (len(self.destinations) > 1 or self.publish_to is not None)

    def holds(self, form: PaymentMethodForm) -> bool:
        """Whether what the form says of its rule stands."""
        is_where = not form.says_where or form.publish_to == self.publish_to
        return is_where and (not form.says_auto or form.auto_publish == self.auto_publish)


def named_by(card: PaidWith) -> str:
    """What a payment method is called that is added for a card on a document."""
    return f"{card.network or 'Card'} {card.last_digits}"


def of_card(card: PaidWith, methods: Iterable[PaymentMethod]) -> tuple[PaymentMethod, ...]:
    """Those that are the card, by its last digits, which may stand in a name; of several, those named after its network."""
    found = tuple(
        method
        for method in methods
        if method.last_digits == card.last_digits
        or (method.last_digits is None and card.last_digits in words(method.name))
    )
    network = set(words(card.network or ""))
    if len(found) < 2 or not network:
        return found
    return tuple(method for method in found if network <= set(words(method.name))) or found


def alike(name: str) -> str:
    """What two names have in common that people would take for one; empty for a name without letters and digits."""
    return " ".join(words(name))


def is_card_number(text: str) -> bool:
    """Whether somebody wrote down a whole number of a card or account, which is for nobody to read here."""
    return _CARD_NUMBER.search(text) is not None
