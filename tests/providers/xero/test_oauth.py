"""How we sign in to Xero: what is asked for, what a token answer tells, and what each refusal means."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from providers.base import ClientConfig
from providers.errors import ProviderChangedError, ProviderError, ReconnectNeededError, TryLaterError
from providers.http import Caller
from providers.xero import PROFILE
from providers.xero.adapter import XeroProvider
from providers.xero.oauth import SCOPES, choices_of
from providers.xero.simulated.grants import SCOPES as GRANULAR
from providers.xero.simulator import TRADING
from tests.contract.xero import XeroFarEnd
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited


def test_only_scopes_that_a_new_app_may_ask_for_are_asked_for() -> None:
    """The broad ones end in September 2027, and apps made since March 2026 never had them."""
    assert set(SCOPES.split()) <= set(GRANULAR)
    assert "offline_access" in SCOPES.split()


def test_the_browser_is_sent_to_xeros_own_page(xero: XeroFarEnd) -> None:
    address = urlsplit(xero.provider.authorize_url(state="s", redirect_uri="http://here/cb", code_challenge="c"))

    assert address.path == "/identity/connect/authorize"
    assert parse_qs(address.query) == {
        "response_type": ["code"],
        "client_id": ["ours"],
        "redirect_uri": ["http://here/cb"],
        "scope": [SCOPES],
        "state": ["s"],
        "code_challenge": ["c"],
        "code_challenge_method": ["S256"],
    }


async def test_a_grant_is_narrowed_to_what_was_chosen_just_now(xero: XeroFarEnd) -> None:
    """A person may have connected other organisations long ago; those are not offered again."""
    answer = await xero.signed_in()

    await xero.provider.organisations(answer)

    (call,) = xero.state.calls_to("GET", "/connections")
    assert call.query == {"authEventId": answer.grant_id}


async def test_two_sign_ins_of_one_person_have_one_subject(xero: XeroFarEnd) -> None:
    """So that they share one token set: Xero's tokens are a person's, not an organisation's."""
    first, second = await xero.signed_in(), await xero.signed_in()

    assert first.subject == second.subject == xero.state.people["dana"].id
    assert first.grant_id != second.grant_id


def test_practices_hold_no_books() -> None:
    found = choices_of(
        [
            {"id": "1", "tenantId": "o", "tenantType": "ORGANISATION", "tenantName": "Books"},
            {"id": "2", "tenantId": "p", "tenantType": "PRACTICE", "tenantName": "Practice"},
            {"id": "3", "tenantId": "n", "tenantType": "ORGANISATION"},
        ]
    )

    assert [(choice.tenant_id, choice.name) for choice in found] == [("o", "Books"), ("n", "unnamed")]


async def test_giving_up_what_is_gone_already_is_no_error(xero: XeroFarEnd) -> None:
    (link, *_) = xero.state.grants.connected(xero.state.people["dana"])
    await xero.provider.disconnect(xero.access, link["id"])

    await xero.provider.disconnect(xero.access, link["id"])

    assert TRADING not in {found["tenantId"] for found in xero.state.grants.connected(xero.state.people["dana"])}


@asynccontextmanager
async def token_endpoint(clock: FakeClock, status: int, body: Any) -> AsyncIterator[XeroProvider]:
    async def answer(_: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        base = f"http://127.0.0.1:{server.port}"
        addresses = {**PROFILE.addresses, "token_url": f"{base}/token", "revoke_url": f"{base}/revoke"}
        config = ClientConfig(client_id="c", client_secret="s", **addresses)
        yield XeroProvider(config, Caller(session, clock, Unlimited()), clock)


def jwt(**claims: str) -> str:
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({}, claims, 0)
    )


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_grant"}, ReconnectNeededError),
        (400, {"error": "invalid_client"}, ProviderChangedError),
        (200, {"error": "invalid_grant"}, ReconnectNeededError),
        (200, {"token_type": "Bearer"}, ProviderChangedError),
        (500, "oops", TryLaterError),
        (429, "", TryLaterError),
        (200, "<html>", TryLaterError),
    ],
)
async def test_a_refresh_that_fails_says_what_happens_next(
    clock: FakeClock, status: int, body: Any, error: type[ProviderError]
) -> None:
    """Only the vendor's own word ends a connection; an outage never does."""
    async with token_endpoint(clock, status, body) as provider:
        with pytest.raises(ProviderError) as raised:
            await provider.refresh("r")

    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("expires_in", "seconds"), [(600, 600), ("600", 600), (0, 1800), ("soon", 1800), (None, 1800), (-5, 1800)]
)
async def test_a_lifetime_that_makes_no_sense_is_taken_for_thirty_minutes(
    clock: FakeClock, expires_in: Any, seconds: int
) -> None:
    body = {"access_token": jwt(sub="p"), "expires_in": expires_in}
    async with token_endpoint(clock, 200, body) as provider:
        answer = await provider.refresh("r")

    assert answer.expires_at == clock.now() + timedelta(seconds=seconds)
    assert (answer.subject, answer.refresh_token, answer.grant_id) == ("p", None, None)


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.!!!.c", f"a.{'x' * 20000}.c"])
async def test_an_access_token_of_another_form_still_works(clock: FakeClock, token: str) -> None:
    async with token_endpoint(clock, 200, {"access_token": token}) as provider:
        answer = await provider.refresh("r")

    assert (answer.access_token, answer.subject) == (token, "")


@pytest.mark.parametrize(
    ("status", "body", "is_accepted"),
    [
        (400, {"error": "invalid_grant"}, True),
        (200, {"error": "invalid_grant"}, True),
        (400, {"error": "invalid_client"}, False),
        (400, {"error": "unauthorized_client"}, False),
        (401, "", False),
        (401, {"error": "invalid_client"}, False),
    ],
)
async def test_whether_our_client_is_known_is_told_by_how_an_unknown_token_is_refused(
    clock: FakeClock, status: int, body: Any, *, is_accepted: bool
) -> None:
    async with token_endpoint(clock, status, body) as provider:
        found = await provider.check_client()

    assert found.is_accepted is is_accepted
    assert found.said_at is not None


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, "oops", TryLaterError),
        (200, {"access_token": "a"}, TryLaterError),
        (429, "", TryLaterError),
        (400, {"error": "invalid_request"}, ProviderChangedError),
    ],
)
async def test_an_outage_does_not_tell_whether_our_client_is_known(
    clock: FakeClock, status: int, body: Any, error: type[ProviderError]
) -> None:
    async with token_endpoint(clock, status, body) as provider:
        with pytest.raises(ProviderError) as raised:
            await provider.check_client()

    assert type(raised.value) is error


async def test_the_simulated_xero_tells_a_known_client_from_another(xero: XeroFarEnd) -> None:
    assert (await xero.provider.check_client()).is_accepted

    xero.state.grants.client_secret = "another"
    assert not (await xero.provider.check_client()).is_accepted


async def test_secrets_are_not_in_what_is_printed(xero: XeroFarEnd) -> None:
    answer = await xero.signed_in()

    assert answer.access_token not in repr(answer)
    assert str(answer.refresh_token) not in repr(answer)
