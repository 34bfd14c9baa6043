"""After a reading of the lists: what of it went is looked for in the items that wait, and in rules, where it counts as no opinion.

Their cards are drawn again, so that nobody decides by one that says nothing of it, and it is told once, in one message for all
that this reading has found, with what is proposed in its place (`bot.services.proposing`); a default has a message of its own. What
waits no more is taken out of the message by the next reading, and it is finished by the one that finds nothing of it left.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.db.base import dump, load, new_id, table_of
from bot.db.connections import ConnectionRow, ListEntryRow, ListSyncRow, OrganisationRow, SettingsRow
from bot.db.messages import MessageRow
from bot.db.payment_methods import all_methods
from bot.db.recodings import undecided_items
from bot.db.rules import every_rule
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.books import ListKind, TrackingCategory
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code, GoneCode, GoneCodes, NamedItem, codes_of, codes_of_rule
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.payment_methods import Link, PaymentMethod
from bot.domain.replacing import Instead
from bot.domain.rights import Role
from bot.domain.settings import Settings
from bot.loops import guarded
from bot.services import lists
from bot.services.bank_accounts import bank_accounts
from bot.services.connection_messages import place_of_news
from bot.services.messages import Drawn, Shown, Subject, redraw_items, want
from bot.services.proposing import proposed
from bot.services.settings import load_settings, organisation_name, people_with
from bot.views import gone_codes as views

CONNECTIONS, MESSAGES = table_of(ConnectionRow), table_of(MessageRow)
SETTINGS, ENTRIES = table_of(SettingsRow), table_of(ListEntryRow)
ORGANISATIONS, SYNCS = table_of(OrganisationRow), table_of(ListSyncRow)

PAGE, MOST_FLAGGED, MOST_NAMED, ASKED_AT_ONCE = 100, 200, 5, 500
"""Items that are looked at in one transaction; cards that are drawn again at once; items that are named of a code; codes of one
statement.
"""
Of = tuple[WorkspaceId, OrganisationId]
Waiting = Mapping[Code, Sequence[NamedItem]]

_LOCK = (
    select(SETTINGS.c.version)
    .where(SETTINGS.c.workspace_id == bindparam("workspace_id"), SETTINGS.c.organisation_id == bindparam("of_id"))
    .with_for_update()
)
_TOLD = select(MESSAGES.c.role, MESSAGES.c.facts).where(
    MESSAGES.c.workspace_id == bindparam("workspace_id"),
    MESSAGES.c.subject == Subject.GONE_CODES,
    MESSAGES.c.subject_id == bindparam("of_id"),
)
_TRACKING = select(ENTRIES.c.entry, ENTRIES.c.is_active).where(
    ENTRIES.c.workspace_id == bindparam("workspace_id"),
    ENTRIES.c.organisation_id == bindparam("of_id"),
    ENTRIES.c.kind == ListKind.TRACKING_CATEGORIES,
)


_BOOKS = select(ORGANISATIONS.c.workspace_id).where(
    ORGANISATIONS.c.id == bindparam("of_id"), is_installed(ORGANISATIONS.c.workspace_id)
)


async def look(db: Database, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """Flag and tell what is new of it, and finish what is over. Whoever looks twice tells nothing twice."""
    of = workspace_id, organisation_id
    async with db.read() as tx:
        paying = await _paying(tx, of)
    waiting = await _waiting(db, of, {str(method.id): code for code, some in paying.items() for method in some})
    async with db.read() as tx:
        ruled = await _ruled(tx, of)
        labels = await _gone(tx, of, {*waiting, *ruled, *paying})
        if not labels and not await _open(tx, of):
            return
    async with db.write() as tx:
        # another process's reading waits for what is told here
        await tx.execute(_LOCK, {"workspace_id": workspace_id, "of_id": organisation_id})
        defaults = _defaults(await load_settings(tx, *of))
        others = {code: found for code, found in waiting.items() if code not in defaults}
        gone = {
            code: _told_of(code, label, others.get(code, ()), ruled.get(code, ()), paying.get(code, ()))
            for code, label in sorted(labels.items())
            if code in others or code in ruled or code in paying
        }
        told = await _open(tx, of)
        for role, before in told.items():
            left = tuple(gone[each.code] for each in before.codes if each.code in gone)
            if left != before.codes:
                await _tell(tx, of, role, replace(before, codes=left) if left else replace(before, is_over=True))
        known = {each.code for before in told.values() for each in before.codes}
        new = [each for code, each in gone.items() if code not in known]
        if new:
            await _tell(tx, of, str(new_id()), GoneCodes(codes=tuple(new)))
            flagged = dict.fromkeys(item.id for each in new for item in others.get(each.code, ()))
            await redraw_items(tx, workspace_id, list(flagged)[:MOST_FLAGGED])


TYPED_WITHIN = timedelta(hours=2)
"""Two of the rounds that make up for a look."""


@dataclass(frozen=True, slots=True)
class LookingForGone:
    """As `look`, once for each writing of a list that people type; `typed` are the keys of providers whose lists are."""

    db: Database
    typed: frozenset[str]

    async def run(self, key: str) -> None:
        organisation_id = OrganisationId(UUID(key.partition(":")[0]))
        async with self.db.read() as tx:
            found = (await tx.execute(_BOOKS, {"of_id": organisation_id})).scalar_one_or_none()
        if found is not None:
            await look(self.db, WorkspaceId(found), organisation_id)

    async def look_again(self) -> int:
        """Where lists were typed of late, because a job that fails is not tried again; answers of how many organisations."""
        statement = (
            select(SYNCS.c.workspace_id, SYNCS.c.organisation_id)
            .distinct()
            .join(CONNECTIONS, CONNECTIONS.c.organisation_id == SYNCS.c.organisation_id)
            .where(CONNECTIONS.c.provider.in_(self.typed), is_installed(SYNCS.c.workspace_id))
        )
        async with self.db.read() as tx:
            rows = (await tx.execute(statement.where(SYNCS.c.synced_at >= tx.now - TYPED_WITHIN))).all()
        for row in rows:
            of = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
            await guarded(partial(look, self.db, *of), "looking for what was taken off a list")
        return len(rows)


def drawer(
    ledger_name: Callable[[str], str], is_typed: Callable[[str], bool], public_url: str
) -> Callable[[Tx, Shown], Awaitable[Drawn | None]]:
    """The drawer of `Subject.GONE_CODES`; `ledger_name` is that of a provider's key, `is_typed` whether people type its lists."""

    async def draw(tx: Tx, message: Shown) -> Drawn | None:
        of = message.workspace_id, OrganisationId(UUID(message.subject_id))
        found = load(message.facts, GoneCodes)
        provider = (await tx.execute(_connection(*of))).one().provider
        # payment methods are an admin's to change
        is_of_methods = all(each.code.kind is ListKind.BANK_ACCOUNTS for each in found.codes)
        keepers = await people_with(tx, *of, Role.ADMIN if is_of_methods else Role.BOOKKEEPER)
        about = views.About(
            organisation_id=of[1],
            organisation=await organisation_name(tx, *of),
            ledger=ledger_name(provider),
            is_typed=is_typed(provider),
            keepers=keepers,
            address=f"{public_url}/i/",
        )
        offered = {} if found.is_over else await _proposed(tx, of, found)
        text, blocks = views.gone(about, found, offered)
        return Drawn(text=text, blocks=blocks, is_last=found.is_over)

    return draw


