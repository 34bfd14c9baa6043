"""Signing in to the simulated Xero: as strict as the real one about everything but passwords."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from providers.xero.simulator import IRELAND, TRADING, XeroState
from tests.contract.signing_in import REDIRECT
from tests.fakes.browser import Browser, Page, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import Bare, judged

pytestmark = judged


@dataclass(slots=True)
class Visitor:
    """A person at the pages."""

    browser: Browser
    state: XeroState

    async def ask(self, **changes: str) -> Page:
        query = {
            "response_type": "code",
            "client_id": "ours",
            "redirect_uri": REDIRECT,
            "scope": "openid offline_access accounting.invoices",
            "state": "s",
        }
        return await self.browser.open(
            f"{self.state.public_url}/identity/connect/authorize?{urlencode(query | changes)}"
        )

    async def decide(self, page: Page, **fields: str) -> dict[str, str]:
        """Send the consent page's form, as it stands or with other fields; what the app is told."""
        sent = fields or dict(page.forms[0].form_values())
        sent |= {"ask": str(page.forms[0].fields["ask"])}
        url = f"{self.state.public_url}/identity/consent"
        async with self.browser.session.post(url, data=sent, allow_redirects=False) as answer:
            found = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in found.items()}


@pytest.fixture
async def visitor(state: XeroState) -> AsyncIterator[Visitor]:
    async with a_browser() as browser:
        yield Visitor(browser, state)


async def token(state: XeroState, secret: str = "ours-secret", **form: str) -> tuple[int, dict[str, str]]:
    headers = {"Authorization": aiohttp.encode_basic_auth("ours", secret)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{state.public_url}/connect/token", data=form, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def exchange(state: XeroState, code: str, **changes: str) -> tuple[int, dict[str, str]]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    return await token(state, **(form | changes))


async def refresh(state: XeroState, refresh_token: str) -> tuple[int, dict[str, str]]:
    return await token(state, grant_type="refresh_token", refresh_token=refresh_token)


async def test_a_person_chooses_among_their_own_organisations(visitor: Visitor) -> None:
    login = await visitor.ask()
    dana = await visitor.browser.press(login, person="dana")
    login = await visitor.browser.open(login.address)
    sam = await visitor.browser.press(login, person="sam")

    assert "Northwind Trading Ltd" in dana.text
    assert "Northwind Ireland Ltd" in dana.text
    assert "Northwind Ireland Ltd" not in sam.text


async def test_a_grant_names_the_organisations_that_were_ticked(visitor: Visitor, bare: Bare) -> None:
    consent = await visitor.browser.press(await visitor.ask(), person="dana")

    told = await visitor.decide(consent, decision="allow", **{f"tenant-{IRELAND}": "yes"})

    assert told["state"] == "s"
    _, tokens = await exchange(visitor.state, told["code"])
    event = visitor.state.grants.access[tokens["access_token"]]["event"]
    url, headers = f"{visitor.state.public_url}/connections", {"Authorization": f"Bearer {tokens['access_token']}"}
    async with bare.session.get(url, headers=headers, params={"authEventId": event}) as answer:
        assert [found["tenantId"] for found in await answer.json()] == [IRELAND]


async def test_an_event_tells_what_was_granted_just_now(state: XeroState, bare: Bare) -> None:
    state.grant("dana", [TRADING])
    access = state.grant("dana", [IRELAND])["access_token"]
    event = state.grants.access[access]["event"]

    url, headers = f"{state.public_url}/connections", {"Authorization": f"Bearer {access}"}
    async with bare.session.get(url, headers=headers) as every:
        all_of_them = await every.json()
    async with bare.session.get(url, headers=headers, params={"authEventId": event}) as latest:
        just_now = await latest.json()

    assert {found["tenantId"] for found in all_of_them} == {TRADING, IRELAND}
    assert [found["tenantId"] for found in just_now] == [IRELAND]


async def test_saying_no_sends_the_person_back_with_an_error(visitor: Visitor) -> None:
    consent = await visitor.browser.press(await visitor.ask(), person="dana")

    told = await visitor.decide(consent, decision="cancel")

    assert (told["error"], told["state"], "code" in told) == ("access_denied", "s", False)


async def test_allowing_nothing_asks_again(visitor: Visitor) -> None:
    consent = await visitor.browser.press(await visitor.ask(), person="dana")

    told = await visitor.decide(consent, decision="allow")

    assert "code" not in told
    assert "ask" in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "others"}, "unauthorized_client"),
        ({"redirect_uri": f"{REDIRECT}/more"}, "Invalid redirect_uri"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid accounting.transactions"}, "invalid_scope: accounting.transactions"),
        ({"code_challenge": "c", "code_challenge_method": "plain"}, "Transform algorithm not supported"),
    ],
)
async def test_a_wrong_request_is_told_to_the_person_and_sent_nowhere(
    visitor: Visitor, changes: dict[str, str], words: str
) -> None:
    """Redirecting with an error would make the server a stepping stone to anywhere."""
    page = await visitor.ask(**changes)

    assert page.status == 400
    assert words in page.text


async def test_a_form_that_another_site_sent_is_refused(visitor: Visitor) -> None:
    page = await visitor.ask()
    data = {"person": "dana", "ask": str(page.forms[0].fields["ask"])}

    async with visitor.browser.session.post(
        page.address, data=data, headers={"Origin": "https://evil.example"}
    ) as answer:
        assert answer.status == 403


async def test_a_sign_in_that_is_no_longer_open_says_what_to_do(visitor: Visitor) -> None:
    page = await visitor.browser.open(f"{visitor.state.public_url}/identity/login?ask=gone")

    assert page.status == 400
    assert "Go back to the app and start again" in page.text


