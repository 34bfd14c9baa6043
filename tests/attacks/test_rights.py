"""Every entry tried by every kind of person over signed requests, against the table of who may."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from bot.domain.ids import UserId
from bot.domain.rights import Role
from bot.playground.slack import ADMIN as ADAM
from bot.playground.slack import APPROVER as PRIYA
from bot.playground.slack import BILLS, FORMER, GUEST, MEMBER, OTHER_BOT, OTHER_TEAM, OUTSIDER, OWNER, TEAM
from bot.playground.slack import BOOKKEEPER as BEN
from bot.services.people import grant
from bot.views.ids import ActionId, BlockId, CallbackId
from tests.attacks import rights_table as table
from tests.attacks.traces import deeds, rows
from tests.handlers.desk import A_BILL, Desk, a_desk

SUBMITTER, VIEWER = "U0SUBMIT1", "U0VIEWER1"
PEOPLE = {
    table.OWNER: OWNER,
    table.ADMIN: ADAM,
    table.BOOKKEEPER: BEN,
    table.APPROVER: PRIYA,
    table.SUBMITTER: SUBMITTER,
    table.VIEWER: VIEWER,
    table.MEMBER: MEMBER,
    table.GUEST: GUEST,
    table.BOT: OTHER_BOT,
    table.FORMER: FORMER,
    table.OUTSIDER: OUTSIDER,
    table.ELSEWHERE: OUTSIDER,
}
NO = (
    "You belong to another company",
    "Bots and workflows cannot act",
    "Your Slack account is deactivated",
    "Guests of this workspace cannot act",
    "Only this organisation's admins",
    "Connecting accounting software is for",
    "Disconnecting is for",
    "Taking over is for",
    "You are not an approver",
    "Only whoever approved it",
    "I could not find anybody to ask",
)
OURS = "Something went wrong on our side"
NUMBERS = count(1)
AS_SLACK_SAID_SECONDS = 61
"""What Slack said of a person is asked anew after that."""
OF_AN_ORGANISATION = {
    ActionId.OPEN_MANAGE,
    ActionId.REFRESH_LISTS,
    ActionId.OPEN_PEOPLE,
    ActionId.TAKE_OVER,
    ActionId.OPEN_SETTINGS,
    ActionId.OPEN_CHANNELS,
    ActionId.DISCONNECT,
    ActionId.OPEN_ADD_ITEM,
}


@dataclass(slots=True)
class Office:
    desk: Desk
    item: str
    organisation: str

    @classmethod
    async def opened(cls, desk: Desk) -> "Office":
        """Adam keeps the books' settings and is no admin of the workspace any more."""
        desk.slack.change_person(ADAM, is_admin=False)
        people = desk.slack.workspace.people
        for user in (SUBMITTER, VIEWER):
            people[user] = replace(people[MEMBER], id=user, name=user, handle=user.lower())
        actor, organisation = await desk.world.actor(), desk.world.organisation_id
        async with desk.world.services.db.write() as tx:
            await grant(tx, actor.workspace.id, organisation, UserId(SUBMITTER), Role.SUBMITTER)
            await grant(tx, actor.workspace.id, organisation, UserId(VIEWER), Role.VIEWER)
        card = await desk.add(OWNER)
        buttons = [part for block in card.blocks for part in block.get("elements", []) if "value" in part]
        await desk.world.later(AS_SLACK_SAID_SECONDS)
        return cls(desk, str(buttons[0]["value"]), str(organisation))

    async def said(self, payload: dict[str, Any], who: str) -> str:
        """Send it as this person; all that was answered, called and posted because of it."""
        slack = self.desk.slack
        before = len(slack.calls)
        is_elsewhere = who == table.ELSEWHERE
        team = OTHER_TEAM if who in (table.OUTSIDER, table.ELSEWHERE) else TEAM
        if "command" in payload:
            home = OTHER_TEAM if is_elsewhere or team != TEAM else TEAM
            answer = await slack.deliveries.command({**payload, "user_id": PEOPLE[who], "team_id": home})
        elif "event" in payload:
            event = {**payload["event"], "user": PEOPLE[who], "user_team": team}
            answer = await slack.deliveries.event(event, team=OTHER_TEAM if is_elsewhere else TEAM)
        else:
            user = {"id": PEOPLE[who], "name": "x", "username": "x", "team_id": team}
            home = OTHER_TEAM if is_elsewhere else TEAM
            answer = await slack.deliveries.interaction({**payload, "user": user, "team": {"id": home}})
        assert answer.status == 200, (who, answer)
        await self.desk.settle()
        return answer.text + " ".join(repr(call) for call in slack.calls[before:])


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    async with a_desk(sqlite_url) as desk:
        yield await Office.opened(desk)


