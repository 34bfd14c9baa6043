"""Signing in at the simulated Sage: all of a person's businesses, tokens that live as long as the vendor's, and their end."""

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from providers.sage.simulator import IRELAND, STUDIO, TRADING, SageState
from tests.fakes.browser import Browser, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.sage.conftest import REDIRECT, Bare, Json, judged

pytestmark = judged

APP = {"client_id": "simulated-client", "client_secret": "simulated-secret"}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


def address(state: SageState, **changes: str) -> str:
    asked = {
        "filter": "apiv3.1",
        "client_id": "simulated-client",
        "response_type": "code",
        "scope": "full_access",
        "redirect_uri": REDIRECT,
        "state": "s-1",
        **changes,
    }
    query = "&".join(f"{key}={quote(value)}" for key, value in asked.items() if value)
    return f"{state.public_url}/oauth2/auth/central?{query}"


async def callback(state: SageState, browser: Browser, person: str, decision: str = "allow", **asked: str) -> Json:
    """What the app is told when somebody has logged in and decided."""
    browser.session.cookie_jar.clear()
    consent = await browser.press(await browser.open(address(state, **asked)), person=person)
    form = {"ask": consent.forms[0].fields["ask"], "decision": decision}
    where = f"{state.public_url}/oauth2/consent"
    async with browser.session.post(where, data=form, allow_redirects=False) as answer:
        told = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in told.items()}


async def ask(bare: Bare, path: str = "/token", **form: str) -> tuple[int, Json]:
    async with bare.session.post(f"{bare.state.public_url}{path}", data={**APP, **form}) as answer:
        return answer.status, await answer.json()


async def exchange(bare: Bare, told: Json, **form: str) -> tuple[int, Json]:
    return await ask(bare, grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT, **form)


async def refresh(bare: Bare, token: str) -> tuple[int, Json]:
    return await ask(bare, grant_type="refresh_token", refresh_token=token)


async def test_a_grant_is_of_all_that_the_person_may_open(state: SageState, bare: Bare, browser: Browser) -> None:
    told = await callback(state, browser, "dana")

    status, tokens = await exchange(bare, told)
    bare.tokens["dana"] = tokens["access_token"]

    assert (status, told["state"], told["country"], told["code"][:3]) == (200, "s-1", "GB", "GB/")
    assert tokens == {
        "access_token": tokens["access_token"],
        "scope": "full_access",
        "token_type": "bearer",
        "expires_in": 300,
        "refresh_token": tokens["refresh_token"],
        "refresh_token_expires_in": 2678400,
        "requested_by_id": state.people["dana"].id,
    }
    assert 600 < len(tokens["access_token"]) < 2048
    assert [one["id"] for one in await bare.items("businesses")] == [TRADING, IRELAND, STUDIO]


async def test_the_consent_page_names_the_businesses_and_offers_no_choice(state: SageState, browser: Browser) -> None:
    consent = await browser.press(await browser.open(address(state)), person="dana")

    assert all(name in consent.text for name in ("Northwind Trading Ltd", "Northwind Ireland Ltd", "Business owner"))
    assert 'type="checkbox"' not in consent.source


async def test_a_person_who_says_no_gives_nothing(state: SageState, browser: Browser) -> None:
    assert await callback(state, browser, "dana", "cancel") == {"error": "access_denied", "state": "s-1"}


async def test_a_country_is_asked_for_and_said(state: SageState, browser: Browser) -> None:
    told = await callback(state, browser, "dana", country="ie")

    assert (told["country"], told["code"][:3]) == ("IE", "IE/")