async def _proposed(tx: Tx, of: Of, found: GoneCodes) -> dict[Code, tuple[Instead, ...]]:
    """Of those that the message has room for."""
    shown = [each.code for each in found.codes[: views.MOST_CODES]]
    return {code: await proposed(tx, *of, code) for code in shown}


def _told_of(
    code: Code, label: str, items: Sequence[NamedItem], rules: Sequence[str], methods: Sequence[PaymentMethod]
) -> GoneCode:
    return GoneCode(
        code=code,
        label=label,
        number=len(items),
        first=tuple(items[:MOST_NAMED]),
        rules=len(rules),
        first_rules=tuple(rules[:MOST_NAMED]),
        methods=tuple(method.label for method in methods[:MOST_NAMED]),
    )


async def _paying(tx: Tx, of: Of) -> Mapping[Code, Sequence[PaymentMethod]]:
    """The payment methods in use, by the bank accounts that they pay from."""
    found: defaultdict[Code, list[PaymentMethod]] = defaultdict(list)
    for method in await all_methods(tx, *of):
        if method.is_active and method.bank_account is not None:
            found[Code(ListKind.BANK_ACCOUNTS, method.bank_account)].append(method)
    return dict(found)


async def _ruled(tx: Tx, of: Of) -> Mapping[Code, Sequence[str]]:
    """What rules in force say, with what those are for."""
    found: defaultdict[Code, list[str]] = defaultdict(list)
    async for some in every_rule(tx, *of):
        for rule in some:
            for code in codes_of_rule(rule.opinions) if rule.is_in_force else ():
                found[code].append(rule.target.label)
    return dict(found)


