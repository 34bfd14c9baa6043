"""Pictures in blocks: which ones Slack shows, and what it says of the others."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import ADMIN, BILLS, FINANCE, GENERAL, MEMBER, OWNER, SlackState
from tests.fakes.clock import FakeClock
from tests.playground.conftest import TOKEN, Json, modal, section
from tests.playground.pictures import a_picture
from tests.playground.test_slack_web_api import refused
from tests.playground.windows import visit


def of_file(**source: str) -> Json:
    return {"type": "image", "slack_file": source, "alt_text": "First page"}


async def handed_in(client: AsyncWebClient, content: bytes, name: str = "page.png", **more: Any) -> Json:
    """The three steps, without a channel; gives the file as Slack tells it."""
    asked = await client.files_getUploadURLExternal(filename=name, length=len(content), **more)
    async with aiohttp.ClientSession() as session, session.post(asked["upload_url"], data=content) as response:
        assert response.status == 200
    done = await client.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "Page 1"}])
    return dict(done["files"][0])


async def complaint(slack: SlackState, call: Any) -> str:
    """What Slack says of it. It is expected here, so that it is taken off the list of what went wrong."""
    with pytest.raises(SlackApiError) as caught:
        await call
    slack.refusals.clear()
    (message,) = caught.value.response["response_metadata"]["messages"]
    return str(message)


async def test_a_picture_the_app_handed_in_is_shown_by_id_and_by_address(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    told = await handed_in(client, a_picture(), alt_txt="A bill")
    context = {"type": "context", "elements": [of_file(url=told["url_private"])]}
    blocks = [of_file(id=told["id"]), section(accessory=of_file(url=told["permalink"])), context]

    await client.chat_postMessage(channel=BILLS, text="Pages", blocks=blocks)

    assert (told["title"], told["alt_txt"], told["mimetype"]) == ("Page 1", "A bill", "image/png")
    assert (told["original_w"], told["original_h"], told["shares"]) == (40, 30, {})
    async with http.get(f"{slack.public_url}/?as={MEMBER}&channel={BILLS}") as response:
        page = await response.text()
    assert page.count(f'src="/page/picture/{told["id"]}" width="40" height="30" alt="First page"') == 3
    async with http.get(f"{slack.public_url}/page/picture/{told['id']}") as response:
        assert (response.content_type, await response.read()) == ("image/png", a_picture())
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_picture_is_shown_in_a_modal_too(slack: SlackState, client: AsyncWebClient, opened: Any) -> None:
    told = await handed_in(client, a_picture("JPEG"), "page.jpg")

    view = await opened(modal(of_file(id=told["id"])), ADMIN)

    assert view.blocks[0]["slack_file"] == {"id": told["id"]}
    wrong = client.views_publish(user_id=ADMIN, view={"type": "home", "blocks": [of_file(id="F00000000")]})
    assert "[json-pointer:/view/blocks/0/slack_file]" in await complaint(slack, wrong)


async def test_what_slack_cannot_show_is_refused_with_the_place(slack: SlackState, client: AsyncWebClient) -> None:
    text = await handed_in(client, b"not a picture", "page.png")
    private = await slack.upload(a_picture(), "page.png", channel=FINANCE, user=OWNER)
    gone = await handed_in(client, a_picture())
    await client.files_delete(file=gone["id"])

    for file_id in (text["id"], private.id, gone["id"], "F00000000"):
        said = await complaint(slack, client.chat_postMessage(channel=BILLS, text="x", blocks=[of_file(id=file_id)]))
        assert said == "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"

    blocks = [section(), of_file(id="page.png")]
    said = await complaint(slack, client.chat_postMessage(channel=BILLS, text="x", blocks=blocks))
    assert said.startswith("[ERROR] input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/blocks/1/")


async def test_an_address_that_slacks_servers_cannot_reach_is_refused(
    slack: SlackState, client: AsyncWebClient
) -> None:
    def shown(address: str) -> Any:
        image = {"type": "image", "image_url": address, "alt_text": "A logo"}
        return client.chat_postMessage(channel=BILLS, text="x", blocks=[image])

    for address in ("http://127.0.0.1:8000/a.png", "https://10.0.0.8/a.png", "https://localhost/a.png"):
        said = await complaint(slack, shown(address))
        assert said == "[ERROR] downloading image failed [json-pointer:/blocks/0/image_url]"
    assert (await shown("https://files.example.com/a.png"))["ok"]


async def test_a_file_is_not_ready_at_once_where_slack_takes_its_time(
    slack: SlackState, client: AsyncWebClient, clock: FakeClock
) -> None:
    slack.workspace.processing_seconds = 2
    told = await handed_in(client, a_picture())
    post: Json = {"channel": BILLS, "text": "x", "blocks": [of_file(id=told["id"])]}

    assert "invalid slack file" in await complaint(slack, client.chat_postMessage(**post))
    assert (told["mimetype"], "thumb_360" in told) == ("", False)
    await clock.sleep(2)

    assert (await client.files_info(file=told["id"]))["file"]["mimetype"] == "image/png"
    assert (await client.chat_postMessage(**post))["ok"]


async def test_the_app_deletes_its_own_files_only(slack: SlackState, client: AsyncWebClient) -> None:
    told = await handed_in(client, a_picture())
    theirs = await slack.upload(a_picture(), "photo.png", channel=BILLS, user=MEMBER)

    await client.files_delete(file=told["id"])

    assert await refused(client.files_delete(file=told["id"])) == "file_deleted"
    assert await refused(client.files_delete(file=theirs.id)) == "cant_delete_file"
    assert await refused(client.files_delete(file="F00000000")) == "file_not_found"


async def test_small_copies_are_for_the_app_only(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    stored = await slack.upload(a_picture(width=800, height=400), "photo.png", channel=BILLS, user=MEMBER)
    told = (await client.files_info(file=stored.id))["file"]

    assert (told["thumb_360_w"], told["thumb_360_h"], told["filetype"]) == (360, 180, "png")
    async with http.get(told["thumb_360"]) as response:
        assert response.content_type == "text/html"
    async with http.get(told["thumb_360"], headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert (response.content_type, len(await response.read()) > 0) == ("image/png", True)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": FINANCE}, "channel_not_found"),
        ({"channels": [GENERAL]}, "not_in_channel"),
        ({"channels": [f"C{number:08}" for number in range(101)]}, "channels_limit_exceeded"),
        ({"files": [{"id": "F00000000"}]}, "file_not_found"),
        ({"files": []}, "invalid_arguments"),
    ],
)
async def test_an_upload_that_cannot_be_completed_can_be_completed_elsewhere(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession, given: Json, error: str
) -> None:
    asked = await client.files_getUploadURLExternal(filename="a.txt", length=1)
    async with http.post(asked["upload_url"], data=b"a"):
        pass
    files = [{"id": asked["file_id"]}]

    assert await refused(client.files_completeUploadExternal(**{"files": files, **given})) == error

    assert (await client.files_completeUploadExternal(files=files, channel_id=BILLS))["ok"]
    assert await refused(client.files_completeUploadExternal(files=files)) == "file_not_found"
    slack.refusals.clear()


@pytest.mark.browser
async def test_whoever_reads_the_newest_goes_on_reading_it_when_a_picture_comes(
    page: Page, slack: SlackState, client: AsyncWebClient
) -> None:
    for number in range(20):
        await slack.say(f"Message {number}", user=MEMBER, channel=BILLS)
    first = await client.chat_postMessage(channel=BILLS, text="A bill", blocks=[section("A bill")])
    told = await handed_in(client, a_picture(width=800, height=1200))
    await slack.say("The newest", user=MEMBER, channel=BILLS)
    await visit(page, slack)
    await expect(page.get_by_text("The newest")).to_be_in_viewport(ratio=1)

    await client.chat_update(
        channel=BILLS, ts=first["ts"], text="A bill", blocks=[section("A bill"), of_file(id=told["id"])]
    )

    await expect(page.get_by_role("img", name="First page")).to_be_visible()
    await expect(page.get_by_text("The newest")).to_be_in_viewport(ratio=1)
