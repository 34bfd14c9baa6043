"""The whole product with a simulated Xero beside it, connected as a person connects it: clicked through in a browser.

    async with connected_app(sqlite_url) as world:      # Northwind Trading Ltd is connected, its lists are imported
        await world.set_up(approvers=(APPROVER,))       # settings saved by the admin who connected
        …
        await world.settle()
        world.xero.bills()                              # what stands in the ledger

Everything shares one clock, which moves by itself whenever something sleeps; `await world.later(60)` lets time pass and
gives what became due its next attempt.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url, select

from bot.db.base import table_of
from bot.db.connections import OrganisationRow
from bot.domain.ids import ChannelId, OrganisationId, UserId
from bot.domain.settings import Destination, KindSettings, PaymentStatus, Settings, SettingsForm
from bot.domain.slack import Actor
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, TEAM, View
from bot.services.settings import load_settings
from bot.serving import listening
from bot.vault import new_key
from providers.xero.simulator import TRADING, XeroState, create_app
from tests.fakes.app import World, whole_app
from tests.fakes.browser import Page, a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.kept import Kept, databases_of
from tests.fakes.ports import free_port

ORGANISATIONS = table_of(OrganisationRow)
CLIENT_ID, CLIENT_SECRET = "ours-at-xero", "ours-at-xero-secret"
CATEGORY, TAX = "429", "INPUT2"
KEYS = new_key("test")


@dataclass(slots=True)
class Connected(World):
    xero: XeroState = field(kw_only=True)
    organisation_id: OrganisationId = field(kw_only=True)

    @property
    def channel(self) -> ChannelId:
        return ChannelId(BILLS)

    async def actor(self, user_id: str = ADMIN) -> Actor:
        workspace = await self.services.workspaces.find("", TEAM)
        assert workspace is not None
        return Actor(workspace=workspace, user_id=UserId(user_id), team_id=TEAM)

    async def settings(self) -> Settings:
        actor = await self.actor()
        async with self.services.db.read() as tx:
            return await load_settings(tx, actor.workspace.id, self.organisation_id)

    async def set_up(
        self,
        *,
        approvers: tuple[str, ...] = (APPROVER,),
        bookkeepers: tuple[str, ...] = (BOOKKEEPER,),
        status: PaymentStatus = PaymentStatus.AWAITING_PAYMENT,
        category: str | None = CATEGORY,
        tax: str | None = TAX,
        alerts_channel: str = ALERTS,
        settled: bool = True,
    ) -> None:
        """Save the settings as the admin's form does."""
        form = SettingsForm(
            version=(await self.settings()).version,
            costs=KindSettings(
                destination=Destination.PURCHASES, payment_status=status, default_account=category, default_tax_rate=tax
            ),
            approvers=tuple(UserId(user) for user in approvers),
            bookkeepers=tuple(UserId(user) for user in bookkeepers),
            approvals_channel=ChannelId(BILLS),
            alerts_channel=ChannelId(alerts_channel),
        )
        await self.services.set_up.settings.save(await self.actor(), self.organisation_id, form)
        if settled:
            await self.settle()


Steps = Callable[[Connected], Awaitable[None]]
"""A function of a module, by which the world after it is known."""


@asynccontextmanager
async def connected_app(
    database_url: str,
    *,
    more: Mapping[str, str] | None = None,
    clock: FakeClock | None = None,
    alerts_channel: str | None = None,
    after: Steps | None = None,
) -> AsyncIterator[Connected]:
    """Connected by the workspace's admin to Northwind Trading Ltd; set up only where an `alerts_channel` is given. What a
    file's tests all begin with is what they come `after`.

    It was clicked through once in this process and is put back from then on, as a product that was started again.
    """
    more = {"DEXT_ENCRYPTION_KEYS": KEYS, **(more or {})}
    clock = clock or FakeClock(sleeps_at_once=True)
    kept = await _kept(database_url, more, alerts_channel, clock.now(), after)
    databases_of(database_url).restore(database_url, kept.rows)
    clock.move_to(max(clock.now(), kept.instant))
    with TemporaryDirectory(prefix="dext-kept-") as folder:
        files = FarEnds(Path(folder))
        files.restore(kept)
        async with beside_xero(database_url, more=more, clock=clock, files=files) as (world, xero):
            yield await as_connected(world, xero)


@dataclass(frozen=True, slots=True)
class KeptWorld:
    """A connected product at rest, with what Slack and Xero know by then."""

    rows: Kept
    slack: bytes
    xero: bytes
    instant: datetime


@dataclass(frozen=True, slots=True)
class FarEnds:
    """The files of a simulated Slack and a simulated Xero."""

    folder: Path

    @property
    def slack(self) -> Path:
        return self.folder / "slack.db"

    @property
    def xero(self) -> Path:
        return self.folder / "xero.db"

    def restore(self, kept: KeptWorld) -> None:
        self.slack.write_bytes(kept.slack)
        self.xero.write_bytes(kept.xero)