def trigger() -> str:
    return f"8.{next(NUMBERS)}"


def a_click(office: Office, action: str) -> dict[str, Any]:
    value = office.item
    if action in OF_AN_ORGANISATION:
        value = office.organisation
    elif action == ActionId.SHOW_ITEM:
        value = office.item.partition(":")[0]
    elif action in (ActionId.RUN_COMMAND, ActionId.OPEN_CONNECT):
        value = ""
    pressed: dict[str, Any] = {"type": "button", "action_id": action, "block_id": "b", "value": value}
    if action == ActionId.CHOOSE_PROVIDER:
        pressed["selected_option"] = {"value": "xero", "text": {"type": "plain_text", "text": "Xero"}}
    is_in_form = action in (ActionId.CHOOSE_PROVIDER, ActionId.ASK_TO_CONNECT)
    place = {"view": a_view(CallbackId.CONNECT, BILLS, {})} if is_in_form else {"channel": {"id": BILLS}}
    return {"type": "block_actions", "actions": [pressed], "trigger_id": trigger(), **place}


def a_view(callback: str, metadata: str, state: dict[str, Any]) -> dict[str, Any]:
    number = trigger()
    view = {"id": f"V{number}", "hash": number, "type": "modal", "callback_id": callback}
    return {**view, "private_metadata": metadata, "state": {"values": state}}


def metadata_of(office: Office) -> str:
    item, _, version = office.item.partition(":")
    return f"{office.organisation}:{version}:{item}"


def a_choice(value: str) -> dict[str, Any]:
    return {"type": "external_select", "selected_option": {"value": value}}


async def try_all(office: Office, payload_for: Any, allowed: frozenset[str], refused: tuple[str, ...] = NO) -> None:
    """Strangers first, so that what the allowed do is not in their way."""
    wrong, before = [], deeds(await rows(office.desk.world.services.db))
    for who in sorted(PEOPLE, key=lambda who: who in allowed):
        text = await office.said(payload_for(), who)
        is_refused = any(sentence in text for sentence in refused)
        if who == table.ELSEWHERE:
            is_refused = "Northwind" not in text
        if is_refused == (who in allowed) or OURS in text:
            wrong.append((who, text[:600]))
        if who not in allowed and deeds(await rows(office.desk.world.services.db))["items"] != before["items"]:
            wrong.append((who, "changed items"))
    assert wrong == []


async def test_everything_that_can_be_asked_for_has_a_row(office: Office) -> None:
    product = office.desk.world.product
    pages = {(route.method, route.resource.canonical) for route in product.site.router.routes() if route.resource}

    assert set(product.routes.words) == set(table.WORDS)
    assert set(product.routes.clicks) == set(table.CLICKS)
    assert set(product.routes.submissions) == set(table.FORMS)
    assert set(product.routes.options_by_id) == set(table.OPTIONS)
    assert set(product.routes.events) == set(table.EVENTS) | table.EVENTS_OF_SLACK
    assert {page for page in pages if page[0] != "HEAD"} == set(table.PAGES)


