"""Signing in at the simulated Intuit: one company a grant, tokens that live as long as the vendor's, and their end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from providers.quickbooks.simulator import AMERICA, TRADING, QuickBooksState
from tests.fakes.browser import Browser, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks.conftest import REDIRECT, Bare, Json

BASIC = {"Authorization": aiohttp.encode_basic_auth("simulated-client", "simulated-secret")}
SCOPE = "com.intuit.quickbooks.accounting openid profile email"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


def address(state: QuickBooksState, **changes: str) -> str:
    asked = {
        "client_id": "simulated-client",
        "response_type": "code",
        "scope": SCOPE.replace(" ", "%20"),
        "redirect_uri": REDIRECT,
        "state": "s-1",
        **changes,
    }
    return f"{state.public_url}/connect/oauth2?" + "&".join(f"{key}={value}" for key, value in asked.items())


async def callback(state: QuickBooksState, browser: Browser, person: str, realm: str, decision: str) -> Json:
    """What the app is told when somebody has decided."""
    consent = await browser.press(await browser.open(address(state)), person=person)
    form = {"ask": consent.forms[0].fields["ask"], "tenant": realm, "decision": decision}
    where = f"{state.public_url}/app/consent"
    async with browser.session.post(where, data=form, allow_redirects=False) as answer:
        told = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in told.items()}


async def ask(bare: Bare, path: str, **form: str) -> tuple[int, Json]:
    async with bare.session.post(f"{bare.state.public_url}{path}", data=form, headers=BASIC) as answer:
        return answer.status, await answer.json()


async def test_a_grant_is_of_the_company_that_was_chosen(state: QuickBooksState, bare: Bare, browser: Browser) -> None:
    told = await callback(state, browser, "dana", AMERICA, "allow")

    status, tokens = await ask(
        bare, "/oauth2/v1/tokens/bearer", grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT
    )

    assert (told["realmId"], told["state"], status) == (AMERICA, "s-1", 200)
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert tokens["x_refresh_token_expires_in"] == 100 * 24 * 3600
    bare.realm, bare.tokens = (
        AMERICA,
        {("dana", AMERICA): tokens["access_token"], ("dana", TRADING): tokens["access_token"]},
    )
    assert (await bare.get(f"companyinfo/{AMERICA}")).json["CompanyInfo"]["CompanyName"] == "Northwind America Inc"
    bare.realm = TRADING
    refused = await bare.get(f"companyinfo/{TRADING}")
    assert refused.status == 403
    assert refused.json["fault"]["error"][0]["code"] == "3100"


async def test_the_consent_page_offers_the_companies_that_a_person_is_an_admin_of(
    state: QuickBooksState, browser: Browser
) -> None:
    dana = await browser.press(await browser.open(address(state)), person="dana")
    login = dana.address.replace("consent", "login")
    sam = await browser.press(await browser.open(login), person="sam")
    ira = await browser.press(await browser.open(login), person="ira")

    assert "Northwind Trading Ltd" in dana.text
    assert "Northwind America Inc" in dana.text
    assert "Northwind America Inc" not in sam.text
    assert "Northwind Trading Ltd" not in ira.text


async def test_a_person_who_says_no_gives_nothing(state: QuickBooksState, browser: Browser) -> None:
    told = await callback(state, browser, "dana", TRADING, "cancel")

    assert told == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "other"}, "client_id"),
        ({"redirect_uri": "http://elsewhere.example"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "everything"}, "everything"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told_so(
    state: QuickBooksState, browser: Browser, changes: dict[str, str], words: str
) -> None:
    page = await browser.open(address(state, **changes))

    assert page.status == 400
    assert words in page.text


async def test_a_refresh_token_keeps_its_value_for_a_day_and_then_changes(bare: Bare, clock: FakeClock) -> None:
    first = bare.state.grant()["refresh_token"]
    path = "/oauth2/v1/tokens/bearer"

    clock.instant += timedelta(hours=23)
    _, same = await ask(bare, path, grant_type="refresh_token", refresh_token=first)
    clock.instant += timedelta(hours=2)
    _, other = await ask(bare, path, grant_type="refresh_token", refresh_token=first)
    status, refused = await ask(bare, path, grant_type="refresh_token", refresh_token=first)

    assert same["refresh_token"] == first != other["refresh_token"]
    assert (status, refused["error"]) == (400, "invalid_grant")


async def test_a_refresh_token_that_nobody_uses_ends_after_a_hundred_days(bare: Bare, clock: FakeClock) -> None:
    token = bare.state.grant()["refresh_token"]

    clock.instant += timedelta(days=100)
    status, refused = await ask(bare, "/oauth2/v1/tokens/bearer", grant_type="refresh_token", refresh_token=token)

    assert (status, refused["error"]) == (400, "invalid_grant")


async def test_an_access_token_lives_an_hour(bare: Bare, clock: FakeClock) -> None:
    before = await bare.get("preferences")
    clock.instant += timedelta(hours=1)
    after = await bare.get("preferences")

    assert (before.status, after.status) == (200, 401)
    assert after.json["fault"]["type"] == "AUTHENTICATION"
    assert after.json["fault"]["error"][0]["code"] == "3200"


async def test_an_app_shows_who_it_is_by_basic(bare: Bare) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    url = f"{bare.state.public_url}/oauth2/v1/tokens/bearer"

    async with bare.session.post(url, data={**form, "client_id": "simulated-client"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
async def test_revoking_either_token_ends_both_and_the_connection(bare: Bare, which: str) -> None:
    tokens = bare.state.grant()
    bare.tokens["dana", TRADING] = tokens["access_token"]
    url = f"{bare.state.public_url}/v2/oauth2/tokens/revoke"

    async with bare.session.post(url, json={"token": dict(tokens)[which]}, headers=BASIC) as answer:
        assert answer.status == 200
    read = await bare.get("preferences")

    assert read.status == 401
    assert bare.state.connected_to(TRADING) == []


async def test_a_company_from_which_the_app_is_removed_takes_no_token_of_it(bare: Bare) -> None:
    other = bare.state.grant("dana", AMERICA)["access_token"]
    bare.token()

    bare.state.disconnect(TRADING)
    read = await bare.get("preferences")

    assert read.status == 401
    assert bare.state.grants.holder(other) is not None


async def test_the_connection_of_who_is_no_admin_any_more_is_worth_nothing(bare: Bare) -> None:
    bare.person = "sam"
    bare.token()

    bare.state.set_role(TRADING, "sam", "STANDARD")
    read = await bare.get("preferences")

    assert read.status == 401
    assert read.json["Fault"]["type"] == "AuthorizationFault"
    assert read.errors == [("120", " : -11014-You do not have access to use QuickBooks Online Plus.")]


async def test_who_allowed_the_app_is_told_to_it(bare: Bare) -> None:
    headers = {"Authorization": f"Bearer {bare.token()}"}
    url = f"{bare.state.public_url}/v1/openid_connect/userinfo"

    async with bare.session.get(url, headers=headers) as answer:
        told = await answer.json()

    assert told["sub"] == bare.state.people["dana"].id
    assert (told["email"], told["givenName"], told["familyName"]) == ("dana@northwind.example", "Dana", "Admin")


async def test_without_openid_nobody_is_told_who_somebody_is(bare: Bare) -> None:
    token = bare.state.grant(scopes=("com.intuit.quickbooks.accounting",))["access_token"]
    url = f"{bare.state.public_url}/v1/openid_connect/userinfo"

    async with bare.session.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 401
