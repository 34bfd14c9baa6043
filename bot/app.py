"""The composition root: the only file that builds engines, providers, services, Bolt, messenger and worker.

To add a feature: make it in `features`; to add what it shows, in `drawers`; to add a page, in `site`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import aiohttp
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.config import Config
from bot.db.unit_of_work import Database
from bot.directory import SlackDirectory
from bot.downloads import SlackFiles
from bot.intake.parent import ChildReader
from bot.messenger import Drawer, Messenger, draw_note
from bot.services.alert_messages import AlertMessages
from bot.services.approvals import Approvals
from bot.services.arrivals import Arrivals
from bot.services.budgets import SharedBudget
from bot.services.cards import Cards
from bot.services.channels import Channels
from bot.services.choices import Choices
from bot.services.connect_code import code_drawer
from bot.services.connect_flow import ConnectFlows
from bot.services.connections import Connections
from bot.services.disconnecting import Disconnecting
from bot.services.fixes import Fixes
from bot.services.giving_back import GivingBack
from bot.services.health import Health
from bot.services.home import Home
from bot.services.importing import ListImport
from bot.services.installing import Installing
from bot.services.items import Items
from bot.services.jobs import Jobs
from bot.services.keep_alive import KeepAlive
from bot.services.keys import StoredSecrets
from bot.services.linking import Linking
from bot.services.links import ItemLinks
from bot.services.managing import Managing
from bot.services.messages import Subject
from bot.services.my_work import MyWork
from bot.services.organisations import Organisations
from bot.services.people import People
from bot.services.publishing import Publishing
from bot.services.purging import Purge
from bot.services.refreshing import Refreshing
from bot.services.removal import Removal
from bot.services.roles import Roles
from bot.services.set_up import SetUp
from bot.services.settings import SettingsService
from bot.services.site import Site
from bot.services.statuses import Statuses
from bot.services.syncing import Syncing
from bot.services.taking_over import TakingOver
from bot.services.tokens import TokenKeeper
from bot.services.workspaces import Workspaces
from bot.serving import keep_what_stands, listening, stopped
from bot.slack import ChannelTest, Permalink, SlackClients, TokenRefusedError, learn_workspace
from bot.vault import Vault
from bot.worker import Engine, Planner, Reconciler, Sweeper, Tasks, Worker, WorkerLock, tasks_of
from bot.worker.upkeep import Upkeep
from handlers.alerts import AlertHandlers
from handlers.approvals import ApprovalHandlers
from handlers.authorize import authorize
from handlers.channels import ChannelHandlers
from handlers.choices import ChoiceHandlers
from handlers.connections import ConnectionHandlers
from handlers.disconnecting import DisconnectHandlers
from handlers.dispatch import Dispatch
from handlers.guard import Guard
from handlers.headers import protect
from handlers.health import HealthPages
from handlers.home import HomeHandlers
from handlers.install import InstallPages
from handlers.items import ItemHandlers
from handlers.lifecycle import LifecycleHandlers
from handlers.links import ItemPages
from handlers.managing import ManagingHandlers
from handlers.oauth_access import SlackOauthAccess
from handlers.people import PeopleHandlers
from handlers.routes import Routes
from handlers.settings import SettingsHandlers
from handlers.signin import SlackOpenId
from handlers.socket import SocketMode
from handlers.web import ConnectPages
from providers import PROVIDERS
from providers.base import AccountingProvider, ClientConfig

logger = logging.getLogger(__name__)

LARGEST_REQUEST = 1024 * 1024
ASK_AGAIN_SECONDS = 15.0


class Feature(Protocol):
    def register(self, routes: Routes) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything features are made of."""

    config: Config
    clock: Clock
    db: Database
    vault: Vault
    workspaces: Workspaces
    clients: SlackClients
    directory: SlackDirectory
    people: People
    providers: Mapping[str, AccountingProvider]
    tokens: TokenKeeper
    jobs: Jobs
    flows: ConnectFlows
    linking: Linking
    connections: Connections
    disconnecting: Disconnecting
    home: Home
    managing: Managing
    refreshing: Refreshing
    roles: Roles
    taking_over: TakingOver
    channels: Channels
    items: Items
    cards: Cards
    approvals: Approvals
    alerts: AlertMessages
    fixes: Fixes
    choices: Choices
    organisations: Organisations
    set_up: SetUp
    arrivals: Arrivals
    lists: ListImport
    publishing: Publishing
    removal: Removal
    installing: Installing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One process of the product, ready to be started."""

    services: Services
    routes: Routes
    dispatch: Dispatch
    site: web.Application
    socket: SocketMode | None
    """Slack's requests by websocket, where an app token is set."""
    messenger: Messenger


