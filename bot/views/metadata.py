"""What a button's value and a form's metadata say: which organisation, which item, which version of it.

Whoever uses Slack can see and change these, so they name things and decide nothing: services ask again whether the
thing is this workspace's and the person's to touch.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from bot.domain.api_keys import ApiKeyId
from bot.domain.bank_lines import BankLineId
from bot.domain.books import ListKind
from bot.domain.browsing import Position
from bot.domain.ids import ItemId, OrganisationId, RuleId
from bot.domain.payment_methods import PaymentMethodId
from bot.domain.publishing import StepKind
from bot.domain.rules import RuleOf

HIGHEST_VERSION = 2**53
"""More than any version and any instant in milliseconds, and less than what a database's number holds."""


HIGHEST_NUMBER = 2**31


class NotOursError(ValueError):
    """A value that we did not write."""


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < HIGHEST_VERSION):
        raise ValueError(text[:60])
    return int(text)


def _number(text: str) -> int:
    """What a database's number holds."""
    found = _version(text)
    if found >= HIGHEST_NUMBER:
        raise ValueError(text[:60])
    return found


def organisation_of(value: str) -> OrganisationId:
    """The organisation that a button is about.

    Raises:
        NotOursError: not an id.
    """
    try:
        return OrganisationId(UUID(value))
    except ValueError:
        raise NotOursError(value[:60]) from None


def item_of(value: str) -> ItemId:
    """The item that a line of Home is about. Raises: as `organisation_of`."""
    return ItemId(organisation_of(value))


def arrival_of(value: str) -> UUID:
    """The file that a question is about. Raises: as `organisation_of`."""
    return organisation_of(value)


def method_of(value: str) -> PaymentMethodId:
    """The payment method that was chosen. Raises: as `organisation_of`."""
    return PaymentMethodId(organisation_of(value))


def line_of(value: str) -> BankLineId:
    """The bank line that was chosen. Raises: as `organisation_of`."""
    return BankLineId(organisation_of(value))


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item as a card showed it. A decision on another version is answered with the current card."""

    item_id: ItemId
    version: int

    def encode(self) -> str:
        return f"{self.item_id}:{self.version}"

    @classmethod
    def decode(cls, text: str) -> "ItemRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        item, _, version = text.partition(":")
        try:
            return cls(ItemId(UUID(item)), _version(version))
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class OfferRef:
    """A rule as it was offered at an item: `OfferedRule.digest` tells whether it is still."""

    item_id: ItemId
    digest: str

    def encode(self) -> str:
        return f"{self.item_id}:{self.digest}"

    @classmethod
    def decode(cls, text: str) -> "OfferRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        item, _, digest = text.partition(":")
        try:
            return cls(ItemId(UUID(item)), digest)
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class StepRef:
    """The steps of one kind of an item. A value of before there were several is about the document."""

    item_id: ItemId
    kind: StepKind

    def encode(self) -> str:
        return f"{self.item_id}:{self.kind}"

    @classmethod
    def decode(cls, text: str) -> "StepRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        item, _, kind = text.partition(":")
        try:
            is_older = kind.isascii() and kind.isdigit()
            return cls(ItemId(UUID(item)), StepKind.DOCUMENT if is_older else StepKind(kind))
        except ValueError:
            raise NotOursError(text[:60]) from None


_MESSAGE = re.compile(r"[A-Z0-9]{1,40}:[0-9]{1,20}\.[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FilesRef:
    """Files of one message, by `Arrival.subject`, and the organisation that somebody means them for."""

    organisation_id: OrganisationId
    subject: str

    def encode(self) -> str:
        return f"{self.organisation_id}:{self.subject}"

    @classmethod
    def decode(cls, text: str) -> "FilesRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, subject = text.partition(":")
        try:
            if not _MESSAGE.fullmatch(subject):
                subject = str(UUID(subject))
            return cls(OrganisationId(UUID(organisation)), subject)
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page of an organisation's items: the first, or the one that begins after a position."""

    organisation_id: OrganisationId
    after: Position | None = None

    def encode(self) -> str:
        after = "" if self.after is None else f"{self.after.id}:{self.after.at.isoformat()}"
        return f"{self.organisation_id}:{after}"

    @classmethod
    def decode(cls, text: str) -> "PageRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, after = text.partition(":")
        item, _, at = after.partition(":")
        try:
            position = Position(at=_instant_or_day(at), id=ItemId(UUID(item))) if after else None
            return cls(OrganisationId(UUID(organisation)), position)
        except (ValueError, OverflowError):  # at the ends of time there is no other zone
            raise NotOursError(text[:60]) from None