_worlds: dict[tuple[object, ...], KeptWorld] = {}
_NO_MATTER = "DEXT_UNDO_SECONDS"
"""A variable that connecting does not go by."""


async def _kept(
    database_url: str, more: Mapping[str, str], alerts_channel: str | None, begun: datetime, after: Steps | None
) -> KeptWorld:
    """The world of that day: sign-ins grow old."""
    variables = frozenset((name, value) for name, value in more.items() if after or name != _NO_MATTER)
    key = (make_url(database_url).get_backend_name(), variables, alerts_channel, begun.date(), after)
    if key not in _worlds:
        _worlds[key] = await _clicked_through(database_url, more, alerts_channel, begun, after)
    return _worlds[key]


async def _clicked_through(
    database_url: str, more: Mapping[str, str], alerts_channel: str | None, begun: datetime, after: Steps | None
) -> KeptWorld:
    clock = FakeClock(begun, sleeps_at_once=True)
    with TemporaryDirectory(prefix="dext-kept-") as folder:
        files = FarEnds(Path(folder))
        async with beside_xero(database_url, more=more, clock=clock, files=files) as (world, xero):
            await connect(world)
            await world.settle()
            connected = await as_connected(world, xero)
            if alerts_channel is not None:
                await connected.set_up(alerts_channel=alerts_channel)
            if after is not None:
                await after(connected)
            instant = clock.now()
        rows = databases_of(database_url).keep(database_url)
        return KeptWorld(rows, files.slack.read_bytes(), files.xero.read_bytes(), instant)


@asynccontextmanager
async def beside_xero(
    database_url: str,
    *,
    more: Mapping[str, str] | None = None,
    clock: FakeClock | None = None,
    files: FarEnds | None = None,
) -> AsyncIterator[tuple[World, XeroState]]:
    """The product beside a Xero that nobody has connected yet, unless `files` say so."""
    clock = clock or FakeClock(sleeps_at_once=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    xero = XeroState(
        clock=clock,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uris=(f"{address}/connect/xero/callback",),
        database=files.xero if files else None,
    )
    async with listening(create_app(xero), "127.0.0.1", 0) as xero_port:
        xero.public_url = f"http://127.0.0.1:{xero_port}"
        environment = {"DEXT_PUBLIC_URL": address, **xero_environment(xero.public_url), **(more or {})}
        slack_file = files.slack if files else None
        async with whole_app(database_url, clock=clock, more=environment, port=port, slack_file=slack_file) as world:
            yield world, xero


def xero_environment(base: str) -> dict[str, str]:
    return {
        "DEXT_XERO_CLIENT_ID": CLIENT_ID,
        "DEXT_XERO_CLIENT_SECRET": CLIENT_SECRET,
        "DEXT_XERO_AUTH_URL": f"{base}/identity/connect/authorize",
        "DEXT_XERO_TOKEN_URL": f"{base}/connect/token",
        "DEXT_XERO_REVOKE_URL": f"{base}/connect/revocation",
        "DEXT_XERO_API_URL": base,
        "DEXT_XERO_WEB_URL": base,
    }


async def connect(world: World, *, user: str = ADMIN, person: str = "dana", tenant: str = TRADING) -> Page:
    """The whole way from the link in the modal in front of `user` (opened when there is none) to the last page."""
    view = world.slack.view(user)
    if view is None:
        await world.slack.command("/dext", "connect xero", user=user)
        view = world.slack.view(user)
    assert view is not None
    link = link_of(view)
    await world.slack.close_modal(user, everything=True)
    async with a_browser() as browser:
        page = await browser.press(await browser.open(link))
        page = await browser.press(page, code=await code_for(world, user))
        if "Log in" in page.text:
            page = await browser.press(page, person=person)
        page = await browser.press(page, decision="allow")
        if "Which organisation" in page.text:
            page = await browser.press(page, chosen=tenant)
        return await browser.press(page) if page.forms else page  # stopped: there is nothing left to press


async def code_for(world: World, user: str) -> str:
    await world.settle()
    return world.slack.dms(user)[-1].text.rpartition(": ")[2]


def link_of(view: View) -> str:
    """Where the modal's link button leads."""
    buttons = [element for block in view.blocks for element in block.get("elements", []) if "url" in element]
    return str(buttons[0]["url"])


async def as_connected(world: World, xero: XeroState) -> Connected:
    """Where one organisation is connected, by whatever way."""
    async with world.services.db.read() as tx:
        organisation_id = (await tx.execute(select(ORGANISATIONS.c.id))).scalar_one()
    return Connected(
        world.slack,
        world.product,
        world.jobs,
        world.address,
        world.clock,
        xero=xero,
        organisation_id=OrganisationId(organisation_id),
    )
