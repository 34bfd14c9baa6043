"""The composition root: Bolt, messenger, pages and worker around the services that `bot.assembly` builds.

To add a feature: make it in `features`; to add what it shows, in `drawers`; to add a page, in `site`.
"""

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

from bot.assembly import Services, addresses_of, build, called_of, files_of
from bot.clock import Clock
from bot.config import Config
from bot.db.unit_of_work import Database
from bot.domain.books import Capability
from bot.learning import knowing_its_workspace
from bot.loops import guarded
from bot.messenger import Drawer, Messenger, draw_note
from bot.services.arrival_messages import draw as draw_arrivals
from bot.services.channel_events import ChannelEvents
from bot.services.closed_channels import draw as draw_closed_channel
from bot.services.connect_code import code_drawer
from bot.services.default_messages import drawer as default_drawer
from bot.services.digests import Digests
from bot.services.file_rules import FileRules
from bot.services.giving_back import GivingBack
from bot.services.gone_codes import drawer as gone_codes_drawer
from bot.services.health import Health
from bot.services.jobs import Jobs
from bot.services.keep_alive import KeepAlive
from bot.services.keys import StoredSecrets
from bot.services.links import ItemLinks
from bot.services.messages import Subject
from bot.services.purging import Purge
from bot.services.syncing import Syncing
from bot.services.wrong_clocks import WrongClocks
from bot.serving import keep_what_stands, listening, stopped
from bot.slack import Permalink
from bot.worker import Engine, Planner, Reconciler, Sweeper, Tasks, Worker, WorkerLock, tasks_of
from bot.worker.reconciler import Restartable
from bot.worker.rounds import Rounds
from bot.worker.upkeep import Upkeep
from handlers.alerts import AlertHandlers
from handlers.amount_settings import AmountSettingsHandlers
from handlers.api import ItemsApi
from handlers.api_keys import ApiKeyHandlers
from handlers.api_pace import Pace
from handlers.api_requests import Requests
from handlers.approvals import ApprovalHandlers
from handlers.authorize import authorize
from handlers.auto_offers import AutoOfferHandlers
from handlers.auto_settings import AutoSettingsHandlers
from handlers.bank_match import BankMatchHandlers
from handlers.browsing import BrowsingHandlers
from handlers.changing import ChangeHandlers
from handlers.channel_events import ChannelEventHandlers
from handlers.channels import ChannelHandlers
from handlers.choices import ChoiceHandlers
from handlers.closed_periods import ClosedPeriodHandlers
from handlers.connections import ConnectionHandlers
from handlers.copies import CopyHandlers
from handlers.default_books import DefaultBooksHandlers
from handlers.disconnecting import DisconnectHandlers
from handlers.dispatch import Dispatch
from handlers.document_fixes import DocumentFixHandlers
from handlers.doors import DoorHandlers
from handlers.downloading import DownloadHandlers
from handlers.editing import EditingHandlers
from handlers.general_settings import GeneralSettingsHandlers
from handlers.gone_codes import GoneCodeHandlers
from handlers.guard import Guard
from handlers.headers import protect
from handlers.health import HealthPages
from handlers.holding import HoldingHandlers
from handlers.home import HomeHandlers
from handlers.install import InstallPages
from handlers.items import ItemHandlers
from handlers.lifecycle import LifecycleHandlers
from handlers.lines import LineHandlers
from handlers.links import ItemPages
from handlers.managing import ManagingHandlers
from handlers.merging import MergeHandlers
from handlers.naming import NamingHandlers
from handlers.new_suppliers import NewSupplierHandlers
from handlers.paying import PayingHandlers
from handlers.payment_methods import PaymentMethodHandlers
from handlers.people import PeopleHandlers
from handlers.quiet_settings import QuietSettingsHandlers
from handlers.reports import ReportHandlers
from handlers.reviewing import ReviewHandlers
from handlers.routes import Routes
from handlers.rule_offers import RuleOfferHandlers
from handlers.rules import RuleHandlers
from handlers.sales_settings import SalesSettingsHandlers
from handlers.settings import SettingsHandlers
from handlers.socket import SocketMode
from handlers.statements import StatementHandlers
from handlers.supplier_settings import SupplierSettingsHandlers
from handlers.tax_settings import TaxSettingsHandlers
from handlers.web import ConnectPages
from handlers.withdrawing import WithdrawHandlers
from providers import PROVIDERS

