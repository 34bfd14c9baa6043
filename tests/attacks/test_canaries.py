"""A canary in every secret and in every text of an item; then everything happens that can, and nobody says one."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import pytest
from sqlalchemy import select

from bot import log
from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow, TokenSetRow
from bot.playground.slack import ADMIN, APPROVER, BILLS, MEMBER
from bot.playground.slack.pace import FaultKind
from bot.vault import new_key
from bot.views.ids import ActionId, BlockId
from bot.worker import Tasks, tasks_of
from providers.xero.simulator import TRADING
from tests.attacks.canaries import Secrets, hits, kept, said_to_slack, shown
from tests.attacks.jars import SLACK_APP, Stand, a_stand
from tests.fakes.app import World, environment
from tests.fakes.connected import as_connected, xero_environment
from tests.handlers.api_client import A_BILL, ApiClient
from tests.handlers.desk import CATEGORY, Desk, words
from tests.intake.documents import Row, a_document

KEYS = f"{new_key('k2')},{new_key('k1')}"
TEXTS = {
    "Canary Zq Supplier Ltd": "a supplier",
    "CNRY-ZQ-1": "a number",
    "CNRY-ZQ-2": "another number",
    "canary zq of a description": "a description",
    "Canary zq line": "a line",
    "canary zq reason": "a reason",
    "canary zq of a stranger": "an unsigned request",
    "canary-zq-file": "a file's name",
}
"""What may stand in the database, in messages and in the ledger, and nowhere else."""
SLACK_FAULTS: tuple[FaultKind, ...] = ("500", "429", "timeout", "lost")
FLOWS, TOKENS = table_of(ConnectFlowRow), table_of(TokenSetRow)


@contextmanager
def logged(form: str) -> Iterator[None]:
    """The process's own logging at its most talkative, put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in log.QUIETER}
    log.configure("debug", form)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)


async def everything_happens(stand: Stand) -> Desk:
    await connecting(stand)
    desk = Desk(await as_connected(stand.world, stand.xero))
    of_worker(stand.world)
    await desk.world.set_up(alerts_channel=BILLS)
    await publishing(desk)
    await refusals(desk)
    await failing(stand, desk)
    return desk


def of_worker(world: World) -> None:
    """Jobs that fail are logged, as the worker does it."""
    services = world.services
    by_kind = tasks_of(
        publishing=services.publishing,
        lists=services.lists,
        arrivals=services.arrivals,
        ingesting=services.ingesting,
        previews=services.previews,
        smaller_files=services.smaller_files,
        following=services.following,
        downloading=services.downloading,
        typing_lists=services.typing_lists,
        gone_codes=services.gone_codes,
    )
    world.jobs.handler = Tasks(world.clock, by_kind).run


async def connecting(stand: Stand) -> None:
    """Once well, and every way in which it goes wrong."""
    await stand.connected(stand.admin, await stand.link())
    denied = await stand.sent(stand.admin, await stand.link())
    page = await stand.admin.follow(denied.location)
    await stand.admin.follow((await stand.admin.press(page, decision="deny")).location)
    answer = await stand.returned(stand.admin, await stand.link())
    await stand.nobody.follow(answer)
    for fault in ("error_before", "html", "half_answer", "reset_after"):
        answer = await stand.returned(stand.admin, await stand.link())
        stand.xero.fail_next(fault, path="*/connect/token")
        await stand.admin.follow(answer)
    answer = await stand.returned(stand.admin, await stand.link())
    async with stand.world.services.db.write() as tx:
        await tx.execute(FLOWS.update().values(verifier_sealed=b"2:k2:altered"))
    assert (await stand.admin.follow(answer)).status == 503
    await stand.stranger.get("/slack/oauth_redirect?code=canary-code-of-nobody&state=canary-state-of-nobody")
    await stand.world.settle()


