"""Migrations and the row classes say the same, on both databases, whatever happened half-way."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import SystemClock
from bot.db import migrate
from bot.db.base import dump, table_of
from bot.db.items import ITEMS, load_item
from bot.db.messages import AlertRow, MessageRow
from bot.db.publications import BATCHES, STEPS
from bot.db.recodings import recodings_due
from bot.db.unit_of_work import Database
from bot.domain.books import ListKind
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.settings import Destination, KindSettings, PaymentStatus
from bot.services.finding import find
from bot.services.settings import load_settings
from tests.db.schema import schema_of
from tests.services.listed import account

ALERTS, MESSAGES = table_of(AlertRow), table_of(MessageRow)
OURS_TO_IGNORE = frozenset({migrate.VERSION_TABLE})

KILLED_HALF_WAY = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.db import migrate

made = 0

@event.listens_for(Engine, "after_cursor_execute")
def die(_connection, _cursor, statement, *_rest):
    global made
    made += "CREATE TABLE" in statement
    if made == 7:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(migrate.upgrade(sys.argv[1]))
"""


async def create_from_models(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate.tables().create_all)
    await engine.dispose()


async def drop_models(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate.tables().drop_all)
    await engine.dispose()


async def test_migrations_make_the_tables_that_the_rows_describe(empty_url: str) -> None:
    await create_from_models(empty_url)
    described = await schema_of(empty_url)
    await drop_models(empty_url)

    await migrate.upgrade(empty_url)

    made = await schema_of(empty_url, without=OURS_TO_IGNORE)
    assert made == described
    assert "items" in made


async def test_a_column_without_a_type_of_its_own_is_noticed() -> None:
    """A column whose type got lost is stored as whatever the database likes."""
    kinds = {
        f"{table.name}.{column.name}": str(column.type)
        for table in migrate.tables().sorted_tables
        for column in table.columns
    }

    lost = [name for name, kind in kinds.items() if kind == "NULL"]

    assert lost == []


async def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    first = await schema_of(empty_url)

    await migrate.upgrade(empty_url)

    assert await schema_of(empty_url) == first
    assert await migrate.current(empty_url) == migrate.head()


async def test_two_processes_that_migrate_at_once_both_succeed(empty_url: str) -> None:
    await asyncio.gather(migrate.upgrade(empty_url), migrate.upgrade(empty_url))

    assert await migrate.current(empty_url) == migrate.head()


async def test_a_migration_killed_half_way_left_nothing_and_is_run_again(empty_url: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED_HALF_WAY, empty_url)
    assert await process.wait() == -signal.SIGKILL
    left = await schema_of(empty_url)

    await migrate.upgrade(empty_url)

    assert left == {}
    assert await migrate.current(empty_url) == migrate.head()


async def test_a_database_without_tables_says_what_to_type(empty_url: str) -> None:
    with pytest.raises(migrate.OutdatedDatabaseError, match="dext-bot migrate"):
        await migrate.require_head(empty_url)


async def test_looking_at_a_missing_file_does_not_make_one(tmp_path: Path) -> None:
    path = tmp_path / "none.db"

    with pytest.raises(migrate.OutdatedDatabaseError):
        await migrate.require_head(f"sqlite+aiosqlite:///{path}")

    assert not path.exists()


async def test_a_migrated_database_is_accepted(empty_url: str) -> None:
    await migrate.upgrade(empty_url)

    await migrate.require_head(empty_url)


async def test_a_database_of_a_newer_version_is_refused(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'"))
    await engine.dispose()

    with pytest.raises(migrate.OutdatedDatabaseError, match="newer version"):
        await migrate.require_head(empty_url)


async def test_asking_where_a_database_stands_loads_no_migration_library() -> None:
    """A serving process asks at its start, and would hold the library's memory for as long as it lives."""
    program = "import sys, bot.db.migrate as m; m.head(); sys.exit('alembic' in sys.modules)"

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)

    assert await process.wait() == 0


