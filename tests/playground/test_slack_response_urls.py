"""A response address works five times in half an hour, and reaches what the app could not edit otherwise."""

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import ADMIN, BILLS, FINANCE, SlackState
from tests.fakes.clock import FakeClock
from tests.playground.conftest import FakeApp, actions, button


async def command_url(slack: SlackState, app: FakeApp, channel: str = BILLS) -> str:
    await slack.command("/dext", user=ADMIN, channel=channel)
    return str(app.last["response_url"])


async def test_it_answers_privately_unless_told_otherwise(slack: SlackState, app: FakeApp) -> None:
    webhook = AsyncWebhookClient(await command_url(slack, app, FINANCE))

    await webhook.send(text="to you")
    await webhook.send(text="to all", response_type="in_channel")

    assert [message.text for message in slack.ephemerals(ADMIN, FINANCE)] == ["to you"]
    assert [message.text for message in slack.messages(FINANCE)] == ["to all"]


async def test_the_sixth_use_is_refused(slack: SlackState, app: FakeApp) -> None:
    webhook = AsyncWebhookClient(await command_url(slack, app))
    answers = [await webhook.send(text=str(number)) for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body


async def test_after_half_an_hour_it_is_gone(slack: SlackState, app: FakeApp, clock: FakeClock) -> None:
    webhook = AsyncWebhookClient(await command_url(slack, app))

    await clock.advance(minutes=30)
    assert (await webhook.send(text="in time")).status_code == 200
    await clock.advance(1)

    assert "expired_url" in (await webhook.send(text="late")).body


async def test_it_replaces_and_deletes_an_ephemeral(slack: SlackState, app: FakeApp, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=BILLS, user=ADMIN, text="x", blocks=[actions(button())])
    await slack.click(slack.ephemerals(ADMIN, BILLS)[0], "go", user=ADMIN)
    webhook = AsyncWebhookClient(app.last["response_url"])

    await webhook.send(text="replaced", replace_original=True)
    assert [message.text for message in slack.ephemerals(ADMIN, BILLS)] == ["replaced"]
    await webhook.send(delete_original=True)

    assert slack.ephemerals(ADMIN, BILLS) == []


async def test_broken_blocks_are_refused_and_remembered(
    slack: SlackState, app: FakeApp, http: aiohttp.ClientSession
) -> None:
    url = await command_url(slack, app)

    async with http.post(url, json={"blocks": [{"type": "spreadsheet"}]}) as response:
        assert response.status == 404
        assert (await response.json())["error"] == "invalid_blocks"

    assert slack.refusals


async def test_a_made_up_address_reaches_nobody(slack: SlackState, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{slack.public_url}/actions/1/guess", json={"text": "hi"}) as response:
        assert response.status == 404
