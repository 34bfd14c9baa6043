"""`/dext`, typed in a simulated Slack and answered by the whole product over signed HTTP."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import ADMIN, BILLS
from tests.fakes.app import World, whole_app


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with whole_app(sqlite_url) as made:
        yield made
        assert made.slack.refusals == []


async def test_help_lists_the_commands_that_there_are(world: World) -> None:
    answer = await world.slack.command("/dext", "help", user=ADMIN, channel=BILLS)

    assert answer.error is None
    assert answer.body is not None
    assert answer.body["response_type"] == "ephemeral"
    for word in world.product.routes.words:
        assert f"/dext {word}" in answer.body["text"]


async def test_an_unknown_word_is_echoed_with_the_nearest_one_and_the_help(world: World) -> None:
    answer = await world.slack.command("/dext", "conect <!channel>", user=ADMIN, channel=BILLS)

    assert answer.body is not None
    assert "I do not know `/dext conect`" in answer.body["text"]
    assert "Did you mean `/dext connect`?" in answer.body["text"]
    assert "/dext help" in answer.body["text"]


async def test_what_was_typed_cannot_mention_anybody(world: World) -> None:
    answer = await world.slack.command("/dext", "<!channel>", user=ADMIN, channel=BILLS)

    assert answer.body is not None
    assert "<!channel>" not in answer.body["text"]


async def test_a_synonym_does_what_the_word_does(world: World) -> None:
    answer = await world.slack.command("/dext", "?", user=ADMIN, channel=BILLS)

    assert answer.body is not None
    assert answer.body["text"].startswith("• `/dext ")


async def test_a_bare_command_opens_the_menu_and_its_buttons_run_commands(world: World) -> None:
    await world.slack.command("/dext", "", user=ADMIN, channel=BILLS)
    menu = world.slack.view(ADMIN)
    assert menu is not None

    block = next(block for block in menu.blocks if block.get("accessory", {}).get("value") == "help")
    await world.slack.click(menu, "run_command", user=ADMIN, block_id=block["block_id"])

    told = world.slack.view(ADMIN)
    assert told is not None
    assert told is not menu
    assert "/dext help" in str(told.blocks)
