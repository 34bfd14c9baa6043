"""Accounting packages: our credentials at each, and every connection."""

from datetime import datetime, timedelta

from bot.assembly import addresses_of
from bot.doctor import clocks
from bot.doctor.examination import Check
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.setup import Setup
from bot.domain.books import BillRights, Capability
from bot.domain.connections import Health
from bot.services.inspection import ConnectionState
from providers import LEDGERS
from providers.base import AccountingProvider
from providers.errors import ProviderChangedError, TryLaterError

SOFTWARE = "accounting software"
SOON = timedelta(days=7)
OLD_LISTS = timedelta(days=7)


async def none_set(_: Setup) -> Finding:
    """Without a provider's credentials the rest is in order, and of no use."""
    ways = " or ".join(f"DEXT_{key.upper()}_CLIENT_ID and DEXT_{key.upper()}_CLIENT_SECRET" for key in LEDGERS)
    return wrong(SOFTWARE, "none can be connected", f"Set {ways}.")


def credentials_of(key: str, provider_name: str) -> Check:
    name = f"{provider_name} client"

    async def credentials(setup: Setup) -> list[Finding]:
        prefix = f"DEXT_{key.upper()}"
        try:
            found = await setup.providers[key].check_client()
        except TryLaterError as error:
            words = f"{provider_name} gave no clear answer ({error.problem.vendor_words})"
            return [
                wrong(
                    name, words, f"Let this machine call {addresses_of(setup.config, key)['token_url']}, or try later."
                )
            ]
        except ProviderChangedError as error:
            return [wrong(name, f"{provider_name} refuses the question ({error.problem.vendor_words})", "Tell us.")]
        if not found.is_accepted:
            remedy = f"Copy {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET anew from the app at {provider_name}."
            return [wrong(name, f"{provider_name} refuses client id or secret ({found.vendor_words})", remedy)]
        now = setup.clock.now()
        known = ok(name, f"{provider_name} knows client id and secret")
        return [known, clocks.against(provider_name, found.said_at, now)]

    return Check(name, credentials)


async def connections(setup: Setup) -> list[Finding]:
    states, now = await setup.inspection.connections(), setup.clock.now()
    if not states:
        return [ok("connections", "there are none yet: `/dext connect` makes one")]
    return [_connection(state, setup.providers.get(state.provider), now) for state in states]


def _connection(state: ConnectionState, provider: AccountingProvider | None, now: datetime) -> Finding:
    if provider is not None and Capability.DOWNLOADS in provider.profile.capabilities:
        name = f"connection {state.organisation} in {state.workspace}"
        return ok(name, "nothing is called: what is approved there is downloaded")
    return connection(state, provider, now)


def connection(state: ConnectionState, provider: AccountingProvider | None, now: datetime) -> Finding:
    """The worst that there is to say of it."""
    name = f"connection {state.organisation} in {state.workspace}"
    if provider is None:
        prefix = f"DEXT_{state.provider.upper()}"
        return wrong(
            name, f"there are no credentials for {state.provider}", f"Set {prefix}_CLIENT_ID and _CLIENT_SECRET."
        )
    ledger = provider.profile.name
    lapses_at = state.refreshed_at + provider.profile.refresh_token_life
    again = "An admin presses Reconnect in the App Home of Dext."
    if not state.opens:
        remedy = (
            "Put the key that sealed it back into DEXT_ENCRYPTION_KEYS; without it, the organisation is reconnected."
        )
        return wrong(name, "its sign-in cannot be opened with the keys that there are", remedy)
    if state.health is Health.BROKEN:
        return wrong(name, f"its sign-in at {ledger} is over", again)
    if lapses_at <= now:
        return wrong(name, f"its sign-in at {ledger} lapsed on {lapses_at:%Y-%m-%d}", again)
    if lapses_at - now < SOON:
        return warning(name, f"its sign-in at {ledger} lapses on {lapses_at:%Y-%m-%d}", again)
    if state.rights is BillRights.NONE:
        who = state.login or "whoever signed in"
        remedy = f"Somebody with {provider.profile.connect.role} reconnects it, or it is changed at {ledger}."
        return warning(name, f"{who} may only read it at {ledger}, so no bill can be sent", remedy)
    if state.health is Health.AT_RISK:
        title = "" if state.problem is None else f": {state.problem.with_facts(ledger=ledger).title}"
        return warning(name, f"it is at risk{title}", "See the App Home of Dext, which says what to do.")
    if state.imported_at is None:
        return warning(name, "not all of its lists have been imported yet", "Wait, or see the App Home of Dext.")
    if now - state.imported_at > OLD_LISTS:
        words = f"its lists are of {state.imported_at:%Y-%m-%d}"
        return warning(name, words, "See that a process works jobs, and what the App Home of Dext says.")
    return ok(name, f"healthy, lists of {state.imported_at:%Y-%m-%d}, sign-in good until {lapses_at:%Y-%m-%d}")
