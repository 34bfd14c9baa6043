"""Each thing that is wrong gives its own finding and no other; where nothing is wrong, nothing is complained of."""

import asyncio
import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select, text, update

from bot.config import read_config
from bot.db.base import new_id, table_of
from bot.db.connections import ListSyncRow
from bot.db.workspaces import WorkspaceRow
from bot.doctor import examination, public
from bot.doctor.doctor import diagnose
from bot.doctor.finding import Verdict
from bot.doctor.setup import opened
from bot.domain.connections import Health
from bot.vault import Vault, new_key
from tests.doctor.conftest import CLIENT, KEYS, Clinic, a_clinic
from tests.fakes.app import SECRET, TOKEN
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).resolve().parents[2]
WRONG, WARNING = Verdict.WRONG, Verdict.WARNING
NOWHERE = "http://127.0.0.1:1"
CONNECTION = "connection Northwind Trading Ltd in Northwind Trading"
CLOCKS = [("recorded time", WRONG), ("clock against Slack", WRONG), ("clock against Xero", WRONG)]
"""A clock that is wrong is so against whatever it can be compared with."""
SECRETS = (SECRET, TOKEN, KEYS.partition(":")[2], CLIENT["SLACK_CLIENT_SECRET"], "ours-at-xero-secret", "canary")


async def test_nothing_is_wrong(database_url: str) -> None:
    async with a_clinic(database_url) as clinic:
        report = await clinic.examine()

        assert report.is_well
        assert await clinic.complaints() == []


async def test_redirect_addresses_are_told_to_be_pasted(clinic: Clinic) -> None:
    said = (await clinic.examine()).text()

    base = clinic.world.address
    for path in ("/connect/xero/callback", "/slack/oauth_redirect", "/slack/signin_redirect"):
        assert f"{base}{path}" in said


@pytest.mark.parametrize(
    ("changes", "name", "verdict"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-canary"}, "bot token", WRONG),
        ({"SLACK_SIGNING_SECRET": "another-canary"}, "signing secret", WRONG),
        ({"SLACK_CLIENT_ID": "another"}, "Slack client", WRONG),
        ({"SLACK_CLIENT_SECRET": "another-canary"}, "Slack client", WRONG),
        ({"SLACK_APP_TOKEN": "xapp-canary"}, "app token", WRONG),
        ({"SLACK_API_URL": f"{NOWHERE}/api/"}, "Slack", WRONG),
        ({"SLACK_URL": "https://slack.com"}, "redirect addresses", WRONG),
        ({"DEXT_PUBLIC_URL": NOWHERE}, "what answers there", WRONG),
        ({"DEXT_PUBLIC_URL": "http://dext.example.com"}, "public address", WRONG),
        ({"DEXT_XERO_CLIENT_ID": "another"}, "Xero client", WRONG),
        ({"DEXT_XERO_CLIENT_SECRET": "another-canary"}, "Xero client", WRONG),
        ({"DEXT_XERO_TOKEN_URL": f"{NOWHERE}/connect/token"}, "Xero client", WRONG),
        ({"DEXT_DATABASE_URL": "postgresql+asyncpg://dext:secret-canary@127.0.0.1:1/dext"}, "database", WRONG),
        ({"DEXT_UNDO_SECOND": "3"}, "configuration", WARNING),
    ],
)
async def test_a_variable_that_leads_nowhere_is_told_by_what_it_is_for(
    clinic: Clinic, changes: dict[str, str], name: str, verdict: Verdict
) -> None:
    clinic.env |= changes

    report = await clinic.examine()

    assert [(each.name, each.verdict) for each in report.findings if each.verdict is not Verdict.OK] == [
        (name, verdict)
    ]
    assert all(each.remedy for each in report.findings if each.verdict is not Verdict.OK)
    assert report.is_well is (verdict is not WRONG)
    assert [secret for secret in SECRETS if secret in report.text() + report.json()] == []


