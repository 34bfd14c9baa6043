"""The accounting packages. `PROVIDERS` is the one place that names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.domain.books import Capability
from providers.base import AccountingProvider, Budget, ClientConfig, Profile
from providers.file_export import PROFILE as FILE_EXPORT
from providers.file_export.adapter import FileExportProvider
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
    FILE_EXPORT.key: ProviderEntry(FILE_EXPORT, FileExportProvider.build),
}


LEDGERS: Mapping[str, ProviderEntry] = {
    key: entry for key, entry in PROVIDERS.items() if Capability.DOWNLOADS not in entry.profile.capabilities
}
"""Those that are signed in to and called, with credentials of ours."""


def simulators() -> dict[str, Any]:
    """The simulated ledgers' modules by provider; loaded only when asked, because the product itself needs none."""
    return {key: import_module(f"providers.{key}.simulator") for key in LEDGERS}