async def test_lists_that_were_imported_before_are_found_by_their_words_too(empty_url: str) -> None:
    """The migration makes the words of what is there; nobody waits for the next import."""
    organisation = OrganisationId(uuid4())
    workspace = WorkspaceId(uuid4())
    await upgrade_to(empty_url, "0003")
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        for statement, values in old_rows(workspace, organisation):
            await connection.execute(text(statement), values)
    await engine.dispose()

    await migrate.upgrade(empty_url)

    db = Database(empty_url, SystemClock())
    async with db.read() as tx:
        found = await find(tx, workspace, organisation, ListKind.ACCOUNTS, "cafe 4")
        assert [row.key for row in found] == ["429"]
        assert len(await find(tx, workspace, organisation, ListKind.ACCOUNTS, "")) == 1  # archived, and a bank
    await db.close()


async def upgrade_to(url: str, revision: str) -> None:
    async with migrate.connect(url) as connection:
        await connection.run_sync(lambda sync: command.upgrade(migrate._alembic(sync), revision))


def old_rows(workspace: WorkspaceId, organisation: OrganisationId) -> Iterator[tuple[str, dict[str, object]]]:
    """An organisation with a chart of accounts, as the version before kept them."""
    yield from _of_organisation(workspace, organisation)
    org, ws = organisation.hex, workspace.hex
    chart = (account("429", "Café costs"), account("430", "Old", is_active=False), account("090", "Bank", is_bank=True))
    for entry in chart:
        yield (
            (
                "INSERT INTO list_entries (organisation_id, kind, key, workspace_id, search, is_active, entry, seen_in) "
                "VALUES (:org, 'accounts', :key, :ws, '', :is_active, :entry, 1)"
            ),
            {"org": org, "ws": ws, "key": entry.code, "is_active": entry.is_active, "entry": dump(entry)},
        )


def _of_organisation(workspace: WorkspaceId, organisation: OrganisationId) -> Iterator[tuple[str, dict[str, object]]]:
    now, ws, org = "2026-03-02 09:00:00+00:00", workspace.hex, organisation.hex
    yield (
        (
            "INSERT INTO workspaces (id, enterprise_id, team_id, name, bot_user_id, bot_id, token_sealed, installed_at) "
            f"VALUES (:ws, '', 'T1', 'Acme', 'U0', 'B0', '', '{now}')"
        ),
        {"ws": ws},
    )
    yield (
        (
            "INSERT INTO organisations (id, workspace_id, name, books, next_reference, created_at) "
            f"VALUES (:org, :ws, 'Acme', '{{}}', 1, '{now}')"
        ),
        {"ws": ws, "org": org},
    )


async def test_what_was_on_its_way_before_steps_were_carried_goes_on(empty_url: str) -> None:
    """A bill that was frozen into a batch by the version before has all that sending it needs in its step."""
    organisation, workspace = OrganisationId(uuid4()), WorkspaceId(uuid4())
    await upgrade_to(empty_url, "0014")
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        for statement, values in (*_of_organisation(workspace, organisation), *_on_its_way(workspace, organisation)):
            await connection.execute(text(statement), values)
    await engine.dispose()

    await migrate.upgrade(empty_url)

    db = Database(empty_url, SystemClock())
    async with db.read() as tx:
        (step,) = (await tx.execute(STEPS.select())).all()
        (batch,) = (await tx.execute(BATCHES.select())).all()
    await db.close()
    assert (step.organisation_id, step.item_id, step.batch_id) == (organisation, UUID(int=3), batch.id)
    assert (step.place, step.work, step.ledger_id, step.state) == (7, '{"number":"INV-1"}', "led-1", "sending")
    assert step.due_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert (batch.kind, batch.route) == ("document", "Invoices")


