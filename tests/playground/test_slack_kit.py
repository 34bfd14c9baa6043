"""Whatever an app draws is kept for the schema, whichever door it came through."""

from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import ADMIN, BILLS, SlackState
from tests.playground.conftest import FakeApp, Json, modal, section, text_input
from tests.playground.kit import schema_problems


async def test_every_door_is_watched(slack: SlackState, app: FakeApp, client: AsyncWebClient, shared: Path) -> None:
    async def open_form(body: Json) -> Json:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        return {"text": "x", "blocks": [section("answered")]}

    app.answers["/dext"] = open_form
    app.answers["view_submission"] = lambda _: {"response_action": "update", "view": modal(text_input("again"))}
    await slack.command("/dext", user=ADMIN)
    await AsyncWebhookClient(app.last["response_url"]).send(text="x", blocks=[section("by address")])
    view = slack.view(ADMIN)
    assert view is not None
    await slack.submit(view, {"name": "x"})
    await client.chat_postMessage(channel=BILLS, text="x", blocks=[section("posted")])
    await client.views_publish(user_id=ADMIN, view={"type": "home", "blocks": [section("home")]})

    kinds = sorted(kind for kind, _ in slack.drawn)
    assert kinds == ["HomeView", "MessageBlocks", "MessageBlocks", "MessageBlocks", "ModalView", "ModalView"]
    assert schema_problems(slack, shared) == []


async def test_the_schema_sees_what_is_wrong(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient, shared: Path
) -> None:
    wrong = {"channel": BILLS, "text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn"}}]}

    async with http.post(
        f"{client.base_url}chat.postMessage", json=wrong, headers={"Authorization": f"Bearer {client.token}"}
    ) as response:
        assert (await response.json())["error"] == "invalid_blocks"

    assert schema_problems(slack, shared) != []
