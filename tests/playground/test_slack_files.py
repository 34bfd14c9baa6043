"""Files: who may see one, and what everybody else gets."""

import aiohttp
import pytest
from playwright.async_api import FilePayload, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    ADMIN,
    BILLS,
    BOT_USER,
    FINANCE,
    GENERAL,
    MEMBER,
    OWNER,
    Dropped,
    Manifest,
    NotPossibleError,
    SlackState,
)
from tests.playground.conftest import TOKEN, FakeApp
from tests.playground.pictures import a_picture
from tests.playground.test_slack_web_api import refused
from tests.playground.windows import on_both, visit


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


async def test_several_files_and_words_are_one_message_and_an_event_for_each(slack: SlackState, app: FakeApp) -> None:
    dropped = [Dropped(content=b"<x/>", name="bill.xml"), Dropped(content=a_picture(), name="photo.png")]

    stored = await slack.share(dropped, channel=BILLS, user=MEMBER, text="Two bills")

    (message,) = slack.messages(BILLS)
    assert (message.text, message.subtype, message.files) == ("Two bills", "file_share", [file.id for file in stored])
    events = [received.body["event"] for received in app.received]
    assert [event["file_id"] for event in events] == [file.id for file in stored]
    assert {(event["type"], event["channel_id"], event["user_id"]) for event in events} == {
        ("file_shared", BILLS, MEMBER)
    }


@pytest.mark.parametrize("manifest", [Manifest(events=frozenset({"message.im"}))])
async def test_the_message_itself_is_told_only_where_the_app_listens_to_messages(
    slack: SlackState, app: FakeApp
) -> None:
    direct = slack.workspace.dm(MEMBER).id
    await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER)
    assert app.received == []

    await slack.upload(b"<x/>", "bill.xml", channel=direct, user=MEMBER)

    event = app.last["event"]
    assert (event["type"], event["subtype"], event["channel_type"]) == ("message", "file_share", "im")
    assert event["files"][0]["name"] == "bill.xml"


async def test_a_file_sent_to_the_app_alone_is_told_with_where(slack: SlackState, client: AsyncWebClient) -> None:
    direct = slack.workspace.dm(MEMBER).id

    stored = await slack.upload(a_picture("GIF"), "photo.gif", channel=direct, user=MEMBER)

    told = (await client.files_info(file=stored.id))["file"]
    assert (told["ims"], told["channels"], told["groups"], told["is_public"]) == ([direct], [], [], False)
    assert told["shares"]["private"][direct][0]["ts"] == slack.dms(MEMBER)[0].ts
    assert (told["mimetype"], told["filetype"], told["pretty_type"]) == ("image/gif", "gif", "GIF")


async def test_a_linked_document_has_no_bytes_at_slack(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    stored = await slack.link_file("https://drive.example.com/d/1", "bill.pdf", channel=BILLS, user=MEMBER)

    told = (await client.files_info(file=stored.id))["file"]
    assert (told["mode"], told["is_external"], told["external_type"]) == ("external", True, "gdrive")
    assert told["url_private"] == "https://drive.example.com/d/1"
    async with http.get(f"{slack.public_url}/?as={MEMBER}&channel={BILLS}") as response:
        assert "Linked, not stored in Slack" in await response.text()


@pytest.mark.parametrize("manifest", [Manifest(events=frozenset({"file_deleted"}))])
async def test_of_a_deleted_file_a_tombstone_is_left(
    slack: SlackState, app: FakeApp, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER)
    url = (await client.files_info(file=stored.id))["file"]["url_private"]

    await slack.delete_file(stored)

    assert app.last["event"]["file_id"] == stored.id
    assert await refused(client.files_info(file=stored.id)) == "file_deleted"
    assert slack.workspace.to_slack(slack.messages(BILLS)[0])["files"] == [{"id": stored.id, "mode": "tombstone"}]
    async with http.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.content_type == "text/html"
    async with http.get(f"{slack.public_url}/?as={MEMBER}&channel={BILLS}") as response:
        assert "This file was deleted." in await response.text()


async def test_a_name_that_is_no_address_is_still_fetched(
    slack: SlackState, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    stored = await slack.upload(b"<x/>", "Größe? #1 ../&%2e <b>\u202efdp.xml", channel=BILLS, user=MEMBER)

    told = (await client.files_info(file=stored.id))["file"]

    assert told["name"] == "Größe? #1 .._&%2e <b>\u202efdp.xml"
    async with http.get(told["url_private_download"], headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert await response.read() == b"<x/>"


@pytest.mark.parametrize("name", ["page.html", "page.svg", "photo.png"])
async def test_only_a_picture_is_shown_in_the_page(slack: SlackState, http: aiohttp.ClientSession, name: str) -> None:
    stored = await slack.upload(b"<svg onload=alert(1)>", name, channel=BILLS, user=MEMBER)

    async with http.get(f"{slack.public_url}/page/picture/{stored.id}") as response:
        assert response.status == 404
    async with http.get(f"{slack.public_url}/page/file/{stored.id}") as response:
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.content_type == "application/octet-stream"


async def test_a_message_takes_only_so_many_files(slack: SlackState) -> None:
    dropped = [Dropped(content=b"x", name=f"{number}.txt") for number in range(11)]

    with pytest.raises(NotPossibleError):
        await slack.share(dropped, channel=BILLS, user=MEMBER)


@pytest.mark.browser
@on_both
async def test_files_wait_beside_the_composer_until_they_are_sent(page: Page, slack: SlackState) -> None:
    hostile = "<img src=x onerror=alert(1)>.png"
    await visit(page, slack, MEMBER)
    chosen: list[FilePayload] = [
        {"name": "bill.xml", "mimeType": "text/xml", "buffer": b"<x/>"},
        {"name": "wrong.txt", "mimeType": "text/plain", "buffer": b"x"},
        {"name": hostile, "mimeType": "image/png", "buffer": a_picture(width=900, height=700)},
    ]

    await page.locator("#composer input[type=file]").set_input_files(chosen)
    await page.get_by_role("button", name="Remove wrong.txt").click()
    assert slack.messages(BILLS) == []
    await page.locator("#composer textarea").fill("Two bills")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("link", name="bill.xml")).to_be_visible()
    await expect(page.get_by_role("img", name=hostile)).to_be_visible()
    (message,) = slack.messages(BILLS)
    assert (message.text, len(message.files)) == ("Two bills", 2)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
async def test_files_are_dropped_into_a_thread_and_into_the_apps_messages(page: Page, slack: SlackState) -> None:
    root = await slack.say("The bill for May?", user=ADMIN, channel=BILLS)
    drop = """([part, name]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(["x"], name, { type: "text/plain" }));
        document.querySelector(part).dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
    }"""

    await page.goto(f"{slack.public_url}/?as={MEMBER}&channel={BILLS}&thread={root.ts}")
    await page.evaluate(drop, [".thread", "may.txt"])
    await page.get_by_role("complementary", name="Thread").get_by_role("button", name="Send").click()
    await expect(page.get_by_role("link", name="may.txt")).to_be_visible()
    await visit(page, slack, MEMBER, "messages")
    await page.evaluate(drop, [".main", "june.txt"])
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("link", name="june.txt")).to_be_visible()

    assert [slack.workspace.files[reply.files[0]].name for reply in slack.thread(BILLS, root.ts)] == ["may.txt"]
    assert [slack.workspace.files[message.files[0]].name for message in slack.dms(MEMBER)] == ["june.txt"]
