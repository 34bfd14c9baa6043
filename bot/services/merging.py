"""Merge lists, as it is gone through in Slack: which books are taken over from, list by list what their entries become, and the
end, which carries all of it over (`bot.services.carrying_over`).

What was chosen is kept page by page, so that nothing of it is lost. Of two who do it at once, who sends a page that was drawn before
the other one's was saved is shown it anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.db import merges
from bot.db.api_keys import count_live
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow, OrganisationRow
from bot.db.items import ITEMS
from bot.db.recodings import UNDECIDED
from bot.db.rules import count_rules
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import ListKind
from bot.domain.connections import Health
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.merging import (
    LIST_NAMES,
    ROWS_PER_PAGE,
    Merge,
    MergeEntry,
    MergeList,
    MergeListPage,
    MergeOffer,
    MergePage,
    MergeRow,
    Source,
    Waiting,
)
from bot.domain.rights import Deed, Person, Role
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.carried_items import is_disconnected
from bot.services.merge_choices import Choice, MergeChoices
from bot.services.merge_entries import Entries, in_use, with_proposals
from bot.services.namesakes import IS_NAMESAKE, PROVIDER, called
from bot.services.people import NotAllowedError, OrganisationNotFoundError, People, standing_of
from bot.services.settings import organisation_name
from bot.services.settings_pages import provider_of
from providers.base import AccountingProvider

CONNECTIONS, ORGANISATIONS, SYNCS = table_of(ConnectionRow), table_of(OrganisationRow), table_of(ListSyncRow)
MOST_SOURCES = 100
LEFT_APPROVED = (ItemState.APPROVED, ItemState.SENDING, ItemState.UNKNOWN, ItemState.REFUSED)

_SOURCES = (
    select(ORGANISATIONS.c.id, ORGANISATIONS.c.name, PROVIDER, IS_NAMESAKE)
    .join(CONNECTIONS, CONNECTIONS.c.organisation_id == ORGANISATIONS.c.id)
    .where(
        ORGANISATIONS.c.workspace_id == bindparam("workspace_id"),
        ORGANISATIONS.c.id != bindparam("organisation_id"),
        CONNECTIONS.c.health == Health.DISCONNECTED,
        ORGANISATIONS.c.id.not_in(select(merges.MERGES.c.source_id)),
    )
    .order_by(ORGANISATIONS.c.name)
    .limit(MOST_SOURCES)
)
_UNREAD = (
    select(SYNCS.c.kind)
    .where(
        SYNCS.c.workspace_id == bindparam("workspace_id"),
        SYNCS.c.organisation_id == bindparam("organisation_id"),
        SYNCS.c.synced_at.is_(None),
    )
    .limit(1)
)
_COUNTED = (
    select(ITEMS.c.state, ITEMS.c.kind, func.count().label("items"))
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.state.in_((*UNDECIDED, *LEFT_APPROVED, ItemState.PUBLISHED)),
    )
    .group_by(ITEMS.c.state, ITEMS.c.kind)
)


class NoMergeError(Exception):
    """There is nothing that is merged into these books, or nothing any more."""

    def __init__(self) -> None:
        super().__init__("Nothing is being merged into these books any more. Press Merge lists on their Manage page.")


class SourceTakenError(Exception):
    """The books cannot be taken over from: they are connected, or others take their place."""

    def __init__(self) -> None:
        super().__init__("Those books are connected again, or others take their place already. Choose other ones.")


class StaleMergeError(Exception):
    """Somebody else changed what this form was drawn from."""


class NotTakenError(Exception):
    """What an entry cannot become, as a sentence by its place. Nothing was saved."""

    def __init__(self, places: Mapping[int, str]) -> None:
        self.places = dict(places)
        super().__init__("; ".join(places.values()))


@dataclass(frozen=True, slots=True)
class Merging:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> MergePage:
        """How far it is. What came to be in use in the old books since it was opened last has a row from then on.

        Raises:
            NotAllowedError: only admins of both books.
            OrganisationNotFoundError: it is no organisation of this workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            merge = await self.allowed(tx, actor, person, organisation_id)
        if merge is not None and not merge.is_done:
            await self._fill(merge)
        async with self.db.read() as tx:
            return await self._page(tx, actor, organisation_id)

    async def begin(self, actor: Actor, organisation_id: OrganisationId, source_id: OrganisationId) -> MergePage:
        """Take over from these books. Where others were chosen meanwhile, it goes on with those.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
            SourceTakenError: they are connected, or of another merge.
        """
        person = await self.people.identify(actor)
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            merge = await self.allowed(tx, actor, person, organisation_id)
            if merge is None:
                await self.people.require(tx, Deed.SET_UP, actor, person, source_id)
                if source_id == organisation_id or not await is_disconnected(tx, workspace_id, source_id):
                    raise SourceTakenError
                if not await merges.begin_merge(tx, workspace_id, organisation_id, source_id, actor.user_id):
                    raise SourceTakenError
                await audit.record(
                    tx,
                    workspace_id,
                    organisation_id,
                    "merging lists begun",
                    by=actor.user_id,
                    organisation_id=organisation_id,
                    facts={"from": str(source_id)},
                )
        return await self.opened(actor, organisation_id)

    async def start_over(self, actor: Actor, organisation_id: OrganisationId, version: int) -> MergePage:
        """Forget what was chosen, and from which books.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
            StaleMergeError: somebody else changed it, or it is done.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            merge = await self.allowed(tx, actor, person, organisation_id)
            if merge is not None and (merge.version != version or not await merges.forget_merge(tx, merge)):
                raise StaleMergeError
        return await self.opened(actor, organisation_id)

    async def list_opened(
        self, actor: Actor, organisation_id: OrganisationId, kind: ListKind, page: int = 0
    ) -> MergeListPage:
        """One page of one list.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
            NoMergeError: nothing is merged into these books, or it is done.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            merge = await self._open(tx, actor, person, organisation_id)
            entries = await _of_kind(tx, merge, kind)
            pages = max(1, -(-len(entries) // ROWS_PER_PAGE))
            page = min(page, pages - 1)
            shown = entries[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
            chosen = [entry.to for entry in shown if entry.to is not None]
            new = await Entries.of(tx, (merge.workspace_id, organisation_id), chosen)
            return MergeListPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(tx, merge.workspace_id, organisation_id),
                source=await organisation_name(tx, merge.workspace_id, merge.source_id),
                kind=kind,
                version=merge.version,
                page=page,
                pages=pages,
                rows=tuple(
                    MergeRow(entry=entry, choice=None if entry.to is None else (entry.to, new.label(entry.to)))
                    for entry in shown
                ),
            )

    async def found(
        self, actor: Actor, organisation_id: OrganisationId, place: int, text: str
    ) -> tuple[Choice, ...] | None:
        """What an entry can become, by what was typed; None for who may not merge, and where there is no such entry."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            try:
                merge = await self._open(tx, actor, person, organisation_id)
            except (NotAllowedError, OrganisationNotFoundError, NoMergeError):
                return None
            entries = await merges.merged_entries(tx, merge.workspace_id, organisation_id)
            entry = next((each for each in entries if each.place == place), None)
            return None if entry is None else await MergeChoices(tx, merge, entry).found(text)

    async def save_list(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        kind: ListKind,
        version: int,
        chosen: Mapping[int, Code | None],
    ) -> None:
        """Keep what the entries at these places become. The same once more changes nothing.

        Raises:
            NotAllowedError, OrganisationNotFoundError, NoMergeError: as `list_opened`.
            NotTakenError: an entry that the new list does not have, or that is of another kind.
            StaleMergeError: somebody else was quicker.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            merge = await self._open(tx, actor, person, organisation_id)
            entries = {entry.place: entry for entry in await _of_kind(tx, merge, kind)}
            changed = {
                place: to
                for place, to in chosen.items()
                if place in entries and (entries[place].to, entries[place].is_decided) != (to, True)
            }
            if not changed:
                return
            if merge.version != version:
                raise StaleMergeError
            new = await Entries.of(tx, (merge.workspace_id, organisation_id), [to for to in changed.values() if to])
            wrong = {
                place: sentence
                for place, to in changed.items()
                if to is not None and (sentence := await MergeChoices(tx, merge, entries[place]).why_not(to, new))
            }
            if wrong:
                raise NotTakenError(wrong)
            if not await merges.next_version(tx, merge, version):
                raise StaleMergeError
            for place, to in changed.items():
                await merges.choose(tx, merge, place, to)

    async def allowed(
        self, tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId
    ) -> Merge | None:
        """Whose place these books take, for an admin of both. Raises: as `opened`."""
        await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
        merge = await merges.merge_of(tx, actor.workspace.id, organisation_id)
        if merge is not None:
            await self.people.require(tx, Deed.SET_UP, actor, person, merge.source_id)
        return merge

    async def _open(self, tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId) -> Merge:
        """Raises: as `list_opened`."""
        merge = await self.allowed(tx, actor, person, organisation_id)
        if merge is None or merge.is_done:
            raise NoMergeError
        return merge

    async def _fill(self, merge: Merge) -> None:
        """A row for everything in use that has none, once the new lists are there to propose something from."""
        if await add_missing(self.db, merge):
            async with self.db.write() as tx:
                await merges.next_version(tx, merge, merge.version)

    async def _page(self, tx: Tx, actor: Actor, organisation_id: OrganisationId) -> MergePage:
        workspace_id = actor.workspace.id
        merge = await merges.merge_of(tx, workspace_id, organisation_id)
        provider = self.providers.get(await provider_of(tx, workspace_id, organisation_id) or "")
        page = MergePage(
            organisation_id=organisation_id,
            organisation=await organisation_name(tx, workspace_id, organisation_id),
            ledger="the ledger" if provider is None else provider.profile.name,
            merge=merge,
            is_being_read=await is_being_read(tx, workspace_id, organisation_id),
        )
        if merge is None:
            return replace(page, sources=await sources_for(tx, actor.workspace.id, actor.user_id, organisation_id))
        entries = await merges.merged_entries(tx, workspace_id, organisation_id)
        return replace(
            page,
            source=await organisation_name(tx, workspace_id, merge.source_id),
            lists=tuple(summed for kind in LIST_NAMES if (summed := _summed(kind, entries)).total),
            rules=await count_rules(tx, workspace_id, merge.source_id),
            keys=await count_live(tx, workspace_id, merge.source_id),
            waiting=await waiting_in(tx, workspace_id, merge.source_id),
            left=await merges.told_of(tx, merge),
        )


async def add_missing(db: Database, merge: Merge) -> bool:
    """Whether there was something in use that had no row."""
    of_source = merge.workspace_id, merge.source_id
    async with db.read() as tx:
        if await is_being_read(tx, merge.workspace_id, merge.organisation_id):
            return False
        known = {entry.code for entry in await merges.merged_entries(tx, merge.workspace_id, merge.organisation_id)}
    missing = await in_use(db, of_source) - known
    if not missing:
        return False
    async with db.read() as tx:
        entries = await with_proposals(tx, merge, missing)
    async with db.write() as tx:
        await merges.add_entries(tx, merge, entries)
    return bool(entries)


async def is_being_read(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
    """Whether one of its lists was never read to the end."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return (await tx.execute(_UNREAD, of)).first() is not None


async def sources_for(
    tx: Tx, workspace_id: WorkspaceId, user_id: UserId, organisation_id: OrganisationId
) -> tuple[Source, ...]:
    """Books that these can take the place of: disconnected, of no other merge, and this person their admin."""
    of: dict[str, Any] = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    found = []
    for row in (await tx.execute(_SOURCES, of)).all():
        source_id = OrganisationId(row.id)
        standing = await standing_of(tx, workspace_id, source_id, user_id)
        if Role.ADMIN in standing.roles:
            found.append(Source(organisation_id=source_id, name=called(row)))
    return tuple(found)


async def offer_of(tx: Tx, actor: Actor, organisation_id: OrganisationId, *, is_connected: bool) -> MergeOffer | None:
    """What an admin is told of it, and offered."""
    workspace_id = actor.workspace.id
    into = await merges.merge_from(tx, workspace_id, organisation_id)
    if into is not None:
        name = await organisation_name(tx, workspace_id, into.organisation_id)
        return MergeOffer(successor=name, is_done=into.is_done)
    merge = await merges.merge_of(tx, workspace_id, organisation_id)
    if merge is not None:
        return MergeOffer(source=await organisation_name(tx, workspace_id, merge.source_id), is_done=merge.is_done)
    return (
        MergeOffer()
        if is_connected and await sources_for(tx, actor.workspace.id, actor.user_id, organisation_id)
        else None
    )


async def waiting_in(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Waiting:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    undecided = reports = approved = published = 0
    for row in (await tx.execute(_COUNTED, of)).all():
        if row.state in UNDECIDED:
            undecided += row.items
            reports += row.items if row.kind == ItemKind.EXPENSE_REPORT else 0
        elif row.state == ItemState.PUBLISHED:
            published += row.items
        else:
            approved += row.items
    return Waiting(undecided=undecided, reports=reports, approved=approved, published=published)


async def _of_kind(tx: Tx, merge: Merge, kind: ListKind) -> tuple[MergeEntry, ...]:
    entries = await merges.merged_entries(tx, merge.workspace_id, merge.organisation_id)
    return tuple(entry for entry in entries if entry.code.kind is kind)


def _summed(kind: ListKind, entries: tuple[MergeEntry, ...]) -> MergeList:
    of_kind = [entry for entry in entries if entry.code.kind is kind]
    return MergeList(
        kind=kind,
        total=len(of_kind),
        matched=sum(entry.to is not None for entry in of_kind),
        decided=sum(entry.is_decided for entry in of_kind),
    )
