"""Connecting as Slack shows it: the real messenger, directory and sign-in against a Slack as strict as the real one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.audience import Audience
from bot.db.unit_of_work import Database
from bot.directory import SlackDirectory
from bot.domain.ids import ChannelId, UserId
from bot.domain.slack import Actor, Workspace
from bot.messenger import Messenger, draw_note
from bot.playground.slack import ADMIN, BILLS, BOT, BOT_USER, MEMBER, OWNER, SlackState, create_app
from bot.playground.slack.people import APP, TEAM, TEAM_NAME
from bot.services.connect_code import code_drawer
from bot.services.home import Home
from bot.services.messages import Subject
from bot.services.signing_in import SignedIn
from bot.services.statuses import Statuses
from bot.services.workspaces import Workspaces, fresh_workspace_id
from bot.slack import SlackClients
from bot.vault import Vault, new_key
from handlers.signin import SlackOpenId
from handlers.web import ConnectPages
from tests.fakes.clock import FakeClock
from tests.handlers.conftest import Browser, Connecting, state_of, wire
from tests.handlers.test_home import Work

TOKEN = "xoxb-here"
REDIRECT = "http://127.0.0.1:3000/slack/signin_redirect"


@dataclass(slots=True)
class Stage:
    slack: SlackState
    connecting: Connecting
    messenger: Messenger
    clients: SlackClients

    async def delivered(self) -> None:
        await self.messenger.drain()

    async def code(self) -> str:
        await self.delivered()
        texts = [message.text for message in self.slack.dms(ADMIN)]
        return texts[-1].rpartition(": ")[2]


async def served(app: web.Application) -> TestServer:
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.fixture
async def stage(database: Database, clock: FakeClock) -> AsyncIterator[Stage]:
    clock.sleeps_at_once = True
    slack = SlackState(
        signing_secret="s", bot_token=TOKEN, clock=clock, client_id="11.22", client_secret="shh", is_paced=False
    )
    far = await served(create_app(slack))
    slack.public_url = f"http://127.0.0.1:{far.port}"
    vault = Vault.from_text(new_key("k1"))
    workspaces = Workspaces(database, vault, clock)
    found = Workspace(
        id=fresh_workspace_id(), enterprise_id="", team_id=TEAM, name=TEAM_NAME, bot_user_id=BOT_USER, bot_id=BOT
    )
    workspace = await workspaces.remember(found, APP)
    rig = wire(database, clock, workspace, vault)
    async with aiohttp.ClientSession() as session:
        clients = SlackClients(workspaces, session, f"{slack.public_url}/api/", TOKEN)
        clients.lend_to(workspace.id)
        directory = SlackDirectory(clients, clock)
        rig.use_directory(directory)
        audience = Audience(directory, workspaces, clock)
        drawers = {
            Subject.NOTE: draw_note,
            Subject.CONNECTION: rig.connections.draw,
            Subject.CONNECT_CODE: code_drawer(vault, lambda key: "Fake Books"),
            Subject.HOME: Home(database, Statuses(rig.connections.providers), rig.connections.people, Work()).draw,
        }
        app = web.Application()
        ConnectPages(flows=rig.flows, linking=rig.linking, form_targets=(slack.public_url,)).register(app)
        near = await served(app)
        rig.base = f"http://127.0.0.1:{near.port}"
        yield Stage(slack, rig, Messenger(database, clock, clients, workspaces, audience, drawers), clients)
        for browser in rig.browsers:
            await browser.close()
        await near.close()
    await far.close()


def admin(stage: Stage) -> Actor:
    return Actor(workspace=stage.connecting.workspace, user_id=UserId(ADMIN), team_id=TEAM)


async def connect(stage: Stage, browser: Browser) -> None:
    rig = stage.connecting
    page = await browser.get(await rig.flows.start(admin(stage), "fake", channel_id=ChannelId(BILLS)))
    await browser.submit(page, "/connect/fake/start")
    page = await browser.get("/connect/fake/start")
    sent = await browser.submit(page, "/connect/fake/start", code=await stage.code())
    back = await browser.get(f"/connect/fake/callback?code=c&state={state_of(sent.location)}")
    await browser.submit(await browser.get(back.location), "/connect/fake/organisation")


async def test_slack_takes_every_message_of_connecting_and_shows_progress_in_one(stage: Stage) -> None:
    await connect(stage, stage.connecting.browser())
    await stage.delivered()
    before = [message.text for message in stage.slack.messages(BILLS)]

    await stage.connecting.run_jobs()
    await stage.delivered()

    after = stage.slack.messages(BILLS)
    assert stage.slack.refusals == []
    assert len(before) == len(after)
    assert "is being imported" in before[-1]
    assert "is to be set up next" in after[-1].text
    assert "Set up" in str(after[-1].blocks)


async def test_only_the_starter_gets_the_code_and_it_goes_when_used(stage: Stage) -> None:
    await connect(stage, stage.connecting.browser())
    await stage.delivered()

    assert stage.slack.dms(MEMBER) == []
    assert stage.slack.dms(OWNER) == []
    assert "This code has been used" in stage.slack.dms(ADMIN)[0].text


async def test_slacks_own_sign_in_names_who_is_there(stage: Stage) -> None:
    sign_in = SlackOpenId(
        clients=stage.clients, slack_url=stage.slack.public_url, client_id="11.22", client_secret="shh"
    )
    address = sign_in.authorize_url(state="st", nonce="no", team_id=TEAM, redirect_uri=REDIRECT)
    async with aiohttp.ClientSession() as session:
        page = await (await session.get(address)).text()
        ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
        form = {"ticket": ticket, "user": OWNER, "answer": "allow"}
        answer = await session.post(f"{stage.slack.public_url}/oauth/decide", data=form, allow_redirects=False)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)

    who = await sign_in.who(code=query["code"][0], redirect_uri=REDIRECT)
    again = await sign_in.who(code=query["code"][0], redirect_uri=REDIRECT)

    assert query["state"] == ["st"]
    assert who == SignedIn(team_id=TEAM, user_id=OWNER, nonce="no")
    assert again is None
