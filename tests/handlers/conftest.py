"""A desk to work at; and connecting as a browser meets it: the real pages over HTTP, with a ledger and a Slack directory that tests
control.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.db.base import load, table_of
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database
from bot.domain.connecting import Stopped
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.slack import Actor, Workspace
from bot.services.connect_code import code_drawer
from bot.services.connect_flow import ConnectFlows
from bot.services.connections import Connections
from bot.services.importing import ListImport
from bot.services.jobs import JobKind
from bot.services.linking import Linking
from bot.services.messages import Drawn, Shown
from bot.services.people import Directory, People
from bot.services.signing_in import SignedIn
from bot.services.site import Site
from bot.services.tokens import TokenKeeper
from bot.services.workspaces import Workspaces, fresh_workspace_id
from bot.vault import Vault, new_key
from handlers.web import ConnectPages
from tests.fakes.clock import FakeClock
from tests.fakes.connecting import FakeDirectory, FakeLedger, a_person
from tests.fakes.jobs import InlineJobs
from tests.handlers.desk import Desk, a_desk

MESSAGES = table_of(MessageRow)
SLACK = "https://slack.example"


@pytest.fixture
async def desk(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """As the mark `desk` of the module has it."""
    async with _a_desk(sqlite_url, request) as made:
        yield made


@pytest.fixture
async def either(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """The same on each database, for what they do in ways of their own."""
    async with _a_desk(database_url, request) as made:
        yield made


@asynccontextmanager
async def _a_desk(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """Slack takes all that it is sent."""
    mark = request.node.get_closest_marker("desk")
    async with a_desk(database_url, **({} if mark is None else mark.kwargs)) as made:
        yield made
        assert made.slack.refusals == []


@dataclass(slots=True)
class FakeSignIn:
    """Slack's OpenID. `who_is_there` is whoever sits at the browser."""

    who_is_there: str = "U0ADAM"
    team: str = "T0NORTH"
    nonce: str = ""

    def authorize_url(self, *, state: str, nonce: str, team_id: str, redirect_uri: str) -> str:
        self.nonce = nonce
        return f"{SLACK}/openid/connect/authorize?state={state}&redirect_uri={redirect_uri}"

    async def who(self, *, code: str, redirect_uri: str) -> SignedIn | None:
        return SignedIn(team_id=self.team, user_id=self.who_is_there, nonce=self.nonce)


@dataclass(slots=True)
class Page:
    """An answer to a browser."""

    status: int
    text: str
    location: str
    headers: dict[str, str]


@dataclass(slots=True)
class Browser:
    """A cookie jar of its own. Redirects are looked at, not followed."""

    base: str
    session: aiohttp.ClientSession

    async def get(self, address: str, **headers: str) -> Page:
        return await self._send("GET", address, None, headers)

    async def post(self, address: str, **form: str) -> Page:
        return await self._send("POST", address, form, {})

    async def submit(self, page: Page, address: str, **typed: str) -> Page:
        """Press the page's button: its hidden fields and what was typed."""
        return await self.post(address, **hidden_fields(page.text), **typed)

    async def _send(self, method: str, address: str, form: dict[str, str] | None, headers: dict[str, str]) -> Page:
        address = self.base + address if address.startswith("/") else self.base + path_of(address)
        async with self.session.request(method, address, data=form, headers=headers, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(), answer.headers.get("Location", ""), dict(answer.headers))


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def hidden_fields(html: str) -> dict[str, str]:
    found = {}
    for rest in html.split("<input")[1:]:
        tag = rest.partition(">")[0]
        if 'type="hidden"' in tag:
            found[tag.partition('name="')[2].partition('"')[0]] = tag.partition('value="')[2].partition('"')[0]
    return found


