"""A workspace with an organisation that is set up and connected, bills that wait for approval, and a ledger beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import func, select

from bot.clock import Clock
from bot.db.base import dump, table_of
from bot.db.connections import ConnectionRow, OrganisationRow, SettingsRow, TokenSetRow
from bot.db.items import ITEMS, change_item, load_item
from bot.db.messages import AlertRow
from bot.db.publications import BATCHES, PUBLICATIONS, STEPS
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import AuditRow, WorkspaceRow
from bot.domain.book_rules import BookRules
from bot.domain.books import Books
from bot.domain.coding import CodedValue, Coding, Source
from bot.domain.documents import Door, Facts, ItemKind, Line, Party
from bot.domain.ids import ConnectionId, FileId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Problem
from bot.domain.publishing import BatchState, PublicationState, StepKind, StepState, due_at_once
from bot.domain.settings import PaymentStatus
from bot.intake.parent import Smaller
from bot.services.alerts import load_alert
from bot.services.entering import NewItem, enter
from bot.services.files import keep_file
from bot.services.jobs import JobKind, Jobs
from bot.services.publications import open_publication
from bot.services.publishing import Publishing
from bot.services.smaller_files import SmallerFiles
from providers.base import Access
from tests.contract.far_end import USUAL, Codes
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import InlineJobs
from tests.services.ledger import Ledger

PUBLIC_URL = "http://127.0.0.1:3000"
LEASE = timedelta(seconds=30)
ALERTS, AUDIT = table_of(AlertRow), table_of(AuditRow)
OPEN_BATCHES = (BatchState.QUEUED, BatchState.SENDING, BatchState.CHECKING)
UNDER_WAY = (StepState.WAITING, StepState.SENDING, StepState.UNKNOWN)
WAITING = (PublicationState.WAITING, PublicationState.SENDING, PublicationState.UNKNOWN)


class CrashError(Exception):
    """The process dies here: nobody handles it, and what was not committed is gone."""


class CrashingDatabase(Database):
    """Dies at its n-th write, before or after the commit."""

    writes = 0
    dies_at: int | None = None
    dies_after_commit = False
    dies_of: Exception = CrashError()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        self.writes += 1
        dies = self.writes == self.dies_at
        async with super().write() as tx:
            yield tx
            if dies and not self.dies_after_commit:
                raise self.dies_of
        if dies:
            raise self.dies_of


@dataclass(slots=True)
class StandingTokens:
    """`bot.services.access.Tokens`: access is always there until the connection is broken."""

    db: Database
    forgotten: int = 0
    ended: list[Problem] = field(default_factory=list)

    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        return Access(access_token=f"token {self.forgotten}", tenant_id="tenant")

    async def forget(self, connection_id: ConnectionId, access: Access) -> None:
        self.forgotten += 1

    async def broken(self, connection_id: ConnectionId, problem: Problem) -> None:
        self.ended.append(problem)
        connections = table_of(ConnectionRow)
        async with self.db.write() as tx:
            await tx.execute(connections.update().where(connections.c.id == connection_id).values(health="broken"))


@dataclass(slots=True)
class World:
    db: Database
    clock: Clock
    ledger: Ledger
    jobs: InlineJobs
    tokens: StandingTokens
    publishing: Publishing
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    connection_id: ConnectionId
    smaller_files: SmallerFiles
    file: tuple[str, bytes] | None = None
    """What the next items are made of: its name, and what it begins with; each has bytes of its own."""
    paid_from: str | None = None
    """The bank account that they are paid from at once; None: they are not paid."""
    codes: Codes = USUAL
    """Of the ledger that they are for."""
    claimant: str | None = None
    """The ledger's user who paid, where they are expense reports of several lines."""

    async def approve(self, *numbers: str) -> list[ItemId]:
        """Bills that come in, are approved and wait to be sent at once."""
        return [await self._approved(number) for number in numbers]

    async def enter(self, *numbers: str) -> None:
        """Bills that come in and wait for somebody's decision."""
        async with self.db.write() as tx:
            for number in numbers:
                await self._entered(tx, number)

    async def _approved(self, number: str) -> ItemId:
        async with self.db.write() as tx:
            item = await self._move(tx, await self._entered(tx, number), ItemState.APPROVED)
            await open_publication(tx, item, due_at=tx.now)
        return item.id

    async def _entered(self, tx: Tx, number: str) -> Item:
        item, _ = await enter(tx, replace(self._bill(number), file_id=await self._kept(tx, number)))
        if self.paid_from is None:
            return item
        return await self._moved(tx, item, replace(item, publish_as=PaymentStatus.PAID, paid_from=self.paid_from))

    async def _kept(self, tx: Tx, number: str) -> FileId | None:
        if self.file is None:
            return None
        name, content = self.file
        return await keep_file(tx, self.workspace_id, name, content + number.encode())

    async def approve_again(self, item_id: ItemId, *, account: str = "429") -> None:
        """What pressing Retry on an alert, or choosing another category there, comes to."""
        async with self.db.write() as tx:
            item = await self._item(tx, item_id)
            chosen = replace(item.coding, account=CodedValue(value=account, source=Source.PERSON))
            coded = replace(item, coding=chosen, state=ItemState.APPROVED)
            item = await self._moved(tx, item, coded)
            await open_publication(tx, item, due_at=due_at_once(tx.now))

    async def _move(self, tx: Tx, item: Item, state: ItemState) -> Item:
        return await self._moved(tx, item, replace(item, state=state))

    async def _moved(self, tx: Tx, before: Item, after: Item) -> Item:
        moved = await change_item(tx, before, after)
        assert moved is not None
        return moved

    def _bill(self, number: str) -> NewItem:
        amount = Decimal("100.00")
        facts = Facts(
            supplier=Party(name="Paper Ltd"),
            number=number,
            issued_on=date(2026, 2, 20),
            currency="GBP",
            net=amount,
            tax=Decimal("20.00"),
            gross=Decimal("120.00"),
        )
        by_hand = Source.PERSON
        new = NewItem(
            workspace_id=self.workspace_id,
            organisation_id=self.organisation_id,
            submitted_by=UserId("U1"),
            door=Door.FORM,
            source_key=f"form:{number}",
            facts=facts,
            coding=Coding(
                account=CodedValue(value=self.codes.cost, source=by_hand),
                tax_rate=CodedValue(value=next(iter(self.codes.cost_rates)), source=by_hand),
            ),
        )
        return new if self.claimant is None else self._claimed(new, CodedValue(value=self.claimant, source=by_hand))

    @staticmethod
    def _claimed(bill: NewItem, claimant: CodedValue) -> NewItem:
        """The same, of three receipts of days of their own."""
        paid = [Decimal(50), Decimal(30), Decimal(20)]
        lines = tuple(
            Line(
                description=f"Receipt {place} of {bill.facts.number}",
                unit_price=net,
                net=net,
                tax=net / 5,
                dated_on=date(2026, 2, 10 + place),
            )
            for place, net in enumerate(paid, 1)
        )
        facts, coding = replace(bill.facts, lines=lines), replace(bill.coding, contact=claimant)
        return replace(bill, kind=ItemKind.EXPENSE_REPORT, facts=facts, coding=coding)

    async def claim(self, user: str) -> None:
        """From now on it is reports that are approved, in books that pay users."""
        self.claimant = user
        organisations = table_of(OrganisationRow)
        rules = BookRules(pays_users=True)
        books = Books(provider_id="tenant", name="Northwind", base_currency="GBP", rules=rules)
        async with self.db.write() as tx:
            of = organisations.c.id == self.organisation_id
            await tx.execute(organisations.update().where(of).values(books=dump(books)))

    async def _item(self, tx: Tx, item_id: ItemId) -> Item:
        item = await load_item(tx, self.workspace_id, item_id)
        assert item is not None
        return item

    async def items(self, tx: Tx) -> list[Item]:
        """All that there are."""
        ids = (await tx.execute(select(ITEMS.c.id))).scalars().all()
        return [await self._item(tx, ItemId(item_id)) for item_id in ids]

    async def states(self) -> dict[str, ItemState]:
        async with self.db.read() as tx:
            rows = (await tx.execute(select(ITEMS.c.number, ITEMS.c.state))).all()
        return {row.number: ItemState(row.state) for row in rows}

    async def state(self, item_id: ItemId) -> ItemState:
        async with self.db.read() as tx:
            return (await self._item(tx, item_id)).state

    async def alert(self, item_id: ItemId, of: StepKind = StepKind.DOCUMENT) -> tuple[str, str, int] | None:
        """The state, problem and number of refusals of the alert about this kind of step."""
        async with self.db.read() as tx:
            alert = await load_alert(tx, self.workspace_id, item_id, of)
        return None if alert is None else (alert.state, alert.problem.code, alert.times)

    async def alerts(self) -> int:
        """How many there are, in whatever state."""
        async with self.db.read() as tx:
            return int((await tx.execute(select(func.count()).select_from(ALERTS))).scalar_one())

    async def audited(self, deed: str) -> int:
        async with self.db.read() as tx:
            return int((await tx.execute(select(func.count()).where(AUDIT.c.deed == deed))).scalar_one())

    async def is_settled(self) -> bool:
        async with self.db.read() as tx:
            batches = (await tx.execute(select(BATCHES.c.id).where(BATCHES.c.state.in_(OPEN_BATCHES)))).first()
            waiting = (await tx.execute(select(PUBLICATIONS.c.id).where(PUBLICATIONS.c.state.in_(WAITING)))).first()
            due = (await tx.execute(select(STEPS.c.position).where(STEPS.c.state.in_(UNDER_WAY)))).first()
        return batches is None and waiting is None and due is None

    async def one_pass(self) -> None:
        """What a worker does once; where it dies, the next pass is another process's."""
        try:
            await self.publishing.plan()
            await self.publishing.reconcile()
            await self.smaller_files.restart_stuck()
            await self.jobs.drain()
        except CrashError:
            pass

    async def settle(self, *, passes: int = 60, seconds: float = 8) -> int:
        """Work until nothing is open; answers how many passes it took."""
        for number in range(1, passes + 1):
            await self.one_pass()
            if await self.is_settled():
                return number
            self.later(seconds)
        return passes + 1

    def later(self, seconds: float) -> None:
        assert isinstance(self.clock, FakeClock)
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))

    def publishing_by(self, jobs: Jobs) -> Publishing:
        """The same service with another engine."""
        return Publishing(self.db, jobs, {"xero": self.ledger}, self.tokens, self.clock, PUBLIC_URL, LEASE)

    async def reconnected(self) -> None:
        connections = table_of(ConnectionRow)
        async with self.db.write() as tx:
            await tx.execute(
                connections.update().where(connections.c.id == self.connection_id).values(health="healthy")
            )


