"""What the kit of the simulators can do beside what any one vendor asks of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from providers.simulating.clients import by_form
from providers.simulating.grants import GrantError
from providers.simulating.idempotency import KeyRules
from providers.simulating.limits import Limit, Limits, Meter
from providers.simulating.signin import of_json
from tests.contract.signing_in import REDIRECT
from tests.fakes.browser import Browser, Page, a_browser
from tests.fakes.clock import FakeClock
from tests.providers.simulating.slate import SIGN_IN, TOKENS, SlateState, a_slate, keys

BASIC = {"Authorization": aiohttp.encode_basic_auth("ours", "ours-secret")}


@pytest.fixture
async def slate(clock: FakeClock) -> AsyncIterator[SlateState]:
    async with a_slate(clock) as state:
        yield state


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as found:
        yield found


async def consent_page(browser: Browser, state: SlateState, **more: str) -> Page:
    query = {"response_type": "code", "client_id": "ours", "redirect_uri": REDIRECT, "state": "s", **more}
    login = await browser.open(f"{state.public_url}/approve?{urlencode(query)}")
    return await browser.press(login, person="pat")


async def allowed(browser: Browser, page: Page, **fields: str) -> dict[str, list[str]]:
    sent = {"ask": str(page.forms[0].fields["ask"]), "decision": "allow", **fields}
    async with browser.session.post(page.address.partition("?")[0], data=sent, allow_redirects=False) as answer:
        return parse_qs(urlsplit(answer.headers["Location"]).query)


async def test_a_grant_of_one_organisation_is_told_which_beside_the_code(browser: Browser, slate: SlateState) -> None:
    page = await consent_page(browser, slate)

    told = await allowed(browser, page, tenant="2")

    assert (told["realm"], told["state"]) == (["2"], ["s"])
    assert slate.grants.exchange(told["code"][0], redirect_uri=REDIRECT, verifier=None)["realm"] == "2"
    assert page.text.count("radio") == 0
    assert page.source.count('type="radio"') == 2
    assert "keep your books" in page.text


async def test_without_pkce_a_challenge_is_passed_over(browser: Browser, slate: SlateState) -> None:
    page = await consent_page(browser, slate, code_challenge="c", code_challenge_method="plain")

    told = await allowed(browser, page, tenant="1")

    assert slate.grants.exchange(told["code"][0], redirect_uri=REDIRECT, verifier=None)["access_token"]


@pytest.mark.parametrize(("secret", "error"), [("ours-secret", "invalid_grant"), ("other", "invalid_client")])
async def test_an_app_may_show_itself_in_the_form(clock: FakeClock, secret: str, error: str) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "none", "client_id": "ours", "client_secret": secret}
    async with a_slate(clock, replace(SIGN_IN, is_client=by_form)) as state, aiohttp.ClientSession() as session:
        async with session.post(f"{state.public_url}/token", data=form) as answer:
            assert await answer.json() == {"error": error}
        async with session.post(f"{state.public_url}/token", data={**form, "client_id": ""}, headers=BASIC) as answer:
            assert await answer.json() == {"error": "invalid_client"}


async def test_a_token_is_revoked_by_json_and_other_grants_of_the_person_stay(clock: FakeClock) -> None:
    async with a_slate(clock, replace(SIGN_IN, revoked=of_json)) as state, aiohttp.ClientSession() as session:
        ended, kept = state.grant("1"), state.grant("2")
        body = {"token": ended["refresh_token"]}
        async with session.post(f"{state.public_url}/revoke", json=body, headers=BASIC) as answer:
            assert answer.status == 200

        assert state.grants.holder(ended["access_token"]) is None
        assert state.grants.holder(kept["access_token"]) is not None
        assert [len(state.connected_to(realm)) for realm in ("1", "2")] == [0, 1]


def test_a_refresh_token_without_grace_dies_when_it_is_used(clock: FakeClock) -> None:
    state = SlateState(clock=clock)
    first = state.grant()["refresh_token"]
    state.grants.refresh(first)

    with pytest.raises(GrantError):
        state.grants.refresh(first)


def test_a_refresh_token_keeps_its_value_for_a_day_and_lives_anew_each_time(clock: FakeClock) -> None:
    state = SlateState(clock=clock)
    state.grants.rules = replace(TOKENS, rotates_after=timedelta(days=1), refresh_life=timedelta(hours=20))
    first = state.grant()["refresh_token"]
    clock.move_to(clock.now() + timedelta(hours=19))
    again = state.grants.refresh(first)["refresh_token"]
    clock.move_to(clock.now() + timedelta(hours=5))

    other = state.grants.refresh(first)["refresh_token"]

    assert again == first
    assert other != first


def test_a_refresh_token_may_keep_its_value_for_ever(clock: FakeClock) -> None:
    state = SlateState(clock=clock)
    state.grants.rules = replace(TOKENS, rotates_after=None)
    first = state.grant()["refresh_token"]
    clock.move_to(clock.now() + timedelta(days=99))

    assert state.grants.refresh(first)["refresh_token"] == first


async def send(state: SlateState, body: str, key: str = "k") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{state.public_url}/api/bills", params={"id": key}, data=body) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("rules", "second"), [(keys(), "1"), (keys(keeps_refusals=False), "1"), (None, "2")], ids=["kept", "good", "none"]
)
async def test_a_key_replays_the_first_answer_whatever_comes_with_it(
    slate: SlateState, rules: KeyRules | None, second: str
) -> None:
    slate.replays.rules = rules
    await send(slate, "a")

    assert await send(slate, "b") == (200, f'{{"number":{second}}}')


@pytest.mark.parametrize(("keeps", "second"), [(True, 422), (False, 200)])
async def test_a_refusal_is_replayed_where_the_rules_keep_it(slate: SlateState, keeps: bool, second: int) -> None:  # noqa: FBT001
    slate.replays.rules = keys(keeps_refusals=keeps)
    await send(slate, "wrong")

    assert (await send(slate, "right"))[0] == second


async def test_a_limit_is_answered_in_the_vendors_way(slate: SlateState) -> None:
    slate.meter.limits.per_hour = 1
    await send(slate, "a")

    assert (await send(slate, "b"))[0] == 429
    assert (slate.calls[-1].path, slate.calls[-1].status) == ("/api/bills", 429)


@pytest.mark.parametrize(
    ("limit", "again_after"),
    [(Limit.PER_MINUTE, 60), (Limit.PER_HOUR, 3600), (Limit.PER_DAY, 86400), (Limit.APP_PER_DAY, 86400)],
)
async def test_each_window_has_its_length(clock: FakeClock, limit: Limit, again_after: int) -> None:
    meter = Meter(clock, Limits(**{limit: 1}))
    assert meter.enter("a") is None
    broken = meter.enter("a")
    await clock.advance(again_after)

    assert broken is not None
    assert (broken.limit, broken.seconds) == (limit, again_after)
    assert meter.left("a") == {limit: 1}
    assert meter.enter("a") is None


@pytest.mark.parametrize(("limit", "is_shared"), [("app_at_once", True), ("at_once", False)])
def test_calls_at_once_are_of_one_caller_or_of_the_app(clock: FakeClock, limit: str, is_shared: bool) -> None:  # noqa: FBT001
    meter = Meter(clock, Limits(**{limit: 1}))
    meter.enter("a")

    assert (meter.enter("b") is not None) == is_shared
    meter.leave("a")
    assert meter.enter("a") is None


@pytest.mark.parametrize("has_keys", [True, False])
async def test_switches_of_keys_are_offered_where_there_are_keys(
    browser: Browser,
    slate: SlateState,
    monkeypatch: pytest.MonkeyPatch,
    has_keys: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(SlateState, "vendor", replace(SlateState.vendor, keys=keys() if has_keys else None))

    page = await browser.open(f"{slate.public_url}/")

    assert ("Ignore idempotency keys" in page.text) == has_keys
    assert "What the real Slate does on a bad day" in page.text


async def test_a_connection_is_ended_by_its_lever(browser: Browser, slate: SlateState) -> None:
    slate.grant("1")
    async with browser.session.post(f"{slate.public_url}/o/1/end-connection") as answer:
        assert "The connection is ended" in await answer.text()

    assert slate.connected_to("1") == []
