"""What is archived in the ledger is replaced in all that waits for it: the items that nobody decided on, and the rules.

What was decided on stays as it was decided: only its own card and alert change it. Each item is an edit of whoever replaces,
with all that follows from one; rules go on as they were, for what they were for. Whoever presses twice does the rest.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.db import rules as stored
from bot.db.recodings import undecided_items
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import ListKind
from bot.domain.documents import ItemKind
from bot.domain.editing import edit_of
from bot.domain.gone_codes import Code, codes_of, codes_of_rule
from bot.domain.ids import OrganisationId, RuleId, WorkspaceId
from bot.domain.items import Item
from bot.domain.payment_methods import Link
from bot.domain.replacing import Gone, Instead, Replaced, edit_with, opinions_with
from bot.domain.rights import Deed, Person
from bot.domain.rule_forms import kinds_of
from bot.domain.rules import Rule
from bot.domain.slack import Actor
from bot.services import gone_codes, lists
from bot.services.bank_accounts import bank_accounts
from bot.services.choices import ACCOUNT, CONTACT, GONE, PRODUCT, TAX_RATE, TRACKING, NotOfferedError
from bot.services.current import NotNowError, StaleItemError
from bot.services.items import Items
from bot.services.payment_methods import BANK_ACCOUNT, MethodRefusedError, PaymentMethods
from bot.services.payment_methods import GONE as BANK_ACCOUNT_GONE
from bot.services.people import NotAllowedError, People
from bot.services.proposing import (
    of_account,
    of_bank_account,
    of_contact,
    of_option,
    of_product,
    of_rate,
    proposed,
)
from bot.services.rules import deed_of
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings, organisation_name
from bot.services.writing_rules import at_next_version, hold, write

PAGE = 100
LONGEST_SECONDS = 1.2
"""Whoever presses waits for it; of thousands the rest is for another press."""
BACK = "It is in use in the ledger again, so nothing was changed."
CATEGORY_GONE = (
    "{category} is gone from the ledger with all of its options, so nothing can stand in their place: empty it by Edit on the cards, "
    "and in the rules."
)
FIELDS = {
    ListKind.ACCOUNTS: ACCOUNT,
    ListKind.TAX_RATES: TAX_RATE,
    ListKind.PRODUCTS: PRODUCT,
    ListKind.CONTACTS: CONTACT,
    ListKind.TRACKING_CATEGORIES: TRACKING,
    ListKind.BANK_ACCOUNTS: BANK_ACCOUNT,
}
"""Lists whose entries can stand for each other, with the field in which another one is chosen."""
NOT_THERE = {kind: BANK_ACCOUNT_GONE if field == BANK_ACCOUNT else GONE[field] for kind, field in FIELDS.items()}


class NothingGoneError(Exception):
    """There is nothing to replace: it is back, or not of a list whose entries can stand for each other."""


@dataclass(frozen=True, slots=True)
class Replacing:
    db: Database
    people: People
    items: Items
    methods: PaymentMethods
    begin_to_follow: BeginToFollow

    async def asked(self, actor: Actor, organisation_id: OrganisationId, code: Code) -> Gone:
        """What a form to choose another one is drawn from.

        Raises:
            NotAllowedError: only bookkeepers and admins replace; what payment methods pay from, only admins.
            OrganisationNotFoundError: it is no organisation of this workspace.
            NothingGoneError
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, _deed(code), actor, person, organisation_id)
            of = tx, actor.workspace.id, organisation_id
            gone = await _gone(*of, code)
            return Gone(
                organisation=await organisation_name(*of),
                label=gone.label,
                proposed=next(iter(await proposed(*of, code)), None),
                is_of_sale=await _is_of_sale(*of, code, gone),
                category=await _category(*of, code),
            )

    async def replace(self, actor: Actor, organisation_id: OrganisationId, code: Code, by: str) -> Replaced:
        """Have all that waits say `by` in its place.

        Raises:
            NotOfferedError: `by` is not live; and as `asked`.
        """
        person = await self.people.identify(actor)
        of = actor.workspace.id, organisation_id
        async with self.db.read() as tx:
            await self.people.require(tx, _deed(code), actor, person, organisation_id)
            gone = await _gone(tx, *of, code)
            now = await _live(tx, *of, code, by)
            meant = await _ruled(tx, *of, code)
        if code.kind is ListKind.BANK_ACCOUNTS:
            done = Replaced(label=now.label, methods=await self._methods(actor, organisation_id, code, by))
        else:
            done = await self._rules(actor, person, organisation_id, code, (gone, now), meant)
            items, left = await self._items(actor, organisation_id, code, now)
            done = replace(done, items=items, left=left)
        await gone_codes.look(self.db, *of)
        return done

    async def _methods(self, actor: Actor, organisation_id: OrganisationId, code: Code, by: str) -> int:
        """How many pay from it now."""
        try:
            return await self.methods.relink(actor, organisation_id, code.key, by)
        except MethodRefusedError as error:
            raise NotOfferedError(error.fields) from None

    async def _rules(  # noqa: PLR0917 - one deed of one person
        self,
        actor: Actor,
        person: Person | None,
        organisation_id: OrganisationId,
        code: Code,
        entries: tuple[Instead, Instead],
        meant: Collection[RuleId],
    ) -> Replaced:
        """How many say it now, and how many were left: for an admin, or because it is not for their documents. `entries` are the one
        that is gone and the one in its place.
        """
        workspace_id, (gone, now) = actor.workspace.id, entries
        if not meant:
            return Replaced(label=now.label)
        async with self.db.write() as tx:
            await hold(tx, workspace_id, organisation_id)
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            known = (await stored.rules_by_id(tx, workspace_id, organisation_id, meant)).values()
            all_of_it = [rule for rule in known if _says(rule, code)]
            say_it = [rule for rule in all_of_it if now.can_stand_for(gone, kinds_of(rule.of))]
            may_all = await self._may(tx, Deed.SET_UP, actor, person, organisation_id)
            ours = [rule for rule in say_it if may_all or deed_of(rule.of, rule.opinions, rule.opinions) is Deed.FIX]
            for rule in ours:
                await write(tx, _rule_with(rule, code, now.key, actor, tx), rule, is_for_waiting=True)
            if ours:
                settings = await load_settings(tx, workspace_id, organisation_id)
                await self.begin_to_follow(tx, workspace_id, organisation_id, settings)
        return Replaced(
            label=now.label,
            rules=len(ours),
            left_to_admins=len(say_it) - len(ours),
            unfit=len(all_of_it) - len(say_it),
        )

    async def _items(self, actor: Actor, organisation_id: OrganisationId, code: Code, now: Instead) -> tuple[int, int]:
        """How many say it now, and how many are left."""
        done, left, until = 0, 0, self.db.clock.monotonic() + LONGEST_SECONDS
        for item in await self._waiting(actor.workspace.id, organisation_id, code):
            if self.db.clock.monotonic() >= until or item.kind not in now.kinds:
                left += 1
                continue
            is_done = await self._edited(actor, item, code, now.key)
            done, left = done + is_done, left + (not is_done)
        return done, left

    async def _edited(self, actor: Actor, item: Item, code: Code, by: str) -> bool:
        """False where somebody else was quicker."""
        try:
            await self.items.edit(actor, item.id, item.version, edit_with(edit_of(item), code, by))
        except (StaleItemError, NotNowError, NotOfferedError):
            return False
        return True

    async def _waiting(self, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> list[Item]:
        found: list[Item] = []
        page: Collection[Item] = await self._page(workspace_id, organisation_id, None)
        while page:
            found += [item for item in page if code in codes_of(item)]
            page = () if len(page) < PAGE else await self._page(workspace_id, organisation_id, [*page][-1])
        return found

    async def _page(
        self, workspace_id: WorkspaceId, organisation_id: OrganisationId, last: Item | None
    ) -> Collection[Item]:
        after = None if last is None else (last.created_at, last.id)
        async with self.db.read() as tx:
            return await undecided_items(tx, workspace_id, organisation_id, after, limit=PAGE)

    async def _may(
        self, tx: Tx, deed: Deed, actor: Actor, person: Person | None, organisation_id: OrganisationId
    ) -> bool:
        try:
            await self.people.require(tx, deed, actor, person, organisation_id)
        except NotAllowedError:
            return False
        return True


async def _ruled(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> list[RuleId]:
    """All are looked through, so nobody's writing waits for it."""
    every = stored.every_rule(tx, workspace_id, organisation_id)
    return [rule.id async for some in every for rule in some if _says(rule, code)]


def _says(rule: Rule, code: Code) -> bool:
    """Or is of it, as the contact that it is known by."""
    return rule.is_in_force and (code in codes_of_rule(rule.opinions) or _is_of(rule, code))


def _is_of(rule: Rule, code: Code) -> bool:
    return rule.of.is_of_party and code == Code(ListKind.CONTACTS, rule.target.contact or "")


def _rule_with(rule: Rule, code: Code, by: str, actor: Actor, tx: Tx) -> Rule:
    """What it said to items that came in earlier, too."""
    earlier = tuple(replace(each, opinions=opinions_with(each.opinions, code, by)) for each in rule.earlier)
    changed = replace(rule, opinions=opinions_with(rule.opinions, code, by), earlier=earlier)
    if _is_of(rule, code):
        changed = replace(changed, target=replace(rule.target, contact=by))
    return at_next_version(changed, actor.user_id, tx.now)


def _deed(code: Code) -> Deed:
    """What payment methods pay from is for admins."""
    return Deed.SET_UP if code.kind is ListKind.BANK_ACCOUNTS else Deed.FIX


async def _gone(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> Instead:
    entry = await _entry(tx, workspace_id, organisation_id, code)
    if entry is None or entry.is_usable:
        raise NothingGoneError(BACK)
    return entry.entry


async def _live(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code, key: str) -> Instead:
    """Of a tracking option, another one of its category."""
    entry = await _entry(tx, workspace_id, organisation_id, replace(code, key=key))
    if entry is None or not entry.is_usable:
        raise NotOfferedError({FIELDS[code.kind]: NOT_THERE[code.kind]})
    return entry.entry


@dataclass(frozen=True, slots=True)
class _Entry:
    entry: Instead
    is_usable: bool


async def _entry(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> _Entry | None:
    """As its list has it; None for what the list never had."""
    of, key = (tx, workspace_id, organisation_id), code.key
    match code.kind:
        case ListKind.ACCOUNTS:
            account = await lists.load_account(*of, key)
            return None if account is None else _Entry(of_account(account), account.is_active and account.is_codable)
        case ListKind.TAX_RATES:
            rate = await lists.load_tax_rate(*of, key)
            return None if rate is None else _Entry(of_rate(rate), rate.is_active)
        case ListKind.PRODUCTS:
            product = (await lists.products_by_code(*of, [key])).get(key)
            return None if product is None else _Entry(of_product(product), product.is_active)
        case ListKind.CONTACTS:
            contact = (await lists.contacts_by_id(*of, [key])).get(key)
            return None if contact is None else _Entry(of_contact(contact), contact.is_active and not contact.is_user)
        case ListKind.BANK_ACCOUNTS:
            found = (await bank_accounts(*of)).get(key)
            return None if found is None else _Entry(of_bank_account(found[1]), found[0] is Link.LIVE)
        case ListKind.TRACKING_CATEGORIES:
            return await _option(*of, code)
        case _:
            return None


async def _option(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> _Entry | None:
    """One that its category has no more has no name of its own."""
    category = await lists.load_tracking(tx, workspace_id, organisation_id, code.of)
    if category is None:
        return None
    if not category.is_active:
        raise NothingGoneError(CATEGORY_GONE.format(category=category.name))
    entry = of_option(category, code.key)
    is_live = any(option.provider_id == code.key and option.is_active for option in category.options)
    return _Entry(entry or Instead(key=code.key, label=f"an option of {category.name}"), is_live)


async def _is_of_sale(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code, gone: Instead
) -> bool:
    """Whether only what sales can have is offered."""
    if code.kind is not ListKind.CONTACTS:
        return ItemKind.COST not in gone.kinds
    contact = (await lists.contacts_by_id(tx, workspace_id, organisation_id, [code.key])).get(code.key)
    return contact is not None and contact.is_customer and not contact.is_supplier


async def _category(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> str:
    if code.kind is not ListKind.TRACKING_CATEGORIES:
        return ""
    found = await lists.load_tracking(tx, workspace_id, organisation_id, code.of)
    return "" if found is None else found.name
