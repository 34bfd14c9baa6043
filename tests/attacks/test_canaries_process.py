"""The real process at its most talkative: what it prints, how it is called, and what lies on its disk while it runs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.playground.slack import ADMIN, MEMBER, SlackState
from bot.playground.slack import create_app as slack_app
from bot.serving import listening
from bot.vault import new_key
from bot.views.ids import BlockId
from providers.xero.simulator import XeroState
from providers.xero.simulator import create_app as xero_app
from tests.attacks.canaries import Secrets, hits, kept, said_to_slack, shown
from tests.attacks.jars import SLACK_APP, Jar, Stand, a_jar
from tests.conftest import ROOT
from tests.fakes.app import SECRET, TOKEN, environment
from tests.fakes.connected import CLIENT_ID, CLIENT_SECRET, link_of, xero_environment
from tests.fakes.ports import free_port
from tests.handlers.desk import A_BILL

START_SECONDS = 40
TEXTS = {"Canary Zq Supplier Ltd": "a supplier", "canary zq of a description": "a description"}


@dataclass(slots=True)
class Running:
    process: asyncio.subprocess.Process
    slack: SlackState
    xero: XeroState
    jar: Jar
    environment: dict[str, str]


async def until(condition: Callable[[], object]) -> None:
    """What another process does by itself, soon."""
    async with asyncio.timeout(START_SECONDS):
        while not condition():  # noqa: ASYNC110 - another process has no event of ours
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(database_url: str, output: Path, form: str) -> AsyncIterator[Running]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    slack = SlackState(signing_secret=SECRET, bot_token=TOKEN, app_url=address)
    slack.oauth.client_id, slack.oauth.client_secret = SLACK_APP.values()
    callback = (f"{address}/connect/xero/callback",)
    xero = XeroState(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uris=callback)
    async with (
        listening(slack_app(slack), "127.0.0.1", 0) as slack_port,
        listening(xero_app(xero), "127.0.0.1", 0) as xero_port,
        a_jar(address) as jar,
    ):
        slack.public_url, xero.public_url = f"http://127.0.0.1:{slack_port}", f"http://127.0.0.1:{xero_port}"
        more = {"DEXT_PUBLIC_URL": address, "DEXT_PORT": str(port), "DEXT_LOG_LEVEL": "debug", "DEXT_LOG_FORMAT": form}
        more |= {"DEXT_POLL_SECONDS": "0.1", "DEXT_ENCRYPTION_KEYS": new_key("k1"), "PYTHONPATH": str(ROOT)}
        env = environment(database_url, slack_port, {**more, **SLACK_APP, **xero_environment(xero.public_url)})
        with output.open("wb") as printed:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"), cwd=ROOT, env=env, stdout=printed, stderr=printed
            )
        try:
            await _until_it_answers(address)
            yield Running(process, slack, xero, jar, env)
        finally:
            process.terminate()
            await process.wait()


async def _until_it_answers(address: str) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{address}/readyz"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


async def connect(run: Running) -> None:
    await run.slack.command("/dext", "connect xero", user=ADMIN)
    view = run.slack.view(ADMIN)
    assert view is not None
    await run.slack.close_modal(ADMIN, everything=True)
    stand = Stand(None, run.xero, {"admin": run.jar})  # type: ignore[arg-type]  # its browser only; the world is elsewhere
    await stand.connected(run.jar, link_of(view))
    await until(lambda: len(run.xero.calls_to("GET", "/TaxRates")) > 0)


async def add(run: Running) -> None:
    await run.slack.command("/dext", "add", user=MEMBER)
    form = run.slack.view(MEMBER)
    assert form is not None
    values: dict[str, object] = {
        BlockId.SUPPLIER: "Canary Zq Supplier Ltd",
        BlockId.DESCRIPTION: "canary zq of a description",
    }
    done = await run.slack.submit(form, A_BILL | values)
    assert (done.errors, done.error) == ({}, None)
    await until(lambda: any("Canary Zq" in text for _, text in said_to_slack(run.slack)))


def command_lines() -> list[tuple[str, bytes]]:
    """Of every process that there is. The environment of one is its own user's to read, and is where secrets belong."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(("a command line", path.read_bytes()))
        except OSError:
            continue  # it ended meanwhile
    return found


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.parametrize("form", ["text", "json"])
async def test_the_process_prints_shows_and_keeps_no_secret_in_the_clear(
    sqlite_url: str, tmp_path: Path, form: str
) -> None:
    output, secrets = tmp_path / "printed", Secrets()
    async with running(sqlite_url, output, form) as run:
        await connect(run)
        await add(run)
        run.xero.revoke_refresh_tokens()
        run.xero.expire_access_tokens()
        await run.slack.command("/dext", "connections", user=ADMIN)
        async with run.jar.session.post(f"{run.jar.base}/slack/events", data=b"Canary Zq Supplier Ltd") as answer:
            assert answer.status == 401
        lines = command_lines()
        on_disk = list(kept(sqlite_url))
        secrets.of_environment(run.environment)
        secrets.of_xero(run.xero)
        secrets.of_slack(run.slack)
        secrets.of_browsers(run.jar.history)
        pages = [seen for seen in run.jar.history if seen.address.startswith(run.jar.base)]
        told = [*said_to_slack(run.slack), *shown(pages)]

    printed = [("the output", output.read_text())]
    assert printed[0][1].count("\n") > 10
    assert any(name.endswith("-wal") for name, _ in on_disk)
    assert {"access_token of Xero", "code_verifier sent to Xero", "a link"} <= set(secrets.all.values())
    assert hits({**secrets.all, **TEXTS}, printed) == []
    assert hits(secrets.all, lines) == []
    assert hits(secrets.all, [*on_disk, *kept(sqlite_url)]) == []
    assert hits(secrets.found, told) == []
