"""The whole product in one loop: the real application on a free port, a simulated Slack, and a database of its own.

    async with whole_app(sqlite_url) as world:
        answer = await world.slack.command("/dext", "help", user=ADMIN)
        await world.settle()                       # messages posted, jobs worked, events delivered

Jobs are worked by `InlineJobs`; `world.settle()` goes on until nothing is left to do now.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import aiohttp

from bot.app import Product, assembled, upkeep_of
from bot.assembly import Services
from bot.clock import Clock, SystemClock
from bot.config import read_config
from bot.playground.slack import Manifest, SlackState
from bot.playground.slack import create_app as slack_app
from bot.services.jobs import JobKind
from bot.serving import listening
from bot.slack import learn_workspace
from bot.vault import new_key
from bot.worker import Planner, tasks_of
from bot.worker.upkeep import Upkeep
from providers import PROVIDERS
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import InlineJobs
from tests.playground.kit import schema_problems

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = Manifest.read(ROOT / "manifest.yml")
SECRET, TOKEN = "a-signing-secret", "xoxb-simulated"


@dataclass(slots=True)
class World:
    """What a test holds: Slack with its people, the product, and the addresses of both."""

    slack: SlackState
    product: Product
    jobs: InlineJobs
    address: str
    clock: Clock
    upkeep: Upkeep = field(init=False)

    def __post_init__(self) -> None:
        self.upkeep = upkeep_of(self.services)

    @property
    def services(self) -> Services:
        return self.product.services

    async def settle(self) -> None:
        """Go on until there is nothing left to do now."""
        planner = Planner(self.services.publishing, self.services.auto_publishing)
        while True:
            await self.slack.settle()
            await self.upkeep.giving_back.give_back()
            await planner.pass_once()
            worked = await self.jobs.drain()
            await self.product.messenger.drain()
            if not worked:
                return

    async def later(self, seconds: float) -> None:
        """Let time pass, and give what is due by then its next attempt."""
        assert isinstance(self.clock, FakeClock)
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        await self.services.publishing.reconcile()
        await self.services.lists.restart_stuck()
        await self.services.arrivals.restart_stuck()
        await self.services.ingesting.restart_stuck()
        await self.services.previews.restart_stuck()
        await self.services.smaller_files.restart_stuck()
        await self.services.following.restart_stuck()
        await self.services.downloading.restart_stuck()
        await self.services.waiting.look()
        await self.settle()

    async def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """A raw request to the one entry, as an attacker might send it."""
        url = f"{self.address}/slack/events"
        async with aiohttp.ClientSession() as session, session.post(url, data=BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def whole_app(
    database_url: str,
    *,
    clock: Clock | None = None,
    more: Mapping[str, str] | None = None,
    port: int = 0,
    slack_file: Path | None = None,
) -> AsyncIterator[World]:
    """Everything started, at rest. `more` are further variables of the environment; `port` is any free one unless given.

    Slack is as `slack_file` has it, and new in memory without one.
    """
    clock = clock or SystemClock()
    slack = SlackState(
        signing_secret=SECRET,
        bot_token=TOKEN,
        clock=clock,
        app_token=(more or {}).get("SLACK_APP_TOKEN"),
        database=slack_file,
        manifest=MANIFEST,
    )
    async with listening(slack_app(slack), "127.0.0.1", 0) as slack_port:
        slack.public_url = f"http://127.0.0.1:{slack_port}"
        config = read_config(environment(database_url, slack_port, more), tuple(PROVIDERS))
        jobs = InlineJobs()
        async with assembled(config, clock, jobs=jobs) as built:
            # what is due now goes now: that documents wait for each other is tests/services/test_gathering.py's
            at_once = replace(built.services.publishing, gather=timedelta(0))
            services = replace(built.services, publishing=at_once)
            product = replace(built, services=services)
            tasks = tasks_of(
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
            jobs.handler = lambda kind, key: tasks[JobKind(kind)](key)
            if config.bot_token is not None:
                await learn_workspace(services.clients)
            async with listening(product.site, "127.0.0.1", port) as app_port:
                slack.app_url = address = f"http://127.0.0.1:{app_port}"
                async with by_its_socket(product):
                    yield World(slack, product, jobs, address, clock)
                require_drawable(slack)


@asynccontextmanager
async def by_its_socket(product: Product) -> AsyncIterator[None]:
    """Connected by a websocket, where the environment has an app token."""
    if product.socket is None:
        yield
        return
    async with product.socket.running():
        while not product.socket.is_connected:  # noqa: ASYNC110 - what Slack says, not an event of ours
            await asyncio.sleep(0)
        yield


def require_drawable(slack: SlackState) -> None:
    """Whatever the app drew in any test passes the vendor's Block Kit schema, where that lies beside the repository."""
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        assert schema_problems(slack, shared) == []


def environment(database_url: str, slack_port: int, more: Mapping[str, str] | None = None) -> dict[str, str]:
    slack = f"http://127.0.0.1:{slack_port}"
    return {
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_API_URL": f"{slack}/api/",
        "SLACK_URL": slack,
        "SLACK_FILES_HOST": f"127.0.0.1:{slack_port}",
        "DEXT_DATABASE_URL": database_url,
        "DEXT_ENCRYPTION_KEYS": new_key("test"),
        "DEXT_UNDO_SECONDS": "0",
        **(more or {}),
    }