logger = logging.getLogger(__name__)

LARGEST_REQUEST = 1024 * 1024


class Feature(Protocol):
    def register(self, routes: Routes) -> None: ...


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
    sales, tax = SalesSettingsHandlers(services.sales_settings), TaxSettingsHandlers(services.tax_settings)
    bank = BankMatchHandlers(services.bank_matching, services.bank_settings)
    general = GeneralSettingsHandlers(services.general_settings)
    suppliers = SupplierSettingsHandlers(services.supplier_settings)
    amounts = AmountSettingsHandlers(services.amount_settings)
    books = DefaultBooksHandlers(services.default_books)
    quiet = QuietSettingsHandlers(services.quiet_settings)
    auto = AutoSettingsHandlers(services.auto_settings)
    return (
        ConnectionHandlers(services.connections, services.flows, services.naming),
        ChangeHandlers(services.changing),
        MergeHandlers(services.merging, services.carrying_over),
        NamingHandlers(services.naming, services.typing_lists, services.managing),
        DisconnectHandlers(services.disconnecting, services.organisations),
        HomeHandlers(services.home),
        DownloadHandlers(services.downloading, services.removing, services.cards),
        ManagingHandlers(services.managing, services.refreshing, services.organisations),
        PeopleHandlers(services.roles, services.taking_over),
        ChannelHandlers(services.channels, services.listing_channels, services.organisations),
        ApiKeyHandlers(services.api_keys),
        PaymentMethodHandlers(services.payment_methods, services.organisations),
        RuleHandlers(services.rules, services.organisations),
        GoneCodeHandlers(services.replacing),
        sales,
        tax,
        bank,
        general,
        StatementHandlers(services.statements, services.organisations),
        suppliers,
        amounts,
        books,
        quiet,
        auto,
        AutoOfferHandlers(services.auto_offers),
        SettingsHandlers(
            services.set_up, services.organisations, sales, tax, bank, general, suppliers, amounts, quiet, auto, books
        ),
        ChoiceHandlers(services.choices),
        BrowsingHandlers(services.browsing, services.cards, services.organisations),
        DoorHandlers(services.doors, services.questions, services.forms, services.organisations),
        ItemHandlers(services.items, services.cards, services.forms),
        ReportHandlers(services.reports, services.claimants, services.cards),
        EditingHandlers(services.items, services.forms),
        LineHandlers(services.drafts, services.forms),
        CopyHandlers(services.copies),
        ApprovalHandlers(services.approvals, services.cards),
        ReviewHandlers(services.cards, services.details, services.answers, services.archiving, services.moving),
        RuleOfferHandlers(services.rule_offers, services.details),
        WithdrawHandlers(services.withdrawals, services.crediting, services.cards),
        HoldingHandlers(services.holding, services.cards),
        ClosedPeriodHandlers(services.closed_answers, services.cards),
        NewSupplierHandlers(services.choosing_suppliers, services.answers, services.forms, services.cards),
        DocumentFixHandlers(
            services.fixes,
            services.document_fixes,
            services.forms,
            services.archiving,
            services.taking_as_it_is,
        ),
        PayingHandlers(services.paying),
        AlertHandlers(services.fixes, services.waiting, services.forms, services.alerts),
        LifecycleHandlers(services.removal),
        ChannelEventHandlers(ChannelEvents(services.db)),
    )


def _ledger_name(key: str) -> str:
    return PROVIDERS[key].profile.name


def _is_typed(key: str) -> bool:
    """Whether people type the lists of its books."""
    return Capability.DOWNLOADS in PROVIDERS[key].profile.capabilities


def digests_of(services: Services) -> Digests:
    return Digests(services.db, _ledger_name, services.config.public_url)


