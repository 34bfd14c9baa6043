"""Lists of software that is not called, as admins type or paste them: stored as those that are read from a ledger.

A whole one is had as a CSV file, and a file with the same columns takes its place; what a file would do is shown first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from bot.db import list_terms
from bot.db.base import load, new_id, table_of
from bot.db.connections import ListEntryRow, ListSyncRow, OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.books import Account, Contact, ListEntry, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.managing import ENTRIES_A_PAGE, ListPreview, TypedListPage
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.domain.typed_lists import (
    MOST_LINES,
    TypedList,
    TypedListError,
    code_of,
    file_of,
    lists_typed,
    what_changes,
)
from bot.services import audit, default_messages
from bot.services.downloading import Hands
from bot.services.homes import redraw_homes_of
from bot.services.jobs import JobKind, Jobs
from bot.services.lists import rules_of
from bot.services.messages import Place, Subject, Surface, note, redraw
from bot.services.new_codes import write
from bot.services.people import OrganisationNotFoundError, People
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import provider_of
from bot.views import typed_lists as views
from providers.base import AccountingProvider

ENTRIES, SYNCS, ORGANISATIONS = table_of(ListEntryRow), table_of(ListSyncRow), table_of(OrganisationRow)

_BOOKS = select(ORGANISATIONS.c.workspace_id, ORGANISATIONS.c.name).where(
    ORGANISATIONS.c.id == bindparam("organisation_id"), is_installed(ORGANISATIONS.c.workspace_id)
)
_KINDS: Mapping[ListKind, type[ListEntry]] = {
    ListKind.ACCOUNTS: Account,
    ListKind.TAX_RATES: TaxRate,
    ListKind.CONTACTS: Contact,
    ListKind.BANK_ACCOUNTS: Account,
    ListKind.PRODUCTS: Product,
    ListKind.TRACKING_CATEGORIES: TrackingCategory,
}
LARGEST_LIST = 1024 * 1024
"""In bytes; some twenty thousand lines."""
NOT_FETCHED = (
    f"Slack did not hand that file over in time, or it is larger than {LARGEST_LIST // 1024} KiB. Try it once more."
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
    jobs: Jobs
    hands: Hands

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

    async def opened(
        self, actor: Actor, organisation_id: OrganisationId, kind: ListKind, page: int = 0
    ) -> TypedListPage:
        """Raises:
        NotAllowedError: only admins of the organisation.
        OrganisationNotFoundError: there is none whose lists are typed.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, actor.workspace.id, organisation_id, kind)
            live = _live(actor.workspace.id, organisation_id, kind)
            count = (await tx.execute(select(func.count()).select_from(ENTRIES).where(live))).scalar_one()
            page = min(page, max(0, count - 1) // ENTRIES_A_PAGE)
            shown = select(ENTRIES.c.entry).where(live).order_by(ENTRIES.c.key).limit(ENTRIES_A_PAGE)
            entries = (await tx.execute(shown.offset(page * ENTRIES_A_PAGE))).scalars()
            return TypedListPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(tx, actor.workspace.id, organisation_id),
                kind=kind,
                count=count,
                page=page,
                shown=tuple(load(entry, _KINDS[kind]) for entry in entries),
            )

    async def save(self, actor: Actor, organisation_id: OrganisationId, kind: ListKind, typed: TypedList) -> None:
        """What is new or otherwise is written, and what is gone is offered no more; the rest stays. Raises: as `opened`."""
        person, of = await self.people.identify(actor), (actor.workspace.id, organisation_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, *of, kind)
            await self._write(tx, actor, organisation_id, kind, typed)

    async def download(self, actor: Actor, organisation_id: OrganisationId, kind: ListKind) -> None:
        """The whole list comes to that person's own messages, as a file. Raises: as `opened`."""
        person, of = await self.people.identify(actor), (actor.workspace.id, organisation_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, *of, kind)
            key = f"{organisation_id}:{kind}:{actor.user_id}:{new_id()}"
            facts = {"list": kind}
            await audit.record(
                tx, *of, "list downloaded", by=actor.user_id, organisation_id=organisation_id, facts=facts
            )
            await self.jobs.enqueue(tx, JobKind.HAND_OVER_LIST, key, f"downloads:{organisation_id}")

    async def run(self, key: str) -> None:
        """Hand one list over. Run twice, it is there twice. Where Slack does not take it, the person is told."""
        organisation, kind, user, _ = key.split(":")
        organisation_id, user_id = OrganisationId(UUID(organisation)), UserId(user)
        async with self.db.read() as tx:
            found = (await tx.execute(_BOOKS, {"organisation_id": organisation_id})).one_or_none()
            if found is None:
                return
            workspace_id = WorkspaceId(found.workspace_id)
            entries = await _entries(tx, workspace_id, organisation_id, ListKind(kind))
        content = file_of(ListKind(kind), entries.values()).encode("utf-8-sig")
        name, words = views.file_name(found.name, ListKind(kind)), views.handed_over(found.name, ListKind(kind))
        if await self.hands.give(workspace_id, user_id, name=name, content=content, words=words) is None:
            async with self.db.write() as tx:
                place = Place(role="download", surface=Surface.DIRECT, user_id=user_id)
                await note(tx, workspace_id, f"list:{key}", place, views.not_handed_over(found.name, ListKind(kind)))

    async def previewed(
        self, actor: Actor, organisation_id: OrganisationId, kind: ListKind, typed: TypedList, address: str
    ) -> ListPreview:
        """What a file would do; `address` is where it is. Raises: as `opened`; TypedListError: it is too much at once."""
        person, of = await self.people.identify(actor), (actor.workspace.id, organisation_id)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, *of, kind)
            return await _preview(tx, *of, kind, typed=typed, address=address)

    async def save_file(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        kind: ListKind,
        typed: TypedList,
        address: str,
        *,
        version: int,
    ) -> ListPreview:
        """What was previewed is saved, and answered. Of another version, which somebody else made of the list meanwhile, nothing
        is saved, and what it would be now is answered. Raises: as `previewed`.
        """
        person, of = await self.people.identify(actor), (actor.workspace.id, organisation_id)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await self._require_typed(tx, *of, kind)
            found = await _preview(tx, *of, kind, typed=typed, address=address)
            if found.version == version:
                await self._write(tx, actor, organisation_id, kind, found.change.typed())
        return found

    async def _write(
        self, tx: Tx, actor: Actor, organisation_id: OrganisationId, kind: ListKind, typed: TypedList
    ) -> None:
        of = actor.workspace.id, organisation_id
        await _retire(tx, *of, kind, typed.gone)
        await write(tx, *of, kind, typed.entries)
        await default_messages.look(tx, *of, kind)
        await self.begin_to_follow(tx, *of, await load_settings(tx, *of))
        facts = {"list": kind, "written": len(typed.entries), "taken away": len(typed.gone)}
        await audit.record(tx, *of, "list typed", by=actor.user_id, organisation_id=organisation_id, facts=facts)
        await redraw(tx, actor.workspace.id, Subject.CONNECTION, organisation_id)
        await redraw_homes_of(tx, *of)
        # what waits is looked through page by page, as there may be thousands
        await self.jobs.enqueue(tx, JobKind.LOOK_FOR_GONE, f"{organisation_id}:{new_id()}", f"lists:{organisation_id}")

    async def _require_typed(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
    ) -> None:
        provider = self.providers.get(await provider_of(tx, workspace_id, organisation_id) or "")
        rules = await rules_of(tx, workspace_id, organisation_id)
        if provider is None or kind not in lists_typed(provider.profile.capabilities, rules):
            raise OrganisationNotFoundError


