"""The product's whole life over signed HTTP, in processes that are killed all the while.

Install, connect, set up, three doors (a dropped file, the form, the ingest API), approve, publish, a refusal and its fix,
access that has to be refreshed, disconnect. Slack and Xero are simulated out of the dying processes' reach, and say at
the end what is there: each bill once, each file once, each card once.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.clock import SystemClock
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.domain.api_keys import NewKey, Scope
from bot.domain.connections import Health
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER, TEAM, Message, SlackState, View
from bot.playground.slack import create_app as slack_app
from bot.services.api_keys import make_key
from bot.services.named_books import organisations
from bot.serving import listening
from bot.vault import new_key
from bot.views.ids import ActionId, BlockId
from handlers.errors import BUSY
from providers.xero.simulator import TRADING, Fault, XeroState, create_app
from tests.fakes.app import MANIFEST, SECRET, TOKEN, environment
from tests.fakes.browser import a_browser
from tests.fakes.connected import CLIENT_ID, CLIENT_SECRET, link_of, xero_environment
from tests.fakes.ports import free_port
from tests.handlers.api_client import A_BILL as SENT_BILL
from tests.handlers.desk import A_BILL, words
from tests.intake.documents import a_document
from tests.kill.people import People, is_taken
from tests.kill.supervisor import Supervisor

SLACK_APP = {"SLACK_CLIENT_ID": "11.22", "SLACK_CLIENT_SECRET": "a client's secret"}
CATEGORY, OTHER_CATEGORY, TAX = "429", "461", "INPUT2"
SUPPLIER = (
    "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Paper &amp; Ink Ltd</cbc:Name>"
    "</cac:PartyName></cac:Party></cac:AccountingSupplierParty>"
)
WRITES = ("*/Invoices", "*/Attachments/*", "/connect/token")
CONNECTIONS, TOKENS, MESSAGES = table_of(ConnectionRow), table_of(TokenSetRow), table_of(MessageRow)
SETTINGS = {
    "DEXT_LEASE_SECONDS": "2",
    "DEXT_POLL_SECONDS": "0.1",
    "DEXT_UNDO_SECONDS": "0",
    "DEXT_LOG_LEVEL": "warning",
}
SLACK_HURRY = 30


class HastyClock(SystemClock):
    """Slack delivers an event again after a minute; here after two seconds."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / SLACK_HURRY)