async def in_half(content: bytes, most_bytes: int) -> Smaller | None:
    """`bot.services.smaller_files.Shrink`: one half of a file, where that is small enough."""
    half = content[: len(content) // 2]
    return Smaller(content=half, ending="pdf") if len(half) <= most_bytes else None


async def a_world(
    db: Database, clock: Clock, *, is_set_up: bool = True, team_id: str = "T1", provider: str = "xero"
) -> World:
    ledger, jobs, tokens = Ledger(clock), InlineJobs(), StandingTokens(db)
    publishing = Publishing(db, jobs, {provider: ledger}, tokens, clock, PUBLIC_URL, LEASE)

    smaller_files = SmallerFiles(db, jobs, in_half)

    async def run(kind: str, key: str) -> None:
        await (smaller_files if kind == JobKind.MAKE_SMALLER else publishing).run(key)

    jobs.handler = run
    ids = await _seed(db, is_set_up=is_set_up, team_id=team_id, provider=provider)
    return World(db, clock, ledger, jobs, tokens, publishing, *ids, smaller_files)


async def _seed(
    db: Database, *, is_set_up: bool, team_id: str, provider: str
) -> tuple[WorkspaceId, OrganisationId, ConnectionId]:
    workspace_id, organisation_id, connection_id, token_set_id = (uuid4() for _ in range(4))
    async with db.write() as tx:
        await tx.execute(table_of(WorkspaceRow).insert().values(**_workspace(workspace_id, team_id, tx)))
        books = Books(provider_id="tenant", name="Northwind", base_currency="GBP")
        organisation = {"id": organisation_id, "workspace_id": workspace_id, "name": books.name, "created_at": tx.now}
        await tx.execute(table_of(OrganisationRow).insert().values(**organisation, books=dump(books), next_reference=1))
        confirmed_at = tx.now if is_set_up else None
        confirmed = {"general_confirmed_at": confirmed_at, "tax_confirmed_at": confirmed_at}
        settings = {"organisation_id": organisation_id, "workspace_id": workspace_id, "version": 1, "chosen": "{}"}
        await tx.execute(table_of(SettingsRow).insert().values(**settings, **confirmed))
        tokens = {"provider": provider, "subject": f"person of {team_id}", "access_sealed": b"", "refresh_sealed": b""}
        times = {"expires_at": tx.now, "refreshed_at": tx.now, "generation": 1}
        await tx.execute(table_of(TokenSetRow).insert().values(id=token_set_id, **tokens, **times))
        connection = {"workspace_id": workspace_id, "organisation_id": organisation_id, "token_set_id": token_set_id}
        linked = {"provider": provider, "tenant_id": "tenant", "connected_by": "U1", "connected_at": tx.now}
        await tx.execute(
            table_of(ConnectionRow).insert().values(id=connection_id, **connection, **linked, health="healthy")
        )
    return WorkspaceId(workspace_id), OrganisationId(organisation_id), ConnectionId(connection_id)


def _workspace(workspace_id: UUID, team_id: str, tx: Tx) -> dict[str, object]:
    return {
        "id": workspace_id,
        "enterprise_id": "",
        "team_id": team_id,
        "name": "Acme",
        "bot_user_id": "UBOT",
        "bot_id": "B1",
        "installed_at": tx.now,
    }
