"""Whether an organisation's costs are matched with bank lines: what the form shows, and what follows when it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.db.arrivals import statements_waiting
from bot.db.bank_lines import count_lines
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow
from bot.db.items import ITEMS
from bot.db.publications import USABLE
from bot.db.unit_of_work import Database, Tx
from bot.domain.bank_match import BankForm, BankPage
from bot.domain.books import Capability, ListKind
from bot.domain.documents import ItemKind
from bot.domain.ids import ConnectionId, ItemId, OrganisationId, WorkspaceId
from bot.domain.items import EDITABLE
from bot.domain.payment_methods import Link
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.bank_accounts import bank_accounts
from bot.services.importing import UNDER_WAY, start_import
from bot.services.jobs import Jobs
from bot.services.ledger_lines import lines_of
from bot.services.messages import Subject, redraw, redraw_items
from bot.services.people import People
from bot.services.recorded_lines import recorded_of
from bot.services.saving_settings import StaleFormError, next_version
from bot.services.settings_pages import NoConnectionError, for_admin, ground_of
from providers.base import AccountingProvider

CONNECTIONS, SYNCS = table_of(ConnectionRow), table_of(ListSyncRow)
MOST_DRAWN = 500
"""Cards that show at once what is matched; the others do whenever they are drawn next."""

_CONNECTION = select(CONNECTIONS.c.id, CONNECTIONS.c.provider, CONNECTIONS.c.health).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
    CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
)
_BEING_READ = select(SYNCS.c.kind).where(
    SYNCS.c.workspace_id == bindparam("workspace_id"),
    SYNCS.c.organisation_id == bindparam("organisation_id"),
    SYNCS.c.kind == ListKind.BANK_ACCOUNTS,
    SYNCS.c.state.in_(UNDER_WAY),
)
_WAITING = (
    select(ITEMS.c.id)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.state.in_(EDITABLE),
        ITEMS.c.kind == ItemKind.COST,
    )
    .order_by(ITEMS.c.created_at.desc())
    .limit(MOST_DRAWN)
)


class NothingToMatchError(Exception):
    """Bank match is not for these books; the words say why, and what to do."""


@dataclass(frozen=True, slots=True)
class BankSettings:
    db: Database
    people: People
    jobs: Jobs
    providers: Mapping[str, AccountingProvider]

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> BankPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        NoConnectionError: it is not connected, or is no organisation of this workspace.
        NothingToMatchError: its software books nothing on bank accounts, or has none.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            return await page_of(tx, actor.workspace.id, organisation_id, self.providers)

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: BankForm) -> BankPage:
        """What the ledger tells of its bank lines is read as soon as it is switched on.

        Raises:
            NotAllowedError, NoConnectionError, NothingToMatchError: as `opened`.
            StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        of = actor.workspace.id, organisation_id
        async with for_admin(self.db, self.people, actor, organisation_id, writes=True) as tx:
            before = await page_of(tx, *of, self.providers)
            if before.is_on == form.is_on:
                return before
            if not await next_version(tx, *of, form.version, bank_match=form.is_on):
                raise StaleFormError
            facts = {"is": "on" if form.is_on else "off"}
            await audit.record(
                tx, *of, "bank match set", by=actor.user_id, organisation_id=organisation_id, facts=facts
            )
            await self._followed(tx, *of, is_on=form.is_on)
            return await page_of(tx, *of, self.providers)

    async def _followed(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, is_on: bool
    ) -> None:
        of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
        waiting = [ItemId(each) for each in (await tx.execute(_WAITING, of)).scalars()]
        await redraw_items(tx, workspace_id, waiting)
        for subject in {arrival.subject for arrival in await statements_waiting(tx, workspace_id, organisation_id)}:
            await redraw(tx, workspace_id, Subject.ARRIVAL, subject)
        if is_on:
            await read_soon(tx, self.jobs, workspace_id, organisation_id, self.providers)


async def read_soon(
    tx: Tx,
    jobs: Jobs,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    providers: Mapping[str, AccountingProvider],
) -> None:
    """Have the bank accounts read, where the ledger says something of their lines. Nothing is begun where it is not connected, or
    while they are read anyway.
    """
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    connection = (await tx.execute(_CONNECTION, of)).one_or_none()
    provider = None if connection is None else providers.get(connection.provider)
    if connection is None or connection.health not in USABLE or provider is None:
        return
    is_told = lines_of(provider) is not None or recorded_of(provider) is not None
    if is_told and (await tx.execute(_BEING_READ.limit(1), of)).first() is None:
        await start_import(tx, jobs, ConnectionId(connection.id), (ListKind.BANK_ACCOUNTS,))


async def page_if_any(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, providers: Mapping[str, AccountingProvider]
) -> BankPage | None:
    """None: bank match is not for these books."""
    try:
        return await page_of(tx, workspace_id, organisation_id, providers)
    except (NoConnectionError, NothingToMatchError):
        return None


async def page_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, providers: Mapping[str, AccountingProvider]
) -> BankPage:
    """Raises:
    NoConnectionError, NothingToMatchError: as `BankSettings.opened`.
    """
    of = tx, workspace_id, organisation_id
    ground = await ground_of(*of, providers)
    if ground.books is None:
        raise NoConnectionError
    name, ledger = ground.organisation, ground.profile.name
    if Capability.BANK_TRANSACTIONS not in ground.can:
        raise NothingToMatchError(
            f"Nothing can be booked on bank accounts here, so there is nothing to match for {name}."
        )
    accounts = {each: account for each, (link, account) in (await bank_accounts(*of)).items() if link is Link.LIVE}
    if not accounts:
        how = "Add one there, then `/dext sync bank accounts`."
        if not ground.profile.lists:
            how = "An admin types them under *Manage*, in Home."
        raise NothingToMatchError(
            f"{name} has no bank accounts in {ground.profile.listed_in} that I know of, so there is nothing to match. {how}"
        )
    lines = await count_lines(*of)
    return BankPage(
        organisation_id=organisation_id,
        organisation=name,
        ledger=ledger,
        version=ground.settings.version,
        is_on=ground.settings.bank_match,
        has_lines=Capability.BANK_LINES in ground.can,
        accounts=tuple((account, *lines.get(each, (0, None))) for each, account in accounts.items()),
    )