async def test_what_is_to_be_written_is_said_in_full(clinic: Clinic) -> None:
    clinic.env |= {"SLACK_URL": "https://slack.com", "DEXT_XERO_TOKEN_URL": f"{NOWHERE}/connect/token"}
    said = (await clinic.examine()).text()
    assert "or leave SLACK_CLIENT_ID and SLACK_CLIENT_SECRET out: Dext then asks for a code instead." in said
    assert f"Let this machine call {NOWHERE}/connect/token, or try later." in said

    clinic.env |= dict.fromkeys((*CLIENT, "DEXT_XERO_CLIENT_ID", "DEXT_XERO_CLIENT_SECRET"), "")
    assert await clinic.complaints() == [(CONNECTION, WRONG), ("accounting software", WRONG)]
    said = (await clinic.examine()).text()
    assert "Set DEXT_XERO_CLIENT_ID and DEXT_XERO_CLIENT_SECRET" in said


async def test_a_configuration_that_is_wrong_is_told_first_and_whole(clinic: Clinic) -> None:
    clinic.env |= {"SLACK_BOT_TOKEN": "", "SLACK_CLIENT_ID": "", "DEXT_PORT": "http", "DEXT_ENCRYPTION_KEYS": "canary"}

    report = await clinic.examine()

    wrong = [each for each in report.findings if each.verdict is WRONG]
    assert [each.name for each in report.findings[: len(wrong)]] == ["configuration"] * len(wrong)
    said = " ".join(each.words for each in wrong)
    assert all(name in said for name in ("SLACK_CLIENT_ID", "DEXT_PORT", "DEXT_ENCRYPTION_KEYS"))
    assert "canary" not in report.text()
    assert ("database", Verdict.OK) in [(each.name, each.verdict) for each in report.findings]


async def test_a_set_up_that_was_not_begun_is_told_what_is_needed(clock: FakeClock) -> None:
    report = await diagnose({"DEXT_DATABASE_URL": "sqlite:///x.db"}, clock)

    assert not report.is_well
    assert "SLACK_SIGNING_SECRET" in report.text()


class Spoiling(NamedTuple):
    """Something in the world goes wrong."""

    how: Callable[[Clinic], Awaitable[Any]]
    found: list[tuple[str, Verdict]]


async def older_tables(clinic: Clinic) -> None:
    await run_sql(clinic, "UPDATE dext_schema SET version_num = '0001'")


async def newer_tables(clinic: Clinic) -> None:
    await run_sql(clinic, "UPDATE dext_schema SET version_num = '9999'")


async def a_table_is_gone(clinic: Clinic) -> None:
    await run_sql(clinic, "ALTER TABLE arrivals RENAME TO gone")


async def an_import_stands_still(clinic: Clinic) -> None:
    async with clinic.world.services.db.write() as tx:
        late = clinic.clock.now() - timedelta(minutes=20)
        await tx.execute(update(table_of(ListSyncRow)).values(state="reading", due_at=late))


async def the_sign_in_is_over(clinic: Clinic) -> None:
    await run_sql(clinic, f"UPDATE connections SET health = '{Health.BROKEN}'")


async def the_login_may_only_read(clinic: Clinic) -> None:
    only_read = 'replace(books, \'"bill_rights":"all"\', \'"bill_rights":"none"\')'
    await run_sql(clinic, f"UPDATE organisations SET books = {only_read}")
    said = (await clinic.examine()).text()
    assert "Dana Adviser (dana@northwind.example) may only read it at Xero, so no bill can be sent" in said
    assert "Somebody with the Standard or Adviser role reconnects it" in said


async def the_sign_in_is_about_to_lapse(clinic: Clinic) -> None:
    await refreshed(clinic, timedelta(days=55))


async def the_sign_in_has_lapsed(clinic: Clinic) -> None:
    await refreshed(clinic, timedelta(days=61))


async def a_scope_is_lacking(clinic: Clinic) -> None:
    clinic.world.slack.installations.scopes = frozenset({"commands", "chat:write"})


async def the_app_is_removed(clinic: Clinic) -> None:
    await clinic.world.slack.uninstall()


async def the_clock_is_behind(clinic: Clinic) -> None:
    clinic.clock = FakeClock(clinic.clock.now() - timedelta(seconds=120), sleeps_at_once=True)


async def refreshed(clinic: Clinic, ago: timedelta) -> None:
    at = (clinic.clock.now() - ago).strftime("%Y-%m-%d %H:%M:%S.000000")
    await run_sql(clinic, f"UPDATE token_sets SET refreshed_at = '{at}'")


async def run_sql(clinic: Clinic, statement: str) -> None:
    async with clinic.world.services.db.write() as tx:
        await tx.execute(text(statement))


