"""The lines of a bill, as a bookkeeper works on them: page by page, until they make the total."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, Message, Submitted, View
from bot.views.ids import ActionId, BlockId, CallbackId
from providers.xero.simulator import TRADING
from tests.handlers.desk import OTHER_CATEGORY, UNDO_SECONDS, Desk, words
from tests.handlers.refusals import alert
from tests.handlers.test_editing import REGION_BLOCK, SOUTH, WELLS
from tests.intake.documents import Row

D = Decimal


class Lines:
    """A bookkeeper with the lines of a bill open."""

    def __init__(self, desk: Desk, user: str = BOOKKEEPER) -> None:
        self.desk, self.user = desk, user

    async def open(self, card: Message, typed: dict[str, object] | None = None) -> None:
        await self.desk.press(card, ActionId.EDIT_ITEM, self.user)
        await self.desk.slack.click(
            self.view, ActionId.EDIT_LINES, user=self.user, values=await self._offered(typed or {})
        )

    @property
    def view(self) -> View:
        return self.desk.modal(self.user)

    def block(self, field: str, place: int) -> str:
        """The field of a line, as the page has it now."""
        found = [block["block_id"] for block in self.view.blocks if _is_of(block["block_id"], field, place)]
        assert found, (field, place, [block["block_id"] for block in self.view.blocks])
        return str(found[0])

    def shown(self, place: int) -> dict[str, Any]:
        fields = (
            BlockId.LINE_DESCRIPTION,
            BlockId.LINE_QUANTITY,
            BlockId.LINE_PRICE,
            BlockId.LINE_AMOUNT,
            BlockId.LINE_TAX,
        )
        elements = {block["block_id"]: block["element"] for block in self.view.blocks if "element" in block}
        return {field: elements[self.block(field, place)].get("initial_value") for field in fields}

    def typed(self, typed: Mapping[tuple[str, int], object] | None) -> dict[str, object]:
        return {self.block(field, place): value for (field, place), value in (typed or {}).items()}

    async def press(
        self, action: ActionId, typed: Mapping[tuple[str, int], object] | None = None, *, place: int | None = None
    ) -> None:
        block = None
        if place is not None:
            heads = [block for block in self.view.blocks if (block.get("accessory") or {}).get("value") == str(place)]
            block = str(heads[0]["block_id"])
        await self.desk.slack.click(
            self.view, action, user=self.user, values=await self._offered(self.typed(typed)), block_id=block
        )

    async def done(self, typed: Mapping[tuple[str, int], object] | None = None) -> Submitted:
        return await self.desk.slack.submit(self.view, await self._offered(self.typed(typed)))

    async def _offered(self, values: dict[str, object]) -> dict[str, object]:
        await self.desk.offered(self.view, values, self.user)
        return values

    async def save(self) -> Submitted:
        """The bill's own form, once the lines are done."""
        assert self.view.callback_id == CallbackId.EDIT_ITEM
        done = await self.desk.slack.submit(self.view, {})
        await self.desk.settle()
        return done


def _is_of(block: str, field: str, place: int) -> bool:
    return (
        block.split(":", maxsplit=1)[0] == field.split(":", maxsplit=1)[0]
        and block.startswith(field)
        and block.endswith(f":{place}")
    )


async def sent(desk: Desk) -> list[dict[str, Any]]:
    await desk.world.later(UNDO_SECONDS + 1)
    (bill,) = desk.xero.bills()
    return list(bill["LineItems"])


