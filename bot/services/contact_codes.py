"""By which code a file names whom a document is from, or to: the list's, or one that is proposed of the name where nobody else has it
(`bot.domain.contact_codes`). What is proposed is in the list once it is in a file, so that it stays that one's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, func, select

from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Contact, ListKind
from bot.domain.contact_codes import has_no_place, is_anothers, is_code, needs_code, proposed, was_anothers
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.parties import name_key
from bot.domain.postings import Posting
from bot.domain.questions import Question, QuestionKind, asked_once, not_asking
from bot.services import lists
from bot.services.new_codes import write

ENTRIES = table_of(ListEntryRow)

CODE = frozenset({QuestionKind.CONTACT_CODE})
_IN_CAPITALS = (
    select(ENTRIES.c.entry, ENTRIES.c.is_active)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == ListKind.CONTACTS,
        func.upper(ENTRIES.c.key) == bindparam("code"),
    )
    .order_by(ENTRIES.c.is_active.desc())
    .limit(1)
)
"""However somebody typed it: files have it in capitals. Of whoever was taken off the list the software may have the account still."""


@dataclass(frozen=True, slots=True)
class ContactCodes:
    """Of one organisation's books, whose files name people by codes of so many characters at most."""

    tx: Tx
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    longest: int
    takes: bool = False
    """Whether what is proposed for one is theirs from now on, as where it goes into a file; else others are proposed it, too."""
    proposals: dict[str, str] = field(default_factory=dict)
    """Names by the codes that they took."""
    known: dict[tuple[str | None, str, ItemKind], str | Question] = field(default_factory=dict)

    async def code(self, chosen: str | None, name: str, kind: ItemKind) -> str | Question:
        """The code of the contact that was `chosen`, or else of the one of this name; or what somebody has to do about it."""
        key = chosen, name, kind
        if key not in self.known:
            self.known[key] = await self._found(chosen, name, kind)
        return self.known[key]

    async def _found(self, chosen: str | None, name: str, kind: ItemKind) -> str | Question:
        of = self.tx, self.workspace_id, self.organisation_id
        contact = await lists.contact_named(*of, name, kind) if chosen is None else None
        listed = chosen if contact is None else contact.provider_id
        if listed is not None:
            return listed.upper() if is_code(listed, self.longest) else has_no_place(name, listed, self.longest)
        code = proposed(name, self.longest)
        if code is None:
            return needs_code(name, self.longest)
        other, is_listed = await self._owner(code)
        if other is not None and name_key(other) != name_key(name):
            return is_anothers(name, code, other) if is_listed else was_anothers(name, code, other)
        if self.takes:
            self.proposals[code] = name
        return code

    async def _owner(self, code: str) -> tuple[str | None, bool]:
        """The name, and whether it can be chosen."""
        if code in self.proposals:
            return self.proposals[code], True
        of = {"workspace_id": self.workspace_id, "organisation_id": self.organisation_id}
        row = (await self.tx.execute(_IN_CAPITALS, {**of, "code": code})).one_or_none()
        return (None, False) if row is None else (load(row.entry, Contact).name, row.is_active)

    async def keep(self) -> None:
        """What was taken is in the list from now on."""
        new = [Contact(provider_id=code, name=name, is_supplier=True) for code, name in self.proposals.items()]
        if new:
            await write(self.tx, self.workspace_id, self.organisation_id, ListKind.CONTACTS, new)


@dataclass(frozen=True, slots=True)
class Naming:
    """How the documents of a batch name whom they are from, or to. Nobody is asked by a document's name once it is in a file, so that
    it goes with the code of who is called so here. Each name is looked up once.
    """

    tx: Tx
    rules: BookRules
    codes: ContactCodes | None
    known: dict[tuple[str | None, str], Contact | None] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, rules: BookRules) -> "Naming":
        longest = rules.contact_code
        codes = None if longest is None else ContactCodes(tx, workspace_id, organisation_id, longest, takes=True)
        return cls(tx, rules, codes)

    async def named(self, item: Item, posting: Posting) -> Posting | Question:
        """The document as it goes out, under the listed name of whom it was approved for; or what somebody has to do first."""
        if not self.rules.knows_contacts_by_name:
            return posting
        contact = await self._listed(item, posting)
        if contact is not None:
            posting = replace(posting, contact_id=contact.provider_id, contact_name=contact.name)
        if self.codes is None or posting.kind.is_of_bank:
            return posting
        code = await self.codes.code(posting.contact_id, posting.contact_name, item.kind)
        return code if isinstance(code, Question) else replace(posting, contact_id=code)

    async def _listed(self, item: Item, posting: Posting) -> Contact | None:
        key, of = (posting.contact_id, posting.contact_name), (self.tx, item.workspace_id, item.organisation_id)
        if key not in self.known and posting.contact_id is not None:
            self.known[key] = await lists.load_contact(*of, posting.contact_id)
        elif key not in self.known:
            self.known[key] = await lists.contact_named(*of, posting.contact_name, item.kind)
        return self.known[key]

    async def keep(self) -> None:
        if self.codes is not None:
            await self.codes.keep()


async def with_contact_codes(tx: Tx, items: Sequence[Item], rules: BookRules) -> tuple[Item, ...]:
    """Items of one organisation that nobody decided on, with what has to be done before a file can name whom they are from or to."""
    if rules.contact_code is None or not items:
        return tuple(_settled(item) for item in items)
    codes = ContactCodes(tx, items[0].workspace_id, items[0].organisation_id, rules.contact_code)
    return tuple([await _asked(item, codes) for item in items])


async def _asked(item: Item, codes: ContactCodes) -> Item:
    name = item.counterparty.name
    if name is None or not item.is_booked or item.publish_to.is_of_bank:
        return _settled(item)
    found = await codes.code(item.coding.contact.value, name, item.kind)
    if isinstance(found, str):
        return _settled(item)
    return replace(item, questions=asked_once(item.questions, found))


def _settled(item: Item) -> Item:
    questions = not_asking(item.questions, CODE)
    return item if questions == item.questions else replace(item, questions=questions)