def a_code(state: XeroState) -> str:
    named = [(TRADING, "Northwind Trading Ltd")]
    scopes = ["openid", "offline_access", "accounting.invoices"]
    return state.grants.allow(state.people["dana"], named, scopes=scopes, redirect_uri=REDIRECT, challenge=None)


async def test_a_code_works_once(state: XeroState) -> None:
    code = a_code(state)

    first, second = await exchange(state, code), await exchange(state, code)

    assert first[0] == 200
    assert second == (400, {"error": "invalid_grant"})


async def test_a_code_lives_five_minutes(state: XeroState, clock: FakeClock) -> None:
    code = a_code(state)
    clock.move_to(clock.now() + timedelta(minutes=5))

    assert await exchange(state, code) == (400, {"error": "invalid_grant"})


async def test_a_code_is_for_its_redirect_address(state: XeroState) -> None:
    answer = await exchange(state, a_code(state), redirect_uri="http://127.0.0.1:1/other")

    assert answer == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("form", "error"),
    [({"secret": "wrong"}, "invalid_client"), ({"grant_type": "password"}, "unsupported_grant_type")],
)
async def test_the_token_endpoint_refuses_in_oauths_words(state: XeroState, form: dict[str, str], error: str) -> None:
    assert await token(state, **form) == (400, {"error": error})


async def test_a_refresh_token_rotates_with_thirty_minutes_of_grace(state: XeroState, clock: FakeClock) -> None:
    """An answer may be lost on its way; then the old token gives another pair, for a while."""
    first = state.grant()["refresh_token"]
    _, second = await refresh(state, first)
    clock.move_to(clock.now() + timedelta(minutes=29))
    _, third = await refresh(state, first)
    clock.move_to(clock.now() + timedelta(minutes=1))

    late = await refresh(state, first)

    assert len({first, second["refresh_token"], third["refresh_token"]}) == 3
    assert late == (400, {"error": "invalid_grant"})
    assert (await refresh(state, second["refresh_token"]))[0] == 200


async def test_a_refresh_token_that_is_not_used_dies_after_sixty_days(state: XeroState, clock: FakeClock) -> None:
    unused, kept = state.grant()["refresh_token"], state.grant()["refresh_token"]
    clock.move_to(clock.now() + timedelta(days=59))
    _, fresh = await refresh(state, kept)
    clock.move_to(clock.now() + timedelta(days=1))

    assert await refresh(state, unused) == (400, {"error": "invalid_grant"})
    assert (await refresh(state, fresh["refresh_token"]))[0] == 200


async def test_an_access_token_lives_thirty_minutes(bare: Bare, clock: FakeClock) -> None:
    await bare.get("Currencies")
    clock.move_to(clock.now() + timedelta(minutes=30))

    reply = await bare.get("Currencies")

    assert (reply.status, reply.json["Detail"]) == (401, "TokenExpired: token expired")


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        ({"Authorization": "Bearer nonsense"}, 401, "AuthenticationUnsuccessful"),
        ({"Authorization": ""}, 401, "AuthenticationUnsuccessful"),
        ({"xero-tenant-id": "00000000-0000-0000-0000-000000000000"}, 403, "AuthenticationUnsuccessful"),
        ({"xero-tenant-id": ""}, 403, "AuthenticationUnsuccessful"),
    ],
)
async def test_a_call_without_the_right_is_refused_in_xeros_form(
    bare: Bare, headers: dict[str, str], status: int, detail: str
) -> None:
    reply = await bare.get("Currencies", headers=headers)

    assert (reply.status, reply.json["Detail"], reply.json["Status"]) == (status, detail, status)


async def test_an_organisation_of_somebody_else_is_out_of_reach(bare: Bare) -> None:
    bare.person, bare.tenant = "sam", IRELAND

    assert (await bare.get("Currencies")).status == 403


async def test_a_scope_that_was_not_granted_opens_nothing(bare: Bare, state: XeroState) -> None:
    bare.tokens["dana"] = state.grant("dana", scopes=["openid", "accounting.settings.read"])["access_token"]

    settings, invoices = await bare.get("Currencies"), await bare.get("Invoices")

    assert (settings.status, invoices.status) == (200, 403)


async def test_a_read_scope_does_not_write(bare: Bare, state: XeroState) -> None:
    bare.tokens["dana"] = state.grant("dana", scopes=["accounting.invoices.read"])["access_token"]

    assert (await bare.get("Invoices")).status == 200
    assert (await bare.put("Invoices", {"Invoices": [{}]})).status == 403


async def test_who_was_removed_from_the_organisation_loses_access(bare: Bare, state: XeroState) -> None:
    await bare.get("Currencies")
    state.set_role(TRADING, "dana", "REMOVED")

    assert (await bare.get("Currencies")).status == 403


async def test_revoking_ends_one_persons_tokens_and_connections(state: XeroState, bare: Bare) -> None:
    dana, sam = state.grant("dana"), state.grant("sam")
    headers = {"Authorization": aiohttp.encode_basic_auth("ours", "ours-secret")}
    data = {"token": dana["refresh_token"]}
    async with bare.session.post(f"{state.public_url}/connect/revocation", data=data, headers=headers) as answer:
        assert answer.status == 200
    bare.tokens = {"dana": dana["access_token"], "sam": sam["access_token"]}

    assert (await bare.get("Currencies")).status == 401
    bare.person = "sam"
    assert (await bare.get("Currencies")).status == 200
