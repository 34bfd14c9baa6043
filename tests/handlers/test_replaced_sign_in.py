"""Reconnected by somebody else: the sign-in before is ended at the ledger, unless something still uses it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow
from bot.domain.connecting import Stage
from bot.domain.ids import ConnectionId
from bot.playground.slack import ADMIN, BILLS, OWNER
from bot.services.giving_back import AGAIN_AFTER
from bot.services.revoking import FINISHING
from providers.xero.simulator import IRELAND, TRADING, Fault
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk
from tests.handlers.parting import connection, shared_tenants, token_sets

FLOWS = table_of(ConnectFlowRow)
SIGNS_IN = timedelta(minutes=5)


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    """Dana connected it."""
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        yield made


def revoked(desk: Desk) -> int:
    return len(desk.xero.calls_to("POST", "/connect/revocation"))


def holders(desk: Desk) -> set[str]:
    """Whose sign-ins the ledger knows of."""
    return {found["_person"] for found in desk.xero.grants.connections.values()}


async def reconnected(desk: Desk) -> str:
    """By Sam, who does not see the organisation in Ireland; answers what is said of it where the command was typed."""
    await connect(desk.world, user=OWNER, person="sam")
    await desk.settle()
    return next(message.text for message in reversed(desk.slack.messages(BILLS)) if "reconnected" in message.text)


async def test_the_sign_in_before_is_ended_and_bills_go_on_by_the_new_one(either: Desk) -> None:
    said = await reconnected(either)

    assert "The sign-in used before is given back to Xero." in said
    assert (revoked(either), holders(either), shared_tenants(either.world)) == (1, {"sam"}, {TRADING})
    assert await token_sets(either.world) == 1
    await either.add()
    await either.approve("INV-1")
    assert len(either.xero.bills(TRADING)) == 1
    assert (await connection(either.world)).connected_by == OWNER


async def test_a_sign_in_that_another_organisation_uses_stays(desk: Desk) -> None:
    await connect(desk.world, tenant=IRELAND)
    await desk.settle()

    said = await reconnected(desk)

    assert "given back" not in said
    assert (revoked(desk), holders(desk), await token_sets(desk.world)) == (0, {"dana", "sam"}, 2)
    ireland = await connection(desk.world, IRELAND)
    assert ireland.health == "healthy"
    assert (await desk.world.services.tokens.access(ConnectionId(ireland.id))).tenant_id == IRELAND


async def somebody_signs_in(desk: Desk) -> None:
    actor, now = await desk.world.actor(), desk.world.clock.now()
    values = {"user_id": ADMIN, "provider": "xero", "stage": Stage.SENT, "link_hash": "h", "code_tries": 0}
    async with desk.world.services.db.write() as tx:
        new = FLOWS.insert().values(
            id=uuid4(), workspace_id=actor.workspace.id, created_at=now, expires_at=now + SIGNS_IN
        )
        await tx.execute(new.values(**values))


async def test_it_waits_for_whoever_signs_in_there_and_for_a_ledger_that_is_away(desk: Desk) -> None:
    """The one who signs in may be the same person, whose new sign-in would be ended with the old one."""
    await somebody_signs_in(desk)
    await reconnected(desk)
    assert (revoked(desk), holders(desk), await token_sets(desk.world)) == (0, {"dana", "sam"}, 2)
    desk.xero.fail_next(Fault.ERROR_AFTER, method="POST", path="/connect/revocation")
    await desk.world.later(SIGNS_IN.total_seconds() + FINISHING.total_seconds() + 1)
    assert (revoked(desk), holders(desk), await token_sets(desk.world)) == (1, {"sam"}, 2)

    await desk.world.later(AGAIN_AFTER.total_seconds() + 1)

    assert (holders(desk), await token_sets(desk.world)) == ({"sam"}, 1)
    assert (await connection(desk.world)).health == "healthy"


async def test_reconnecting_by_the_same_person_ends_nothing(desk: Desk) -> None:
    await connect(desk.world, user=ADMIN)
    await desk.settle()

    assert (revoked(desk), holders(desk), await token_sets(desk.world)) == (0, {"dana"}, 1)
