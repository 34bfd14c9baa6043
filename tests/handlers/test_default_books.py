"""Default books: where something goes that nobody said an organisation for, and how whoever sent it in is told."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.db.base import Json
from bot.domain.ids import OrganisationId
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER, OWNER, View
from bot.services.audit import AUDIT
from bot.services.default_books import Chosen, DefaultOf
from bot.views.ids import BlockId
from providers.xero.simulator import IRELAND
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.dropping import an_xml, conversation, dropped, replies
from tests.handlers.test_direct_files import choices

SAVED = select(AUDIT.c.sequence).where(AUDIT.c.deed == "default books saved")


@pytest.fixture
async def two(sqlite_url: str) -> AsyncIterator[Desk]:
    """Northwind's books, and Ireland's."""
    async with a_desk(sqlite_url) as made:
        await connect(made.world, person="dana", tenant=IRELAND)
        await made.settle()
        yield made
        assert made.slack.refusals == []


async def opened(desk: Desk, user: str = OWNER) -> View:
    await desk.slack.command("/dext", "settings books", user=user, channel=BILLS)
    return desk.modal(user)


def shown(form: View, block: str) -> str | None:
    (field,) = [each for each in form.blocks if each.get("block_id") == block]
    option = field["element"].get("initial_option")
    return None if option is None else str(option["text"]["text"])


async def of_name(desk: Desk, name: str) -> OrganisationId:
    page = await desk.world.services.default_books.opened(await desk.world.actor(OWNER))
    return next(each.id for each in page.organisations if each.name == name)


async def chosen(desk: Desk) -> Chosen:
    return (await desk.world.services.default_books.opened(await desk.world.actor(OWNER))).chosen


def inputs(form: View) -> list[Json]:
    return [each for each in form.blocks if each["type"] == "input"]


async def choose(desk: Desk, *, items: str | None = None, claims: str | None = None) -> None:
    ids = {BlockId.ITEMS_BOOKS: items, BlockId.CLAIMS_BOOKS: claims}
    values: dict[str, object] = {
        block: str(await of_name(desk, name)) for block, name in ids.items() if name is not None
    }
    await desk.slack.submit(await opened(desk), values)


async def test_what_is_sent_alone_goes_to_the_default_books_and_says_so(two: Desk) -> None:
    await choose(two, items="Northwind Ireland Ltd")
    assert "*Bills, receipts and sales*: Northwind Ireland Ltd (was: ask each time)" in words(two.modal(OWNER))
    await two.slack.close_modal(OWNER, everything=True)

    message = await dropped(two, an_xml("UBL-1"), channel=conversation(two))

    (answer,) = replies(two, message)
    assert "It is for *Northwind Ireland Ltd*, the default books: *Move* on its card takes it to others." in answer.text
    form = await opened(two)
    assert (shown(form, BlockId.ITEMS_BOOKS), shown(form, BlockId.CLAIMS_BOOKS)) == ("Northwind Ireland Ltd", None)


async def test_without_a_default_and_once_it_is_taken_back_it_is_asked(two: Desk) -> None:
    await choose(two, items="Northwind Ireland Ltd")
    await two.slack.close_modal(OWNER, everything=True)
    await two.slack.submit(await opened(two), {BlockId.ITEMS_BOOKS: None})
    await two.slack.close_modal(OWNER, everything=True)

    message = await dropped(two, an_xml("UBL-1"), channel=conversation(two))

    (question,) = replies(two, message)
    assert sorted(choices(question)) == ["*Northwind Ireland Ltd*", "*Northwind Trading Ltd*"]


async def test_a_channels_own_books_stand_above_the_default(two: Desk) -> None:
    await choose(two, items="Northwind Ireland Ltd")

    await two.drop("INV-7")

    assert "*Northwind Trading Ltd*" in words(two.card("INV-7"))


async def test_claims_have_a_default_of_their_own(two: Desk) -> None:
    await choose(two, claims="Northwind Ireland Ltd")
    actor = await two.world.actor(MEMBER)

    found = await two.world.services.reports.where(actor, None)
    in_channel = await two.world.services.reports.where(actor, two.world.channel)

    assert [each.name for each in found] == ["Northwind Ireland Ltd"]
    assert [each.name for each in in_channel] == ["Northwind Trading Ltd"]


async def test_an_older_form_takes_nothing_back_and_shows_what_somebody_else_chose_meanwhile(two: Desk) -> None:
    two.slack.change_person(ADMIN, is_admin=True)
    stale, ireland = await opened(two, ADMIN), await of_name(two, "Northwind Ireland Ltd")
    trading = str(await of_name(two, "Northwind Trading Ltd"))
    await choose(two, items="Northwind Ireland Ltd")

    await two.slack.submit(stale, {BlockId.ITEMS_BOOKS: trading})

    again = two.modal(ADMIN)
    assert "Somebody else chose other default books while your form was open" in words(again)
    assert [shown(again, block["block_id"]) for block in inputs(again)] == ["Northwind Ireland Ltd", None]
    assert await chosen(two) == {DefaultOf.ITEMS: ireland, DefaultOf.CLAIMS: None}

    claims = inputs(again)[1]["block_id"]
    await two.slack.submit(again, {claims: trading})

    assert "*Expense claims*: Northwind Trading Ltd (was: ask each time)" in words(two.modal(ADMIN))
    assert await chosen(two) == {DefaultOf.ITEMS: ireland, DefaultOf.CLAIMS: OrganisationId(UUID(trading))}


async def test_the_same_form_sent_twice_is_saved_once(two: Desk) -> None:
    service, actor = two.world.services.default_books, await two.world.actor(OWNER)
    drawn, ireland = await chosen(two), await of_name(two, "Northwind Ireland Ltd")
    form = {DefaultOf.ITEMS: ireland, DefaultOf.CLAIMS: None}

    first = await service.save(actor, drawn, form)
    second = await service.save(actor, drawn, form)

    assert first.chosen == second.chosen == form
    async with two.world.services.db.read() as tx:
        assert len((await tx.execute(SAVED)).all()) == 1


@pytest.mark.parametrize("user", [BOOKKEEPER, MEMBER])
async def test_only_who_connects_software_chooses_them(two: Desk, user: str) -> None:
    await two.slack.command("/dext", "settings books", user=user, channel=BILLS)

    assert two.slack.view(user) is None
    assert await chosen(two) == dict.fromkeys(DefaultOf)