async def _preview(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    kind: ListKind,
    *,
    typed: TypedList,
    address: str,
) -> ListPreview:
    of = workspace_id, organisation_id, kind
    version = await _version(tx, *of)
    change = what_changes(await _entries(tx, *of), typed)
    if change.count > MOST_LINES:
        raise TypedListError(
            f"It changes {change.count:,} entries, and at most {MOST_LINES:,} are changed at once. Part the file, and let its "
            "first parts add to the list."
        )
    return ListPreview(
        organisation_id=organisation_id,
        organisation=await organisation_name(tx, workspace_id, organisation_id),
        kind=kind,
        version=version,
        change=change,
        is_whole=typed.is_whole,
        address=address,
    )


def _live(workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind) -> ColumnElement[bool]:
    """What can be chosen."""
    return and_(
        ENTRIES.c.workspace_id == workspace_id,
        ENTRIES.c.organisation_id == organisation_id,
        ENTRIES.c.kind == kind,
        ENTRIES.c.is_active.is_(True),
    )


async def _entries(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> dict[str, ListEntry]:
    """All of a list, by code and in its order."""
    live = select(ENTRIES.c.entry).where(_live(workspace_id, organisation_id, kind)).order_by(ENTRIES.c.key)
    found = (load(entry, _KINDS[kind]) for entry in (await tx.execute(live)).scalars())
    return {code_of(entry): entry for entry in found}


async def _version(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind) -> int:
    """Which each writing of the list changes."""
    statement = select(SYNCS.c.run).where(
        SYNCS.c.workspace_id == workspace_id, SYNCS.c.organisation_id == organisation_id, SYNCS.c.kind == kind
    )
    return (await tx.execute(statement)).scalar_one_or_none() or 0


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
