"""Fields that an organisation asks for: what has not got one waits and says so, and goes on once it has."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.documents import ItemKind
from bot.domain.required import Required, RequiredField
from bot.domain.settings import Settings
from bot.playground.slack import ADMIN, BILLS, MEMBER, View
from bot.services.general_settings import offered_fields
from bot.services.settings_pages import Ground
from bot.views.ids import ActionId, BlockId
from providers import PROVIDERS
from tests.handlers.desk import Desk, a_desk, actions, words
from tests.playground.kit import schema_problems

ASKS = "which this organisation asks for."


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def opened(desk: Desk) -> View:
    if desk.slack.view(ADMIN) is not None:
        await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "settings general", user=ADMIN, channel=BILLS)
    return desk.modal(ADMIN)


async def ask_for(desk: Desk, *boxes: str) -> None:
    done = await desk.slack.submit(await opened(desk), {BlockId.REQUIRED_COSTS: list(boxes)})
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()


def offered(form: View, block: BlockId) -> dict[str, str]:
    (found,) = [each for each in form.blocks if each["block_id"] == block]
    return {str(option["text"]["text"]): str(option["value"]) for option in found["element"]["options"]}


def waits(desk: Desk, number: str) -> bool:
    return ActionId.APPROVE_ITEM not in actions(desk.card(number))


async def test_what_lacks_a_field_that_is_asked_for_waits_and_says_which(desk: Desk) -> None:
    boxes = offered(await opened(desk), BlockId.REQUIRED_COSTS)
    region = boxes["Region"]
    await desk.add(**{BlockId.NUMBER: "INV-1"})
    await ask_for(desk, *boxes.values())

    # what waited follows, and every field is asked for at once
    assert waits(desk, "INV-1")
    lacks = ("The due date is missing", "A description is missing", "A payment method is missing", "It has no file")
    for lacking in (*lacks, "Region is missing"):
        assert f"{lacking}, {ASKS}" in words(desk.card("INV-1"))
    assert (await desk.world.settings()).general.required.costs == Required(
        fields=frozenset(RequiredField),
        tracking=tuple(sorted(box.removeprefix("tracking:") for box in boxes.values() if box.startswith("tracking:"))),
    )

    # one by one, each goes on once it is there
    await ask_for(desk, "due_on")
    assert waits(desk, "INV-1")
    await desk.edit("INV-1", {BlockId.DUE_ON: "2026-04-01"})
    assert not waits(desk, "INV-1")
    await ask_for(desk, "description")
    assert waits(desk, "INV-1")
    await desk.edit("INV-1", {BlockId.DESCRIPTION: "For the fair"})
    assert not waits(desk, "INV-1")
    await ask_for(desk, region)
    assert waits(desk, "INV-1")
    tracked = f"{BlockId.TRACKING}:{region.removeprefix('tracking:')}"
    await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, ADMIN)
    options = await desk.slack.options(desk.modal(ADMIN), ActionId.FIND_TRACKING, "", user=ADMIN, block_id=tracked)
    await desk.slack.submit(desk.modal(ADMIN), {tracked: options[0]["value"]})
    await desk.settle()
    assert not waits(desk, "INV-1")
    await ask_for(desk, "file")
    assert waits(desk, "INV-1")
    await desk.drop("INV-2")
    assert not waits(desk, "INV-2")
    await ask_for(desk, "payment_method")
    assert waits(desk, "INV-2")


async def test_a_document_without_a_number_is_published_by_its_reference_where_none_is_asked_for(desk: Desk) -> None:
    await ask_for(desk)
    form = await desk.form()
    values: dict[str, object] = {
        BlockId.SUPPLIER: "Paper & Ink Ltd",
        BlockId.ISSUED_ON: "2026-03-01",
        BlockId.CURRENCY: "GBP",
        BlockId.GROSS: "12.00",
    }
    done = await desk.slack.submit(form, values)
    await desk.settle()
    assert done.errors == {}

    card = desk.card("not stated")
    await desk.press(card, ActionId.APPROVE_ITEM)
    (bill,) = desk.xero.bills()

    assert bill["InvoiceNumber"] == "B-1001"
    assert "Nothing is otherwise than it was" not in words(await opened(desk))
    again = await desk.slack.submit(desk.modal(ADMIN), {})
    assert again.errors == {}
    assert "Nothing is otherwise than it was" in words(desk.modal(ADMIN))
    await desk.slack.close_modal(MEMBER, everything=True)


@pytest.mark.parametrize("key", PROVIDERS)
def test_nothing_is_asked_for_that_a_package_has_no_place_for(key: str) -> None:
    ground = Ground(organisation="Acme", profile=PROVIDERS[key].profile, settings=Settings(), books=None)

    found = offered_fields(ground)

    has_reports = ItemKind.EXPENSE_REPORT in found
    assert {RequiredField.NUMBER, RequiredField.DUE_ON, RequiredField.DESCRIPTION} <= set(found[ItemKind.COST])
    assert RequiredField.FILE in found[ItemKind.COST]
    assert not has_reports or set(found[ItemKind.EXPENSE_REPORT]) == {RequiredField.DUE_ON, RequiredField.DESCRIPTION}