async def test_settings_of_before_are_those_of_costs_and_sales_that_waited_are_looked_at_again(empty_url: str) -> None:
    organisation, workspace = OrganisationId(uuid4()), WorkspaceId(uuid4())
    await upgrade_to(empty_url, "0022")
    engine = create_async_engine(empty_url)
    of = {"workspace_id": workspace.hex, "organisation_id": organisation.hex}
    came = {"door": "form", "submitted_by": "U1", "created_at": "2026-03-02 09:00:00+00:00", "state": "to_review"}
    content = {
        "facts": "{}",
        "coding": '{"account":{"value":"429","source":20},"tax_rate":{"value":"NONE","source":90,"by":"U1"}}',
        "complaints": "[]",
        "publish_as": "draft",
        "edited_by": "[]",
        "version": 1,
    }
    chosen = '{"destination":"purchases","payment_status":"awaiting_payment","default_account":"429"}'
    rows = [
        *_of_organisation(workspace, organisation),
        _row("organisation_settings", **of, version=4, chosen=chosen),
        *(
            _row("items", id=UUID(int=place).hex, reference=kind, kind=kind, source_key=kind, **of, **came, **content)
            for place, kind in enumerate(("cost", "sale"), 1)
        ),
    ]
    async with engine.begin() as connection:
        for statement, values in rows:
            await connection.execute(text(statement), values)
    await engine.dispose()

    await migrate.upgrade(empty_url)

    db = Database(empty_url, SystemClock())
    async with db.read() as tx:
        settings = await load_settings(tx, workspace, organisation)
        places = (await tx.execute(select(ITEMS.c.kind, ITEMS.c.publish_to).order_by(ITEMS.c.kind))).all()
        cost, sale = [await load_item(tx, workspace, ItemId(UUID(int=place))) for place in (1, 2)]
        (stuck,) = await recodings_due(tx, limit=9)
    await db.close()
    assert settings.costs == KindSettings(payment_status=PaymentStatus.AWAITING_PAYMENT, default_account="429")
    assert settings.sales == KindSettings(destination=Destination.SALES)
    assert [tuple(row) for row in places] == [("cost", "purchases"), ("sale", "sales")]
    assert stuck.organisation_id == organisation
    assert cost is not None
    assert sale is not None
    assert [item.coding.account.value for item in (cost, sale)] == ["429", None], "sales have defaults of their own"
    assert [item.coding.tax_rate.value for item in (cost, sale)] == ["NONE", "NONE"], "what a person chose stays"


def _on_its_way(workspace: WorkspaceId, organisation: OrganisationId) -> Iterator[tuple[str, dict[str, object]]]:
    """A publication with its batch, and what both refer to."""
    connection, batch, item, publication = (UUID(int=number).hex for number in range(1, 5))
    of = {"workspace_id": workspace.hex, "organisation_id": organisation.hex}
    now = "2026-03-02 09:00:00+00:00"
    tokens = {"access_sealed": "", "refresh_sealed": "", "expires_at": now, "refreshed_at": now, "generation": 1}
    yield _row("token_sets", id=connection, provider="xero", subject="p", **tokens)
    linked = {"provider": "xero", "tenant_id": "t", "health": "healthy", "connected_by": "U1", "connected_at": now}
    yield _row("connections", id=connection, token_set_id=connection, **of, **linked)
    came = {"door": "form", "source_key": "k", "submitted_by": "U1", "created_at": now}
    content = {"facts": "{}", "coding": "{}", "complaints": "[]", "publish_as": "draft", "edited_by": "[]"}
    named = {"reference": "B-1", "kind": "cost", "state": "sending", "version": 1}
    yield _row("items", id=item, **of, **named, **came, **content)
    sent = {"body": "", "body_hash": "h", "idempotency_key": "key", "due_at": now, "created_at": now}
    moving = {"state": "sending", "attempt": 1, "failures": 0}
    yield _row("publish_batches", id=batch, connection_id=connection, **of, **moving, **sent)
    bound = {"batch_id": batch, "position": 7, "state": "sending", "marker": "m", "bill": '{"number":"INV-1"}'}
    bound |= {"ledger_id": "led-1", "due_at": now, "created_at": now}
    yield _row("publications", id=publication, item_id=item, **of, **bound)
    step = {"position": 0, "kind": "document", "state": "sending", "marker": "m"}
    yield _row("publication_steps", publication_id=publication, workspace_id=workspace.hex, **step)


def _row(table: str, **values: object) -> tuple[str, dict[str, object]]:
    """As literals, which either database takes for what the column is."""
    literals = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in values.values())
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({literals})".replace(":", "\\:"), {}


