"""Reactions: what Slack refuses, and how the page shows them."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import ADMIN, BILLS, BOT_USER, FINANCE, GENERAL, MEMBER, OWNER, SlackState
from bot.playground.slack.emoji import PLAIN, SIGNS
from tests.playground.test_slack_web_api import refused


async def test_a_reaction_stands_once_and_goes_once(slack: SlackState, client: AsyncWebClient) -> None:
    said = await slack.say("Here it is", user=MEMBER, channel=BILLS)
    place = {"channel": BILLS, "timestamp": said.ts, "name": "eyes"}

    await client.reactions_add(**place)
    assert await refused(client.reactions_add(**place)) == "already_reacted"
    told = await client.reactions_get(channel=BILLS, timestamp=said.ts)
    assert told["message"]["reactions"] == [{"name": "eyes", "users": [BOT_USER], "count": 1}]
    await client.reactions_remove(**place)

    assert await refused(client.reactions_remove(**place)) == "no_reaction"
    assert "reactions" not in (await client.reactions_get(channel=BILLS, timestamp=said.ts))["message"]


async def test_what_cannot_be_reacted_to_is_refused_in_slacks_words(slack: SlackState, client: AsyncWebClient) -> None:
    here = (await slack.say("x", user=MEMBER, channel=BILLS)).ts
    elsewhere = (await slack.say("x", user=OWNER, channel=GENERAL)).ts
    private = (await slack.say("x", user=OWNER, channel=FINANCE)).ts
    whisper = await client.chat_postEphemeral(channel=BILLS, user=MEMBER, text="psst")

    async def error(channel: str, timestamp: str, name: str = "eyes") -> str:
        return await refused(client.reactions_add(channel=channel, timestamp=timestamp, name=name))

    assert await error(GENERAL, elsewhere) == "not_in_channel"
    assert await error(FINANCE, private) == "channel_not_found"
    assert await error("C0NOWHERE", here) == "channel_not_found"
    assert await error(BILLS, "1700000000.000001") == "message_not_found"
    assert await error(BILLS, str(whisper["message_ts"])) == "message_not_found"
    assert await error(BILLS, "yesterday") == "bad_timestamp"
    assert await error(BILLS, here, "no_such_emoji") == "invalid_name"
    assert await error(BILLS, here, "<b>") == "invalid_name"
    assert await refused(client.reactions_get(channel=BILLS)) == "no_item_specified"
    slack.installations.scopes = frozenset({"chat:write", "reactions:read"})
    assert await error(BILLS, here) == "missing_scope"


async def test_one_message_takes_only_so_many(slack: SlackState, client: AsyncWebClient) -> None:
    said = await slack.say("x", user=MEMBER, channel=BILLS)
    names = [*SIGNS, *PLAIN]
    for name in names[:23]:
        await client.reactions_add(channel=BILLS, timestamp=said.ts, name=name)

    assert await refused(client.reactions_add(channel=BILLS, timestamp=said.ts, name=names[23])) == "too_many_reactions"


@pytest.mark.parametrize("name", ["white_check_mark", "eyes"])
async def test_a_reaction_is_named_for_who_cannot_see_it(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession, name: str
) -> None:
    said = await slack.say("Here it is", user=MEMBER, channel=BILLS)

    await client.reactions_add(channel=BILLS, timestamp=said.ts, name=name)

    async with http.get(f"{slack.public_url}/?as={ADMIN}&channel={BILLS}") as response:
        page = await response.text()
    assert f'<span class="unseen">{name.replace("_", " ")}: Dext</span>' in page
    assert 'aria-label="Reactions"' in page