def _instant_or_day(text: str) -> datetime | date:
    if len(text) == len("2026-03-02"):
        return date.fromisoformat(text)
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text[:60])
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ListRef:
    """A list of an organisation that a button reads again; without a kind, all of them."""

    organisation_id: OrganisationId
    kind: ListKind | None = None

    def encode(self) -> str:
        return str(self.organisation_id) if self.kind is None else f"{self.organisation_id}:{self.kind}"

    @classmethod
    def decode(cls, text: str) -> "ListRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, kind = text.partition(":")
        try:
            return cls(OrganisationId(UUID(organisation)), ListKind(kind) if kind else None)
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class BatchRef:
    """A batch of an organisation that is downloaded; without a number, what waits."""

    organisation_id: OrganisationId
    number: int | None = None

    def encode(self) -> str:
        return str(self.organisation_id) if self.number is None else f"{self.organisation_id}:{self.number}"

    @classmethod
    def decode(cls, text: str) -> "BatchRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, number = text.partition(":")
        try:
            return cls(OrganisationId(UUID(organisation)), _number(number) if number else None)
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class NamingRef:
    """A form that names an organisation: of which package, where it is announced, and which one where it is known."""

    package: str
    channel: str = ""
    organisation_id: OrganisationId | None = None

    def encode(self) -> str:
        return f"{self.package}:{self.channel}:{self.organisation_id or ''}"

    @classmethod
    def decode(cls, text: str) -> "NamingRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        package, _, rest = text.partition(":")
        channel, _, organisation = rest.partition(":")
        if not re.fullmatch(r"[a-z_]{1,40}", package, re.ASCII) or not re.fullmatch(
            r"[A-Z0-9]{0,40}", channel, re.ASCII
        ):
            raise NotOursError(text[:60])
        return cls(package, channel, organisation_of(organisation) if organisation else None)


@dataclass(frozen=True, slots=True)
class KeyRef:
    """An API key of an organisation."""

    organisation_id: OrganisationId
    key_id: ApiKeyId

    def encode(self) -> str:
        return f"{self.organisation_id}:{self.key_id}"

    @classmethod
    def decode(cls, text: str) -> "KeyRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, key = text.partition(":")
        try:
            return cls(OrganisationId(UUID(organisation)), ApiKeyId(UUID(key)))
        except ValueError:
            raise NotOursError(text[:60]) from None


_OF_SALE = "+sale"