@pytest.mark.parametrize("word", sorted(table.WORDS))
async def test_a_command_is_for_whom_the_table_says(office: Office, word: str) -> None:
    def payload() -> dict[str, Any]:
        where = {"channel_id": BILLS, "trigger_id": trigger(), "api_app_id": "A0DEXT001"}
        return {"command": "/dext", "text": word, **where}

    # a command carries the person's own company only, so an outsider's is one of a workspace without the app
    refused = (*NO, "Dext is not installed in this workspace")
    allowed = table.WORDS[word]
    await try_all(office, payload, allowed - {table.OUTSIDER}, refused)


@pytest.mark.parametrize("action", sorted(table.CLICKS))
async def test_a_click_is_for_whom_the_table_says(office: Office, action: ActionId) -> None:
    await try_all(office, lambda: a_click(office, action), table.CLICKS[action])


@pytest.mark.parametrize("action", sorted(table.OPTIONS))
async def test_a_list_is_searched_by_whom_the_table_says(office: Office, action: ActionId) -> None:
    def payload() -> dict[str, Any]:
        view = a_view(CallbackId.ADD_ITEM, metadata_of(office), {})
        return {"type": "block_suggestion", "action_id": action, "block_id": "b", "value": "", "view": view}

    await try_all(office, payload, table.OPTIONS[action], (json.dumps({"options": []}),))


@pytest.mark.parametrize("callback", sorted(table.FORMS))
async def test_a_form_is_for_whom_the_table_says(office: Office, callback: CallbackId) -> None:
    def payload() -> dict[str, Any]:
        view = a_view(callback, metadata_of(office), filled(callback))
        return {"type": "view_submission", "trigger_id": trigger(), "view": view}

    await try_all(office, payload, table.FORMS[callback])


async def test_home_is_drawn_for_whom_the_table_says(office: Office) -> None:
    def payload() -> dict[str, Any]:
        return {"event": {"type": "app_home_opened", "tab": "home", "channel": "D0"}}

    await try_all(office, payload, table.EVENTS["app_home_opened"])


def filled(callback: CallbackId) -> dict[str, Any]:
    state: dict[str, Any] = {}
    match callback:
        case CallbackId.CHOOSE_ACCOUNT:
            state[BlockId.ACCOUNT] = {ActionId.FIND_ACCOUNT: a_choice("429")}
        case CallbackId.CHOOSE_TAX_RATE:
            state[BlockId.TAX_RATE] = {ActionId.FIND_TAX_RATE: a_choice("INPUT2")}
        case CallbackId.REJECT_REASON:
            state[BlockId.REASON] = {ActionId.VALUE: a_text("Twice")}
        case CallbackId.ADD_ITEM | CallbackId.EDIT_ITEM:
            state |= {block: {ActionId.VALUE: a_text(str(value))} for block, value in A_BILL.items()}
            state[BlockId.ISSUED_ON] = {ActionId.VALUE: {"type": "datepicker", "selected_date": "2026-03-01"}}
        case CallbackId.DISCONNECT:
            state[BlockId.KEEP] = {ActionId.VALUE: a_choice("everything")}
            state[BlockId.CONFIRMED] = {ActionId.VALUE: {"type": "checkboxes", "selected_options": [{"value": "yes"}]}}
        case CallbackId.SETTINGS | CallbackId.CHANNELS:
            channel = {"type": "conversations_select", "selected_conversation": BILLS, "selected_channel": BILLS}
            state |= {block: {ActionId.VALUE: channel} for block in (BlockId.APPROVALS_CHANNEL, BlockId.ALERTS_CHANNEL)}
            state[BlockId.DESTINATION] = {ActionId.VALUE: a_choice("purchases")}
            state[BlockId.PAYMENT_STATUS] = {ActionId.VALUE: a_choice("awaiting_payment")}
    return state


def a_text(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}