async def _waiting(db: Database, of: Of, paid_from: Mapping[str, Code]) -> Waiting:
    """The items that nobody decided on by what they would be booked to, and by the bank account that they are to be paid from, which
    is that of their payment method; the oldest first, and page by page, as there may be thousands.
    """
    found: defaultdict[Code, list[NamedItem]] = defaultdict(list)
    page = await _page(db, of, None)
    while page:
        for item in page:
            account = paid_from.get(item.coding.payment_method.value or "") if item.is_to_be_paid else None
            for code in codes_of(item) | ({account} if account is not None else set()):
                found[code].append(NamedItem(id=item.id, reference=item.reference))
        await db.clock.sleep(0)
        page = () if len(page) < PAGE else await _page(db, of, (page[-1].created_at, page[-1].id))
    return dict(found)


async def _page(db: Database, of: Of, after: tuple[datetime, UUID] | None) -> tuple[Item, ...]:
    async with db.read() as tx:
        return await undecided_items(tx, *of, after, limit=PAGE)


async def _gone(tx: Tx, of: Of, used: Collection[Code]) -> dict[Code, str]:
    """Those of them that cannot be used any more, with their names. What a list never had is not known to be gone."""
    found: dict[Code, str] = {}
    by_code = (
        (ListKind.ACCOUNTS, lists.accounts_by_code),
        (ListKind.TAX_RATES, lists.tax_rates_by_code),
        (ListKind.PRODUCTS, lists.products_by_code),
        (ListKind.CONTACTS, lists.contacts_by_id),
    )
    for kind, look_up in by_code:
        keys = [code.key for code in used if code.kind is kind]
        for start in range(0, len(keys), ASKED_AT_ONCE):
            entries = await look_up(tx, *of, keys[start : start + ASKED_AT_ONCE])
            found |= {Code(kind, key): entry.label for key, entry in entries.items() if not entry.is_active}
    if banks := {code for code in used if code.kind is ListKind.BANK_ACCOUNTS}:
        known = await bank_accounts(tx, *of)
        found |= {
            code: known[code.key][1].label
            for code in banks
            if code.key in known and known[code.key][0] is not Link.LIVE
        }
    tracked = {code for code in used if code.kind is ListKind.TRACKING_CATEGORIES}
    return found | (await _gone_options(tx, of, tracked) if tracked else {})


async def _gone_options(tx: Tx, of: Of, tracked: Collection[Code]) -> dict[Code, str]:
    workspace_id, organisation_id = of
    rows = await tx.execute(_TRACKING, {"workspace_id": workspace_id, "of_id": organisation_id})
    categories = [(load(row.entry, TrackingCategory), row.is_active) for row in rows.all()]
    options = {
        Code(ListKind.TRACKING_CATEGORIES, option.provider_id, category.provider_id): (
            f"{category.name} {option.name}",
            is_active and option.is_active,
        )
        for category, is_active in categories
        for option in category.options
    }
    known = {category.provider_id: category.name for category, _ in categories}
    gone = {code: options[code][0] for code in tracked if code in options and not options[code][1]}
    # an option that its category does not have any more has no name here
    nameless = {code for code in tracked if code not in options and code.of in known}
    return gone | {code: f"an option of {known[code.of]}" for code in nameless}


def _defaults(settings: Settings) -> frozenset[Code]:
    """What has a message of its own."""
    found = set()
    for kind in (ItemKind.COST, ItemKind.SALE):
        usual = settings.defaults_of(kind)
        named = (
            (ListKind.ACCOUNTS, usual.account),
            (ListKind.TAX_RATES, usual.tax_rate),
            (ListKind.TAX_RATES, usual.untaxed_rate),
            (ListKind.PRODUCTS, usual.product),
        )
        found |= {Code(of, key) for of, key in named if key is not None}
        found |= {Code(ListKind.TRACKING_CATEGORIES, track.option, track.category) for track in usual.tracking}
    return frozenset(found)


async def _open(tx: Tx, of: Of) -> dict[str, GoneCodes]:
    """What was told and is not over, by its role."""
    workspace_id, organisation_id = of
    rows = (await tx.execute(_TOLD, {"workspace_id": workspace_id, "of_id": str(organisation_id)})).all()
    told = {row.role: load(row.facts, GoneCodes) for row in rows}
    return {role: found for role, found in told.items() if not found.is_over}


async def _tell(tx: Tx, of: Of, role: str, found: GoneCodes) -> None:
    """In a new message; or, under a role that there is, in the one that stands."""
    workspace_id, organisation_id = of
    by = UserId((await tx.execute(_connection(*of))).one().connected_by)
    place = await place_of_news(tx, workspace_id, organisation_id, by, role)
    facts = load(dump(found), dict[str, Any])
    await want(tx, workspace_id, Subject.GONE_CODES, organisation_id, place, facts=facts)


def _connection(workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Any:
    return select(CONNECTIONS.c.provider, CONNECTIONS.c.connected_by).where(
        CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id
    )