@pytest.mark.parametrize(
    "spoiling",
    [
        Spoiling(older_tables, [("database", WRONG)]),
        Spoiling(newer_tables, [("database", WRONG)]),
        Spoiling(a_table_is_gone, [("queue", WRONG)]),
        Spoiling(an_import_stands_still, [("queue", WRONG)]),
        Spoiling(the_sign_in_is_over, [(CONNECTION, WRONG)]),
        Spoiling(the_login_may_only_read, [(CONNECTION, WARNING)]),
        Spoiling(the_sign_in_is_about_to_lapse, [(CONNECTION, WARNING)]),
        Spoiling(the_sign_in_has_lapsed, [(CONNECTION, WRONG)]),
        Spoiling(a_scope_is_lacking, [("bot token", WRONG)]),
        Spoiling(the_app_is_removed, [("bot token", WRONG)]),
        Spoiling(the_clock_is_behind, CLOCKS),
    ],
    ids=lambda spoiling: spoiling.how.__name__,
)
async def test_what_goes_wrong_in_the_world_is_told_by_its_name(clinic: Clinic, spoiling: Spoiling) -> None:
    await spoiling.how(clinic)

    assert await clinic.complaints() == spoiling.found


@pytest.mark.parametrize("ring", [new_key("k2"), new_key("k1")], ids=["missing", "other bytes"])
async def test_keys_that_open_nothing_are_named_with_what_needs_them(clinic: Clinic, ring: str) -> None:
    clinic.env["DEXT_ENCRYPTION_KEYS"] = ring

    assert await clinic.complaints() == [("key ring", WRONG), (CONNECTION, WRONG)]
    said = (await clinic.examine()).text()
    assert "stored secrets sealed with key k1" in said
    assert "(k1) back at the end of DEXT_ENCRYPTION_KEYS" in said


async def test_a_new_key_in_front_is_well_and_the_old_one_still_needed(clinic: Clinic) -> None:
    clinic.env["DEXT_ENCRYPTION_KEYS"] = f"{new_key('k2')},{KEYS}"

    assert await clinic.complaints() == []
    assert "k1 is needed until `dext-bot keys rotate`" in (await clinic.examine()).text()


@pytest.mark.parametrize(
    ("token", "keys", "found"),
    [
        (TOKEN, KEYS, []),
        ("xoxb-canary", KEYS, [("workspace Northwind Trading", WRONG)]),
        (TOKEN, new_key("lost"), [("key ring", WRONG), ("workspace Northwind Trading", WRONG)]),
    ],
    ids=["good", "refused", "sealed with a lost key"],
)
async def test_each_workspace_that_installed_the_app_has_its_own_token_looked_at(
    clinic: Clinic, token: str, keys: str, found: list[tuple[str, Verdict]]
) -> None:
    workspaces = table_of(WorkspaceRow)
    async with clinic.world.services.db.write() as tx:
        row = (await tx.execute(select(workspaces))).one()
        sealed = Vault.from_text(keys).seal(token, f"workspaces.token:{row.id}")
        await tx.execute(update(workspaces).values(token_sealed=sealed))
    clinic.env["SLACK_BOT_TOKEN"] = ""

    assert await clinic.complaints() == found


async def test_a_workspace_that_there_is_no_token_for_is_told_with_what_to_do(clinic: Clinic) -> None:
    workspaces = table_of(WorkspaceRow)
    left = {"team_id": "T0LEFT001", "name": "Left behind", "bot_user_id": "U1", "bot_id": "B1", "enterprise_id": ""}
    async with clinic.world.services.db.write() as tx:
        await tx.execute(workspaces.insert().values(id=new_id(), installed_at=tx.now, **left))

    assert await clinic.complaints() == [("workspace Left behind", WRONG)]
    assert f"installs the app: {clinic.world.address}/slack/install" in (await clinic.examine()).text()

    clinic.env["SLACK_BOT_TOKEN"] = ""
    complaints = await clinic.complaints()
    assert complaints == [("workspace Left behind", WRONG), ("workspace Northwind Trading", WRONG)]


async def test_that_nobody_works_the_jobs_is_a_warning(sqlite_url: str) -> None:
    async with a_clinic(sqlite_url, is_worked=False) as clinic:
        assert await clinic.complaints() == [("worker", WARNING)]

        clinic.env["DEXT_LOG_LEVEL"] = "debug"
        assert (await clinic.examine()).is_well