@dataclass(slots=True)
class Life:
    slack: SlackState
    xero: XeroState
    db: Database
    address: str
    people: People = field(default_factory=People)

    async def lived(self) -> None:
        await self.install()
        await self.connect()
        await self.set_up()
        await self.drop("FILE-1")
        await self.add("FORM-1")
        await self.send("API-1")
        for number in ("FILE-1", "FORM-1", "API-1"):
            await self.approve(number)
        self.xero.expire_access_tokens()
        await self.refused_and_fixed("FILE-2")
        await self.at_rest()
        await self.disconnect()
        await self.at_rest()

    async def install(self) -> None:
        async def is_installed() -> bool:
            async with a_browser() as browser:
                page = await browser.open(f"{self.address}/slack/install")
                page = await browser.press(page, user=ADMIN, team=TEAM, answer="allow")
            return page.status == 200 and "Northwind Trading" in page.text

        async def is_welcomed() -> bool:
            return bool(self.slack.dms(ADMIN))

        await self.people.press("the installation", is_installed)
        await self.people.until("the welcome", is_welcomed)

    async def connect(self) -> None:
        async def is_signed_in() -> bool:
            await self._close(ADMIN)
            await self.slack.command("/dext", "connect xero", user=ADMIN)
            view = self.slack.view(ADMIN)
            if view is None:
                return await self.is_connected()
            await self._through_the_browser(link_of(view))
            return await self.is_connected()

        await self.people.press("connect", is_signed_in)
        await self.people.until("the message that it is connected", self._is_announced)
        await self._close(ADMIN)

    async def _through_the_browser(self, link: str) -> None:
        async with a_browser() as browser:
            page = await browser.press(await browser.open(link))
            page = await browser.press(page, user=ADMIN, answer="allow")
            page = await browser.press(page)
            if "Log in" in page.text:
                page = await browser.press(page, person="dana")
            page = await browser.press(page, decision="allow")
            if "Which organisation" in page.text:
                page = await browser.press(page, chosen=TRADING)
            if page.forms:
                await browser.press(page)

    async def is_connected(self) -> bool:
        async with self.db.read() as tx:
            live = select(CONNECTIONS.c.id).where(CONNECTIONS.c.health != Health.DISCONNECTED)
            return (await tx.execute(live)).first() is not None

    async def _is_announced(self) -> bool:
        return self._announced() is not None

    def _announced(self) -> Message | None:
        found = [m for m in self.slack.messages(BILLS) if ActionId.OPEN_SETTINGS in str(m.blocks)]
        return found[-1] if found else None

    async def set_up(self) -> None:
        async def is_saved() -> bool:
            form = self.slack.view(ADMIN)
            if form is None:
                announced = self._announced()
                assert announced is not None
                await self.slack.click(announced, ActionId.OPEN_SETTINGS, user=ADMIN)
                form = self._modal(ADMIN)
            await self.slack.options(
                form, ActionId.FIND_ACCOUNT, CATEGORY, user=ADMIN, block_id=BlockId.DEFAULT_ACCOUNT
            )
            await self.slack.options(form, ActionId.FIND_TAX_RATE, "", user=ADMIN, block_id=BlockId.DEFAULT_TAX)
            return await self._is_submitted(form, _SET_UP, ADMIN)

        await self.people.press("the settings", is_saved)

    async def drop(self, number: str) -> None:
        """Slack gives an event up after four tries, and the file was taken by nobody: it is dropped again."""
        document = a_document(number=number, currency="GBP", extra=SUPPLIER).encode()

        async def is_told() -> bool:
            before = len(self.slack.delivered)
            await self.slack.upload(document, f"{number}.xml", channel=BILLS, user=MEMBER)
            await self.slack.settle()
            told = [each for each in self.slack.delivered[before:] if each.kind == "event:file_shared"]
            return any(each.answer.status == HTTPStatus.OK for each in told)

        await self.people.press(f"the file {number}", is_told)
        await self._until_card(number)

    async def add(self, number: str) -> None:
        async def is_sent() -> bool:
            form = self.slack.view(MEMBER)
            if form is None:
                await self.slack.command("/dext", "add", user=MEMBER)
                form = self._modal(MEMBER)
            return await self._is_submitted(form, {**A_BILL, BlockId.NUMBER: number}, MEMBER)

        await self.people.press(f"the form of {number}", is_sent)
        await self._until_card(number)

    async def send(self, number: str) -> None:
        """By the shop, whose key is made on the command line."""
        key = await self._a_key()
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": number}

        async def is_answered() -> bool:
            async with (
                aiohttp.ClientSession() as session,
                session.post(
                    f"{self.address}/api/v1/items", json={**SENT_BILL, "number": number}, headers=headers
                ) as answer,
            ):
                return answer.status in (200, 201)

        await self.people.press(f"{number} by the API", is_answered)
        await self._until_card(number)

    async def approve(self, number: str) -> None:
        async def is_approved() -> bool:
            card = self.card(number)
            if ActionId.APPROVE_ITEM not in str(card.blocks):
                return True
            return is_taken(await self.slack.click(card, ActionId.APPROVE_ITEM, user=APPROVER))

        async def is_in_the_ledger() -> bool:
            return bool(self.bills(number)) and str(self.bills(number)[0]["InvoiceID"]) in str(self.card(number).blocks)

        await self.people.press(f"Approve of {number}", is_approved)
        await self.people.until(f"{number} in the ledger, and its card says so", is_in_the_ledger)

    async def refused_and_fixed(self, number: str) -> None:
        self.xero.archive_account(TRADING, CATEGORY)
        await self.drop(number)

        async def is_approved() -> bool:
            card = self.card(number)
            if ActionId.APPROVE_ITEM not in str(card.blocks):
                return True
            return is_taken(await self.slack.click(card, ActionId.APPROVE_ITEM, user=APPROVER))

        async def is_told() -> bool:
            return self.alert(number) is not None

        async def is_fixed() -> bool:
            form = self.slack.view(BOOKKEEPER)
            if form is None:
                alert = self.alert(number)
                assert alert is not None
                if ActionId.CHOOSE_ACCOUNT not in str(alert.blocks):
                    return True
                await self.slack.click(alert, ActionId.CHOOSE_ACCOUNT, user=BOOKKEEPER)
                form = self._modal(BOOKKEEPER)
            await self.slack.options(form, ActionId.FIND_ACCOUNT, "", user=BOOKKEEPER)
            return await self._is_submitted(form, {ActionId.FIND_ACCOUNT: OTHER_CATEGORY}, BOOKKEEPER)

        async def is_there() -> bool:
            return [self.files(bill) for bill in self.bills(number)] == [1]

        await self.people.press(f"Approve of {number}", is_approved)
        await self.people.until(f"the alert of {number}", is_told)
        await self.people.press(f"the fix of {number}", is_fixed)
        await self.people.until(f"{number} and its file in the ledger after the fix", is_there)

    async def disconnect(self) -> None:
        async def is_confirmed() -> bool:
            if not await self.is_connected():
                return True
            form = self.slack.view(ADMIN)
            if form is None:
                await self.slack.command("/dext", "disconnect", user=ADMIN)
                form = self._modal(ADMIN)
            return await self._is_submitted(form, {BlockId.KEEP: "everything", BlockId.CONFIRMED: ["yes"]}, ADMIN)

        async def is_given_back() -> bool:
            async with self.db.read() as tx:
                return not (await tx.execute(select(TOKENS.c.id))).all()

        await self.people.press("Disconnect", is_confirmed)
        await self.people.until("access is given back", is_given_back)

    async def at_rest(self) -> None:
        async def is_quiet() -> bool:
            async with self.db.read() as tx:
                waiting = (
                    select(MESSAGES.c.id)
                    .where(MESSAGES.c.is_waiting.is_(True), MESSAGES.c.wanted > MESSAGES.c.sent)
                    .limit(1)
                )
                return (await tx.execute(waiting)).first() is None

        await self.people.until("every message is posted", is_quiet)

    async def _is_submitted(self, form: View, values: Mapping[str, object], user: str) -> bool:
        """What is told is read: "I am busy and did nothing" is an answer, too, and so is the form as it is now."""
        asked = form.callback_id
        done = await self.slack.submit(form, values, user=user)
        if done.errors or done.error:
            return False
        shown = done.view
        is_taken = shown is None or (BUSY not in str(shown.blocks) and shown.callback_id != asked)
        await self._close(user)
        return is_taken

    async def _close(self, user: str) -> None:
        if self.slack.view(user) is not None:
            await self.slack.close_modal(user, everything=True)

    async def _until_card(self, number: str) -> None:
        async def is_there() -> bool:
            return bool(self.cards(number))

        await self.people.until(f"the card of {number}", is_there)

    async def _a_key(self) -> str:
        """As `dext-bot api-keys create` makes it."""
        new = NewKey(name="The web shop", scopes=frozenset(Scope))
        async with self.db.write() as tx:
            (found,) = await organisations(tx)
            of = WorkspaceId(found.workspace_id), OrganisationId(found.id)
            return await make_key(tx, *of, new, made_by=UserId(ADMIN), is_operator=True)

    def _modal(self, user: str) -> View:
        view = self.slack.view(user)
        if view is None:
            raise IndexError(user)
        return view

    def cards(self, number: str) -> list[Message]:
        return [m for m in self.slack.messages(BILLS) if f"*Number*\n{number}" in words(m)]

    def card(self, number: str) -> Message:
        return self.cards(number)[-1]

    def alert(self, number: str) -> Message | None:
        found = [reply for reply in self.slack.thread(BILLS, self.card(number).ts) if "archived" in str(reply.blocks)]
        return found[-1] if found else None

    def bills(self, number: str) -> list[dict[str, object]]:
        return [bill for bill in self.xero.bills() if bill["InvoiceNumber"] == number]

    def files(self, bill: Mapping[str, object]) -> int:
        return len(self.xero.books[TRADING].files(str(bill["InvoiceID"])))


