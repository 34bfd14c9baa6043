"""Lists of software that is not called, as admins type or paste them: stored as those that are read from a ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import and_, func, select

from bot.db import list_terms
from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import Account, Contact, ListEntry, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.managing import TypedListPage
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.domain.typed_lists import TypedList, TypedListError, lists_typed
from bot.services import audit, default_messages
from bot.services.homes import redraw_homes_of
from bot.services.lists import rules_of
from bot.services.messages import Subject, redraw
from bot.services.new_codes import write
from bot.services.people import OrganisationNotFoundError, People
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import provider_of
from providers.base import AccountingProvider

ENTRIES = table_of(ListEntryRow)


SHOWN = 400
"""Entries of which as many are shown as have room in a form."""
_KINDS: Mapping[ListKind, type[ListEntry]] = {
    ListKind.ACCOUNTS: Account,
    ListKind.TAX_RATES: TaxRate,
    ListKind.CONTACTS: Contact,
    ListKind.BANK_ACCOUNTS: Account,
    ListKind.PRODUCTS: Product,
    ListKind.TRACKING_CATEGORIES: TrackingCategory,
}
LARGEST_LIST = 512 * 1024
"""In bytes; some ten thousand lines."""
NOT_FETCHED = (
    f"Slack did not hand that file over in time, or it is larger than {LARGEST_LIST // 1024} KiB. Press Save again."
)


class HandedIn(Protocol):
    async def __call__(self, workspace_id: WorkspaceId, address: str, *, most: int) -> bytes | None:
        """A file that is in a form, while its person waits; None where it did not come in time, or is too large."""
        ...


@dataclass(frozen=True, slots=True)
class TypingLists:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]
    begin_to_follow: BeginToFollow
    handed_in: HandedIn

    async def text_of(self, actor: Actor, address: str) -> str:
        """What a file says that somebody put into the form.

        Raises:
            TypedListError: it did not come.
        """
        content = await self.handed_in(actor.workspace.id, address, most=LARGEST_LIST)
        if content is None:
            raise TypedListError(NOT_FETCHED)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")

    async def opened(self, actor: Actor, organisation_id: OrganisationId, kind: ListKind) -> TypedListPage:
        """Raises:
        NotAllowedError: only admins of the organisation.
        OrganisationNotFoundError: there is none whose lists are typed.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, actor.workspace.id, organisation_id, kind)
            count, first = await _in_it(tx, actor.workspace.id, organisation_id, kind)
            return TypedListPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(tx, actor.workspace.id, organisation_id),
                kind=kind,
                count=count,
                first=first,
            )

    async def save(self, actor: Actor, organisation_id: OrganisationId, kind: ListKind, typed: TypedList) -> None:
        """What is new or otherwise is written, and what is gone is offered no more; the rest stays. Raises: as `opened`."""
        person, of = await self.people.identify(actor), (actor.workspace.id, organisation_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, *of, kind)
            await _retire(tx, *of, kind, typed.gone)
            await write(tx, *of, kind, typed.entries)
            await default_messages.look(tx, *of, kind)
            await self.begin_to_follow(tx, *of, await load_settings(tx, *of))
            facts = {"list": kind, "written": len(typed.entries), "taken away": len(typed.gone)}
            await audit.record(tx, *of, "list typed", by=actor.user_id, organisation_id=organisation_id, facts=facts)
            await redraw(tx, actor.workspace.id, Subject.CONNECTION, organisation_id)
            await redraw_homes_of(tx, *of)

    async def _require_typed(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
    ) -> None:
        provider = self.providers.get(await provider_of(tx, workspace_id, organisation_id) or "")
        rules = await rules_of(tx, workspace_id, organisation_id)
        if provider is None or kind not in lists_typed(provider.profile.capabilities, rules):
            raise OrganisationNotFoundError


async def _in_it(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> tuple[int, tuple[ListEntry, ...]]:
    """How many entries can be chosen, and those with the first codes."""
    live = and_(
        ENTRIES.c.workspace_id == workspace_id,
        ENTRIES.c.organisation_id == organisation_id,
        ENTRIES.c.kind == kind,
        ENTRIES.c.is_active.is_(True),
    )
    count = (await tx.execute(select(func.count()).select_from(ENTRIES).where(live))).scalar_one()
    first = select(ENTRIES.c.entry).where(live).order_by(ENTRIES.c.key).limit(SHOWN)
    return count, tuple(load(entry, _KINDS[kind]) for entry in (await tx.execute(first)).scalars())


async def _retire(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, keys: frozenset[str]
) -> None:
    if not keys:
        return
    await list_terms.drop(tx, workspace_id, organisation_id, kind, sorted(keys))
    old = ENTRIES.update().where(
        ENTRIES.c.workspace_id == workspace_id,
        ENTRIES.c.organisation_id == organisation_id,
        ENTRIES.c.kind == kind,
        ENTRIES.c.key.in_(sorted(keys)),
    )
    await tx.execute(old.values(is_active=False))
