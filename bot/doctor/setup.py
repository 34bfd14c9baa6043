"""What checks look with: the configuration, and one of each thing that it leads to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.assembly import providers_of
from bot.clock import Clock
from bot.config import Config
from bot.db.unit_of_work import Database
from bot.services.health import Health
from bot.services.inspection import Inspection
from bot.services.keys import StoredSecrets
from bot.services.workspaces import Workspaces
from bot.slack import SlackClients
from bot.vault import Vault
from providers.base import AccountingProvider

REQUEST_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    config: Config
    clock: Clock
    session: aiohttp.ClientSession
    clients: SlackClients
    workspaces: Workspaces
    providers: dict[str, AccountingProvider]
    inspection: Inspection
    secrets: StoredSecrets
    health: Health


@asynccontextmanager
async def opened(config: Config, clock: Clock) -> AsyncIterator[Setup]:
    """Nothing is asked of anybody yet."""
    vault, db = Vault.from_text(config.encryption_keys), Database(config.database_url, clock)
    limit = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
    async with aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar()) as session:
        workspaces = Workspaces(db, vault, clock)
        try:
            yield Setup(
                config=config,
                clock=clock,
                session=session,
                clients=SlackClients(workspaces, session, config.slack_api_url, config.bot_token),
                workspaces=workspaces,
                providers=providers_of(config, db, session, clock),
                inspection=Inspection(db, vault),
                secrets=StoredSecrets(db, vault, clock),
                health=Health(db),
            )
        finally:
            await db.close()
