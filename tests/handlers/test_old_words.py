"""What was told stays true: codes that nobody typed, connections that were ended, settings that were not kept."""

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.domain.disconnecting import Keep
from bot.playground.slack import ADMIN, BILLS
from bot.services.connect_rows import LIFE
from bot.services.messages import Subject
from bot.views.connecting import CODE_OVER
from tests.fakes.app import World
from tests.fakes.browser import a_browser
from tests.fakes.connected import beside_xero, connect, link_of
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.parting import ask, confirm, disconnect

MESSAGES = table_of(MessageRow)


async def codes_kept(world: World) -> list[str]:
    async with world.services.db.read() as tx:
        kept = await tx.execute(select(MESSAGES.c.facts).where(MESSAGES.c.subject == Subject.CONNECT_CODE))
        return list(kept.scalars())


def said(desk: Desk) -> list[str]:
    """In the channel, in the order in which it was posted, and to the admin alone."""
    return [message.text for message in (*desk.slack.dms(ADMIN), *desk.slack.messages(BILLS))]


async def test_a_code_that_nobody_types_is_shown_and_kept_no_longer_than_it_is_good(sqlite_url: str) -> None:
    async with beside_xero(sqlite_url) as (world, _):
        await world.slack.command("/dext", "connect xero", user=ADMIN)
        view = world.slack.view(ADMIN)
        assert view is not None
        async with a_browser() as browser:
            await browser.press(await browser.open(link_of(view)))
        await world.settle()
        (code,) = world.slack.dms(ADMIN)
        assert "Your code to connect" in code.text
        assert len(await codes_kept(world)) == 1

        await world.later(LIFE.total_seconds())

        (code,) = world.slack.dms(ADMIN)
        assert code.text == CODE_OVER
        assert await codes_kept(world) == []


async def test_what_is_said_of_an_ended_and_of_a_renewed_connection_is_so(sqlite_url: str) -> None:
    async with a_desk(sqlite_url, undo_seconds=0) as desk:
        await desk.world.set_up(alerts_channel=BILLS)
        await desk.slack.command("/dext", "sync", user=ADMIN)
        await confirm(desk.world, await ask(desk.world), Keep.EVERYTHING)
        await desk.slack.close_modal(ADMIN, everything=True)
        shown = [f"{message.text} {words(message)}" for message in desk.slack.dms(ADMIN)]
        assert not any("Importing" in text or "is being imported" in text or "*Ready*" in text for text in shown)

        await desk.world.later(5)
        await connect(desk.world)
        await desk.settle()
        assert [text for text in said(desk) if "Settings and items were kept" in text]

        await disconnect(desk.world, Keep.ITEMS)
        await desk.world.later(5)
        await connect(desk.world)
        await desk.settle()
        (*_, words_of_it) = [text for text in said(desk) if "reconnected" in text]
        assert "Items were kept. Nothing is sent to the ledger until its settings are saved" in words_of_it
        (*_, news) = [text for text in said(desk) if "is connected again" in text]
        assert "by themselves" not in news