NUMBERS = ("API-1", "FILE-1", "FILE-2", "FORM-1")
WITH_FILE = ("FILE-1", "FILE-2")
_SET_UP: dict[str, object] = {
    BlockId.PAYMENT_STATUS: "awaiting_payment",
    BlockId.DEFAULT_ACCOUNT: CATEGORY,
    BlockId.DEFAULT_TAX: TAX,
    BlockId.APPROVERS: [APPROVER],
    BlockId.BOOKKEEPERS: [BOOKKEEPER],
    BlockId.APPROVALS_CHANNEL: BILLS,
    BlockId.ALERTS_CHANNEL: ALERTS,
}


@dataclass(slots=True)
class Outcome:
    """What one life showed. `wrong` is empty where nothing was lost, doubled, or left to a hand."""

    kills: int = 0
    pressed_again: int = 0
    repeated_messages: int = 0
    wrong: list[str] = field(default_factory=list)


def wrongs(life: Life) -> list[str]:
    """By the ledger and by Slack, not by the product."""
    bills = Counter(str(bill["InvoiceNumber"]) for bill in life.xero.bills())
    found = [f"{number}: {bills[number]} bills" for number in NUMBERS if bills[number] != 1]
    found += [f"{number}: of nobody" for number in bills.keys() - set(NUMBERS)]
    for bill in life.xero.bills():
        number, files = str(bill["InvoiceNumber"]), life.files(bill)
        if files != (number in WITH_FILE):
            found.append(f"{number}: {files} files")
    ended = [m.text for m in life.slack.messages(ALERTS) if "has ended" in m.text]
    return found + [f"a sign-in was spent: {text}" for text in ended]


