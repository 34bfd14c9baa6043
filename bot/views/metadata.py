"""What a button's value and a form's metadata say: which organisation, which item, which version of it.

Whoever uses Slack can see and change these, so they name things and decide nothing: services ask again whether the
thing is this workspace's and the person's to touch.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import quote, unquote
from uuid import UUID

from bot.domain.api_keys import ApiKeyId
from bot.domain.bank_lines import BankLineId
from bot.domain.books import ListKind
from bot.domain.browsing import Position
from bot.domain.general import Purpose
from bot.domain.ids import ChannelId, ItemId, OrganisationId, RuleId
from bot.domain.payment_methods import PaymentMethodId
from bot.domain.publishing import StepKind
from bot.domain.rules import RuleOf

HIGHEST_VERSION = 2**53
"""More than any version and any instant in milliseconds, and less than what a database's number holds."""


HIGHEST_NUMBER = 2**31

T = TypeVar("T")
Readers = Mapping[str, Callable[[str], Any]]
"""Of parts, by the names of their fields, in the order in which they stand in the text; each raises ValueError."""


class NotOursError(ValueError):
    """A value that we did not write."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Parts with a colon between them. Those that say nothing are empty, and left off at the end; the last one may have colons
    of its own.
    """

    READS: ClassVar[Readers] = {}

    def encode(self) -> str:
        return ":".join(_written(name, getattr(self, name)) for name in self.READS).rstrip(":")

    @classmethod
    def decode(cls, text: str) -> Self:
        """Raises:
        NotOursError: not what `encode` gave.
        """
        return cls(**_parts(text, cls.READS))


def _written(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else ""
    return "" if value is None else str(value)


def _parts(text: str, reads: Readers) -> dict[str, Any]:
    parts = text.split(":", len(reads) - 1)
    parts += [""] * (len(reads) - len(parts))
    return {name: _ours(part, read) for (name, read), part in zip(reads.items(), parts, strict=True)}


def _ours(text: str, read: Callable[[str], T]) -> T:
    try:
        return read(text)
    except (ValueError, OverflowError):  # at the ends of time there is no other zone
        raise NotOursError(text[:60]) from None


def _or_none(read: Callable[[str], T]) -> Callable[[str], T | None]:
    return lambda text: read(text) if text else None


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < HIGHEST_VERSION):
        raise ValueError(text[:60])
    return int(text)


def _channel(text: str) -> ChannelId:
    if not (text.isascii() and text.isalnum() and len(text) < 32):
        raise ValueError(text[:60])
    return ChannelId(text)


def _version_or_zero(text: str) -> int:
    return _version(text or "0")


def _number(text: str) -> int:
    """What a database's number holds."""
    found = _version(text)
    if found >= HIGHEST_NUMBER:
        raise ValueError(text[:60])
    return found


def _page(text: str) -> int:
    return _number(text or "0")


def _matching(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(text[:60])
        return text

    return read


def organisation_of(value: str) -> OrganisationId:
    """The organisation that a button is about.

    Raises:
        NotOursError: not an id.
    """
    return OrganisationId(_ours(value, UUID))


def item_of(value: str) -> ItemId:
    """The item that a line of Home is about. Raises: as `organisation_of`."""
    return ItemId(_ours(value, UUID))


def arrival_of(value: str) -> UUID:
    """The file that a question is about. Raises: as `organisation_of`."""
    return _ours(value, UUID)


def method_of(value: str) -> PaymentMethodId:
    """The payment method that was chosen. Raises: as `organisation_of`."""
    return PaymentMethodId(_ours(value, UUID))


def line_of(value: str) -> BankLineId:
    """The bank line that was chosen. Raises: as `organisation_of`."""
    return BankLineId(_ours(value, UUID))


def rule_of(value: str) -> RuleId:
    """The rule that an option is. Raises: as `organisation_of`."""
    return RuleId(_ours(value, UUID))


@dataclass(frozen=True, slots=True)
class ItemRef(Ref):
    """An item as a card showed it. A decision on another version is answered with the current card."""

    item_id: ItemId
    version: int

    READS: ClassVar[Readers] = {"item_id": UUID, "version": _version}


@dataclass(frozen=True, slots=True)
class OfferRef(Ref):
    """A rule as it was offered at an item: `OfferedRule.digest` tells whether it is still."""

    item_id: ItemId
    digest: str

    READS: ClassVar[Readers] = {"item_id": UUID, "digest": _matching(r"[0-9a-f]{1,64}")}


def _step_kind(text: str) -> StepKind:
    """A value of before there were several is about the document."""
    return StepKind.DOCUMENT if text.isascii() and text.isdigit() else StepKind(text)


@dataclass(frozen=True, slots=True)
class StepRef(Ref):
    """The steps of one kind of an item."""

    item_id: ItemId
    kind: StepKind

    READS: ClassVar[Readers] = {"item_id": UUID, "kind": _step_kind}


_MESSAGE = re.compile(r"[A-Z0-9]{1,40}:[0-9]{1,20}\.[0-9]{1,20}", re.ASCII)


def _subject(text: str) -> str:
    return text if _MESSAGE.fullmatch(text) else str(UUID(text))


@dataclass(frozen=True, slots=True)
class FilesRef(Ref):
    """Files of one message, by `Arrival.subject`, and the organisation that somebody means them for."""

    organisation_id: OrganisationId
    subject: str

    READS: ClassVar[Readers] = {"organisation_id": UUID, "subject": _subject}


def _position(text: str) -> Position:
    item, _, at = text.partition(":")
    return Position(at=_instant_or_day(at), id=ItemId(UUID(item)))


def _instant_or_day(text: str) -> datetime | date:
    if len(text) == len("2026-03-02"):
        return date.fromisoformat(text)
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text[:60])
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class PageRef(Ref):
    """A page of an organisation's items: the first, or the one that begins after a position."""

    organisation_id: OrganisationId
    after: Position | None = None

    READS: ClassVar[Readers] = {"organisation_id": UUID, "after": _or_none(_position)}

    def encode(self) -> str:
        after = "" if self.after is None else f"{self.after.id}:{self.after.at.isoformat()}"
        return f"{self.organisation_id}:{after}"


