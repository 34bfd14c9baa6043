"""A bank line is one item's, whoever asks for it at the same time, on either database; and what is forgotten with the books."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.db.bank_lines import (
    close_lines,
    count_lines,
    forget_free_lines,
    keep_lines,
    let_go,
    lines_near,
    lines_of_statements,
    load_line,
    mark_recorded,
    open_keys,
    take_line,
)
from bot.db.items import load_items
from bot.domain.bank_lines import BankLineId, NewLine
from bot.domain.bank_match import BankForm
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.playground.slack import BOOKKEEPER
from bot.services.bank_matching import LineNotTakenError
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef
from tests.handlers.desk import Desk, a_desk, button_values
from tests.handlers.test_paid import account

D = Decimal
DAY = date(2026, 3, 2)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made


async def kept(desk: Desk, *lines: NewLine) -> list[BankLineId]:
    """On the current account; in the order of their days."""
    of, bank = await books(desk), await account(desk, "090")
    async with desk.world.services.db.write() as tx:
        await keep_lines(tx, *of, bank, currency="GBP", lines=lines)
    async with desk.world.services.db.read() as tx:
        found = await lines_near(tx, *of, amount=lines[0].amount, currency="GBP", first=DAY, last=date(2026, 3, 31))
    return [line.id for line in found]


async def books(desk: Desk) -> tuple[WorkspaceId, OrganisationId]:
    return (await desk.world.actor()).workspace.id, desk.world.organisation_id


def a_line(number: int = 1, *, is_recorded: bool = False) -> NewLine:
    return NewLine(key=f"k{number}", dated_on=DAY, amount=D("-120.00"), text="PAPER", is_recorded=is_recorded)


async def test_of_many_who_take_one_line_at_once_one_has_it(desk: Desk) -> None:
    services, actor = desk.world.services, await desk.world.actor(BOOKKEEPER)
    admin, version = await desk.world.actor(), (await desk.world.settings()).version
    await services.bank_settings.save(admin, desk.world.organisation_id, BankForm(version=version, is_on=True))
    (line,) = await kept(desk, a_line())
    refs = []
    for number in range(4):
        card = await desk.add(**{BlockId.NUMBER: f"N-{number}", BlockId.SUPPLIER: f"Supplier {number}"})
        refs.append(ItemRef.decode(button_values(card)[ActionId.AUTOFILL_PAYMENT]))

    done = await asyncio.gather(
        *(services.bank_matching.autofill(actor, ref.item_id, ref.version, line) for ref in refs),
        return_exceptions=True,
    )

    lost = [each for each in done if isinstance(each, LineNotTakenError)]
    assert len(lost) == len(refs) - 1, done
    async with services.db.read() as tx:
        items = await load_items(tx, actor.workspace.id, [ref.item_id for ref in refs])
        found = await load_line(tx, actor.workspace.id, desk.world.organisation_id, line)
    holders = [item.id for item in items.values() if item.bank_line is not None]
    assert found is not None
    assert holders == [found.item_id]


async def test_a_line_is_taken_once_and_let_go_by_who_has_it_alone(desk: Desk) -> None:
    of = await books(desk)
    (line,) = await kept(desk, a_line())
    first, second = [
        ItemRef.decode(button_values(await desk.add(**{BlockId.NUMBER: number}))[ActionId.EDIT_ITEM]).item_id
        for number in ("A-1", "A-2")
    ]

    async def take(item_id: ItemId) -> bool:
        async with desk.world.services.db.write() as tx:
            return await take_line(tx, *of, line, item_id)

    async def drop(item_id: ItemId) -> None:
        async with desk.world.services.db.write() as tx:
            await let_go(tx, of[0], line, item_id)

    assert await take(first)
    assert not await take(first)
    await drop(second)
    assert not await take(second)
    await drop(first)
    assert await take(second)


async def test_what_an_item_has_stays_when_the_lists_are_forgotten_so_that_it_is_never_matched_twice(
    desk: Desk,
) -> None:
    of = await books(desk)
    lines = await kept(desk, a_line(1), a_line(2))
    item = ItemRef.decode(button_values(await desk.add())[ActionId.EDIT_ITEM]).item_id
    async with desk.world.services.db.write() as tx:
        assert await take_line(tx, *of, lines[0], item)
        await forget_free_lines(tx, *of)

    async with desk.world.services.db.read() as tx:
        assert [await load_line(tx, *of, line) is not None for line in lines] == [True, False]


async def test_lines_that_are_read_again_are_written_once_and_what_became_of_them_is_kept(desk: Desk) -> None:
    of, bank = await books(desk), await account(desk, "090")
    of_ledger = NewLine(key="ledger:1", dated_on=DAY, amount=D("-120.00"), text="PAPER", ledger_id="1")
    await kept(desk, of_ledger, a_line(1), a_line(1), a_line(2))
    async with desk.world.services.db.write() as tx:
        again = await keep_lines(
            tx, *of, bank, currency="GBP", lines=[of_ledger, a_line(1, is_recorded=True), a_line(3)]
        )
        assert await open_keys(tx, *of, bank) == {"ledger:1"}
        await close_lines(tx, *of, bank, {"ledger:1"})
        assert await open_keys(tx, *of, bank) == frozenset()
        assert await count_lines(tx, *of) == {bank: (3, DAY)}
        back = await keep_lines(tx, *of, bank, currency="GBP", lines=[of_ledger])

    assert ([line.key for line in again.new], [line.key for line in again.changed]) == (["k3"], ["k1"])
    assert ([line.key for line in back.new], [line.key for line in back.changed]) == ([], ["ledger:1"])


async def test_what_a_ledger_has_booked_marks_lines_of_statements_and_frees_them_again(desk: Desk) -> None:
    of, bank = await books(desk), await account(desk, "090")
    of_ledger = NewLine(key="ledger:1", dated_on=DAY, amount=D("-120.00"), text="PAPER", ledger_id="1")
    lines = await kept(desk, a_line(1), a_line(2), of_ledger)
    item = ItemRef.decode(button_values(await desk.add())[ActionId.EDIT_ITEM]).item_id

    async def of_statements() -> dict[BankLineId, bool]:
        async with desk.world.services.db.read() as tx:
            found = await lines_of_statements(tx, *of, bank, first=DAY)
            assert not await lines_of_statements(tx, *of, bank, first=DAY + timedelta(days=1))
        return {line.id: line.is_recorded for line in found}

    one, other = await of_statements()
    async with desk.world.services.db.write() as tx:
        await mark_recorded(tx, *of, [one], is_recorded=True)
        assert not await take_line(tx, *of, one, item)
    marked = await of_statements()
    async with desk.world.services.db.write() as tx:
        await mark_recorded(tx, *of, [one, other], is_recorded=False)
        assert await take_line(tx, *of, one, item)

    assert (len(lines), marked) == (3, {one: True, other: False})
    assert await of_statements() == {one: False, other: False}