def features(services: Services) -> tuple[Feature, ...]:
    return (
        ConnectionHandlers(services.connections, services.flows),
        DisconnectHandlers(services.disconnecting, services.organisations),
        HomeHandlers(services.home),
        ManagingHandlers(services.managing, services.refreshing, services.organisations),
        PeopleHandlers(services.roles, services.taking_over),
        ChannelHandlers(services.channels),
        SettingsHandlers(services.set_up, services.organisations),
        ChoiceHandlers(services.choices),
        ItemHandlers(services.items, services.cards, services.arrivals, services.organisations),
        ApprovalHandlers(services.approvals, services.cards),
        AlertHandlers(services.fixes, services.cards, services.alerts),
        LifecycleHandlers(services.removal),
    )


def drawers(services: Services) -> Mapping[Subject, Drawer]:
    """Who draws what a message is about."""
    return {
        Subject.NOTE: draw_note,
        Subject.CONNECTION: services.connections.draw,
        Subject.CONNECT_CODE: code_drawer(services.vault, lambda key: PROVIDERS[key].profile.name),
        Subject.HOME: services.home.draw,
        Subject.ITEM: services.cards.draw,
        Subject.ALERT: services.alerts.draw,
    }


def site(services: Services, dispatch: Dispatch, socket: SocketMode | None) -> web.Application:
    """Everything that is served over HTTP. Slack's requests only where there is a secret to check them with."""
    config = services.config
    app = web.Application(client_max_size=LARGEST_REQUEST)
    protect(app)
    if config.signing_secret is not None:
        Guard(dispatch, config.signing_secret, services.clock).register(app)
    HealthPages(Health(services.db), socket).register(app)
    ItemPages(ItemLinks(services.db, Permalink(services.clients), services.flows.site)).register(app)
    InstallPages(
        installing=services.installing,
        vault=services.vault,
        public_url=config.public_url,
        slack_url=config.slack_url,
    ).register(app)
    targets = tuple(_addresses(config, key)["auth_url"] for key in config.providers)
    ConnectPages(flows=services.flows, linking=services.linking, form_targets=(*targets, config.slack_url)).register(
        app
    )
    return app


@asynccontextmanager
async def assembled(config: Config, clock: Clock, *, jobs: Jobs | None = None) -> AsyncIterator[Product]:
    """Build one process of the product; nothing runs yet. `jobs` stands in for the engine in tests."""
    async with AsyncExitStack() as stack:
        db = Database(config.database_url, clock)
        stack.push_async_callback(db.close)
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        services = build(config, clock, db, session, jobs or Engine(config.database_url))
        routes = Routes(services.clients)
        for feature in features(services):
            feature.register(routes)
        dispatch = Dispatch(_bolt(services, routes), services.workspaces)
        token = config.app_token
        socket = None if token is None else SocketMode(services.clients, token, dispatch, clock)
        yield Product(
            services=services,
            routes=routes,
            dispatch=dispatch,
            site=site(services, dispatch, socket),
            socket=socket,
            messenger=Messenger(db, clock, services.clients, services.workspaces, drawers(services)),
        )


