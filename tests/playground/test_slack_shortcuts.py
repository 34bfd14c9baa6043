"""Shortcuts: from a message's menu and from beside the composer, by mouse and by keyboard."""

import aiohttp
import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    ADMIN,
    BILLS,
    BOT_USER,
    MEMBER,
    OUTSIDER,
    SHARED,
    Manifest,
    NotPossibleError,
    SlackState,
)
from tests.playground.conftest import FakeApp, Json, modal
from tests.playground.windows import on_both, visit


async def test_a_global_shortcut_says_who_and_nothing_of_where(slack: SlackState, app: FakeApp) -> None:
    await slack.shortcut("new_item", user=ADMIN)

    told = app.last
    assert (told["type"], told["callback_id"], told["user"]["id"]) == ("shortcut", "new_item", ADMIN)
    assert {"trigger_id", "action_ts", "team", "token"} <= set(told)
    assert not {"channel", "response_url", "message", "api_app_id"} & set(told)


async def test_a_message_shortcut_brings_the_message_with_its_files_and_an_address_to_answer(
    slack: SlackState, app: FakeApp, http: aiohttp.ClientSession
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=BILLS, user=MEMBER, text="Please book this")
    message = slack.messages(BILLS)[0]

    await slack.message_shortcut("send_to_dext", message, user=ADMIN)

    told = app.last
    assert (told["type"], told["callback_id"], told["message_ts"]) == ("message_action", "send_to_dext", message.ts)
    assert told["channel"] == {"id": BILLS, "name": "bills"}
    assert (told["message"]["user"], told["message"]["text"]) == (MEMBER, "Please book this")
    (file,) = told["message"]["files"]
    assert (file["id"], file["mimetype"], file["mode"]) == (stored.id, "application/xml", "hosted")
    assert file["url_private"].startswith(f"{slack.public_url}/files-pri/")
    async with http.post(told["response_url"], json={"text": "Taken in"}) as response:
        assert response.status == 200
    assert [whisper.text for whisper in slack.ephemerals(ADMIN, BILLS)] == ["Taken in"]


async def test_of_another_companys_file_a_message_says_only_where_to_ask(
    slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    stored = await slack.upload(b"<x/>", "bill.xml", channel=SHARED, user=OUTSIDER)

    await slack.message_shortcut("send_to_dext", slack.messages(SHARED)[0], user=MEMBER)

    (file,) = app.last["message"]["files"]
    assert (file["id"], file["file_access"], "url_private" in file) == (stored.id, "check_file_info", False)
    assert (await client.files_info(file=stored.id))["file"]["file_access"] == "visible"


async def test_a_message_only_one_person_sees_has_no_shortcuts(slack: SlackState, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=BILLS, user=ADMIN, text="psst")

    with pytest.raises(NotPossibleError):
        await slack.message_shortcut("send_to_dext", slack.ephemerals(ADMIN, BILLS)[0], user=ADMIN)


@pytest.fixture
def form(app: FakeApp, client: AsyncWebClient) -> None:
    async def open_form(body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    app.answers |= {"shortcut": open_form, "message_action": open_form}


@pytest.mark.browser
@pytest.mark.usefixtures("form")
@on_both
async def test_a_shortcut_is_pressed_where_it_is_offered(page: Page, slack: SlackState, app: FakeApp) -> None:
    said = await slack.say("The bill is on my desk", user=MEMBER, channel=BILLS)
    await visit(page, slack)
    message = page.get_by_role("article", name="Message from Mia Member")
    dialog = page.get_by_role("dialog", name="A form")

    await message.hover()
    await message.get_by_title("More actions").click()
    await message.get_by_role("button", name="Send to Dext").click()
    await expect(dialog).to_be_visible()
    assert (app.last["type"], app.last["message_ts"]) == ("message_action", said.ts)
    await dialog.get_by_role("button", name="Cancel").click()

    await page.get_by_title("Shortcuts").click()
    await page.get_by_role("button", name="New item").click()
    await expect(dialog).to_be_visible()
    assert (app.last["type"], app.last["callback_id"]) == ("shortcut", "new_item")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize("manifest", [Manifest(message_shortcuts={f"s{n}": f"Shortcut {n}" for n in range(5)})])
async def test_the_menu_of_the_last_message_is_not_cut_off(page: Page, slack: SlackState) -> None:
    for number in range(30):
        await slack.say(f"Message {number}", user=MEMBER, channel=BILLS)
    await visit(page, slack)
    message = page.get_by_role("article").last

    await message.hover()
    await message.get_by_title("More actions").click()

    await expect(message.get_by_role("button", name="Shortcut 4")).to_be_in_viewport(ratio=1)


@pytest.mark.browser
@pytest.mark.usefixtures("form")
async def test_the_keyboard_reaches_every_shortcut(page: Page, slack: SlackState, app: FakeApp) -> None:
    await slack.say("The bill is on my desk", user=MEMBER, channel=BILLS)
    await visit(page, slack)
    menu = page.get_by_role("article", name="Message from Mia Member").get_by_title("More actions")

    await menu.focus()
    await expect(menu).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Send to Dext")).to_be_hidden()
    await page.keyboard.press("Enter")
    await slack.say("Somebody writes meanwhile", user=ADMIN, channel=BILLS)
    await expect(page.get_by_text("Somebody writes meanwhile")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("dialog", name="A form")).to_be_visible()
    assert app.last["message"]["text"] == "The bill is on my desk"


async def test_shortcuts_are_for_people_of_the_workspace_while_the_app_is_installed(
    slack: SlackState, http: aiohttp.ClientSession
) -> None:
    await slack.say("hello", user=OUTSIDER, channel=SHARED)

    async def offered(user: str) -> bool:
        async with http.get(f"{slack.public_url}/?as={user}&channel={SHARED}") as response:
            page = await response.text()
        return "Send to Dext" in page or "New item" in page

    assert await offered(MEMBER)
    assert not await offered(OUTSIDER)
    await slack.uninstall()
    assert not await offered(MEMBER)


@pytest.mark.parametrize(
    "manifest", [Manifest(shortcuts={"a": "<b>New</b> \u202eitem"}, message_shortcuts={'"><i>': "<script>"})]
)
async def test_a_hostile_name_of_a_shortcut_stays_text(slack: SlackState, http: aiohttp.ClientSession) -> None:
    await slack.say("hello", user=MEMBER, channel=BILLS)

    async with http.get(f"{slack.public_url}/?as={ADMIN}&channel={BILLS}") as response:
        page = await response.text()

    assert "&lt;b&gt;New" in page
    assert "<script>" not in page
    assert "<b>New" not in page
    assert BOT_USER not in page.partition("<title>")[2].partition("</title>")[0]
