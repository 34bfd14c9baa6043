"""Four browsers that share nothing, before the really served app, a simulated Slack and a simulated Xero.

`admin` and `member` are of Northwind Trading; `stranger` is an admin too, of another workspace that has the app;
`nobody` has no Slack account. What an attack did is what the database holds afterwards: `await stand.effects()`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
from lxml import html
from sqlalchemy import func, select
from yarl import URL

from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow, ConnectionRow, GrantRow, OrganisationRow, TokenSetRow
from bot.db.messages import MessageRow
from bot.db.workspaces import AuditRow
from bot.domain.connecting import Stage
from bot.domain.ids import ChannelId, UserId
from bot.domain.slack import Actor
from bot.playground.slack import ADMIN, BILLS, MEMBER, OTHER_TEAM, OUTSIDER, TEAM
from providers.xero.simulator import TRADING, XeroState
from tests.fakes.app import World
from tests.fakes.connected import beside_xero

SLACK_APP = {"SLACK_CLIENT_ID": "11.22", "SLACK_CLIENT_SECRET": "secret-at-slack"}
NO_ORIGIN = ("", "")

FLOWS = table_of(ConnectFlowRow)
AUDIT = table_of(AuditRow)
MESSAGES = table_of(MessageRow)

HARMLESS = ("connect link made", "connecting stopped")
"""Deeds that say that something was asked for, or that it did not come to pass."""
ANNOUNCED = ("announcement", "connector", "again", "reconnected")
"""Roles of messages that say that something was connected."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, not followed."""

    address: str
    status: int
    source: str
    location: str
    headers: Mapping[str, str]
    cookies: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(html.fromstring(self.source).text_content().split()) if self.source else ""

    @property
    def query(self) -> dict[str, str]:
        """Of the address it leads to."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}

    def fields(self) -> dict[str, str]:
        """The first form as it stands."""
        return {name: str(value) for name, value in html.fromstring(self.source).forms[0].form_values()}

    def action(self) -> str:
        return urljoin(self.address, html.fromstring(self.source).forms[0].action or self.address)


@dataclass(slots=True)
class Jar:
    """A browser: its cookies, and everything that it saw."""

    session: aiohttp.ClientSession
    base: str
    history: list[Seen] = field(default_factory=list)

    async def ask(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, Any] | list[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Seen:
        url = urljoin(self.base, address)
        async with self.session.request(method, url, data=form, headers=headers, allow_redirects=False) as answer:
            seen = Seen(
                address=str(answer.url),
                status=answer.status,
                source=await answer.text(),
                location=answer.headers.get("Location", ""),
                headers=dict(answer.headers),
                cookies=tuple(answer.headers.getall("Set-Cookie", [])),
            )
        self.history.append(seen)
        return seen

    async def get(self, address: str, **headers: str) -> Seen:
        return await self.ask("GET", address, headers=headers)

    async def follow(self, address: str) -> Seen:
        """Redirects within one server are followed; where another is led to, the last answer leads there."""
        seen = await self.get(address)
        while seen.location and _origin(seen.location) in (_origin(seen.address), NO_ORIGIN):
            seen = await self.get(urljoin(seen.address, seen.location))
        return seen

    async def press(self, page: Seen, **typed: str) -> Seen:
        """Send the page's form; go on within its server."""
        seen = await self.ask("POST", page.action(), form={**page.fields(), **typed})
        if seen.location and _origin(seen.location) in (_origin(seen.address), NO_ORIGIN):
            return await self.follow(urljoin(seen.address, seen.location))
        return seen

    def cookie(self, name: str = "dext-connect") -> str:
        return next((cookie.value for cookie in self.session.cookie_jar if cookie.key == name), "")

    def plant(self, value: str, name: str = "dext-connect") -> None:
        """Somebody put a cookie of their own here, as a neighbour under the same domain can without `__Host-`."""
        self.session.cookie_jar.update_cookies({name: value}, URL(self.base))


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What stands in the database because somebody connected or installed."""

    connections: int
    organisations: int
    grants: int
    token_sets: int
    finished: int
    audited: int
    announced: int
    installed: int


@dataclass(slots=True)
class Stand:
    """The product, both far ends, and the four browsers."""

    world: World
    xero: XeroState
    jars: dict[str, Jar]

    @property
    def admin(self) -> Jar:
        return self.jars["admin"]

    @property
    def member(self) -> Jar:
        return self.jars["member"]

    @property
    def stranger(self) -> Jar:
        return self.jars["stranger"]

    @property
    def nobody(self) -> Jar:
        return self.jars["nobody"]

    async def effects(self) -> Effects:
        async with self.world.services.db.read() as tx:

            async def count(row: type[Any], *where: Any) -> int:
                statement = select(func.count()).select_from(table_of(row)).where(*where)
                return int((await tx.execute(statement)).scalar_one())

            return Effects(
                connections=await count(ConnectionRow),
                organisations=await count(OrganisationRow),
                grants=await count(GrantRow),
                token_sets=await count(TokenSetRow),
                finished=await count(ConnectFlowRow, FLOWS.c.stage == Stage.FINISHED),
                audited=await count(AuditRow, AUDIT.c.deed.not_in(HARMLESS), AUDIT.c.deed.not_like("%install%")),
                announced=await count(MessageRow, MESSAGES.c.role.in_(ANNOUNCED)),
                installed=await count(AuditRow, AUDIT.c.deed.like("app installed%")),
            )

    async def link(self, user: str = ADMIN, team: str = TEAM, provider: str = "xero") -> str:
        """A link to connect, as Slack hands it to this person only."""
        workspace = await self.world.services.workspaces.find("", team)
        assert workspace is not None
        actor = Actor(workspace=workspace, user_id=UserId(user), team_id=team)
        channel = ChannelId(BILLS) if team == TEAM else None
        return await self.world.services.flows.start(actor, provider, channel_id=channel)

    async def opened(self, jar: Jar, link: str) -> Seen:
        """The link's page, and its button; answers what leads to Slack's sign-in."""
        return await jar.press(await jar.follow(link))

    async def slack_answer(self, jar: Jar, seen: Seen, user: str) -> str:
        """Sign in to Slack as this person; answers where Slack sends the browser, not followed."""
        page = await jar.follow(seen.location)
        return (await jar.press(page, user=user, answer="allow")).location

    async def proven(self, jar: Jar, link: str, user: str = ADMIN) -> Seen:
        """Up to the page that leads to Xero."""
        return await jar.follow(await self.slack_answer(jar, await self.opened(jar, link), user))

    async def sent(self, jar: Jar, link: str, user: str = ADMIN) -> Seen:
        """Up to Xero's own address."""
        return await jar.press(await self.proven(jar, link, user))

    async def consented(self, jar: Jar, address: str, person: str = "dana") -> str:
        """Sign in to Xero and allow; answers where Xero sends the browser, not followed."""
        page = await jar.follow(address)
        if "/login" in page.address:
            page = await jar.press(page, person=person)
        return (await jar.press(page, decision="allow")).location

    async def returned(self, jar: Jar, link: str, user: str = ADMIN, person: str = "dana") -> str:
        """Up to Xero's answer, not followed."""
        return await self.consented(jar, (await self.sent(jar, link, user)).location, person)

    async def granted(
        self, jar: Jar, link: str, user: str = ADMIN, person: str = "dana", *, tenant: str = TRADING
    ) -> Seen:
        """Up to the page with the last button, for Northwind Trading Ltd unless another is named."""
        page = await jar.follow(await self.returned(jar, link, user, person))
        return await jar.get(f"/connect/xero/organisation?chosen={tenant}") if "Which" in page.text else page

    async def connected(
        self, jar: Jar, link: str, user: str = ADMIN, person: str = "dana", *, tenant: str = TRADING
    ) -> Seen:
        return await jar.press(await self.granted(jar, link, user, person, tenant=tenant))