async def publishing(desk: Desk) -> None:
    values = {BlockId.SUPPLIER: "Canary Zq Supplier Ltd", BlockId.DESCRIPTION: "canary zq of a description"}
    await desk.add(**{**values, BlockId.NUMBER: "CNRY-ZQ-1"})
    await desk.approve("CNRY-ZQ-1")
    await desk.world.later(120)
    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()][-1:] == ["CNRY-ZQ-1"]
    await desk.drop("CNRY-ZQ-2", rows=(Row(name="Canary zq line"),))
    await desk.slack.upload(b"\x00canary zq line", "canary-zq-file.exe", channel=BILLS, user=MEMBER)
    await desk.settle()
    card = await desk.add(**{**values, BlockId.NUMBER: "CNRY-ZQ-3"})
    await desk.press(card, ActionId.REJECT_ITEM)
    form = desk.slack.view(APPROVER)
    assert form is not None
    await desk.slack.submit(form, {BlockId.REASON: "canary zq reason"})
    await desk.settle()


async def refusals(desk: Desk) -> None:
    """The ledger refuses, breaks in every way, ends the sign-in; Slack refuses and breaks."""
    values = {BlockId.SUPPLIER: "Canary Zq Supplier Ltd"}
    for number, fault in enumerate(("error_before", "error_after", "html", "half_answer", "reset_after", "too_many")):
        await desk.add(**{**values, BlockId.NUMBER: f"CNRY-ZQ-F{number}"})
        desk.xero.fail_next(fault, method="PUT", path="*/Invoices")
        await desk.approve(f"CNRY-ZQ-F{number}")
        await desk.world.later(600)
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add(**{**values, BlockId.NUMBER: "CNRY-ZQ-R"})
    desk.slack.faults.next_call("chat.*", "500")
    desk.slack.faults.next_call("chat.*", "timeout")
    await desk.approve("CNRY-ZQ-R")
    await desk.world.later(600)
    assert desk.slack.faults.waiting == []
    await desk.restore(CATEGORY)
    for kind in SLACK_FAULTS:
        desk.slack.faults.next_call("views.open", kind)
        await desk.slack.command("/dext", "add", user=MEMBER)
        if desk.slack.view(MEMBER) is not None:
            await desk.slack.close_modal(MEMBER, everything=True)
        await desk.world.later(600)
    desk.xero.expire_access_tokens()
    desk.xero.fail_next("error_before", path="*/connect/token")
    await desk.add(**{**values, BlockId.NUMBER: "CNRY-ZQ-T"})
    await desk.approve("CNRY-ZQ-T")
    await desk.world.later(7200)


async def failing(stand: Stand, desk: Desk) -> None:
    """Requests that are none, errors that nobody expected, and the end of the sign-in."""
    for body in (b"payload=canary zq of a stranger", b"\xff{canary zq of a stranger", b""):
        await stand.world.post(body, {"X-Slack-Signature": "v0=0", "X-Slack-Request-Timestamp": "1"})
    async with stand.world.services.db.read() as tx:
        kept_pair = (await tx.execute(select(TOKENS))).first()
    assert kept_pair is not None
    async with stand.world.services.db.write() as tx:
        await tx.execute(TOKENS.update().values(access_sealed=b"2:k2:altered"))
    await desk.add(**{BlockId.SUPPLIER: "Canary Zq Supplier Ltd", BlockId.NUMBER: "CNRY-ZQ-S"})
    await desk.approve("CNRY-ZQ-S")
    await desk.world.later(600)
    async with stand.world.services.db.write() as tx:
        await tx.execute(TOKENS.update().values(access_sealed=kept_pair.access_sealed))
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()
    await desk.world.later(7200)


