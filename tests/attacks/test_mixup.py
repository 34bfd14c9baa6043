"""Two packages at once, one of them perhaps in wrong hands: no answer of one counts at the other, no token goes there.

There is one adapter, so a second instance of it is registered under another key, with addresses and a client of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from bot.services.budgets import SharedBudget
from bot.serving import listening
from handlers.pages import form_token
from providers.base import ClientConfig
from providers.http import Caller
from providers.xero import PROFILE
from providers.xero.adapter import XeroProvider
from providers.xero.simulator import TRADING, XeroState, create_app
from tests.attacks.jars import Stand, a_stand
from tests.attacks.test_states import state_in

KEY, CLIENT, SECRET = "other", "ours-at-other", "ours-at-other-secret"


class OtherBooks(XeroProvider):
    profile = replace(PROFILE, key=KEY, name="Other Books", issuer="https://other.example")


@dataclass(slots=True)
class Two:
    stand: Stand
    other: XeroState

    async def sent(self, provider: str) -> str:
        """The admin, up to the address of this package's sign-in."""
        page = await self.stand.proven(self.stand.admin, await self.stand.link(provider=provider))
        return (await self.stand.admin.press(page)).location

    async def connected(self, provider: str) -> None:
        jar = self.stand.admin
        await jar.follow(await self.stand.consented(jar, await self.sent(provider)))
        await jar.press(await jar.get(f"/connect/{provider}/organisation?chosen={TRADING}"))

    @property
    def token_requests(self) -> int:
        calls = (*self.stand.xero.calls, *self.other.calls)
        return sum(call.path.endswith("/connect/token") for call in calls)


@pytest.fixture
async def two(sqlite_url: str) -> AsyncIterator[Two]:
    async with a_stand(sqlite_url) as stand, beside_another(stand) as other:
        yield Two(stand, other)


@asynccontextmanager
async def beside_another(stand: Stand) -> AsyncIterator[XeroState]:
    world, services = stand.world, stand.world.services
    state = XeroState(
        clock=world.clock,
        client_id=CLIENT,
        client_secret=SECRET,
        redirect_uris=(f"{world.address}/connect/{KEY}/callback",),
    )
    async with listening(create_app(state), "127.0.0.1", 0) as port:
        base = state.public_url = f"http://127.0.0.1:{port}"
        config = ClientConfig(
            client_id=CLIENT,
            client_secret=SECRET,
            auth_url=f"{base}/identity/connect/authorize",
            token_url=f"{base}/connect/token",
            revoke_url=f"{base}/connect/revocation",
            api_url=base,
            web_url=base,
        )
        budget = SharedBudget(services.db, world.clock, KEY, PROFILE.limits)
        adapter = OtherBooks(config, Caller(services.clients.session, world.clock, budget), world.clock)
        cast("dict[str, Any]", services.providers)[KEY] = adapter
        yield state


async def test_each_package_has_a_way_back_of_its_own(two: Two) -> None:
    assert "%2Fconnect%2Fxero%2Fcallback" in await two.sent("xero")
    assert "%2Fconnect%2Fother%2Fcallback" in await two.sent(KEY)


@pytest.mark.parametrize(("given", "taken"), [("xero", KEY), (KEY, "xero")])
async def test_an_answer_of_one_counts_nowhere_else(two: Two, given: str, taken: str) -> None:
    """Also where this browser has begun a sign-in there."""
    await two.sent(taken)
    answer = await two.stand.consented(two.stand.admin, await two.sent(given))
    before = await two.stand.effects()

    seen = await two.stand.admin.get(answer.replace(f"/connect/{given}/", f"/connect/{taken}/"))

    assert "stop=" in seen.location
    assert two.token_requests == 0
    assert await two.stand.effects() == before


async def test_a_try_of_one_goes_nowhere_under_the_name_of_the_other(two: Two) -> None:
    """At each step: the link, the page to sign in from, the choice of an organisation."""
    stand, jar, start = two.stand, two.stand.admin, f"/connect/{KEY}/start"
    link = await stand.link()
    jar.plant("of their own")
    form = {"step": "open", "t": link.partition("t=")[2], "form": form_token(jar.cookie())}
    seen = [await jar.get(link.replace("/xero/", f"/{KEY}/")), await jar.ask("POST", start, form=form)]
    page = await stand.proven(jar, link)
    seen += [await jar.get(start), await jar.ask("POST", start, form=page.fields())]
    await jar.follow(await stand.consented(jar, (await jar.press(page)).location))
    page = await jar.get(f"/connect/xero/organisation?chosen={TRADING}")
    before = await stand.effects()
    seen += [await jar.get(f"/connect/{KEY}/organisation?chosen={TRADING}")]
    finished = await jar.ask("POST", f"/connect/{KEY}/organisation", form=page.fields())

    assert [(answer.status, answer.location) for answer in seen] == [(404, "")] * 5
    assert "stop=unknown" in finished.location
    assert await stand.effects() == before
    assert not [call for call in two.other.calls if call.path != "/identity/connect/authorize"]


@pytest.mark.parametrize(("given", "taken"), [("xero", KEY), (KEY, "xero")])
async def test_a_code_of_one_beside_the_state_of_the_other_is_refused_there(two: Two, given: str, taken: str) -> None:
    state = state_in(await two.sent(taken))
    answer = await two.stand.consented(two.stand.admin, await two.sent(given))
    code = answer.partition("code=")[2].partition("&")[0]
    before = await two.stand.effects()

    first = await two.stand.admin.get(f"/connect/{taken}/callback?code={code}&state={state}")
    second = await two.stand.admin.get(f"/connect/{given}/callback?code={code}&state={state}")

    assert ["stop=" in seen.location for seen in (first, second)] == [True, True]
    assert await two.stand.effects() == before


async def test_an_answer_that_names_another_sign_in_than_its_own_is_not_exchanged(two: Two) -> None:
    """As RFC 9207 has it: the code is good, and in the right browser; only who gave it is somebody else."""
    xeros, others = PROFILE.issuer, OtherBooks.profile.issuer
    before = await two.stand.effects()

    for named in (others, f"{xeros}/", "https://evil.example", f"{xeros}&iss={xeros}", f"{xeros}&iss={others}"):
        answer = await two.stand.consented(two.stand.admin, await two.sent("xero"))
        seen = await two.stand.admin.get(f"{answer}&iss={named}")
        assert "stop=provider_failed" in seen.location, named

    assert two.token_requests == 0
    assert await two.stand.effects() == before
    own = await two.stand.consented(two.stand.admin, await two.sent("xero"))
    assert "stop=" not in (await two.stand.admin.get(f"{own}&iss={xeros}")).location


async def test_no_token_code_or_secret_of_one_goes_to_the_other(two: Two) -> None:
    await two.connected("xero")
    await two.connected(KEY)
    await two.stand.world.settle()
    await two.stand.world.later(7200)

    for here, there in ((two.stand.xero, two.other), (two.other, two.stand.xero)):
        secrets = [*there.grants.access, *there.grants.refreshes, there.grants.client_secret]
        said = [f"{call.path} {call.query} {call.headers} {call.body!r}" for call in here.calls]
        assert len(here.calls) > 5
        assert not [secret for secret in secrets for text in said if secret in text]


async def test_one_person_at_two_packages_has_two_sets_of_tokens(two: Two) -> None:
    """Both name the person alike; a set of tokens is known by its package too."""
    await two.connected("xero")
    await two.connected(KEY)

    effects = await two.stand.effects()

    assert (effects.token_sets, effects.connections) == (2, 2)