@dataclass(frozen=True, slots=True)
class ListRef(Ref):
    """A list of an organisation that a button reads again; without a kind, all of them."""

    organisation_id: OrganisationId
    kind: ListKind | None = None

    READS: ClassVar[Readers] = {"organisation_id": UUID, "kind": _or_none(ListKind)}


@dataclass(frozen=True, slots=True)
class EntriesRef(Ref):
    """A page of a list that is typed."""

    organisation_id: OrganisationId
    kind: ListKind
    page: int = 0

    READS: ClassVar[Readers] = {"organisation_id": UUID, "kind": ListKind, "page": _page}


@dataclass(frozen=True, slots=True)
class ListFileRef(Ref):
    """A file for a list that is typed, as it was previewed: at which version of the list, and where the file is."""

    organisation_id: OrganisationId
    kind: ListKind
    version: int
    is_whole: bool
    address: str

    READS: ClassVar[Readers] = {
        "organisation_id": UUID,
        "kind": ListKind,
        "version": _version_or_zero,
        "is_whole": lambda text: text == "is_whole",
        "address": str,
    }


@dataclass(frozen=True, slots=True)
class ChannelRef(Ref):
    """What an organisation's channel is for, and which one it is: another one may be by the time the button is pressed."""

    organisation_id: OrganisationId
    purpose: Purpose
    channel: ChannelId

    READS: ClassVar[Readers] = {"organisation_id": UUID, "purpose": Purpose, "channel": _channel}


@dataclass(frozen=True, slots=True)
class BatchRef(Ref):
    """A batch of an organisation that is downloaded; without a number, what waits."""

    organisation_id: OrganisationId
    number: int | None = None

    READS: ClassVar[Readers] = {"organisation_id": UUID, "number": _or_none(_number)}


@dataclass(frozen=True, slots=True)
class NamingRef(Ref):
    """A form that names an organisation: of which package, where it is announced, and which one where it is known."""

    package: str
    channel: str = ""
    organisation_id: OrganisationId | None = None

    READS: ClassVar[Readers] = {
        "package": _matching(r"[a-z_]{1,40}"),
        "channel": _matching(r"[A-Z0-9]{0,40}"),
        "organisation_id": _or_none(UUID),
    }


@dataclass(frozen=True, slots=True)
class KeyRef(Ref):
    """An API key of an organisation."""

    organisation_id: OrganisationId
    key_id: ApiKeyId

    READS: ClassVar[Readers] = {"organisation_id": UUID, "key_id": UUID}


@dataclass(frozen=True, slots=True)
class MergeRef(Ref):
    """A page of one list of Merge lists, at the merge's version."""

    organisation_id: OrganisationId
    kind: ListKind
    version: int = 0
    page: int = 0

    READS: ClassVar[Readers] = {"organisation_id": UUID, "version": _number, "kind": ListKind, "page": _number}


def place_of(block: str) -> int:
    """The place of the old entry that a block's id names. Raises: as `organisation_of`."""
    return _ours([*block.split(":"), ""][1], _number)


@dataclass(frozen=True, slots=True)
class DefaultBooksRef(Ref):
    """The default books that the form was drawn from."""

    items: OrganisationId | None = None
    claims: OrganisationId | None = None

    READS: ClassVar[Readers] = {"items": _or_none(UUID), "claims": _or_none(UUID)}