async def test_a_bill_is_split_into_lines_with_codes_of_their_own(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card, {BlockId.CONTACT: WELLS["ContactID"]})
    assert words(lines.view).startswith("Northwind Trading Ltd")
    assert "*1 line* adds up to 100.00 + 20.00 tax = 120.00 GBP, as on the bill." in words(lines.view)

    first: Mapping[tuple[str, int], object] = {
        (BlockId.LINE_DESCRIPTION, 0): "Paper",
        (BlockId.LINE_AMOUNT, 0): "60",
        (BlockId.LINE_TAX, 0): "12",
    }
    await lines.press(ActionId.ADD_LINE, first)
    assert (lines.shown(1)[BlockId.LINE_AMOUNT], lines.shown(1)[BlockId.LINE_TAX]) == ("40.00", "8.00")
    done = await lines.done(
        {
            (BlockId.LINE_DESCRIPTION, 1): "Ink",
            (BlockId.ACCOUNT, 1): OTHER_CATEGORY,
            (REGION_BLOCK, 1): SOUTH["TrackingOptionID"],
        }
    )
    assert (done.errors, done.error) == ({}, None)
    assert "2 lines" in words(lines.view)
    saved = await lines.save()
    assert (saved.errors, saved.error) == ({}, None)

    assert "Ink: 40.00 GBP" in words(desk.card("INV-1"))
    assert "Abby &amp; Wells" in words(desk.card("INV-1"))
    assert "461 · Printing &amp; Stationery, South" in words(desk.card("INV-1"))
    await desk.approve("INV-1")
    found = await sent(desk)
    assert [(line["Description"], line["LineAmount"], line["TaxAmount"], line["AccountCode"]) for line in found] == [
        ("Paper", D("60.00"), D("12.00"), "429"),
        ("Ink", D("40.00"), D("8.00"), OTHER_CATEGORY),
    ]
    assert [track["Option"] for track in found[1]["Tracking"]] == ["South"]


async def test_lines_that_do_not_make_the_total_are_not_saved_until_they_do(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card)

    wrong = await lines.done({(BlockId.LINE_AMOUNT, 0): "90.00", (BlockId.LINE_TAX, 0): "18.00"})

    assert "The lines are 12.00 GBP short" in wrong.errors[lines.block(BlockId.LINE_AMOUNT, 0)]
    again = await lines.done({(BlockId.LINE_TAX, 0): "19.00"})
    assert "The lines are 11.00 GBP short" in again.errors[lines.block(BlockId.LINE_AMOUNT, 0)]
    await lines.press(ActionId.TAKE_TOTALS, {(BlockId.LINE_TAX, 0): "18.00"})
    assert "as on the bill" in words(lines.view)
    await lines.done()
    assert lines.view.callback_id == CallbackId.EDIT_ITEM
    assert "108.00" in str(lines.view.entries)
    await lines.save()
    assert "108.00 GBP" in words(desk.card("INV-1"))


async def test_the_tax_of_a_line_follows_its_rate_unless_it_is_written(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card)

    await lines.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "60.00", (BlockId.TAX_RATE, 0): "RRINPUT"})

    assert lines.shown(0)[BlockId.LINE_TAX] == "3.00"
    assert lines.shown(1)[BlockId.LINE_TAX] == "17.00"
    await lines.press(
        ActionId.TAKE_TOTALS,
        {(BlockId.LINE_QUANTITY, 1): "3", (BlockId.LINE_PRICE, 1): "10.0051", (BlockId.LINE_TAX, 1): ""},
    )
    assert (lines.shown(1)[BlockId.LINE_AMOUNT], lines.shown(1)[BlockId.LINE_TAX]) == ("30.02", "6.00")


async def test_pages_keep_what_was_typed_and_what_is_wrong_waits(desk: Desk) -> None:
    rows = tuple(Row(net="5.00", price="5.00", name=f"Thing {number}") for number in range(20))
    await desk.drop("MANY-1", rows=rows)
    lines = Lines(desk)
    await lines.open(desk.card("MANY-1"))
    assert len([block for block in lines.view.blocks if block["block_id"].startswith(BlockId.LINE_AMOUNT)]) == 8

    await lines.press(ActionId.NEXT_LINES, {(BlockId.LINE_DESCRIPTION, 2): "Renamed"})
    await lines.press(ActionId.NEXT_LINES, {(BlockId.LINE_AMOUNT, 9): "5,0,0"})
    assert "Line 10: Write an amount" in words(lines.view)
    assert "5,0,0" in str(lines.view.entries)
    await lines.press(ActionId.NEXT_LINES, {(BlockId.LINE_AMOUNT, 9): "6.00"})
    await lines.press(ActionId.REMOVE_LINE, place=19)
    assert "19 lines" in words(lines.view)
    await lines.press(ActionId.PREVIOUS_LINES)
    assert lines.shown(9)[BlockId.LINE_AMOUNT] == "6.00"
    await lines.press(ActionId.PREVIOUS_LINES)
    assert lines.shown(2)[BlockId.LINE_DESCRIPTION] == "Renamed"
    assert "the lines are" in words(lines.view)


