"""The accounting packages. `PROVIDERS` is the one place that names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import aiohttp

from bot.clock import Clock
from providers.base import AccountingProvider, Budget, ClientConfig, Profile
from providers.freeagent import PROFILE as FREEAGENT
from providers.freeagent.adapter import FreeAgentProvider
from providers.quickbooks import PROFILE as QUICKBOOKS
from providers.quickbooks.adapter import QuickBooksProvider
from providers.sage import PROFILE as SAGE
from providers.sage.adapter import SageProvider
from providers.xero import PROFILE as XERO
from providers.xero.adapter import XeroProvider

Build = Callable[[ClientConfig, aiohttp.ClientSession, Clock, Budget], AccountingProvider]


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    profile: Profile
    build: Build


PROVIDERS: Mapping[str, ProviderEntry] = {
    XERO.key: ProviderEntry(XERO, XeroProvider.build),
    QUICKBOOKS.key: ProviderEntry(QUICKBOOKS, QuickBooksProvider.build),
    SAGE.key: ProviderEntry(SAGE, SageProvider.build),
    FREEAGENT.key: ProviderEntry(FREEAGENT, FreeAgentProvider.build),
}


def simulators() -> dict[str, Any]:
    """The simulated ledgers' modules by provider; loaded only when asked, because the product itself needs none."""
    return {key: import_module(f"providers.{key}.simulator") for key in PROVIDERS}
