"""A product to measure: migrated, connected, set up, with items that wait for a decision. All of it local."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from benchmarks.far_end import CHANNEL, PERSON, FarEnd, far_end
from benchmarks.processes import Server, free_port, server
from benchmarks.requests import SECRET
from bot.clock import SystemClock
from bot.db import list_terms, migrate
from bot.db.base import Base, dump, new_id, table_of
from bot.db.connections import (
    ChannelRow,
    ConnectionRow,
    GrantRow,
    ListEntryRow,
    ListSyncRow,
    OrganisationRow,
    SettingsRow,
    TokenSetRow,
)
from bot.db.items import ITEMS
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.books import Account, AccountClass, Books, ListKind, TaxRate
from bot.domain.documents import Door, Facts, Line, Party
from bot.domain.finding import found_by
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.rights import Role
from bot.domain.settings import KindSettings
from bot.services.entering import NewItem, enter
from bot.services.settings import Chosen
from bot.vault import Vault
from providers.xero.simulator import TRADING

SENDER = "U0SENDER"
SUPPLIERS = 40
UNDO_SECONDS = 15
ACCOUNTS = 300


@dataclass(slots=True)
class Stand:
    slack: FarEnd
    app: Server
    folder: Path
    environment: Mapping[str, str]
    items: list[str]
    """Ids of items that wait for a decision, as the buttons spell them."""
    _fresh: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._fresh = iter(self.items[1:])

    def fresh(self) -> Iterator[str]:
        """Items that nobody has decided on; each is given once."""
        return self._fresh

    async def published(self) -> int:
        """How many bills are in the ledger by now."""
        async with self._reading() as tx:
            statement = select(func.count()).where(ITEMS.c.state == ItemState.PUBLISHED)
            return int((await tx.execute(statement)).scalar_one())

    async def lists(self) -> dict[str, tuple[str, int]]:
        """Each list that is imported: its state, and how many entries were read."""
        async with self._reading() as tx:
            syncs = table_of(ListSyncRow)
            return {row.kind: (row.state, row.read) for row in (await tx.execute(select(syncs))).all()}

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Tx]:
        db = Database(self.environment["DEXT_DATABASE_URL"], SystemClock())
        try:
            async with db.read() as tx:
                yield tx
        finally:
            await db.close()


@asynccontextmanager
async def stand(
    items: int,
    *,
    is_worker: bool = False,
    is_publishing: bool = False,
    is_large: bool = False,
    entry: tuple[str, ...],
    database_url: str | None = None,
) -> AsyncIterator[Stand]:
    """`is_publishing`: there is a simulated Xero, and what is approved goes there after `UNDO_SECONDS`. `is_large`: with
    as many accounts and contacts as anybody has. `database_url`: an empty database; a new SQLite without one.
    """
    with TemporaryDirectory(prefix="dext-bench-") as name:
        folder, port, slack_port, ledger_port = Path(name), free_port(), free_port(), free_port()
        environment = _environment(folder, port, slack_port, is_worker=is_worker)
        if database_url is not None:
            environment["DEXT_DATABASE_URL"] = database_url
        if is_publishing:
            environment |= {
                "DEXT_UNDO_SECONDS": str(UNDO_SECONDS),
                "DEXT_XERO_API_URL": f"http://127.0.0.1:{ledger_port}",
            }
        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(far_end(slack_port))
            tokens = folder / "tokens"
            if is_publishing:
                xero = ("-m", "benchmarks.ledger", str(ledger_port), str(tokens), *(("--large",) if is_large else ()))
                await stack.enter_async_context(server(*xero, port=ledger_port, environment={}))
            await migrate.upgrade(environment["DEXT_DATABASE_URL"])
            app = await stack.enter_async_context(server(*entry, port=port, environment=environment))
            found = await _seed(environment, items, tokens if is_publishing else None)
            yield Stand(slack, app, folder, environment, found)


def _environment(folder: Path, port: int, slack_port: int, *, is_worker: bool) -> dict[str, str]:
    slack = f"http://127.0.0.1:{slack_port}"
    return {
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_API_URL": f"{slack}/api/",
        "SLACK_URL": slack,
        "SLACK_FILES_HOST": f"127.0.0.1:{slack_port}",
        "DEXT_PORT": str(port),
        "DEXT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DEXT_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'dext.db'}",
        "DEXT_ENCRYPTION_KEYS": f"bench:{base64.urlsafe_b64encode(os.urandom(32)).decode()}",
        "DEXT_XERO_CLIENT_ID": "bench",
        "DEXT_XERO_CLIENT_SECRET": "bench",
        "DEXT_XERO_API_URL": slack,
        "DEXT_WORKER": "on" if is_worker else "off",
        "DEXT_LOG_LEVEL": "warning",
        "DEXT_UNDO_SECONDS": "3600",
        "BENCH_HEARD": str(folder / "heard"),
    }


async def _seed(environment: Mapping[str, str], items: int, tokens: Path | None) -> list[str]:
    db = Database(environment["DEXT_DATABASE_URL"], SystemClock())
    vault = Vault.from_text(environment["DEXT_ENCRYPTION_KEYS"])
    sign_in = {"access": "none", "refresh": "none"}
    if tokens is not None:
        sign_in = json.loads(await asyncio.to_thread(tokens.read_text))
    try:
        workspace = await _workspace(db)
        async with db.write() as tx:
            organisation = await add_organisation(tx, workspace, vault, sign_in)
        made = []
        for first in range(0, items, 200):
            numbers = range(first, min(first + 200, items))
            made += await _entered(db, workspace, organisation, numbers)
        return made
    finally:
        await db.close()


async def _entered(db: Database, workspace: WorkspaceId, organisation: OrganisationId, numbers: range) -> list[str]:
    """Items whose cards count as posted."""
    messages = table_of(MessageRow)
    posted = {"is_waiting": False, "sent": messages.c.wanted, "ts": "1767225600.000001"}
    async with db.write() as tx:
        items = [(await enter(tx, a_bill(workspace, organisation, number)))[0] for number in numbers]
        await tx.execute(messages.update().values(**posted))
    return [str(item.id) for item in items]


async def _workspace(db: Database) -> WorkspaceId:
    """The row that the app makes at its start, once it knows whose token it has."""
    for _ in range(100):
        async with db.read() as tx:
            found = (await tx.execute(select(table_of(WorkspaceRow).c.id))).scalar_one_or_none()
        if found is not None:
            return WorkspaceId(found)
        await asyncio.sleep(0.1)
    raise RuntimeError("the app did not learn its workspace")


async def add_organisation(
    tx: Tx, workspace: WorkspaceId, vault: Vault, sign_in: Mapping[str, str], tenant: str = TRADING
) -> OrganisationId:
    """Set up and connected to that organisation of the simulated Xero, with a chart, and people who may decide."""
    organisation = OrganisationId(new_id())
    scope: dict[str, Any] = {"workspace_id": workspace}
    books = Books(provider_id=tenant, name="Bench Ltd", base_currency="GBP")
    await _insert(tx, OrganisationRow, scope, id=organisation, name="Bench Ltd", books=dump(books), next_reference=1)
    scope["organisation_id"] = organisation
    chosen = Chosen(costs=KindSettings(default_account="429", default_tax_rate="INPUT2"))
    confirmed = {"general_confirmed_at": tx.now, "tax_confirmed_at": tx.now}
    await _insert(tx, SettingsRow, scope, version=1, chosen=dump(chosen), **confirmed)
    await _connection(tx, scope, vault, sign_in, tenant)
    for role in (Role.ADMIN, Role.APPROVER, Role.BOOKKEEPER):
        await _insert(tx, GrantRow, scope, user_id=PERSON, role=role, position=0)
    channel = CHANNEL if tenant == TRADING else f"C{tenant[:8].upper()}"
    for purpose in ("approvals", "alerts"):
        await _insert(tx, ChannelRow, scope, channel_id=channel, purpose=purpose)
    await _lists(tx, scope)
    return organisation


async def _connection(tx: Tx, scope: dict[str, Any], vault: Vault, sign_in: Mapping[str, str], tenant: str) -> None:
    tokens = new_id()
    sealed = {
        f"{name}_sealed": vault.seal(sign_in[name], f"token_sets.{name}:{tokens}") for name in ("access", "refresh")
    }
    life = {"expires_at": tx.now + timedelta(minutes=25), "refreshed_at": tx.now, "generation": 1}
    await _insert(
        tx,
        TokenSetRow,
        {},
        id=tokens,
        provider="xero",
        subject=f"bench {tenant}",
        **sealed,
        **life,
    )
    await _insert(
        tx,
        ConnectionRow,
        scope,
        id=new_id(),
        provider="xero",
        tenant_id=tenant,
        token_set_id=tokens,
        connected_by=PERSON,
        connected_at=tx.now,
        health="healthy",
    )


async def _lists(tx: Tx, scope: dict[str, Any]) -> None:
    accounts = [
        Account(provider_id=str(code), code=str(code), name=f"Costs {code}", account_class=AccountClass.EXPENSE)
        for code in range(400, 400 + ACCOUNTS)
    ]
    rate = TaxRate(code="INPUT2", name="20% on expenses", percent=Decimal(20))
    listed: tuple[tuple[ListKind, Sequence[Account | TaxRate]], ...] = (
        (ListKind.ACCOUNTS, accounts),
        (ListKind.TAX_RATES, (rate,)),
    )
    for kind, entries in listed:
        found = [
            {"key": entry.code, "search": found_by(entry), "is_active": True, "entry": dump(entry), "seen_in": 1}
            for entry in entries
        ]
        await list_terms.follow(tx, scope["workspace_id"], scope["organisation_id"], kind, found)
        for row in found:
            await _insert(tx, ListEntryRow, scope, kind=kind, **row)


async def _insert(tx: Tx, row: type[Base], scope: dict[str, Any], **values: object) -> None:
    table = table_of(row)
    made = {"created_at": tx.now} if "created_at" in table.columns else {}
    await tx.execute(table.insert().values(**scope, **values, **made))


def a_bill(workspace: WorkspaceId, organisation: OrganisationId, number: int) -> NewItem:
    net = Decimal(100 + number)
    return NewItem(
        workspace_id=workspace,
        organisation_id=organisation,
        submitted_by=UserId(SENDER),
        door=Door.FORM,
        source_key=f"bench:{number}",
        facts=Facts(
            supplier=Party(name=f"Supplier {number % SUPPLIERS}"),
            number=f"INV-{number:06}",
            issued_on=date(2026, 3, 2),
            due_on=date(2026, 4, 1),
            currency="GBP",
            net=net,
            tax=net / 5,
            gross=net * 6 / 5,
            lines=(Line(description="Work", unit_price=net, net=net, tax=net / 5),),
        ),
    )