async def test_who_has_no_business_in_the_country_is_sent_back(state: SageState, browser: Browser) -> None:
    told = await callback(state, browser, "sam", country="ie")

    assert told == {"error": "Invalid request", "reason": "Email already in use", "state": "s-1"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "other"}, "unauthorized_client"),
        ({"redirect_uri": "http://elsewhere.example"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told_so(
    state: SageState, browser: Browser, changes: dict[str, str], words: str
) -> None:
    page = await browser.open(address(state, **changes))

    assert page.status == 400
    assert words in page.text


async def test_without_a_scope_access_is_full(state: SageState, bare: Bare, browser: Browser) -> None:
    _, tokens = await exchange(bare, await callback(state, browser, "dana", scope=""))

    assert tokens["scope"] == "full_access"


async def test_who_may_only_read_writes_nothing(bare: Bare) -> None:
    bare.tokens["dana"] = bare.state.grant(scopes=("readonly",))["access_token"]

    refused = await bare.refused("purchase_invoices", bare.invoice(), 403)

    assert refused.errors[0][0] == "MultiUserAccessDenied"
    assert (await bare.get("purchase_invoices")).status == 200


async def test_a_code_lives_a_minute_and_is_for_once(
    state: SageState, bare: Bare, browser: Browser, clock: FakeClock
) -> None:
    told = await callback(state, browser, "dana")

    first = await exchange(bare, told)
    second = await exchange(bare, told)
    late = await callback(state, browser, "dana")
    clock.instant += timedelta(seconds=60)

    assert [first[0], second[0], (await exchange(bare, late))[1]] == [200, 400, {"error": "invalid_grant"}]


async def test_a_code_that_was_asked_for_with_a_challenge_needs_its_verifier(
    state: SageState, bare: Bare, browser: Browser
) -> None:
    verifier = "v" * 50
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"code_challenge": digest, "code_challenge_method": "S256"}

    without = await exchange(bare, await callback(state, browser, "dana", **asked))
    with_it = await exchange(bare, await callback(state, browser, "dana", **asked), code_verifier=verifier)

    assert [without[0], with_it[0]] == [400, 200]


async def test_a_refresh_token_is_worth_nothing_once_it_was_used(bare: Bare) -> None:
    first = bare.state.grant()["refresh_token"]

    status, tokens = await refresh(bare, first)
    again = await refresh(bare, first)

    assert (status, tokens["refresh_token"] != first) == (200, True)
    assert again == (400, {"error": "invalid_grant"})


async def test_a_refresh_token_that_nobody_uses_ends_after_31_days(bare: Bare, clock: FakeClock) -> None:
    token = bare.state.grant()["refresh_token"]

    clock.instant += timedelta(days=31)

    assert await refresh(bare, token) == (400, {"error": "invalid_grant"})


async def test_an_access_token_lives_five_minutes(bare: Bare, clock: FakeClock) -> None:
    token = bare.token()

    clock.instant += timedelta(minutes=5)
    late = await bare.send("GET", "user", headers={"Authorization": f"Bearer {token}"})

    assert late.status == 401
    assert late.errors[0][0] == "AuthorizationFailure"


async def test_an_app_shows_who_it_is_in_the_form(bare: Bare) -> None:
    token = bare.state.grant()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "simulated-client"}

    async with bare.session.post(f"{bare.state.public_url}/token", data=form) as answer:
        assert (answer.status, await answer.json()) == (401, {"error": "invalid_client"})


async def test_revoking_ends_the_refresh_token_and_lets_the_access_token_live(bare: Bare, clock: FakeClock) -> None:
    tokens = bare.state.grant()
    bare.tokens["dana"] = tokens["access_token"]

    told = await ask(bare, "/revoke", token=tokens["refresh_token"])
    read = await bare.get("user")
    clock.instant += timedelta(minutes=5)

    assert told == (200, {"success": "ok"})
    assert read.status == 200
    assert await refresh(bare, tokens["refresh_token"]) == (400, {"error": "invalid_grant"})
    assert bare.state.connected_to(TRADING) == []


async def test_a_business_that_removes_the_app_gets_it_no_new_tokens(bare: Bare) -> None:
    tokens, other = bare.state.grant("dana"), bare.state.grant("rae")

    bare.state.disconnect(TRADING)

    assert (await refresh(bare, tokens["refresh_token"]))[0] == 400
    assert (await refresh(bare, other["refresh_token"]))[0] == 400
    assert bare.state.connected_to(IRELAND) == []
