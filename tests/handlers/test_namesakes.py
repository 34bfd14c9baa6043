"""Two sets of books of one name, as when one package takes the place of another: each form says whose it is."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.texts import folded
from bot.playground.slack import ADMIN, GENERAL, View
from bot.views.ids import BlockId
from tests.fakes.connected import Connected, connected_app
from tests.handlers.test_downloading import NAMED, named

NAME = "Northwind Trading Ltd"
FORMS = ("settings", "settings tax", "settings general", "rules", "payment-methods", "disconnect")


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[Connected]:
    async with connected_app(sqlite_url) as made:
        yield made
        assert made.slack.refusals == []


async def a_namesake(world: Connected) -> None:
    await named(world, {**NAMED, BlockId.BOOKS_NAME: NAME})
    await world.slack.close_modal(ADMIN, everything=True)


def shown(world: Connected) -> View:
    view = world.slack.view(ADMIN)
    assert view is not None
    return view


def heading(view: View) -> str:
    return str(next(block["text"]["text"] for block in view.blocks if block["type"] == "header"))


async def open_xero(world: Connected, what: str) -> View:
    """By the command, and where it asks which organisation by the button beside Xero's."""
    await world.slack.command("/dext", what, user=ADMIN, channel=GENERAL)
    view = shown(world)
    offered = [
        block["accessory"] for block in view.blocks if "· Xero" in str(block.get("text")) and "accessory" in block
    ]
    if offered:
        await world.slack.click(view, offered[0]["action_id"], user=ADMIN, value=offered[0]["value"])
    return shown(world)


@pytest.mark.parametrize("what", FORMS)
async def test_a_form_names_the_package_where_another_organisation_has_the_name(world: Connected, what: str) -> None:
    assert heading(await open_xero(world, what)) == NAME
    await world.slack.close_modal(ADMIN, everything=True)

    await a_namesake(world)

    assert heading(await open_xero(world, what)) == f"{NAME} · Xero"


async def test_what_is_replaced_is_confirmed_by_its_own_name_alone(world: Connected) -> None:
    await a_namesake(world)
    services, actor = world.services, await world.actor(ADMIN)
    page = await services.changing.opened(actor, world.organisation_id)

    assert (page.organisation, page.name) == (f"{NAME} · Xero", NAME)
    begun, *_ = await services.changing.begin(actor, world.organisation_id, "xero", NAME.lower())
    assert folded(begun.name) == folded(NAME)