def build(config: Config, clock: Clock, db: Database, session: aiohttp.ClientSession, jobs: Jobs) -> Services:
    vault = Vault.from_text(config.encryption_keys)
    workspaces = Workspaces(db, vault, clock)
    clients = SlackClients(workspaces, session, config.slack_api_url, config.bot_token)
    directory = SlackDirectory(clients, clock)
    people = People(directory)
    providers = providers_of(config, db, session, clock)
    tokens = TokenKeeper(db, vault, clock, providers)
    flows = ConnectFlows(
        db=db,
        vault=vault,
        people=people,
        directory=directory,
        workspaces=workspaces,
        tokens=tokens,
        providers=providers,
        site=Site(public_url=config.public_url, slack_url=config.slack_url),
        sign_in=_sign_in(config, clients),
    )
    connections = Connections(db, people, directory, providers)
    statuses = Statuses(providers, sync_every=timedelta(hours=config.sync_hours))
    items, cards = Items(db, people), Cards(db, people, providers)
    files = SlackFiles(clients, session, config.slack_files_host)
    return Services(
        config=config,
        clock=clock,
        db=db,
        vault=vault,
        workspaces=workspaces,
        clients=clients,
        directory=directory,
        people=people,
        providers=providers,
        tokens=tokens,
        jobs=jobs,
        flows=flows,
        linking=Linking(flows, jobs),
        connections=connections,
        disconnecting=Disconnecting(db, people, providers),
        home=Home(db, statuses, people, MyWork()),
        managing=Managing(db, people, statuses),
        refreshing=Refreshing(db, people, jobs, providers),
        roles=Roles(db, people, directory),
        taking_over=TakingOver(db, people),
        channels=Channels(db, people, ChannelTest(clients)),
        items=items,
        cards=cards,
        approvals=Approvals(db, people, timedelta(seconds=config.undo_seconds)),
        alerts=AlertMessages(db, people, cards, config.public_url),
        fixes=Fixes(db, people, items),
        choices=Choices(db, people),
        organisations=Organisations(db, people),
        set_up=SetUp(db, people, directory, SettingsService(db, people), providers, ChannelTest(clients)),
        arrivals=Arrivals(db, people, jobs, files, ChildReader(), config.public_url),
        lists=ListImport(db, jobs, tokens, providers),
        publishing=Publishing(
            db, jobs, providers, tokens, clock, config.public_url, timedelta(seconds=config.lease_seconds)
        ),
        removal=Removal(db, workspaces, clients),
        installing=_installing(config, clients, db, vault),
    )


def worker_of(services: Services) -> Worker:
    """The part that works jobs. Only the engine can be launched."""
    engine = services.jobs
    assert isinstance(engine, Engine)
    config, clock = services.config, services.clock
    by_kind = tasks_of(publishing=services.publishing, lists=services.lists, arrivals=services.arrivals)
    return Worker(
        db=services.db,
        clock=clock,
        engine=engine,
        lock=WorkerLock.of(config.database_url),
        tasks=Tasks(clock, by_kind),
        planner=Planner(services.publishing),
        reconciler=Reconciler(services.db, engine, services.publishing, (services.lists, services.arrivals)),
        poll_seconds=config.poll_seconds,
        sweeper=Sweeper(services.db, clock, services.tokens, engine, Purge(services.db, clock, services.tokens)),
        upkeep=upkeep_of(services),
    )


def upkeep_of(services: Services) -> Upkeep:
    """What keeps connections in order beside the jobs."""
    db, clock, providers = services.db, services.clock, services.providers
    every = timedelta(hours=services.config.sync_hours)
    return Upkeep(
        clock=clock,
        keep_alive=KeepAlive(db, clock, services.tokens, providers),
        giving_back=GivingBack(db, clock, services.tokens, providers),
        syncing=Syncing(db, clock, services.jobs, providers, every),
    )


async def run(config: Config, clock: Clock) -> None:
    """Serve until the process is asked to stop: answers first, then messages, then jobs."""
    async with AsyncExitStack() as stack:
        product = await stack.enter_async_context(assembled(config, clock))
        await secrets_of(product.services).require_keys()
        await stack.enter_async_context(knowing_its_workspace(product.services))
        if config.is_worker:
            worker = worker_of(product.services)
            await worker.start()
            stack.push_async_callback(worker.stop)
        await product.messenger.start()
        stack.push_async_callback(product.messenger.stop)
        await stack.enter_async_context(listening(product.site, config.host, config.port))
        if product.socket is not None:
            await stack.enter_async_context(product.socket.running())
        keep_what_stands()
        logger.info("serving", extra={"address": f"http://{config.host}:{config.port}"})
        await stopped()
        logger.info("stopping")