async def sending(desk: Desk) -> tuple[str, list[str]]:
    """Another system sends, well and badly, with a key from Manage that is revoked in the end; the key, and the answers."""
    await desk.slack.open_home(ADMIN)
    await desk.settle()
    home = desk.slack.home(ADMIN)
    assert home is not None
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=ADMIN)
    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_API_KEYS, user=ADMIN)
    await desk.slack.click(desk.modal(ADMIN), ActionId.MAKE_API_KEY, user=ADMIN)
    await desk.slack.submit(desk.modal(ADMIN), {BlockId.KEY_NAME: "The web shop"})
    (key,) = re.findall(r"dext_\w{49}", words(desk.modal(ADMIN)))
    bill = {**A_BILL, "number": "CNRY-ZQ-1A", "supplier": {"name": "Canary Zq Supplier Ltd"}}
    bill["description"] = "canary zq of a description"
    async with aiohttp.ClientSession() as session:
        api = ApiClient(desk.world.address, key, session)
        sent = await api.send(bill, "canary")
        assert sent.status == 201
        await api.get(sent.json["id"])
        await api.send({**bill, "gross": "1"}, "canary")
        await api.send({**bill, "Canary zq line": "canary zq of a stranger"})
        await api.upload(a_document(number="CNRY-ZQ-2A").encode()[:-9], "canary-zq-file.xml")
        await api.upload(b"\x00canary zq line", "canary-zq-file.exe")
        await api.raw(b'{"description": "canary zq of a description')
        await api.ask("POST", f"/api/v1/items?key={key}", b"canary zq of a stranger", Authorization=None)
        await api.ask("GET", f"/api/v1/items/{key}")
        async with desk.world.services.db.write():
            assert (await api.send(bill)).status in (201, 503)  # PostgreSQL writes beside it
        await desk.settle()
        actor, organisation = await desk.world.actor(), desk.world.organisation_id
        (made,) = (await desk.world.services.api_keys.opened(actor, organisation)).keys
        await desk.world.services.api_keys.revoke(actor, organisation, made.id)
        assert (await api.send(bill)).status == 401
        return key, [f"{heard.headers} {heard.body!r}" for heard in api.heard]


def of_the_product(output: str) -> str:
    """The far ends are in this process here, and log the addresses that they served; files have their names in them."""
    return "\n".join(line for line in output.splitlines() if "/files-pri/" not in line)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize(
    ("database_url", "form", "socket"),
    [
        ("sqlite", "text", {}),
        pytest.param("postgres", "json", {}, marks=pytest.mark.postgres),
        ("sqlite", "json", {"SLACK_APP_TOKEN": "xapp-1-canary-zq"}),
    ],
    indirect=["database_url"],
)
async def test_no_secret_is_said_or_kept_and_no_text_of_an_item_logged(
    database_url: str, form: str, socket: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = Secrets()
    more = {"DEXT_ENCRYPTION_KEYS": KEYS, **socket}
    with logged(form):
        async with a_stand(database_url, {"DEXT_ENCRYPTION_KEYS": KEYS, **socket}) as stand:
            desk = await everything_happens(stand)
            key, answers = await sending(desk)
            secrets.links[key] = "an API key"
            stand.world.slack.web_api.refusals.clear()
            secrets.of_environment({**environment(database_url, 1), **xero_environment(""), **SLACK_APP, **more})
            secrets.of_xero(stand.xero)
            secrets.of_slack(stand.world.slack)
            pages = [seen for jar in stand.jars.values() for seen in jar.history]
            secrets.of_browsers(pages)
            ours = [seen for seen in pages if seen.address.startswith(stand.world.address)]
            told = [*said_to_slack(stand.world.slack), *shown(ours)]
            stored = list(kept(database_url))
    output = capsys.readouterr()

    names = set(secrets.all.values())
    sys.stdout.write(f"{len(secrets.all)} secrets of {len(names)} kinds, {len(pages)} pages, {len(told)} told\n")
    logs = [("the log", of_the_product(output.err)), ("standard output", output.out)]
    assert output.err.count("\n") > 200
    assert hits({**secrets.all, **TEXTS}, logs) == []
    assert hits(secrets.found, told) == []
    assert hits(secrets.all, [("an answer of the API", answer) for answer in answers]) == []
    assert hits(secrets.all, stored) == []
    assert {"code_verifier sent to Xero", "refresh_token of Xero", "state in an address", "a link"} <= names