async def test_all_lines_are_coded_alike_and_made_one_for_each_code(desk: Desk) -> None:
    rows = tuple(Row(net=net, price=net, name=name) for net, name in (("33.33", "A"), ("33.33", "B"), ("33.34", "C")))
    await desk.drop("MANY-2", rows=rows)
    lines = Lines(desk)
    await lines.open(desk.card("MANY-2"))

    await lines.press(ActionId.ASK_TO_CODE_LINES, {(BlockId.LINE_DESCRIPTION, 0): "First"})
    await lines.press(ActionId.PREVIOUS_LINES)
    assert lines.shown(0)[BlockId.LINE_DESCRIPTION] == "First"
    await lines.press(ActionId.ASK_TO_CODE_LINES)
    await desk.offered(lines.view, {BlockId.ACCOUNT: ""}, BOOKKEEPER)
    await desk.slack.submit(lines.view, {BlockId.ACCOUNT: OTHER_CATEGORY})
    assert lines.view.callback_id == CallbackId.LINES
    assert lines.shown(0)[BlockId.LINE_DESCRIPTION] == "First"
    await lines.press(ActionId.MERGE_LINES, {(BlockId.ACCOUNT, 2): "400"})
    assert "*2 lines* add up to 100.00 + 20.00 tax" in words(lines.view)
    await lines.done()
    await lines.save()

    await desk.approve("MANY-2")
    found = await sent(desk)
    assert [(line["Description"], line["LineAmount"], line["AccountCode"]) for line in found] == [
        ("First, B", D("66.66"), OTHER_CATEGORY),
        ("C", D("33.34"), "400"),
    ]
    assert sum(line["TaxAmount"] for line in found) == D("20.00")


async def test_the_lines_of_a_bill_that_was_found_in_the_list_have_room_in_slacks_stack_of_three(desk: Desk) -> None:
    """And what has to be told over the third of them, where there is none, is told directly."""
    await desk.add()
    await desk.slack.command("/dext", "items", user=BOOKKEEPER)
    for action in (ActionId.OPEN_ITEM, ActionId.EDIT_ITEM, ActionId.EDIT_LINES, ActionId.ASK_TO_CODE_LINES):
        await desk.slack.click(desk.modal(BOOKKEEPER), action, user=BOOKKEEPER)

    assert desk.modal(BOOKKEEPER).callback_id == CallbackId.CODE_LINES
    await desk.world.set_up(bookkeepers=(), alerts_channel=BILLS)
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.PREVIOUS_LINES, user=BOOKKEEPER)
    assert "Only this organisation's admins and bookkeepers can do that" in desk.slack.dms(BOOKKEEPER)[-1].text
    assert desk.slack.refusals == []


async def test_what_is_wrong_above_the_lines_is_told_before_they_open_and_what_was_typed_goes_along(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)

    await lines.open(card, {BlockId.GROSS: "12,3456"})
    assert "Before you open the lines" in words(lines.view)
    await desk.slack.close_modal(BOOKKEEPER)
    await desk.slack.click(
        lines.view,
        ActionId.EDIT_LINES,
        user=BOOKKEEPER,
        values={BlockId.GROSS: "240.00", BlockId.TAX: "40.00", BlockId.LINE_AMOUNTS: "inclusive"},
    )

    assert "*1 line* adds up to 200.00 + 40.00 tax = 240.00 GBP, as on the bill." in words(lines.view)
    assert lines.shown(0)[BlockId.LINE_AMOUNT] == "240.00"
    await lines.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "120.00", (BlockId.LINE_TAX, 0): "20.00"})
    await lines.done()
    await lines.save()
    await desk.approve("INV-1")
    assert [(line["LineAmount"], line["TaxAmount"]) for line in await sent(desk)] == [(D(120), D(20)), (D(120), D(20))]


