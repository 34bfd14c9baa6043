"""The page in a real browser: a person types, fills in, is told what is wrong, confirms, and sees the outcome."""

from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import ADMIN, BILLS, MEMBER, SlackState
from tests.playground.conftest import FakeApp, Json, actions, button, modal, option, plain, section, text_input
from tests.playground.windows import on_both, visit, write

pytestmark = pytest.mark.browser


@on_both
async def test_a_form_is_opened_filled_refused_and_saved(
    page: Page, slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    account = {"type": "external_select", "action_id": "account", "min_query_length": 0}
    people = {"type": "multi_users_select", "action_id": "people"}
    choice = {"type": "radio_buttons", "action_id": "choice", "options": [option("one"), option("two")]}
    form = modal(
        text_input("name"),
        {"type": "input", "block_id": "account", "label": plain("Account"), "element": account},
        {"type": "input", "block_id": "people", "label": plain("Approvers"), "element": people},
        *(section(f"Line {number}") for number in range(40)),
        {"type": "input", "label": plain("How"), "optional": True, "element": choice},
    )

    async def open_form(body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    def answer(body: Json) -> Json | None:
        is_taken = body["view"]["state"]["values"]["name"]["text"]["value"] == "taken"
        return {"response_action": "errors", "errors": {"name": "This name is taken."}} if is_taken else None

    app.answers |= {"/dext": open_form, "view_submission": answer}
    app.answers["block_suggestion"] = lambda body: {"options": [option(f"rent {body['value']}")]}
    await visit(page, slack)

    await write(page, "/dext connect")
    dialog = page.get_by_role("dialog", name="A form")
    assert await dialog.evaluate("it => it.scrollHeight - it.clientHeight") == 0  # its blocks scroll, and it does not
    await dialog.get_by_role("button", name="Save").click()
    missing = dialog.get_by_text("Please complete this required field.")
    await expect(missing).to_have_count(3)
    await dialog.get_by_label("Name").fill("taken")
    await dialog.get_by_role("combobox", name="Account").click()
    await page.keyboard.type("office")
    await dialog.get_by_role("option", name="Rent Office").click()
    await dialog.get_by_role("combobox", name="Approvers").click()
    await dialog.get_by_role("option", name="Mia Member").click()
    await expect(missing).to_have_count(0)
    await expect(dialog.locator("[aria-invalid]")).to_have_count(0)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("This name is taken.")).to_be_visible()
    await dialog.get_by_label("Name").fill("free")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()

    values = app.last["view"]["state"]["values"]
    assert values["name"]["text"]["value"] == "free"
    assert values["account"]["account"]["selected_option"]["value"] == "rent office"
    assert values["people"]["people"]["selected_users"] == [MEMBER]


async def test_a_button_asks_first_and_the_card_changes_before_ones_eyes(
    page: Page, slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    confirm = {
        "title": plain("Reject it?"),
        "text": plain("Nothing is sent."),
        "confirm": plain("Reject"),
        "deny": plain("Keep"),
    }
    blocks = [section("*A bill*"), actions(button("reject", text=plain("Reject…"), confirm=confirm))]
    await client.chat_postMessage(channel=BILLS, text="A bill", blocks=blocks)

    async def reject(body: Json) -> None:
        done = [section(f"Rejected by <@{body['user']['id']}>")]
        await client.chat_update(channel=BILLS, ts=body["message"]["ts"], text="Rejected", blocks=done)

    app.answers["block_actions"] = reject
    await visit(page, slack)

    await page.get_by_role("button", name="Reject…").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Keep").click()
    assert app.received == []
    await page.get_by_role("button", name="Reject…").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Reject").click()

    await expect(page.get_by_text("Rejected by @Adam Admin")).to_be_visible()


async def test_messages_of_others_appear_by_themselves_in_channel_and_thread(
    page: Page, slack: SlackState, client: AsyncWebClient
) -> None:
    root = await client.chat_postMessage(channel=BILLS, text="the root")
    await page.goto(f"{slack.public_url}/?as={ADMIN}&channel={BILLS}&thread={root['ts']}")
    thread = page.get_by_role("complementary", name="Thread")

    await client.chat_postMessage(channel=BILLS, text="a reply", thread_ts=root["ts"])
    await expect(thread.get_by_text("a reply")).to_be_visible()
    await thread.get_by_role("textbox").fill("my answer")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_text("my answer")).to_be_visible()

    assert [message.text for message in slack.thread(BILLS, root["ts"])] == ["a reply", "my answer"]


async def test_what_was_not_seen_yet_is_marked_until_it_is(
    page: Page, slack: SlackState, client: AsyncWebClient
) -> None:
    await visit(page, slack)
    messages = page.get_by_role("link", name="Dext · Messages")

    await client.chat_postMessage(channel=ADMIN, text="Your code is 123")
    await expect(messages).to_contain_text("new")
    await messages.click()
    await expect(page.get_by_text("Your code is 123")).to_be_visible()
    # the page is drawn before its script has noted what was seen: whoever leaves in between has not seen it
    await page.wait_for_function(f"(localStorage.getItem('simslack_seen_{ADMIN}') || '{{}}') !== '{{}}'")

    await visit(page, slack)
    await expect(page.locator("#sidebar").get_by_text("new", exact=True)).to_have_count(0)


async def test_a_file_is_attached(page: Page, slack: SlackState, app: FakeApp) -> None:
    await visit(page, slack, MEMBER)

    file = {"name": "bill.xml", "mimeType": "text/xml", "buffer": b"<x/>"}
    await page.locator("#composer input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="bill.xml")).to_be_visible()

    assert app.last["event"]["type"] == "file_shared"


async def test_escape_closes_the_modal_and_the_app_hears_of_it(
    page: Page, slack: SlackState, app: FakeApp, client: AsyncWebClient
) -> None:
    async def open_form(body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))

    app.answers["/dext"] = open_form
    await visit(page, slack)
    await write(page, "/dext")
    await expect(page.get_by_role("dialog", name="A form")).to_be_visible()

    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="A form")).to_be_hidden()

    assert app.last["type"] == "view_closed"


