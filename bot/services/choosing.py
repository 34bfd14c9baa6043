"""Whether what an edit chooses is live in the ledger's lists; and that it is offered first from then on.

A form comes from somebody's machine, and lists change while it is open. What stood in the item before may have been
archived since, and is left alone: the card says so.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Contact, ListKind
from bot.domain.coding import Codes, Track
from bot.domain.documents import ItemKind, Party
from bot.domain.editing import Edit
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.texts import folded
from bot.services import lists
from bot.services.choices import (
    ACCOUNT,
    CONTACT,
    CUSTOMER,
    GONE,
    LINES,
    PRODUCT,
    TAX_RATE,
    TRACKING,
    NotOfferedError,
    require_offered,
    tracks_of,
)
from bot.services.known_methods import method_not_offered
from bot.services.new_codes import learn


async def choose(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, edit: Edit, before: Edit | None = None
) -> Edit:
    """The edit, with the name of the contact that it chooses.

    Raises:
        NotOfferedError: something chosen is not in the lists, or not any more.
    """
    return await _Choosing(tx, workspace_id, organisation_id, edit, before).choose()


class _Choosing:
    """One edit; `accounts`, `tax_rates`, `products`, `customers` and `tracks` are what it chooses that did not stand there before."""

    def __init__(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, edit: Edit, before: Edit | None
    ) -> None:
        self.of = (tx, workspace_id, organisation_id)
        self.edit, self.before = edit, before
        wanted, stood = (edit.codes, *edit.lines), () if before is None else (before.codes, *before.lines)
        self.accounts = {codes.account for codes in wanted if codes.account} - {codes.account for codes in stood}
        self.tax_rates = {codes.tax_rate for codes in wanted if codes.tax_rate} - {codes.tax_rate for codes in stood}
        self.products = {codes.product for codes in wanted if codes.product} - {codes.product for codes in stood}
        self.customers = {codes.customer for codes in wanted if codes.customer} - {codes.customer for codes in stood}
        self.tracks = _tracks(wanted) - _tracks(stood)

    async def choose(self) -> Edit:
        contact = await self._contact()
        wrong = (
            await self._wrong_codes()
            | await self._wrong_customers()
            | await self._wrong_tracking()
            | await self._wrong_method()
        )
        if contact is not None and not contact.is_active:
            wrong[CONTACT] = GONE[CONTACT]
        if wrong:
            raise NotOfferedError(wrong)
        await learn(*self.of, ListKind.ACCOUNTS, self.accounts)
        await learn(*self.of, ListKind.TAX_RATES, self.tax_rates)
        await lists.note_use(*self.of, ListKind.ACCOUNTS, self.accounts)
        await lists.note_use(*self.of, ListKind.TAX_RATES, self.tax_rates)
        await lists.note_use(*self.of, ListKind.PRODUCTS, self.products)
        await lists.note_use(*self.of, ListKind.CONTACTS, self.customers)
        if contact is None:
            return self.edit
        await lists.note_use(*self.of, ListKind.CONTACTS, [contact.provider_id])
        return _named(self.edit, contact.name)

    async def _contact(self) -> Contact | None:
        """The one that is chosen now.

        Raises:
            NotOfferedError: there is no such contact.
        """
        chosen = self.edit.contact
        if chosen is None or (self.before is not None and chosen == self.before.contact):
            return None
        contact = await lists.load_contact(*self.of, chosen)
        if contact is None or not contact.is_of(self.edit.kind, await self._either_side()):
            raise NotOfferedError({CONTACT: GONE[CONTACT]})
        return contact

    async def _either_side(self) -> BookRules:
        """A supplier can become a customer; a user of the ledger is neither."""
        return replace(await lists.rules_of(*self.of), parts_contacts=False)

    async def _wrong_codes(self) -> dict[str, str]:
        accounts = {code for code in self.accounts if not await self._is_offered(code, None)}
        rates = {code for code in self.tax_rates if not await self._is_offered(None, code)}
        known = await lists.products_by_code(*self.of, self.products)
        products = {code for code in self.products if code not in known or not known[code].is_active}
        wrong = {}
        if self.edit.codes.account in accounts:
            wrong[ACCOUNT] = GONE[ACCOUNT]
        if self.edit.codes.tax_rate in rates:
            wrong[TAX_RATE] = GONE[TAX_RATE]
        if self.edit.codes.product in products:
            wrong[PRODUCT] = GONE[PRODUCT]
        for place, codes in enumerate(self.edit.lines, start=1):
            if codes.account in accounts:
                wrong[LINES] = f"Line {place}: {GONE[ACCOUNT]}"
            if codes.tax_rate in rates:
                wrong[LINES] = f"Line {place}: {GONE[TAX_RATE]}"
            if codes.product in products:
                wrong[LINES] = f"Line {place}: {GONE[PRODUCT]}"
        return wrong

    async def _is_offered(self, account: str | None, tax_rate: str | None) -> bool:
        try:
            await require_offered(*self.of, account, tax_rate, kind=self.edit.kind)
        except NotOfferedError:
            return False
        return True

    async def _wrong_customers(self) -> dict[str, str]:
        known = await lists.contacts_by_id(*self.of, self.customers)
        parts = (await lists.rules_of(*self.of)).parts_contacts if known else False
        live = {key for key, each in known.items() if each.is_active and (each.is_customer or not parts)}
        wrong = {}
        if self.edit.codes.customer in self.customers - live:
            wrong[CUSTOMER] = GONE[CUSTOMER]
        for place, codes in enumerate(self.edit.lines, start=1):
            if codes.customer in self.customers - live:
                wrong[LINES] = f"Line {place}: {GONE[CUSTOMER]}"
        return wrong

    async def _wrong_method(self) -> dict[str, str]:
        chosen = self.edit.payment_method
        is_kept = self.before is not None and chosen == self.before.payment_method
        return {} if is_kept else await method_not_offered(*self.of, chosen)

    async def _wrong_tracking(self) -> dict[str, str]:
        if not self.tracks:
            return {}
        gone = self.tracks - tracks_of(await lists.live_tracking(*self.of))
        wrong = {}
        for place, codes in enumerate(self.edit.lines, start=1):
            if gone & set(codes.tracking):
                wrong[LINES] = f"Line {place}: {GONE[TRACKING]}"
        return wrong | {
            f"{TRACKING}:{track.category}": GONE[TRACKING] for track in gone & set(self.edit.codes.tracking)
        }


def _tracks(all_codes: Iterable[Codes]) -> set[Track]:
    return {track for codes in all_codes for track in codes.tracking}


def _named(edit: Edit, name: str) -> Edit:
    """With the payee that was chosen; another one's bank details and tax number are not theirs. Whom the document writes
    otherwise than the ledger does, in capitals or spaces alone, is that one already.
    """
    facts = edit.facts
    party = facts.buyer if edit.kind is ItemKind.SALE else facts.supplier
    party = party if party.name is not None and folded(party.name) == folded(name) else Party(name=name)
    facts = replace(facts, buyer=party) if edit.kind is ItemKind.SALE else replace(facts, supplier=party)
    return replace(edit, facts=facts)