def secrets_of(services: Services) -> StoredSecrets:
    """Looked at before anything starts: with a wrong key, sign-ins would fail one by one, each at its own time."""
    return StoredSecrets(services.db, services.vault, services.clock)


async def work(config: Config, clock: Clock) -> None:
    """Work jobs only, until the process is asked to stop."""
    async with assembled(config, clock) as product:
        await secrets_of(product.services).require_keys()
        worker = worker_of(product.services)
        await worker.start()
        try:
            await stopped()
        finally:
            await worker.stop()


@asynccontextmanager
async def knowing_its_workspace(services: Services) -> AsyncIterator[None]:
    """Learn whose SLACK_BOT_TOKEN this is; when Slack does not answer, begin without and ask again.

    Raises:
        TokenRefusedError: Slack refuses the token, and no other workspace could have installed the app.
    """
    if await _is_settled(services):
        yield
        return
    logger.warning("Slack does not answer; asking again until it does")
    asking = asyncio.create_task(_ask_again(services))
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _is_settled(services: Services) -> bool:
    """Whether nothing is left to ask. One workspace's refused token does not stop those that installed the app."""
    if services.config.bot_token is None:
        return True
    try:
        return await learn_workspace(services.clients) is not None
    except TokenRefusedError as error:
        if services.config.slack_client_id is None:
            raise
        logger.warning(str(error))
        return True


async def _ask_again(services: Services) -> None:
    while True:
        await services.clock.sleep(ASK_AGAIN_SECONDS)
        if await _is_settled(services):
            logger.info("Slack answers again")
            return


def _bolt(services: Services, routes: Routes) -> AsyncApp:
    """Set up for speed: the answer leaves when the handler returns, nothing is verified twice, no look-ups a request."""
    client = AsyncWebClient(base_url=services.config.slack_api_url, session=services.clients.session, retry_handlers=[])
    app = AsyncApp(
        name="dext",
        logger=logging.getLogger("slack_bolt"),  # otherwise its own take the root's level, and tell whole bodies
        process_before_response=True,
        signing_secret=services.config.signing_secret,
        client=client,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    routes.attach(app)
    return app


def providers_of(
    config: Config, db: Database, session: aiohttp.ClientSession, clock: Clock
) -> dict[str, AccountingProvider]:
    """The packages that there are credentials for."""
    return {key: _provider(config, key, db, session, clock) for key in config.providers}


def _provider(
    config: Config, key: str, db: Database, session: aiohttp.ClientSession, clock: Clock
) -> AccountingProvider:
    entry, ours = PROVIDERS[key], config.providers[key]
    client = ClientConfig(client_id=ours.client_id, client_secret=ours.client_secret, **_addresses(config, key))
    return entry.build(client, session, clock, SharedBudget(db, clock, key, entry.profile.limits))


def _addresses(config: Config, key: str) -> dict[str, str]:
    """The vendor's own, unless the environment gives others."""
    return {**PROVIDERS[key].profile.addresses, **config.providers[key].addresses}


def _installing(config: Config, clients: SlackClients, db: Database, vault: Vault) -> Installing | None:
    if config.slack_client_id is None or config.slack_client_secret is None:
        return None
    oauth = SlackOauthAccess(
        clients=clients,
        slack_url=config.slack_url,
        client_id=config.slack_client_id,
        client_secret=config.slack_client_secret,
    )
    return Installing(
        db=db,
        vault=vault,
        workspaces=clients.workspaces,
        clients=clients,
        slack=oauth,
        public_url=config.public_url,
    )


def _sign_in(config: Config, clients: SlackClients) -> SlackOpenId | None:
    if config.slack_client_id is None or config.slack_client_secret is None:
        return None
    return SlackOpenId(
        clients=clients,
        slack_url=config.slack_url,
        client_id=config.slack_client_id,
        client_secret=config.slack_client_secret,
    )
