"""What a form can offer from an organisation's imported lists, and whether what came back was on offer."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from bot.db.items import load_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.alerts import Alert
from bot.domain.books import (
    Account,
    AccountClass,
    Contact,
    ListEntry,
    ListKind,
    Product,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from bot.domain.card_accounts import takes_card
from bot.domain.coding import CodingDefaults, Track
from bot.domain.conditions import age
from bot.domain.documents import ItemKind
from bot.domain.finding import Query, search_text
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.offered import Offered
from bot.domain.payment_methods import KnownMethod, PaymentMethod
from bot.domain.rights import Deed, Person
from bot.domain.settings import Destination
from bot.domain.slack import Actor
from bot.domain.typed_lists import could_be_code
from bot.services import lists
from bot.services.alerts import load_alert
from bot.services.bank_accounts import find_bank_accounts
from bot.services.known_methods import all_known
from bot.services.list_entries import key_of
from bot.services.lists import load_account, load_tax_rate
from bot.services.people import NotAllowedError, OrganisationNotFoundError, People
from bot.services.usable_methods import usable_methods

Entry = TypeVar("Entry", bound=ListEntry)


@dataclass(frozen=True, slots=True)
class Choices:
    db: Database
    people: People

    async def accounts(
        self, actor: Actor, organisation_id: OrganisationId, text: str, *, instead_for: ItemId | None = None
    ) -> Offered[Account]:
        """Live accounts by what was typed of code and name, without the one that was refused of the item that another one
        is looked for; none for who may not see these books.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return Offered()
            found = await lists.find_accounts(tx, actor.workspace.id, organisation_id, text)
            typed = await _typed(tx, actor.workspace.id, organisation_id, text, {account.code for account in found})
            if typed is not None:
                found = (*found, Account(provider_id=typed, code=typed, name=NEW, account_class=AccountClass.EXPENSE))
            alert = await _refusal(tx, actor, instead_for)
            offered = await _offered(tx, actor, organisation_id, ListKind.ACCOUNTS, text, found)
        return offered.but(lambda account: alert is not None and account.code == alert.refused_account)

    async def tax_rates(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        text: str,
        kind: ItemKind = ItemKind.COST,
        *,
        instead_for: ItemId | None = None,
    ) -> Offered[TaxRate]:
        """Live tax rates that go with items of a kind; else as `accounts`."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return Offered()
            found = await lists.find_tax_rates(tx, actor.workspace.id, organisation_id, text, kind)
            typed = await _typed(tx, actor.workspace.id, organisation_id, text, {rate.code for rate in found})
            if typed is not None:
                found = (*found, TaxRate(code=typed, name=f"{typed} · {NEW}", percent=None))
            alert = await _refusal(tx, actor, instead_for)
            offered = await _offered(tx, actor, organisation_id, ListKind.TAX_RATES, text, found)
        return offered.but(lambda rate: alert is not None and rate.code == alert.refused_tax_rate)

    async def contacts(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        text: str,
        kind: ItemKind = ItemKind.COST,
        *,
        item_id: ItemId | None = None,
    ) -> Offered[Contact]:
        """Live contacts that items of a kind can have, or that one can that is an expense report; none for who may not see
        these books.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return Offered()
            item = None if item_id is None else await load_item(tx, actor.workspace.id, item_id)
            if item is not None and item.kind is ItemKind.EXPENSE_REPORT:
                kind = item.kind
            found = await lists.find_contacts(tx, actor.workspace.id, organisation_id, text, kind)
            return await _offered(tx, actor, organisation_id, ListKind.CONTACTS, text, found)

    async def customers(self, actor: Actor, organisation_id: OrganisationId, text: str) -> Offered[Contact]:
        """Live customers, and their projects, whom a cost can be for; else as `contacts`."""
        return await self.contacts(actor, organisation_id, text, ItemKind.SALE)

    async def products(
        self, actor: Actor, organisation_id: OrganisationId, text: str, kind: ItemKind = ItemKind.COST
    ) -> Offered[Product]:
        """Live products and services; only what is sold for items that have one in the place of a category. None for who may
        not see these books.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return Offered()
            found = await lists.find_products(tx, actor.workspace.id, organisation_id, text)
            rules = await lists.rules_of(tx, actor.workspace.id, organisation_id)
            offered = await _offered(tx, actor, organisation_id, ListKind.PRODUCTS, text, found)
        return offered.but(lambda product: product.sold is None and rules.asks_product(kind))

    async def tracking_options(
        self, actor: Actor, organisation_id: OrganisationId, category: str, text: str
    ) -> Offered[TrackingOption]:
        """Live options of one tracking category, as the ledger orders them; none for who may not see these books."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return Offered()
            found = await lists.load_tracking(tx, actor.workspace.id, organisation_id, category)
            how_old = await _age(tx, actor, organisation_id, ListKind.TRACKING_CATEGORIES)
        if found is None or not found.is_active:
            return Offered()
        query = Query.of(text)
        fits = (
            option
            for option in found.options
            if option.is_active and query.place_in(search_text("", option.name)) is not None
        )
        return Offered(others=tuple(islice(fits, MOST_OPTIONS)), age=how_old)

    async def bank_accounts(
        self, actor: Actor, organisation_id: OrganisationId, text: str, place: Destination | None = None
    ) -> Offered[Account]:
        """Live bank accounts of the ledger that what goes to this place can be booked on; none for who may not see these books."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return Offered()
            found = await find_bank_accounts(tx, actor.workspace.id, organisation_id, text)
            rules = await lists.rules_of(tx, actor.workspace.id, organisation_id)
            if place is not None and not takes_card(place, rules):
                found = tuple(account for account in found if not account.is_card)
            return Offered(others=found, age=await _age(tx, actor, organisation_id, ListKind.BANK_ACCOUNTS))

    async def payment_methods(
        self, actor: Actor, organisation_id: OrganisationId, text: str, *, every: bool = False
    ) -> tuple[KnownMethod, ...]:
        """Those in use, by name and last digits; none for who may not see these books. `every`: those switched off, too."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            if not await self._may_see(tx, actor, person, organisation_id):
                return ()
            found = await all_known(tx, actor.workspace.id, organisation_id)
        query = Query.of(text)
        return tuple(
            known
            for known in found
            if (known.method.is_active or every) and query.place_in(_searched(known.method)) is not None
        )[:MOST_OPTIONS]

    async def usable_methods(
        self, actor: Actor, organisation_id: OrganisationId, item_id: ItemId, text: str
    ) -> tuple[KnownMethod, ...]:
        """Those that an item of these books could be paid with instead; none for who may not see them."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await load_item(tx, actor.workspace.id, item_id)
            if item is None or item.organisation_id != organisation_id:
                return ()
            if not await self._may_see(tx, actor, person, organisation_id):
                return ()
            found = await usable_methods(tx, item)
        query = Query.of(text)
        return tuple(known for known in found if query.place_in(_searched(known.method)) is not None)[:MOST_OPTIONS]

    async def _may_see(self, tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId) -> bool:
        try:
            await self.people.require(tx, Deed.SEE, actor, person, organisation_id)
        except (NotAllowedError, OrganisationNotFoundError):
            return False
        return True


NEW = "new code"
MOST_USED = 10
"""Entries that stand before all others, because somebody chose them last."""


async def _offered(  # noqa: PLR0917 - one list, and what was found in it
    tx: Tx, actor: Actor, organisation_id: OrganisationId, kind: ListKind, text: str, found: Sequence[Entry]
) -> Offered[Entry]:
    """Where nothing was typed, what was used last apart from the rest."""
    of = tx, actor.workspace.id, organisation_id
    used = () if text.strip() else await lists.used_last(*of, kind, limit=MOST_USED)
    return Offered(
        used=tuple(entry for entry in found if key_of(entry)[0] in used),
        others=tuple(entry for entry in found if key_of(entry)[0] not in used),
        age=await _age(tx, actor, organisation_id, kind),
    )


async def _age(tx: Tx, actor: Actor, organisation_id: OrganisationId, kind: ListKind) -> str | None:
    read_at = await lists.read_at_of(tx, actor.workspace.id, organisation_id, kind)
    return None if read_at is None else age(read_at, tx.now)


async def _typed(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, text: str, found: AbstractSet[str]
) -> str | None:
    """What was typed, as one more code to choose, in books that take any."""
    code = could_be_code(text)
    if code is None or code in found:
        return None
    return code if (await lists.rules_of(tx, workspace_id, organisation_id)).takes_any_code else None


async def _refusal(tx: Tx, actor: Actor, item_id: ItemId | None) -> Alert | None:
    return None if item_id is None else await load_alert(tx, actor.workspace.id, item_id)


def _searched(method: PaymentMethod) -> str:
    return search_text(method.last_digits or "", method.name)


MOST_TRACKED = 2
"""Tracking categories that one line, or one document as a whole, can have in the packages that are served."""
MOST_OPTIONS = 100
"""Slack shows no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A category, a tax rate and a product with their names, as a form shows what is chosen already."""

    account: Account | None = None
    tax_rate: TaxRate | None = None
    product: Product | None = None


class NotOfferedError(Exception):
    """A code that the organisation's lists do not have, or not any more. `fields` are its sentences by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(fields.values()))