async def test_signing_in_leads_back_to_the_app(page: Page, slack: SlackState) -> None:
    """A strict page policy must not stop the way back, which is on another port."""
    back = f"{slack.app_url}/slack/signin_redirect"
    query = {"response_type": "code", "scope": "openid", "client_id": "11.22", "state": "s", "redirect_uri": back}
    await visit(page, slack, MEMBER)

    await page.goto(f"{slack.public_url}/openid/connect/authorize?{urlencode(query)}")
    await expect(page.get_by_label("Signed in as")).to_have_value(MEMBER)
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", name="Back at the app")).to_be_visible()

    assert "code=" in page.url


async def test_what_slack_refused_is_shown(page: Page, slack: SlackState, client: AsyncWebClient) -> None:
    await visit(page, slack)

    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=BILLS, text="x", blocks=[{"type": "carousel"}])

    await expect(page.get_by_text("unsupported type: carousel")).to_be_visible()


@on_both
async def test_nothing_is_wider_than_the_window(page: Page, slack: SlackState, client: AsyncWebClient) -> None:
    fields = [{"type": "mrkdwn", "text": "*Supplier*\n" + "Verylongwordwithoutaspace" * 4}] * 4
    pick = {"type": "external_select", "action_id": "a", "placeholder": plain("Choose another account")}
    blocks = [
        {"type": "section", "fields": fields},
        section("x" * 400, accessory=pick),
        actions(*[button(f"b{n}") for n in range(9)]),
    ]
    await client.chat_postMessage(channel=BILLS, text="x", blocks=blocks)

    await visit(page, slack)

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("(b => b.scrollWidth <= b.clientWidth)(document.getElementById('main-scroll'))")