def drawers(services: Services) -> Mapping[Subject, Drawer]:
    """Who draws what a message is about."""
    return {
        Subject.NOTE: draw_note,
        Subject.CONNECTION: services.connections.draw,
        Subject.CONNECT_CODE: code_drawer(services.vault, _ledger_name),
        Subject.HOME: services.home.draw,
        Subject.DEFAULT: default_drawer(_ledger_name),
        Subject.GONE_CODES: gone_codes_drawer(_ledger_name, _is_typed, services.config.public_url),
        Subject.QUEUE: services.queues.draw,
        Subject.DIGEST: digests_of(services).draw,
        Subject.AUTO_OFFER: services.auto_offers.draw,
        Subject.ITEM: services.cards.draw,
        Subject.ALERT: services.alerts.draw,
        Subject.ARRIVAL: draw_arrivals,
        Subject.CHANNEL: draw_closed_channel,
    }


def site(services: Services, dispatch: Dispatch, socket: SocketMode | None) -> web.Application:
    """Everything that is served over HTTP. Slack's requests only where there is a secret to check them with."""
    config = services.config
    app = web.Application(client_max_size=LARGEST_REQUEST)
    protect(app)
    if config.signing_secret is not None:
        Guard(dispatch, config.signing_secret, services.clock).register(app)
    ItemsApi(services.api_keys, services.ingesting, Pace(services.clock), Requests()).register(app)
    HealthPages(Health(services.db), socket).register(app)
    ItemPages(ItemLinks(services.db, Permalink(services.clients), services.flows.site)).register(app)
    InstallPages(
        installing=services.installing,
        vault=services.vault,
        public_url=config.public_url,
        slack_url=config.slack_url,
    ).register(app)
    targets = tuple(addresses_of(config, key)["auth_url"] for key in config.providers)
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
        services = build(config, clock, db, session, jobs or engine_of(config, db))
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
            messenger=Messenger(db, clock, services.clients, services.workspaces, services.audience, drawers(services)),
        )


def worker_of(services: Services) -> Worker:
    """The part that works jobs. Only the engine can be launched."""
    engine = services.jobs
    assert isinstance(engine, Engine)
    config, clock = services.config, services.clock
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
    return Worker(
        db=services.db,
        clock=clock,
        engine=engine,
        lock=WorkerLock.of(config.database_url),
        tasks=Tasks(clock, by_kind),
        planner=Planner(services.publishing, services.auto_publishing),
        reconciler=Reconciler(services.publishing, restartable_of(services)),
        poll_seconds=config.poll_seconds,
        sweeper=Sweeper(
            services.db,
            clock,
            rounds_of(services),
            services.tokens,
            engine,
            Purge(services.db, clock, services.tokens, guarded),
        ),
        upkeep=upkeep_of(services),
    )


def restartable_of(services: Services) -> tuple[Restartable, ...]:
    """Who starts its own kind of work again where that stopped moving."""
    return (
        services.lists,
        services.arrivals,
        services.ingesting,
        services.previews,
        services.smaller_files,
        services.following,
        services.downloading,
    )


def engine_of(config: Config, db: Database) -> Engine:
    return Engine(db, config.poll_seconds, lease=timedelta(seconds=config.lease_seconds))


def rounds_of(services: Services) -> Rounds:
    return Rounds(services.db, lease=timedelta(seconds=services.config.lease_seconds))


def upkeep_of(services: Services) -> Upkeep:
    """What keeps connections in order beside the jobs."""
    db, clock, providers = services.db, services.clock, services.providers
    every = timedelta(hours=services.config.sync_hours)
    return Upkeep(
        clock=clock,
        rounds=rounds_of(services),
        keep_alive=KeepAlive(db, clock, services.tokens, called_of(providers)),
        giving_back=GivingBack(db, clock, services.tokens, providers, guarded),
        syncing=Syncing(db, clock, services.jobs, called_of(providers), every),
        removal=services.removal,
        waiting=services.waiting,
        queues=services.queues,
        digests=digests_of(services),
        clocks=WrongClocks(db),
        file_rules=FileRules(db, files_of(providers), services.following.begin),
        gone_codes=services.gone_codes,
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
        async with knowing_its_workspace(product.services):
            await worker.start()
            keep_what_stands()
            try:
                await stopped()
            finally:
                await worker.stop()


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
