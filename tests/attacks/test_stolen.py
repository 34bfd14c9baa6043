"""Somebody can write in the database, or has a copy of it: a secret that was moved is of no use, and nobody is called."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow, ConnectionRow, TokenSetRow
from bot.db.messages import MessageRow
from bot.db.sealed import ACCESS, BOT_TOKEN, CODE, REFRESH, SEALED_COLUMNS, VERIFIER, SealedColumn
from bot.db.workspaces import WORKSPACES
from bot.domain.ids import ChannelId, ConnectionId, UserId
from bot.domain.problems import ProblemCode
from bot.domain.slack import Actor
from bot.playground.slack import ADMIN, BILLS, OTHER_TEAM, OUTSIDER, TEAM
from bot.services.messages import Subject
from bot.vault import SealError
from providers.errors import ReconnectNeededError
from tests.attacks.jars import Stand
from tests.fakes.app import World
from tests.fakes.connected import beside_xero

CONNECTIONS, FLOWS = table_of(ConnectionRow), table_of(ConnectFlowRow)
TOKENS, MESSAGES = table_of(TokenSetRow), table_of(MessageRow)


async def two_sign_ins(stand: Stand) -> None:
    """One of each workspace, by two people at Xero."""
    await stand.connected(stand.admin, await stand.link())
    await stand.connected(stand.stranger, await stand.link(OUTSIDER, OTHER_TEAM), OUTSIDER, "sam")
    await stand.world.settle()


async def access(stand: Stand) -> None:
    """Every connection is asked for access, as a job does it."""
    async with stand.world.services.db.read() as tx:
        ids = (await tx.execute(select(CONNECTIONS.c.id))).scalars().all()
    for connection_id in ids:
        await is_refused(stand.world.services.tokens.access, ConnectionId(connection_id))


async def is_refused(ask: Callable[[ConnectionId], Awaitable[Any]], connection_id: ConnectionId) -> None:
    """Told as what it is, so that the job that asked says it to people."""
    with pytest.raises(ReconnectNeededError) as refused:
        await ask(connection_id)
    assert refused.value.problem.code is ProblemCode.SIGN_IN_ALTERED


async def swap(stand: Stand, column: SealedColumn, other: SealedColumn) -> int:
    """The first row's cell and the second row's, each put where the other was; answers how many rows there are."""
    async with stand.world.services.db.write() as tx:
        table = column.table
        rows = (await tx.execute(table.select().where(column.cell.is_not(None)).order_by(table.c.id))).mappings().all()
        first, second = rows[0], rows[-1]
        pairs = ((first, column, second, other), (second, other, first, column))
        for row, mine, source, theirs in pairs:
            moved = {mine.column: source[theirs.column]}
            await tx.execute(table.update().where(table.c.id == row["id"]).values(moved))
    return len(rows)


@pytest.mark.parametrize(
    ("column", "other", "is_expired"),
    [(ACCESS, ACCESS, False), (REFRESH, REFRESH, True), (ACCESS, REFRESH, False), (REFRESH, ACCESS, True)],
    ids=["access of another", "refresh of another", "refresh for access", "access for refresh"],
)
async def test_a_sign_in_that_was_moved_is_refused_and_nobody_is_called(
    stand: Stand, column: SealedColumn, other: SealedColumn, *, is_expired: bool
) -> None:
    await two_sign_ins(stand)
    assert await swap(stand, column, other) == 2
    if is_expired:
        async with stand.world.services.db.write() as tx:
            await tx.execute(TOKENS.update().values(expires_at=tx.now))
    asked = len(stand.xero.calls)

    if column is other:
        await access(stand)
    else:
        await first_of(stand, column, stand.world.services.tokens.access)

    assert len(stand.xero.calls) == asked


async def first_of(stand: Stand, column: SealedColumn, ask: Callable[[ConnectionId], Awaitable[Any]]) -> None:
    """The connection whose own cell was replaced."""
    table = column.table
    async with stand.world.services.db.read() as tx:
        spoiled = (await tx.execute(select(table.c.id).order_by(table.c.id).limit(1))).scalar_one()
        found = select(CONNECTIONS.c.id).where(CONNECTIONS.c.token_set_id == spoiled)
        connection_id = (await tx.execute(found)).scalar_one()
    await is_refused(ask, ConnectionId(connection_id))


async def test_a_bot_token_that_was_given_to_another_workspace_is_not_used(either: Stand) -> None:
    """Acme's token in Northwind's row, which has none of its own."""
    async with either.world.services.db.write() as tx:
        ids = {row.team_id: row.id for row in await tx.execute(select(WORKSPACES.c.team_id, WORKSPACES.c.id))}
        stolen = select(WORKSPACES.c.token_sealed).where(WORKSPACES.c.id == ids[OTHER_TEAM])
        cell = (await tx.execute(stolen)).scalar_one()
        await tx.execute(WORKSPACES.update().where(WORKSPACES.c.id == ids[TEAM]).values(token_sealed=cell))
    either.world.services.clients.forget(ids[TEAM])
    asked = len(either.world.slack.calls)

    with pytest.raises(SealError):
        await either.world.services.clients.of(ids[TEAM])

    assert len(either.world.slack.calls) == asked
    assert BOT_TOKEN in SEALED_COLUMNS


async def test_a_verifier_that_was_moved_stops_the_sign_in_before_anything_is_exchanged(either: Stand) -> None:
    answer = await either.returned(either.admin, await either.link())
    await either.returned(either.stranger, await either.link(OUTSIDER, OTHER_TEAM), OUTSIDER)
    assert await swap(either, VERIFIER, VERIFIER) == 2
    before, asked = await either.effects(), len(either.xero.calls)

    seen = await either.admin.follow(answer)

    assert seen.status == 503
    assert len(either.xero.calls) == asked
    assert await either.effects() == before


@pytest.mark.parametrize(("is_moved", "told"), [(False, 2), (True, 0)])
async def test_a_code_that_was_moved_is_told_to_nobody(database_url: str, told: int, *, is_moved: bool) -> None:
    """Two codes that wait to be sent; each row is given the other's."""
    async with beside_xero(database_url) as (world, _):
        flows, clicks = world.services.flows, []
        workspace = await world.services.workspaces.find("", TEAM)
        assert workspace is not None
        for cookie in ("one", "other"):
            actor = Actor(workspace=workspace, user_id=UserId(ADMIN), team_id=TEAM)
            link = await flows.start(actor, "xero", channel_id=ChannelId(BILLS))
            clicks.append(await flows.open("xero", parse_qs(urlsplit(link).query)["t"][0], cookie))
        if is_moved:
            await swap_codes(world)

        await world.product.messenger.drain()

        assert clicks == [None, None]
        assert len([message for message in world.slack.dms(ADMIN) if "code" in message.text.lower()]) == told


async def swap_codes(world: World) -> None:
    of_codes = MESSAGES.c.subject == Subject.CONNECT_CODE
    async with world.services.db.write() as tx:
        first, second = (await tx.execute(select(MESSAGES).where(of_codes))).all()
        for row, facts in ((first, second.facts), (second, first.facts)):
            await tx.execute(MESSAGES.update().where(MESSAGES.c.id == row.id).values(facts=facts))
        assert CODE.sealed_in(first.facts) is not None