async def test_what_was_taken_back_before_steps_were_carried_is_not_due(empty_url: str) -> None:
    """Its item may have been approved again since: with two that are due, the one that is over would be sent."""
    organisation, workspace = OrganisationId(uuid4()), WorkspaceId(uuid4())
    await upgrade_to(empty_url, "0014")
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        for statement, values in (*_of_organisation(workspace, organisation), *_on_its_way(workspace, organisation)):
            await connection.execute(text(statement), values)
        for changes in (
            "UPDATE publications SET state = 'cancelled', batch_id = NULL",
            "UPDATE publication_steps SET state = 'waiting'",
        ):
            await connection.execute(text(changes))
    await engine.dispose()

    await migrate.upgrade(empty_url)

    db = Database(empty_url, SystemClock())
    async with db.read() as tx:
        (step,) = (await tx.execute(STEPS.select())).all()
    await db.close()
    assert step.state == "cancelled"


async def test_items_that_were_following_settings_go_on_after_an_upgrade(empty_url: str) -> None:
    organisation, workspace = OrganisationId(uuid4()), WorkspaceId(uuid4())
    now = "2026-03-02 09:00:00+00:00"
    of = {"organisation_id": organisation.hex, "workspace_id": workspace.hex}
    await upgrade_to(empty_url, "0019")
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        begun = _row("recodings", **of, run=3, attempt=2, after_at=now, after_id=workspace.hex, due_at=now)
        for statement, values in (*_of_organisation(workspace, organisation), begun):
            await connection.execute(text(statement), values)
    await engine.dispose()

    await migrate.upgrade(empty_url)

    db = Database(empty_url, SystemClock())
    async with db.read() as tx:
        (stuck,) = await recodings_due(tx, limit=9)
    await db.close()
    assert (stuck.organisation_id, stuck.attempt, stuck.after[1]) == (organisation, 2, workspace)


async def test_alerts_of_before_are_about_the_step_that_was_refused_and_are_drawn_again_so(empty_url: str) -> None:
    organisation, workspace, now = OrganisationId(uuid4()), WorkspaceId(uuid4()), "2026-03-02 09:00:00+00:00"
    of = {"workspace_id": workspace.hex, "organisation_id": organisation.hex}
    came = {"door": "form", "submitted_by": "U1", "created_at": now, "kind": "cost", "publish_to": "purchases"}
    content = {"facts": "{}", "coding": "{}", "complaints": "[]", "publish_as": "draft", "edited_by": "[]"}
    told = {"times": 1, "opened_at": now, "changed_at": now}
    rows = [*_of_organisation(workspace, organisation)]
    for place, (state, alert, code) in enumerate(OLD_ALERTS, 1):
        item, named = UUID(int=place), f"B-{place}"
        rows += [
            _row(
                "items", id=item.hex, reference=named, source_key=named, state=state, version=1, **of, **came, **content
            ),
            _row("alerts", id=item.hex, item_id=item.hex, state=alert, problem=f'{{"code":"{code}"}}', **of, **told),
            *_alert_message(workspace, item, now),
        ]
    await upgrade_to(empty_url, "0024")
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        for statement, values in rows:
            await connection.execute(text(statement), values)
    await engine.dispose()

    await migrate.upgrade(empty_url)

    db = Database(empty_url, SystemClock())
    async with db.read() as tx:
        found = (await tx.execute(select(ALERTS.c.kind, ALERTS.c.number).order_by(ALERTS.c.item_id))).all()
        shown = (await tx.execute(select(MESSAGES).order_by(MESSAGES.c.subject_id))).all()
    await db.close()
    kinds = ["document", "attachment", "attachment", "withdrawal"]
    assert [tuple(row) for row in found] == [(kind, 1) for kind in kinds]
    assert [row.role for row in shown] == [f"thread:{kind}" for kind in kinds]
    assert [row.wanted for row in shown] == [2, 1, 2, 2]


OLD_ALERTS = (
    ("refused", "open", "account_archived"),
    ("published", "left", "file_refused"),
    ("published", "open", "ledger_down"),
    ("published", "open", "withdrawal_locked"),
)
"""The item's state, the alert's, and the problem."""


def _alert_message(workspace: WorkspaceId, item: UUID, now: str) -> Iterator[tuple[str, dict[str, object]]]:
    about = {"subject": "alert", "subject_id": str(item), "role": "thread", "surface": "channel", "facts": "{}"}
    counts = {"wanted": 1, "sent": 1, "is_waiting": False, "attempts": 0}
    yield _row("messages", id=item.hex, workspace_id=workspace.hex, due_at=now, created_at=now, **about, **counts)