ACCOUNT, TAX_RATE, CONTACT, TRACKING, LINES = "account", "tax_rate", "contact", "tracking", "lines"
CUSTOMER = "for_customer"
PRODUCT = "product"
"""Fields of `NotOfferedError`."""
REFUSED = {
    ACCOUNT: "This is the category that the ledger refused. Choose another one.",
    TAX_RATE: "This is the tax rate that the ledger refused. Choose another one.",
}
GONE = {
    ACCOUNT: "This category is not in the ledger's list any more. Choose another one.",
    TAX_RATE: "This tax rate is not in the ledger's list for such a document any more. Choose another one.",
    CONTACT: "This contact is not in the ledger's list any more. Choose another one, or write the name.",
    PRODUCT: "This product is not in the ledger's list any more. Choose another one, or none.",
    CUSTOMER: "This customer is not in the ledger's list any more. Choose another one, or none.",
    TRACKING: "This option is not in the ledger's list any more. Choose another one.",
}


async def chosen(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    account: str | None,
    tax_rate: str | None,
    *,
    product: str | None = None,
) -> Chosen:
    """What these codes stand for, archived or not; None where there is no such code."""
    products = await lists.products_by_code(tx, workspace_id, organisation_id, [product] if product else [])
    return Chosen(
        product=products.get(product or ""),
        account=None if account is None else await load_account(tx, workspace_id, organisation_id, account),
        tax_rate=None if tax_rate is None else await load_tax_rate(tx, workspace_id, organisation_id, tax_rate),
    )


