"""Signing in to FreeAgent: tokens, who signed in, and what they reach.

Sources: dev.freeagent.com "OAuth" (no scopes, no PKCE, no address to give a sign-in back at), "Users" (personal profile),
"Accountancy Practice API". A sign-in is for one company; or for a practice, and then for all its clients, whose subdomain
goes with each call. Which of the two it is nobody says: a practice answers to the one, and is closed to the other.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from bot.clock import Clock
from bot.domain.books import Login, OrganisationChoice
from providers import oauth
from providers.base import ClientConfig, TokenAnswer
from providers.errors import PersonNeededError, ProviderChangedError, ReconnectNeededError
from providers.freeagent import wire
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.resources import id_of
from providers.http import Caller
from providers.refusals import mapped_errors

ACCESS_LIFE = timedelta(hours=1)
LONGEST_NAME = 120


def authorize_url(config: ClientConfig, *, state: str, redirect_uri: str) -> str:
    return oauth.authorize_url(config, scope="", state=state, redirect_uri=redirect_uri, challenge=None)


async def exchange(
    caller: Caller, client: FreeAgentClient, config: ClientConfig, clock: Clock, *, code: str, redirect_uri: str
) -> TokenAnswer:
    answer = await oauth.token_request(caller, config, "authorization_code", code=code, redirect_uri=redirect_uri)
    return await _told(client, _answer(answer, clock))


async def refresh(caller: Caller, config: ClientConfig, clock: Clock, refresh_token: str) -> TokenAnswer:
    return _answer(await oauth.token_request(caller, config, "refresh_token", refresh_token=refresh_token), clock)


async def _told(client: FreeAgentClient, answer: TokenAnswer) -> TokenAnswer:
    """With whose it is, which the tokens do not say: each company, or practice, of one person has tokens of its own."""
    practice = await _practice_of(client, answer.access_token)
    if practice is not None:
        manager = cast(
            "wire.AccountManager", await client.own(answer.access_token, "account_managers/me", "account_manager")
        )
        with mapped_errors():
            subject = f"manager {id_of(manager['url'])}@{practice['subdomain']}"
            login = _login(str(manager.get("name") or ""), manager.get("email"))
        return replace(answer, subject=subject, login=login)
    company = cast("wire.Company", await client.own(answer.access_token, "company", "company"))
    user = cast("wire.User", await client.own(answer.access_token, "users/me", "user"))
    with mapped_errors():
        names = " ".join(filter(None, (user.get("first_name"), user.get("last_name"))))
        return replace(
            answer,
            subject=f"{id_of(user['url'])}@{company['subdomain']}",
            tenant_id=company["subdomain"],
            login=_login(names, user.get("email")),
        )


async def companies_of(client: FreeAgentClient, access_token: str) -> tuple[OrganisationChoice, ...]:
    """The company of a sign-in; or the clients of a practice, which are read by the same sign-in."""
    if await _practice_of(client, access_token) is None:
        rows = [await client.own(access_token, "company", "company")]
    else:
        rows = await client.clients(access_token)
    with mapped_errors():
        return tuple(
            OrganisationChoice(tenant_id=str(row["subdomain"]), name=str(row.get("name") or row["subdomain"]))
            for row in rows
        )


async def _practice_of(client: FreeAgentClient, access_token: str) -> wire.Practice | None:
    """None of a sign-in to a company, to which this is closed."""
    try:
        return cast("wire.Practice", await client.own(access_token, "practice", ""))
    except (PersonNeededError, ReconnectNeededError, ProviderChangedError):
        return None


def _login(name: str, email: str | None) -> Login | None:
    found = Login(name=name.strip()[:LONGEST_NAME], email=(email or "").strip()[:LONGEST_NAME])
    return found if found.known_as else None


def _answer(answer: dict[str, Any], clock: Clock) -> TokenAnswer:
    found = cast("wire.TokenAnswer", answer)
    return TokenAnswer(
        access_token=found["access_token"],
        refresh_token=found.get("refresh_token"),
        expires_at=clock.now() + oauth.expiry(answer, ACCESS_LIFE),
        subject="",
    )