def repeated(life: Life) -> int:
    """Cards beyond the first: posted again where Slack's answer was lost with the process."""
    return sum(max(0, len(life.cards(number)) - 1) for number in NUMBERS)


async def live_once(
    database_url: str, folder: Path, chance: random.Random, *, most: int, within: int, commands: tuple[str, ...]
) -> Outcome:
    """One life in a database of its own, killed up to `most` times."""
    clock, port = HastyClock(), free_port()
    address = f"http://127.0.0.1:{port}"
    slack = SlackState(signing_secret=SECRET, bot_token=TOKEN, clock=clock, app_url=address, manifest=MANIFEST)
    slack.pace.is_on = False
    async with _xero(address) as xero, listening(slack_app(slack), "127.0.0.1", 0) as slack_port:
        slack.public_url = f"http://127.0.0.1:{slack_port}"
        slack.oauth.client_id, slack.oauth.client_secret = SLACK_APP.values()
        ours = {
            **SLACK_APP,
            "SLACK_BOT_TOKEN": "",
            "DEXT_PUBLIC_URL": address,
            "DEXT_PORT": str(port),
            "DEXT_ENCRYPTION_KEYS": new_key("k1"),
            **SETTINGS,
        }
        variables = environment(database_url, slack_port, {**ours, **xero_environment(xero.public_url)})
        supervisor = Supervisor(variables, folder / "printed", chance, most, within)
        life = Life(slack, xero, Database(database_url, SystemClock()), address)
        outcome = Outcome()
        try:
            async with supervisor.keeping(*commands):
                await life.lived()
        except AssertionError as lost:
            outcome.wrong.append(f"{type(lost).__name__}: {lost}")
        finally:
            await life.db.close()
        outcome.kills, outcome.pressed_again = supervisor.kills, life.people.told_again
        outcome.repeated_messages = repeated(life)
        outcome.wrong += [*wrongs(life), *supervisor.ended]
        return outcome


@asynccontextmanager
async def _xero(address: str) -> AsyncIterator[XeroState]:
    """It answers late, so that deaths fall between its commit and its answer."""
    xero = XeroState(
        client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uris=(f"{address}/connect/xero/callback",)
    )
    for path in WRITES:
        method = "POST" if path == "/connect/token" else "PUT"
        xero.fail_next(Fault.SLOW, method=method, path=path, times=10**6, seconds=0.15)
    async with listening(create_app(xero), "127.0.0.1", 0) as port:
        xero.public_url = f"http://127.0.0.1:{port}"
        yield xero
