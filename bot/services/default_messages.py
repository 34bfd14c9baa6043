"""A default that the ledger does not take any more is told once, and the message is finished when it is mended.

Found by whoever ends the reading of its list, or records a refusal that says so, in that transaction; finished by a
reading too, or where other settings are saved.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectionRow, SettingsRow
from bot.db.messages import MessageRow
from bot.db.recodings import undecided_items
from bot.db.unit_of_work import Tx
from bot.domain.books import ListKind
from bot.domain.coding import Coding, CodingDefaults, LineCoding, Track
from bot.domain.defaults import DefaultOutcome, MissingDefault
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rights import Role
from bot.services.choices import usable_defaults
from bot.services.code_names import CodeNames
from bot.services.connection_messages import place_of_news
from bot.services.lists import account_label, live_tracking, product_label, tax_rate_label
from bot.services.messages import Drawn, Shown, Subject, redraw_items, want
from bot.services.settings import load_settings, organisation_name, people_with
from bot.views import defaults as views

CONNECTIONS, MESSAGES, SETTINGS = table_of(ConnectionRow), table_of(MessageRow), table_of(SettingsRow)
MOST_FLAGGED = 200
"""Cards that are drawn again at once; others say it when they are opened, or change."""

_LOCK = (
    select(SETTINGS.c.version)
    .where(
        SETTINGS.c.workspace_id == bindparam("workspace_id"), SETTINGS.c.organisation_id == bindparam("organisation_id")
    )
    .with_for_update()
)
_TOLD = select(MESSAGES.c.role, MESSAGES.c.facts).where(
    MESSAGES.c.workspace_id == bindparam("workspace_id"),
    MESSAGES.c.subject == Subject.DEFAULT,
    MESSAGES.c.subject_id == bindparam("of_id"),
)


async def look(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *kinds: ListKind) -> bool:
    """Whether the defaults out of these lists can be used; tells what changed of that, and of nothing twice.

    Answers whether one is back, which bills that came in without it are to follow.
    """
    known = [kind for kind in kinds if kind in views.NAMES]
    if not known:
        return False
    # settings that are saved meanwhile, and another process's reading, wait for what is told here
    await tx.execute(_LOCK, {"workspace_id": workspace_id, "organisation_id": organisation_id})
    settings = await load_settings(tx, workspace_id, organisation_id)
    told = await _open(tx, workspace_id, organisation_id)
    is_back = False
    for of in (ItemKind.COST, ItemKind.SALE):
        defaults = settings.defaults_of(of)
        usable = await usable_defaults(tx, workspace_id, organisation_id, defaults, of)
        for kind in known:
            chosen = _keys(defaults, kind)
            missing = chosen - _keys(usable, kind)
            before = {found.key: (role, found) for role, found in told if (found.of, found.kind) == (of, kind)}
            for key in before.keys() - missing:
                role, found = before[key]
                outcome = DefaultOutcome.BACK if key in chosen else DefaultOutcome.CHANGED
                await _tell(tx, workspace_id, organisation_id, role, replace(found, outcome=outcome))
                is_back = is_back or outcome is DefaultOutcome.BACK
            for place, key in enumerate(sorted(missing - before.keys())):
                label = await _label(tx, workspace_id, organisation_id, kind, key)
                role = f"{of}:{kind}:{tx.now:%Y%m%dT%H%M%S%f}{f':{place}' if place else ''}"
                gone = MissingDefault(of=of, kind=kind, key=key, label=label)
                await _tell(tx, workspace_id, organisation_id, role, gone)
                await _flag_cards(tx, workspace_id, organisation_id, kind, key)
    return is_back


def drawer(ledger_name: Callable[[str], str]) -> Callable[[Tx, Shown], Awaitable[Drawn | None]]:
    """The drawer of `Subject.DEFAULT`; `ledger_name` is that of a provider's key."""

    async def draw(tx: Tx, message: Shown) -> Drawn | None:
        organisation_id = OrganisationId(UUID(message.subject_id))
        of = message.workspace_id, organisation_id
        provider = (await tx.execute(_connection(CONNECTIONS.c.provider, *of))).scalar_one()
        admins = await people_with(tx, *of, Role.ADMIN)
        missing = load(message.facts, MissingDefault)
        name = await organisation_name(tx, *of)
        text, blocks = views.missing(name, organisation_id, ledger_name(provider), missing, admins)
        return Drawn(text=text, blocks=blocks, is_last=missing.outcome is not None)

    return draw


async def _flag_cards(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, key: str
) -> None:
    """Nobody decides by a card that says nothing of it: those that wait with it are drawn again, the oldest first."""
    waiting = await undecided_items(tx, workspace_id, organisation_id, None, limit=MOST_FLAGGED)
    await redraw_items(tx, workspace_id, [item.id for item in waiting if key in _booked_to(item, kind)])


def _booked_to(item: Item, kind: ListKind) -> set[str | None]:
    coded: tuple[Coding | LineCoding, ...] = (item.coding, *item.coding.lines)
    match kind:
        case ListKind.ACCOUNTS:
            return {each.account.value for each in coded}
        case ListKind.PRODUCTS:
            return {each.product.value for each in coded}
        case ListKind.TRACKING_CATEGORIES:
            options = [(one.category, one.option.value) for each in coded for one in each.tracking]
            return {_key(Track(category, option)) for category, option in options if option is not None}
        case _:
            return {each.tax_rate.value for each in coded}


def _connection(column: ColumnElement[Any], workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Select[Any]:
    return select(column).where(
        CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id
    )


async def _open(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> list[tuple[str, MissingDefault]]:
    """What was told and not finished, with its role."""
    rows = await tx.execute(_TOLD, {"workspace_id": workspace_id, "of_id": str(organisation_id)})
    told = [(row.role, load(row.facts, MissingDefault)) for row in rows.all()]
    return [(role, missing) for role, missing in told if missing.outcome is None]


async def _tell(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, role: str, missing: MissingDefault
) -> None:
    """In a new message; or, under a role that there is, in the one that stands."""
    connected_by = _connection(CONNECTIONS.c.connected_by, workspace_id, organisation_id)
    by = UserId((await tx.execute(connected_by)).scalar_one())
    place = await place_of_news(tx, workspace_id, organisation_id, by, role)
    facts = {
        "of": missing.of,
        "kind": missing.kind,
        "key": missing.key,
        "label": missing.label,
        "outcome": missing.outcome,
    }
    await want(tx, workspace_id, Subject.DEFAULT, organisation_id, place, facts=facts)


def _keys(defaults: CodingDefaults, kind: ListKind) -> set[str]:
    """Of tracking there may be several."""
    if kind is ListKind.TRACKING_CATEGORIES:
        return {_key(track) for track in defaults.tracking}
    of_kind = {
        ListKind.ACCOUNTS: (defaults.account,),
        ListKind.TAX_RATES: (defaults.tax_rate, defaults.untaxed_rate),
    }
    return {key for key in of_kind.get(kind, (defaults.product,)) if key is not None}


def _key(track: Track) -> str:
    return f"{track.category}/{track.option}"


async def _label(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, key: str) -> str:
    if kind is ListKind.TRACKING_CATEGORIES:
        category_id, _, option_id = key.partition("/")
        known = await live_tracking(tx, workspace_id, organisation_id)
        category, option = CodeNames(categories={each.provider_id: each for each in known}).track(
            Track(category_id, option_id)
        )
        return f"{category}: {option}"
    label = {ListKind.ACCOUNTS: account_label, ListKind.TAX_RATES: tax_rate_label}.get(kind, product_label)
    return await label(tx, workspace_id, organisation_id, key)
