"""Signing in at the simulated FreeAgent: one company a grant, or a practice; tokens that live as long as the vendor's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from providers.freeagent.simulator import IRELAND, PRACTICE, TRADING, FreeAgentState
from tests.fakes.browser import Browser, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.freeagent.conftest import REDIRECT, Bare, Json

BASIC = {"Authorization": aiohttp.encode_basic_auth("simulated-client", "simulated-secret")}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


def address(state: FreeAgentState, **changes: str) -> str:
    asked = {
        "client_id": "simulated-client",
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "state": "s-1",
        **changes,
    }
    return f"{state.public_url}/v2/approve_app?" + "&".join(f"{key}={value}" for key, value in asked.items())


async def callback(state: FreeAgentState, browser: Browser, person: str, tenant: str, decision: str) -> Json:
    """What the app is told when somebody has decided."""
    consent = await browser.press(await browser.open(address(state)), person=person)
    form = {"ask": consent.forms[0].fields["ask"], "tenant": tenant, "decision": decision}
    async with browser.session.post(f"{state.public_url}/app/consent", data=form, allow_redirects=False) as answer:
        told = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in told.items()}


async def ask(bare: Bare, **form: str) -> tuple[int, Json]:
    url = f"{bare.state.public_url}/v2/token_endpoint"
    async with bare.session.post(url, data=form, headers=BASIC) as answer:
        return answer.status, await answer.json()


async def test_a_grant_is_of_the_company_that_was_chosen(state: FreeAgentState, bare: Bare, browser: Browser) -> None:
    told = await callback(state, browser, "dana", IRELAND, "allow")

    status, tokens = await ask(bare, grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT)

    assert (set(told), told["state"], status) == ({"code", "state"}, "s-1", 200)
    assert (tokens["token_type"], tokens["expires_in"], tokens["refresh_token_expires_in"]) == (
        "bearer",
        3600,
        631151957,
    )
    bare.tokens["dana", TRADING] = tokens["access_token"]
    assert (await bare.get("company")).json["company"]["name"] == "Northwind Ireland"


async def test_an_account_manager_signs_in_to_the_practice_and_names_the_client_in_each_call(
    state: FreeAgentState, bare: Bare, browser: Browser
) -> None:
    told = await callback(state, browser, "pat", PRACTICE, "allow")
    _, tokens = await ask(bare, grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT)
    bare.person, bare.company, bare.tokens["pat", PRACTICE] = "pat", PRACTICE, tokens["access_token"]

    clients = await bare.listed("clients", minimal_data="true")
    nobody = await bare.get("company")
    bare.client = "elsewhere"
    foreign = await bare.get("company")
    bare.client = clients[1]["subdomain"]
    named = await bare.get("company")

    assert [one["subdomain"] for one in clients] == [TRADING, IRELAND]
    assert [nobody.status, foreign.status] == [403, 403]
    assert named.json["company"]["subdomain"] == IRELAND


async def test_a_companys_token_opens_nothing_of_a_practice_and_may_name_whom_it_likes(bare: Bare) -> None:
    bare.client = IRELAND

    assert (await bare.get("clients")).status == 403
    assert (await bare.get("company")).json["company"]["subdomain"] == TRADING


async def test_a_user_without_access_is_offered_no_company(state: FreeAgentState, browser: Browser) -> None:
    state.set_level(TRADING, "sam", 0)

    consent = await browser.press(await browser.open(address(state)), person="sam")

    assert "Northwind Trading Ltd" not in consent.text


async def test_a_person_who_says_no_gives_nothing(state: FreeAgentState, browser: Browser) -> None:
    told = await callback(state, browser, "dana", TRADING, "cancel")

    assert told == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "other"}, "client_id"),
        ({"redirect_uri": "http://elsewhere.example"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told_so(
    state: FreeAgentState, browser: Browser, changes: dict[str, str], words: str
) -> None:
    page = await browser.open(address(state, **changes))

    assert page.status == 400
    assert words in page.text


async def test_a_code_lives_a_quarter_of_an_hour(
    state: FreeAgentState, bare: Bare, browser: Browser, clock: FakeClock
) -> None:
    told = await callback(state, browser, "dana", TRADING, "allow")

    clock.instant += timedelta(minutes=15)
    status, refused = await ask(bare, grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT)

    assert (status, refused["error"]) == (400, "invalid_grant")


async def test_each_refresh_gives_another_refresh_token_and_ends_the_one_before(bare: Bare) -> None:
    first = bare.state.grant()["refresh_token"]

    status, tokens = await ask(bare, grant_type="refresh_token", refresh_token=first)
    again, refused = await ask(bare, grant_type="refresh_token", refresh_token=first)

    assert (status, tokens["refresh_token"] != first) == (200, True)
    assert (again, refused["error"]) == (400, "invalid_grant")


async def test_refresh_tokens_may_be_told_to_stay(bare: Bare) -> None:
    bare.state.set_rotates(rotates=False)
    first = bare.state.grant()["refresh_token"]

    _, tokens = await ask(bare, grant_type="refresh_token", refresh_token=first)

    assert tokens["refresh_token"] == first


async def test_fifteen_refreshes_a_minute_are_the_most(bare: Bare, clock: FakeClock) -> None:
    token = bare.state.grant()["refresh_token"]
    for _ in range(15):
        _, tokens = await ask(bare, grant_type="refresh_token", refresh_token=token)
        token = tokens["refresh_token"]
    url, form = f"{bare.state.public_url}/v2/token_endpoint", {"grant_type": "refresh_token", "refresh_token": token}

    async with bare.session.post(url, data=form, headers=BASIC) as answer:
        told = (answer.status, answer.headers["Retry-After"], await answer.text())
    clock.instant += timedelta(minutes=1)
    later, _ = await ask(bare, **form)

    assert told == (429, "60", "You must not exceed 15 requests per 60 seconds")
    assert later == 200


async def test_an_access_token_lives_an_hour(bare: Bare, clock: FakeClock) -> None:
    before = await bare.get("company")
    clock.instant += timedelta(hours=1)
    after = await bare.get("company")

    assert (before.status, after.status, after.messages) == (200, 401, ["Access token not recognised"])


async def test_an_app_shows_who_it_is_by_basic(bare: Bare) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "simulated-client"}

    async with bare.session.post(f"{bare.state.public_url}/v2/token_endpoint", data=form) as answer:
        assert (answer.status, await answer.text()) == (401, "HTTP Basic: Access denied.\n")


async def test_a_company_from_which_the_app_is_removed_takes_no_token_of_it(bare: Bare) -> None:
    other = bare.state.grant("dana", IRELAND)["access_token"]
    practice = bare.state.grant("pat", PRACTICE)["access_token"]
    bare.token()

    bare.state.disconnect(TRADING)
    read = await bare.get("company")

    assert read.status == 401
    assert bare.state.connected_to(TRADING) == []
    assert [bare.state.grants.holder(one) is None for one in (other, practice)] == [False, True]