@dataclass(frozen=True, slots=True)
class MethodsRef:
    """A page of an organisation's payment methods."""

    organisation_id: OrganisationId
    page: int = 0

    def encode(self) -> str:
        return f"{self.organisation_id}:{self.page}"

    @classmethod
    def decode(cls, text: str) -> "MethodsRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, page = text.partition(":")
        try:
            return cls(OrganisationId(UUID(organisation)), _version(page or "0"))
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class MethodRef:
    """A payment method as a form showed it; without one, a new one. It begins as `FormRef` does, whose organisation the
    selects that search go by.
    """

    organisation_id: OrganisationId
    method_id: PaymentMethodId | None = None
    version: int = 0

    def encode(self) -> str:
        return f"{self.organisation_id}:{self.version}:{self.method_id or ''}"

    @classmethod
    def decode(cls, text: str) -> "MethodRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, rest = text.partition(":")
        version, _, method = rest.partition(":")
        try:
            method_id = PaymentMethodId(UUID(method)) if method else None
            return cls(OrganisationId(UUID(organisation)), method_id, _version(version or "0"))
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class RulesRef:
    """A page of an organisation's rules, or of those that were deleted."""

    organisation_id: OrganisationId
    page: int = 0
    deleted: bool = False

    def encode(self) -> str:
        return f"{self.organisation_id}:{self.page}:{'deleted' if self.deleted else ''}"

    @classmethod
    def decode(cls, text: str) -> "RulesRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, page, which = [*text.split(":"), "", ""][:3]
        try:
            return cls(OrganisationId(UUID(organisation)), _version(page or "0"), deleted=which == "deleted")
        except ValueError:
            raise NotOursError(text[:60]) from None


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule as a form or a list showed it; without one, a new one: made from an item, or of `name`. It begins as `FormRef`
    does, whose organisation the selects that search go by.
    """

    organisation_id: OrganisationId
    of: RuleOf
    version: int = 0
    rule_id: RuleId | None = None
    item_id: ItemId | None = None
    name: str = ""

    def encode(self) -> str:
        form = FormRef(self.organisation_id, self.version, self.item_id, is_of_sale=self.of is RuleOf.CUSTOMER)
        return f"{form.encode()}::::{self.rule_id or ''}:{self.of}:{self.name}"

    @classmethod
    def decode(cls, text: str) -> "RuleRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        form = FormRef.decode(text)
        try:
            *_, rule, of, name = text.split(":", 8)
            rule_id = RuleId(UUID(rule)) if rule else None
            if of == RuleOf.PAYMENT_METHOD and name:
                method_of(name)
            return cls(form.organisation_id, RuleOf(of), form.version, rule_id, form.item_id, name)
        except ValueError:
            raise NotOursError(text[:60]) from None


def rule_of(value: str) -> RuleId:
    """The rule that an option is. Raises: as `organisation_of`."""
    return RuleId(organisation_of(value))


@dataclass(frozen=True, slots=True)
class FormRef:
    """What a form is about: an organisation, the version it was drawn from, and an item where there is one.

    Selects that search read it too, for the organisation.
    """

    organisation_id: OrganisationId
    version: int = 0
    item_id: ItemId | None = None
    form_id: UUID | None = None
    """The form that a draft belongs to; the lines' form stands over it at a page and a revision of the draft."""
    page: int = 0
    revision: int = 0
    is_of_sale: bool = False
    """Selects that search offer what goes with a sale."""

    def encode(self) -> str:
        drafted = "" if self.form_id is None else f":{self.form_id}:{self.page}:{self.revision}"
        of_sale = _OF_SALE if self.is_of_sale else ""
        return f"{self.organisation_id}{of_sale}:{self.version}:{self.item_id or ''}{drafted}"

    @classmethod
    def decode(cls, text: str) -> "FormRef":
        """Raises:
        NotOursError: not what `encode` gave.
        """
        organisation, _, rest = text.partition(":")
        version, item, form, page, revision = [*rest.split(":"), "", "", "", ""][:5]
        try:
            return cls(
                OrganisationId(UUID(organisation.removesuffix(_OF_SALE))),
                _version(version),
                ItemId(UUID(item)) if item else None,
                UUID(form) if form else None,
                _version(page or "0"),
                _version(revision or "0"),
                is_of_sale=organisation.endswith(_OF_SALE),
            )
        except ValueError:
            raise NotOursError(text[:60]) from None

    @property
    def item(self) -> ItemRef:
        """Raises:
        NotOursError: the form is about no item.
        """
        if self.item_id is None:
            raise NotOursError("a form about an item, without one")
        return ItemRef(self.item_id, self.version)