@pytest.mark.parametrize(("free", "verdict"), [(50, WRONG), (500, WARNING)])
async def test_a_disk_that_is_nearly_full_is_told(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, free * 1024 * 1024))

    assert await clinic.complaints() == [("disk", verdict)]


async def test_another_version_at_the_public_address_is_a_warning(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "IDENTITY", "dext-in-slack/0.0.1")

    assert await clinic.complaints() == [("what answers there", WARNING)]


async def test_a_name_that_nobody_knows_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = socket.getaddrinfo

    def nobody_knows(host: str, *more: Any, **options: Any) -> Any:
        if "example" in host:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return asked(host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)
    clinic.env["DEXT_PUBLIC_URL"] = "https://dext.example.com"

    assert await clinic.complaints() == [("public address", WRONG)]


async def redirected(request: web.Request) -> web.Response:
    raise web.HTTPMovedPermanently(f"https://elsewhere.example{request.path}")


async def something_else(_: web.Request) -> web.Response:
    return web.Response(text="It works!")


async def hangs(_: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


@asynccontextmanager
async def a_server(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.mark.parametrize("answer", [redirected, something_else])
async def test_something_else_at_the_public_address_is_told(
    clinic: Clinic, answer: Callable[[web.Request], Awaitable[web.Response]]
) -> None:
    async with a_server(answer) as clinic.env["DEXT_PUBLIC_URL"]:
        assert await clinic.complaints() == [("what answers there", WRONG)]


async def test_something_else_in_slacks_place_is_told(clinic: Clinic) -> None:
    async with a_server(something_else) as base:
        clinic.env["SLACK_API_URL"] = f"{base}/api/"

        assert await clinic.complaints() == [("Slack", WRONG)]


@pytest.mark.parametrize(
    ("variable", "path", "name"),
    [
        ("DEXT_XERO_TOKEN_URL", "/token", "Xero client"),
        ("SLACK_API_URL", "/api/", "Slack"),
        ("DEXT_PUBLIC_URL", "", "what answers there"),
    ],
)
async def test_a_host_that_hangs_does_not_hold_up_the_others(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, variable: str, path: str, name: str
) -> None:
    monkeypatch.setattr(examination, "CHECK_SECONDS", 1.5)
    async with a_server(hangs) as base:
        clinic.env[variable] = f"{base}{path}"

        assert await clinic.complaints() == [(name, WRONG)]


async def test_slack_is_not_expected_to_reach_this_machine_unless_by_a_websocket(clinic: Clinic) -> None:
    """Slack's own address is never called here: only the public address is looked at."""
    found = await looked_at_address(clinic)
    assert found == WRONG

    clinic.env["SLACK_APP_TOKEN"] = "xapp-1"
    assert await looked_at_address(clinic) == WARNING


async def looked_at_address(clinic: Clinic) -> Verdict:
    config = read_config({**clinic.env, "SLACK_API_URL": "https://slack.com/api/"}, ("xero",))
    async with opened(config, clinic.clock) as setup:
        return (await public.address(setup)).verdict


async def test_an_app_token_that_is_right_makes_the_signing_secret_needless(clinic: Clinic) -> None:
    clinic.world.slack.sockets.app_token = clinic.env["SLACK_APP_TOKEN"] = "xapp-1-good"
    clinic.env["SLACK_SIGNING_SECRET"] = ""

    report = await clinic.examine()

    assert report.is_well
    assert "not needed" in report.text()


async def test_the_command_answers_nought_only_when_nothing_is_wrong(clinic: Clinic) -> None:
    """In a process of its own, with its environment and nothing else."""
    code, said = await typed(clinic, "--json")
    findings = json.loads(said)["findings"]
    assert (code, [each for each in findings if each["verdict"] == "wrong"]) == (0, [])

    clinic.env["SLACK_BOT_TOKEN"] = "xoxb-canary"
    code, said = await typed(clinic)
    assert code == 1
    assert "wrong    bot token: Slack refuses it (invalid_auth)" in said
    assert [secret for secret in SECRETS if secret in said] == []


async def typed(clinic: Clinic, *more: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "doctor", *more),
        cwd=ROOT,
        env={**clinic.env, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()
