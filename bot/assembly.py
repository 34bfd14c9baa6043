"""Everything that features are made of, built once for a process from its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aiohttp

from bot.audience import Audience
from bot.clock import Clock
from bot.config import Config, ProviderSettings
from bot.db.unit_of_work import Database
from bot.directory import SlackDirectory
from bot.domain.publishing import GATHERED_FOR
from bot.downloads import SlackFiles
from bot.intake.parent import SHRINKING, ChildReader
from bot.pictures import SlackPictures
from bot.services import default_messages
from bot.services.alert_messages import AlertMessages
from bot.services.amount_settings import AmountSettingsService
from bot.services.api_keys import ApiKeys
from bot.services.approvals import Approvals
from bot.services.archiving import Archiving
from bot.services.arrivals import Arrivals
from bot.services.asking import Answers
from bot.services.auto_offers import AutoOffers
from bot.services.auto_publishing import AutoPublishing
from bot.services.auto_settings import AutoSettingsForms
from bot.services.bank_matching import BankMatching
from bot.services.bank_settings import BankSettings
from bot.services.browsing import Browsing
from bot.services.budgets import SharedBudget
from bot.services.cards import Cards
from bot.services.carried_items import carrying_items
from bot.services.carrying_over import CarryingOver
from bot.services.changing import Changing
from bot.services.channels import Channels
from bot.services.choices import Choices
from bot.services.choosing_suppliers import ChoosingSuppliers
from bot.services.claimants import Claimants
from bot.services.closed_answers import ClosedAnswers
from bot.services.connect_flow import ConnectFlows
from bot.services.connections import Connections
from bot.services.copies import Copies
from bot.services.crediting import Crediting
from bot.services.default_books import DefaultBooks
from bot.services.details import ItemDetails
from bot.services.disconnecting import Disconnecting
from bot.services.document_fixes import DocumentFixes
from bot.services.doors import Doors
from bot.services.downloading import Downloading
from bot.services.drafts import Drafts
from bot.services.fixes import Fixes
from bot.services.following import Following
from bot.services.general_settings import General
from bot.services.gone_codes import LookingForGone
from bot.services.holding import Holding
from bot.services.home import Home
from bot.services.importing import ListImport
from bot.services.ingesting import Ingesting
from bot.services.installing import Installing
from bot.services.item_forms import ItemForms
from bot.services.items import Items
from bot.services.jobs import Jobs
from bot.services.linking import Linking
from bot.services.listing_channels import ListingChannels
from bot.services.managing import Managing
from bot.services.merging import Merging
from bot.services.moving import Moving
from bot.services.my_work import MyWork
from bot.services.naming import Naming
from bot.services.organisations import Organisations
from bot.services.paying import Paying
from bot.services.payment_methods import PaymentMethods
from bot.services.people import People
from bot.services.previews import Previews
from bot.services.publishing import Publishing
from bot.services.questions import Questions
from bot.services.queues import Queues
from bot.services.quiet_settings import QuietSettings
from bot.services.refreshing import Refreshing
from bot.services.removal import Removal
from bot.services.removing import Removing
from bot.services.replacing import Replacing
from bot.services.reports import Reports
from bot.services.roles import Roles
from bot.services.rule_offers import RuleOffers
from bot.services.rules import Rules
from bot.services.sales_settings import SalesSettings
from bot.services.saving_settings import SettingsService
from bot.services.set_up import SetUp
from bot.services.site import Site
from bot.services.smaller_files import SmallerFiles
from bot.services.statements import Statements
from bot.services.statuses import Statuses
from bot.services.supplier_settings import SupplierSettings
from bot.services.taking_as_it_is import TakingAsItIs
from bot.services.taking_over import TakingOver
from bot.services.tax_settings import TaxSettingsService
from bot.services.tokens import TokenKeeper
from bot.services.typing_lists import TypingLists
from bot.services.waiting import Waiting
from bot.services.withdrawals import Withdrawals
from bot.services.workspaces import Workspaces
from bot.slack import AuthTest, ChannelTest, SlackClients
from bot.statements.reading import StatementReader
from bot.uploads import SlackHands, SlackUploads
from bot.vault import Vault
from handlers.oauth_access import SlackOauthAccess
from handlers.signin import SlackOpenId
from providers import LEDGERS, PROVIDERS
from providers.base import AccountingProvider, ClientConfig, FileProvider

NOBODY = ProviderSettings(client_id="", client_secret="", addresses={})
"""How we are known where nobody asks."""
NOWHERE = dict.fromkeys(("auth_url", "token_url", "revoke_url", "api_url", "web_url"), "")


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
    audience: Audience
    people: People
    providers: Mapping[str, AccountingProvider]
    tokens: TokenKeeper
    jobs: Jobs
    flows: ConnectFlows
    linking: Linking
    naming: Naming
    typing_lists: TypingLists
    gone_codes: LookingForGone
    connections: Connections
    disconnecting: Disconnecting
    changing: Changing
    merging: Merging
    carrying_over: CarryingOver
    home: Home
    managing: Managing
    refreshing: Refreshing
    roles: Roles
    taking_over: TakingOver
    channels: Channels
    listing_channels: ListingChannels
    api_keys: ApiKeys
    payment_methods: PaymentMethods
    bank_settings: BankSettings
    bank_matching: BankMatching
    rules: Rules
    rule_offers: RuleOffers
    statements: Statements
    items: Items
    cards: Cards
    browsing: Browsing
    details: ItemDetails
    answers: Answers
    archiving: Archiving
    moving: Moving
    reports: Reports
    claimants: Claimants
    forms: ItemForms
    drafts: Drafts
    copies: Copies
    approvals: Approvals
    auto_publishing: AutoPublishing
    auto_offers: AutoOffers
    alerts: AlertMessages
    fixes: Fixes
    document_fixes: DocumentFixes
    paying: Paying
    taking_as_it_is: TakingAsItIs
    waiting: Waiting
    withdrawals: Withdrawals
    crediting: Crediting
    holding: Holding
    queues: Queues
    choices: Choices
    organisations: Organisations
    sales_settings: SalesSettings
    general_settings: General
    auto_settings: AutoSettingsForms
    closed_answers: ClosedAnswers
    supplier_settings: SupplierSettings
    amount_settings: AmountSettingsService
    default_books: DefaultBooks
    quiet_settings: QuietSettings
    choosing_suppliers: ChoosingSuppliers
    replacing: Replacing
    tax_settings: TaxSettingsService
    set_up: SetUp
    arrivals: Arrivals
    doors: Doors
    questions: Questions
    ingesting: Ingesting
    lists: ListImport
    publishing: Publishing
    previews: Previews
    smaller_files: SmallerFiles
    following: Following
    downloading: Downloading
    removing: Removing
    removal: Removal
    installing: Installing | None


def build(config: Config, clock: Clock, db: Database, session: aiohttp.ClientSession, jobs: Jobs) -> Services:
    vault = Vault.from_text(config.encryption_keys)
    workspaces = Workspaces(db, vault, clock)
    clients = SlackClients(workspaces, session, config.slack_api_url, config.bot_token)
    directory = SlackDirectory(clients, clock)
    people = People(directory)
    providers = providers_of(config, db, session, clock)
    called, files_for = called_of(providers), files_of(providers)
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
    connections, linking = Connections(db, people, directory, providers), Linking(flows, jobs)
    statuses = Statuses(providers, sync_every=timedelta(hours=config.sync_hours))
    items, cards = Items(db, people), Cards(db, people, providers, config.public_url)
    fixes, refreshing = Fixes(db, people, items), Refreshing(db, people, jobs, providers)
    read = ChildReader()
    forms = ItemForms(db, people, providers, config.public_url)
    files = SlackFiles(clients, session, config.slack_files_host)
    following = Following(db, jobs, find_carrier=partial(carrying_items, providers))
    payment_methods = PaymentMethods(db, people, providers, following.begin)
    uploads = SlackUploads(clients, session, files)
    merging = Merging(db, people, providers)
    settings = SettingsService(db, people, default_messages.look, following.begin)
    rules = Rules(db, people, providers, following.begin)
    return Services(
        config=config,
        clock=clock,
        db=db,
        vault=vault,
        workspaces=workspaces,
        clients=clients,
        directory=directory,
        audience=Audience(directory, workspaces, clock),
        people=people,
        providers=providers,
        tokens=tokens,
        jobs=jobs,
        flows=flows,
        linking=linking,
        naming=Naming(db, people, connections, linking, files_for, following.begin),
        gone_codes=LookingForGone(db, frozenset(files_of(providers))),
        typing_lists=TypingLists(db, people, providers, following.begin, files.handed_in, jobs, SlackHands(uploads)),
        connections=connections,
        disconnecting=Disconnecting(db, people, providers),
        changing=Changing(db, people, connections, flows, providers),
        merging=merging,
        carrying_over=CarryingOver(db, merging, following.begin, following.begin_to_carry),
        home=Home(db, statuses, people, MyWork(providers)),
        managing=Managing(db, people, statuses),
        refreshing=refreshing,
        roles=Roles(db, people, directory),
        taking_over=TakingOver(db, people),
        api_keys=ApiKeys(db, people, config.public_url),
        payment_methods=payment_methods,
        bank_settings=BankSettings(db, people, jobs, providers),
        bank_matching=BankMatching(db, people, cards),
        rules=rules,
        rule_offers=RuleOffers(db, people, rules),
        statements=Statements(db, people, jobs, providers, files.handed_in, StatementReader.build()),
        channels=Channels(db, people, ChannelTest(clients)),
        listing_channels=ListingChannels(db, people),
        items=items,
        cards=cards,
        browsing=Browsing(db, people, cards),
        reports=Reports(db, people, Organisations(db, people), providers),
        claimants=Claimants(db, people, providers),
        forms=forms,
        drafts=Drafts(db, people, forms),
        details=ItemDetails(db, people, cards),
        answers=Answers(db, people),
        archiving=Archiving(db, people),
        withdrawals=Withdrawals(db, people, providers),
        crediting=Crediting(db, people),
        holding=Holding(db, people),
        queues=Queues(db, called),
        moving=Moving(db, people, cards),
        copies=Copies(db, config.public_url),
        approvals=Approvals(db, people, timedelta(seconds=config.undo_seconds)),
        auto_offers=AutoOffers(db, people, rules),
        auto_publishing=AutoPublishing(db, providers, timedelta(seconds=config.undo_seconds)),
        alerts=AlertMessages(db, people, cards, config.public_url),
        fixes=fixes,
        taking_as_it_is=TakingAsItIs(db, people),
        document_fixes=DocumentFixes(db, fixes, items, refreshing),
        paying=Paying(db, people, fixes, items, cards),
        waiting=Waiting(db, clock, people, tokens, providers),
        choices=Choices(db, people),
        organisations=Organisations(db, people),
        sales_settings=SalesSettings(db, people, settings, providers),
        general_settings=General(db, people, settings, providers, timedelta(seconds=config.undo_seconds)),
        closed_answers=ClosedAnswers(db, people, providers),
        supplier_settings=SupplierSettings(db, people, settings, providers),
        auto_settings=AutoSettingsForms(db, people, settings, providers),
        amount_settings=AmountSettingsService(db, people, settings, providers),
        default_books=DefaultBooks(db, people),
        quiet_settings=QuietSettings(db, people, settings),
        choosing_suppliers=ChoosingSuppliers(db, people, items),
        replacing=Replacing(db, people, items, payment_methods, following.begin),
        tax_settings=TaxSettingsService(db, people, settings, providers),
        set_up=SetUp(db, people, directory, settings, providers, ChannelTest(clients)),
        following=following,
        arrivals=Arrivals(db, jobs, files, read, config.public_url),
        doors=Doors(db, people, jobs),
        questions=Questions(db, people, jobs),
        ingesting=Ingesting(db, jobs, read, config.public_url),
        lists=ListImport(db, jobs, tokens, providers),
        previews=Previews(db, jobs, read.preview, SlackPictures(uploads)),
        removing=Removing(db, people, files_for),
        downloading=Downloading(db, jobs, people, files_for, SlackHands(uploads), config.public_url),
        smaller_files=SmallerFiles(db, jobs, ChildReader(SHRINKING, at_once=1).smaller),
        publishing=Publishing(
            db,
            jobs,
            called,
            tokens,
            clock,
            config.public_url,
            timedelta(seconds=config.lease_seconds),
            # who has it sent at once has it so
            gather=min(GATHERED_FOR, timedelta(seconds=config.undo_seconds)),
        ),
        removal=Removal(db, workspaces, clients, AuthTest(clients)),
        installing=_installing(config, clients, db, vault),
    )


def providers_of(
    config: Config, db: Database, session: aiohttp.ClientSession, clock: Clock
) -> dict[str, AccountingProvider]:
    """The packages that there are credentials for, and those that need none."""
    called = {key: _provider(config, key, db, session, clock) for key in config.providers}
    return called | {key: _provider(config, key, db, session, clock) for key in PROVIDERS if key not in LEDGERS}


def called_of(providers: Mapping[str, AccountingProvider]) -> dict[str, AccountingProvider]:
    """Those that documents are sent to; from the others they are downloaded."""
    return {key: provider for key, provider in providers.items() if key in LEDGERS}


def files_of(providers: Mapping[str, AccountingProvider]) -> dict[str, FileProvider]:
    """Those whose documents are downloaded."""
    return {key: provider for key, provider in providers.items() if isinstance(provider, FileProvider)}


def _provider(
    config: Config, key: str, db: Database, session: aiohttp.ClientSession, clock: Clock
) -> AccountingProvider:
    entry, ours = PROVIDERS[key], config.providers.get(key, NOBODY)
    client = ClientConfig(
        client_id=ours.client_id,
        client_secret=ours.client_secret,
        **{**NOWHERE, **entry.profile.addresses, **ours.addresses},
    )
    return entry.build(client, session, clock, SharedBudget(db, clock, key, entry.profile.limits))


def addresses_of(config: Config, key: str) -> dict[str, str]:
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