@asynccontextmanager
async def a_stand(
    database_url: str, more: Mapping[str, str] | None = None, *, is_installed: bool = True
) -> AsyncIterator[Stand]:
    """Slack's sign-in is set up, and Acme Supplies has installed the app too; nothing is connected."""
    async with AsyncExitStack() as stack:
        world, xero = await stack.enter_async_context(beside_xero(database_url, more={**SLACK_APP, **(more or {})}))
        world.slack.oauth.client_id, world.slack.oauth.client_secret = SLACK_APP.values()
        jars = {name: await stack.enter_async_context(a_jar(world.address)) for name in NAMES}
        stand = Stand(world, xero, jars)
        yield await _with_acme(stand) if is_installed else stand


NAMES = ("admin", "member", "stranger", "nobody")
PEOPLE = {"admin": ADMIN, "member": MEMBER, "stranger": OUTSIDER}


@asynccontextmanager
async def a_jar(base: str) -> AsyncIterator[Jar]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Jar(session, base)


async def _with_acme(stand: Stand) -> Stand:
    page = await stand.stranger.follow("/slack/install")
    page = await stand.stranger.follow(page.location)
    answer = await stand.stranger.press(page, user=OUTSIDER, team=OTHER_TEAM, answer="allow")
    done = await stand.stranger.follow(answer.location)
    assert done.status == 200, done.text
    await stand.world.settle()
    return stand