@dataclass(frozen=True, slots=True)
class MethodsRef(Ref):
    """A page of an organisation's payment methods."""

    organisation_id: OrganisationId
    page: int = 0

    READS: ClassVar[Readers] = {"organisation_id": UUID, "page": _version_or_zero}


@dataclass(frozen=True, slots=True)
class MethodRef(Ref):
    """A payment method as a form showed it; without one, a new one. It begins as `FormRef` does, whose organisation the
    selects that search go by.
    """

    organisation_id: OrganisationId
    method_id: PaymentMethodId | None = None
    version: int = 0

    READS: ClassVar[Readers] = {"organisation_id": UUID, "version": _version_or_zero, "method_id": _or_none(UUID)}


@dataclass(frozen=True, slots=True)
class RulesRef(Ref):
    """A page of an organisation's rules, or of those that were deleted."""

    organisation_id: OrganisationId
    page: int = 0
    deleted: bool = False

    READS: ClassVar[Readers] = {
        "organisation_id": UUID,
        "page": _version_or_zero,
        "deleted": lambda text: text == "deleted",
    }


_OF_SALE = "+sale"


@dataclass(frozen=True, slots=True)
class FormRef(Ref):
    """What a form is about: an organisation, the version it was drawn from, and an item where there is one.

    Selects that search read it too, for the organisation; so it is read from what begins as it does.
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

    READS: ClassVar[Readers] = {
        "organisation_id": UUID,
        "version": _version,
        "item_id": _or_none(UUID),
        "form_id": _or_none(UUID),
        "page": _version_or_zero,
        "revision": _version_or_zero,
    }

    def encode(self) -> str:
        drafted = "" if self.form_id is None else f":{self.form_id}:{self.page}:{self.revision}"
        of_sale = _OF_SALE if self.is_of_sale else ""
        return f"{self.organisation_id}{of_sale}:{self.version}:{self.item_id or ''}{drafted}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Raises: as `Ref.decode`."""
        organisation, *rest = text.split(":")[: len(cls.READS)]
        found = _parts(":".join((organisation.removesuffix(_OF_SALE), *rest)), cls.READS)
        found |= {"page": 0, "revision": 0} if found["form_id"] is None else {}  # they are of a draft
        return cls(**found, is_of_sale=organisation.endswith(_OF_SALE))

    @property
    def item(self) -> ItemRef:
        """Raises:
        NotOursError: the form is about no item.
        """
        if self.item_id is None:
            raise NotOursError("a form about an item, without one")
        return ItemRef(self.item_id, self.version)


@dataclass(frozen=True, slots=True)
class GoneRef(Ref):
    """An entry of a ledger's list that is archived or gone, and what is to stand in its place. It begins as `FormRef` does,
    whose organisation the selects that search go by.
    """

    organisation_id: OrganisationId
    kind: ListKind
    key: str
    by: str = ""
    of: str = ""
    """Of a tracking option, its category."""
    is_of_sale: bool = False

    READS: ClassVar[Readers] = {"kind": ListKind, "key": unquote, "by": unquote, "of": unquote}
    """Behind what a form's reference can have."""

    def encode(self) -> str:
        form = FormRef(self.organisation_id, is_of_sale=self.is_of_sale)
        parts = (quote(part, safe="") for part in (self.key, self.by, self.of))
        return f"{form.encode()}::::{self.kind}:{':'.join(parts)}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Raises: as `Ref.decode`."""
        form = FormRef.decode(text)
        found = _parts(":".join(text.split(":")[len(FormRef.READS) :]), cls.READS)
        return cls(organisation_id=form.organisation_id, is_of_sale=form.is_of_sale, **found)


@dataclass(frozen=True, slots=True)
class RuleRef(Ref):
    """A rule as a form or a list showed it; without one, a new one: made from an item, or of `name`. It begins as `FormRef`
    does, whose organisation the selects that search go by.
    """

    organisation_id: OrganisationId
    of: RuleOf
    version: int = 0
    rule_id: RuleId | None = None
    item_id: ItemId | None = None
    name: str = ""

    READS: ClassVar[Readers] = {"rule_id": _or_none(UUID), "of": RuleOf, "name": str}
    """Behind what a form's reference can have."""

    def encode(self) -> str:
        form = FormRef(self.organisation_id, self.version, self.item_id, is_of_sale=self.of is RuleOf.CUSTOMER)
        return f"{form.encode()}::::{self.rule_id or ''}:{self.of}:{self.name}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Raises: as `Ref.decode`."""
        form = FormRef.decode(text)
        found = _parts(":".join(text.split(":")[len(FormRef.READS) :]), cls.READS)
        if found["of"] is RuleOf.PAYMENT_METHOD and found["name"]:
            method_of(found["name"])
        return cls(organisation_id=form.organisation_id, version=form.version, item_id=form.item_id, **found)