async def require_offered(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    account: str | None,
    tax_rate: str | None,
    *,
    kind: ItemKind = ItemKind.COST,
    product: str | None = None,
) -> None:
    """A form comes from somebody's machine, and lists change while it is open.

    Raises:
        NotOfferedError: a code was chosen that is not live, or not for items of that kind; nothing chosen is fine.
    """
    found = await chosen(tx, workspace_id, organisation_id, account, tax_rate, product=product)
    takes_any = (await lists.rules_of(tx, workspace_id, organisation_id)).takes_any_code
    wrong = {}
    if product is not None and not _is_usable_product(found.product):
        wrong[PRODUCT] = GONE[PRODUCT]
    is_new = takes_any and found.account is None and could_be_code(account or "") == account
    if account is not None and not is_new and not _is_usable_account(found.account):
        wrong[ACCOUNT] = GONE[ACCOUNT]
    is_new = takes_any and found.tax_rate is None and could_be_code(tax_rate or "") == tax_rate
    if tax_rate is not None and not is_new and not _is_usable_rate(found.tax_rate, kind):
        wrong[TAX_RATE] = GONE[TAX_RATE]
    if wrong:
        raise NotOfferedError(wrong)


async def usable_defaults(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, defaults: CodingDefaults, kind: ItemKind
) -> CodingDefaults:
    """Those that the ledger takes for items of a kind, as far as is known: none is coded to what would be refused."""
    of = tx, workspace_id, organisation_id
    found = await chosen(*of, defaults.account, defaults.tax_rate, product=defaults.product)
    untaxed = None if defaults.untaxed_rate is None else await load_tax_rate(*of, defaults.untaxed_rate)
    return replace(
        defaults,
        account=defaults.account if _is_usable_account(found.account) else None,
        tax_rate=defaults.tax_rate if _is_usable_rate(found.tax_rate, kind) else None,
        untaxed_rate=defaults.untaxed_rate if _is_usable_rate(untaxed, kind) else None,
        product=defaults.product if _is_usable_product(found.product) else None,
        tracking=await _usable_tracking(*of, defaults.tracking),
    )


async def _usable_tracking(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, tracking: tuple[Track, ...]
) -> tuple[Track, ...]:
    """Of what a document as a whole is tracked by."""
    if not tracking:
        return ()
    live = tracks_of(await tracked_documents(tx, workspace_id, organisation_id))
    return tuple(track for track in tracking if track in live)


def offered_tracking(categories: Sequence[TrackingCategory]) -> tuple[TrackingCategory, ...]:
    """Those that forms have room for: a few of documents, and a few of lines."""
    of_lines = [category for category in categories if not category.is_of_document]
    of_document = [category for category in categories if category.is_of_document]
    return (*of_document[:MOST_TRACKED], *of_lines[:MOST_TRACKED])


async def tracked_documents(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> tuple[TrackingCategory, ...]:
    """What the books track once for a whole document, with the options that there are now."""
    found = await lists.live_tracking(tx, workspace_id, organisation_id)
    return tuple(category for category in found if category.is_of_document)[:MOST_TRACKED]


def tracks_of(categories: Iterable[TrackingCategory]) -> frozenset[Track]:
    """All that can be chosen of them."""
    return frozenset(
        Track(category.provider_id, option.provider_id)
        for category in categories
        for option in category.options
        if option.is_active
    )


def _is_usable_account(account: Account | None) -> bool:
    return account is not None and account.is_active and account.is_codable


def _is_usable_product(product: Product | None) -> bool:
    """As a default: only sales have one."""
    return product is not None and product.is_active and product.sold is not None


def _is_usable_rate(rate: TaxRate | None, kind: ItemKind) -> bool:
    return rate is not None and rate.is_active and rate.goes_with(kind)
