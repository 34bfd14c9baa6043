"""Files: who may see one, and what everybody else gets."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import BILLS, BOT_USER, FINANCE, GENERAL, MEMBER, OWNER, SlackState
from tests.playground.conftest import TOKEN
from tests.playground.test_slack_web_api import refused


async def test_the_app_fetches_a_file_by_what_slack_tells(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER)

    told = (await client.files_info(file=stored.id))["file"]

    assert (told["name"], told["size"], told["mimetype"], told["user"]) == ("bill.xml", 4, "application/xml", MEMBER)
    assert told["shares"]["public"][BILLS][0]["ts"] == slack.messages(BILLS)[0].ts
    async with http.get(told["url_private_download"], headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert await response.read() == b"<x/>"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer xoxb-wrong"}])
async def test_without_the_token_there_is_a_login_page_and_200(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER)
    url = (await client.files_info(file=stored.id))["file"]["url_private"]

    async with http.get(url, headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/html")


async def test_without_the_scope_there_is_a_login_page_too(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER)
    url = (await client.files_info(file=stored.id))["file"]["url_private"]
    slack.installations.scopes = frozenset({"chat:write"})

    async with http.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.content_type == "text/html"
    assert await refused(client.files_info(file=stored.id)) == "missing_scope"


@pytest.mark.parametrize("channel", [GENERAL, FINANCE])
async def test_a_file_in_a_channel_without_the_app_does_not_exist_for_it(
    slack: SlackState, client: AsyncWebClient, channel: str
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=channel, user=OWNER)

    assert await refused(client.files_info(file=stored.id)) == "file_not_found"


async def test_the_app_uploads_in_three_steps(slack: SlackState, client: AsyncWebClient) -> None:
    await client.files_upload_v2(content=b"a,b\n1,2\n", filename="report.csv", channel=BILLS, initial_comment="Here")

    await slack.settle()
    message = slack.messages(BILLS)[0]
    assert message.text == "Here"
    assert slack.delivered[-1].payload["event"]["user_id"] == BOT_USER
    assert slack.store.bytes_of(message.files[0]) == b"a,b\n1,2\n"


async def test_an_upload_of_another_length_is_refused(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    told = await client.files_getUploadURLExternal(filename="a.txt", length=5)

    async with http.post(told["upload_url"], data=b"four") as response:
        assert response.status == 400

    files = [{"id": told["file_id"]}]
    assert await refused(client.files_completeUploadExternal(files=files, channel_id=BILLS)) == "file_not_found"