async def test_lines_that_somebody_worked_on_are_not_thrown_away_by_a_new_total(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card)
    await lines.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "60.00", (BlockId.LINE_TAX, 0): "12.00"})
    await lines.done()
    await lines.save()

    await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    wrong = await desk.slack.submit(lines.view, {BlockId.GROSS: "240.00", BlockId.TAX: "40.00"})

    assert "The lines add up to 120.00 with 20.00 tax" in wrong.errors[BlockId.GROSS]


async def test_of_two_who_edit_the_second_sees_what_changed_with_the_lines_as_typed(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card)
    await lines.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "60.00", (BlockId.LINE_TAX, 0): "12.00"})
    await lines.done({(BlockId.LINE_DESCRIPTION, 1): "Ink"})
    other: dict[str, object] = {
        BlockId.NUMBER: "INV-1",
        BlockId.ACCOUNT: OTHER_CATEGORY,
        BlockId.CONTACT: WELLS["ContactID"],
    }
    await desk.edit("INV-1", other, ADMIN)

    stale = await lines.save()

    assert stale.view is not None
    told = words(stale.view)
    assert "changed this bill while your form was open" in told
    assert "category: 461" in told
    assert "supplier: Abby &amp; Wells" in told
    assert "line 2: none" in told
    again = await lines.save()
    assert (again.errors, again.error) == ({}, None)
    assert "Ink: 40.00 GBP" in words(desk.card("INV-1"))


async def test_whoever_did_not_touch_the_lines_is_told_of_those_that_somebody_else_made_and_keeps_them(
    desk: Desk,
) -> None:
    card = await desk.add()
    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    mine, others = desk.modal(BOOKKEEPER), Lines(desk, ADMIN)
    await others.open(card)
    await others.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "60.00", (BlockId.LINE_TAX, 0): "12.00"})
    await others.done()
    await others.save()

    stale = await desk.slack.submit(mine, {BlockId.NUMBER: "INV-2"})

    assert stale.view is not None
    assert "Its lines are as they are on the bill now: 2 lines, 120.00 GBP in all." in words(stale.view)
    await desk.slack.submit(stale.view, {})
    await desk.settle()
    assert "60.00 GBP" in words(desk.card("INV-2"))


async def test_a_second_window_does_not_go_on_with_the_lines_of_the_first(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card)
    first = lines.view
    item, _, _ = first.private_metadata.partition("x")
    assert item
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await lines.open(card)
    lines.view.definition["private_metadata"] = first.private_metadata

    await lines.press(ActionId.ADD_LINE)

    assert "saved, or opened again in another window" in words(lines.view)


async def test_a_category_that_one_line_was_refused_for_is_exchanged_on_that_line_alone(desk: Desk) -> None:
    card = await desk.add()
    lines = Lines(desk)
    await lines.open(card)
    await lines.press(ActionId.ADD_LINE, {(BlockId.LINE_AMOUNT, 0): "60.00"})
    await lines.done({(BlockId.ACCOUNT, 1): OTHER_CATEGORY})
    await lines.save()
    await desk.approve("INV-1")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await desk.world.later(UNDO_SECONDS + 1)
    await desk.press(alert(desk), ActionId.CHOOSE_ACCOUNT, BOOKKEEPER)
    await desk.slack.options(lines.view, ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
    await desk.slack.submit(lines.view, {BlockId.ACCOUNT: "400"})
    await desk.settle()

    assert [line["AccountCode"] for line in await sent(desk)] == ["429", "400"]