@dataclass(slots=True)
class Connecting:
    """The whole of connecting, wired together."""

    db: Database
    clock: FakeClock
    vault: Vault
    workspace: Workspace
    ledger: FakeLedger
    directory: FakeDirectory
    jobs: InlineJobs
    tokens: TokenKeeper
    flows: ConnectFlows
    linking: Linking
    connections: Connections
    base: str = ""
    browsers: list[aiohttp.ClientSession] = field(default_factory=list)

    def actor(self, user_id: str = "U0ADAM") -> Actor:
        return Actor(workspace=self.workspace, user_id=UserId(user_id), team_id=self.workspace.team_id)

    def use_directory(self, directory: Directory) -> None:
        """Ask this about people from now on."""
        people = People(directory)
        self.flows = replace(self.flows, people=people, directory=directory)
        self.linking = replace(self.linking, flows=self.flows)
        self.connections = replace(self.connections, people=people, directory=directory)

    def browser(self) -> Browser:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.browsers.append(session)
        return Browser(self.base, session)

    async def link(self, user_id: str = "U0ADAM", organisation_id: OrganisationId | None = None) -> str:
        return await self.flows.start(
            self.actor(user_id), "fake", channel_id=ChannelId("C0BILLS"), organisation_id=organisation_id
        )

    async def to_provider(self, browser: Browser, link: str) -> str:
        """Open the link, type the code; answers the provider's address."""
        page = await browser.get(link)
        await browser.submit(page, "/connect/fake/start")
        page = await browser.get("/connect/fake/start")
        return (await browser.submit(page, "/connect/fake/start", code=await self.code())).location

    async def connect(self, browser: Browser, link: str, tenant: str = "tenant-acme") -> Page:
        """The whole way, to the last answer."""
        state = state_of(await self.to_provider(browser, link))
        back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
        page = await browser.get(back.location + f"?chosen={tenant}")
        return await browser.submit(page, "/connect/fake/organisation")

    async def messages(self, subject: str, role: str = "") -> list[Any]:
        async with self.db.read() as tx:
            statement = select(MESSAGES).where(MESSAGES.c.subject == subject).order_by(MESSAGES.c.created_at)
            rows = list((await tx.execute(statement)).all())
        return [row for row in rows if row.role.startswith(role)]

    async def code(self) -> str:
        """The code as the starter reads it in Slack."""
        rows = [row for row in await self.messages("connect_code") if "sealed" in row.facts]
        text = await self.drawn_code(rows[-1])
        return text.rpartition(": ")[2]

    async def drawn_code(self, row: Shown) -> str:
        async with self.db.read() as tx:
            drawn = await code_drawer(self.vault, lambda key: "Fake Books")(tx, row)
        assert isinstance(drawn, Drawn)
        return drawn.text

    async def drawn(self, row: Any) -> str:
        """A connection's message, as text with its blocks."""
        async with self.db.read() as tx:
            drawn = await self.connections.draw(tx, row)
        assert drawn is not None
        return drawn.text + str([block.to_dict() for block in drawn.blocks])

    async def run_jobs(self) -> None:
        importing = ListImport(self.db, self.jobs, self.tokens, {"fake": self.ledger})

        async def run(kind: str, key: str) -> None:
            assert kind == JobKind.SYNC_LISTS
            await importing.run(key)

        self.jobs.handler = run
        await self.jobs.drain()

    async def stops(self) -> list[str]:
        return [load(row.facts, Stopped).stop for row in await self.messages("connection", "stopped")]


def wire(db: Database, clock: FakeClock, workspace: Workspace, vault: Vault) -> Connecting:
    directory = FakeDirectory(
        {
            "U0ADAM": a_person("U0ADAM", "Adam", is_admin=True),
            "U0OLIVIA": a_person("U0OLIVIA", "Olivia", is_admin=True),
            "U0MIA": a_person("U0MIA", "Mia"),
            "U0GUS": a_person("U0GUS", "Gus", is_guest=True),
        }
    )
    ledger, jobs, people = FakeLedger(clock), InlineJobs(), People(directory)
    tokens = TokenKeeper(db, vault, clock, {"fake": ledger})
    flows = ConnectFlows(
        db=db,
        vault=vault,
        people=people,
        directory=directory,
        workspaces=Workspaces(db, vault, clock),
        tokens=tokens,
        providers={"fake": ledger},
        site=Site(public_url="http://127.0.0.1:3000", slack_url=SLACK),
    )
    connections = Connections(db, people, directory, {"fake": ledger})
    return Connecting(
        db=db,
        clock=clock,
        vault=vault,
        workspace=workspace,
        ledger=ledger,
        directory=directory,
        jobs=jobs,
        tokens=tokens,
        flows=flows,
        linking=Linking(flows, jobs),
        connections=connections,
    )


@pytest.fixture
async def connecting(database: Database, clock: FakeClock) -> AsyncIterator[Connecting]:
    vault = Vault.from_text(new_key("k1"))
    found = Workspace(
        id=WorkspaceId(fresh_workspace_id()),
        enterprise_id="",
        team_id="T0NORTH",
        name="Northwind <i>Trading</i>",
        bot_user_id="U0BOT",
        bot_id="B0BOT",
    )
    workspace = await Workspaces(database, vault, clock).remember(found, "A0DEXT")
    rig = wire(database, clock, workspace, vault)
    app = web.Application()
    pages = ConnectPages(
        flows=rig.flows, linking=rig.linking, form_targets=("https://login.fakebooks.example/authorize", SLACK)
    )
    pages.register(app)
    server = TestServer(app)
    await server.start_server()
    rig.base = f"http://127.0.0.1:{server.port}"
    yield rig
    for session in rig.browsers:
        await session.close()
    await server.close()
