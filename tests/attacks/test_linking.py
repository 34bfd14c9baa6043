"""Whose ledger goes to whose workspace: links and answers passed on, cookies planted, organisations made up."""

import asyncio

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.playground.slack import ADMIN, BILLS, MEMBER, OTHER_TEAM, OUTSIDER, OWNER
from handlers.pages import form_token
from providers.xero.simulator import IRELAND, TRADING
from tests.attacks.jars import Jar, Seen, Stand
from tests.attacks.test_states import exchanges, state_in

CONNECTIONS = table_of(ConnectionRow)
NOWHERE = "00000000-0000-4000-8000-000000000000"


async def strangers_link(stand: Stand) -> str:
    return await stand.link(OUTSIDER, OTHER_TEAM)


# The attacker's ledger in the victim's workspace: the attacker signs in and has the victim's browser bring the answer


@pytest.mark.parametrize("has_begun", [False, True])
async def test_an_answer_that_an_attacker_kept_links_nothing_in_the_victims_browser(
    either: Stand, *, has_begun: bool
) -> None:
    kept = await either.returned(either.stranger, await strangers_link(either), OUTSIDER, "sam")
    if has_begun:
        await either.sent(either.admin, await either.link())
    before = await either.effects()

    seen = await either.admin.get(kept)
    await either.admin.follow("/connect/xero/organisation")

    assert "stop=other_browser" in seen.location
    assert await either.effects() == before
    assert exchanges(either) == 0


async def test_an_answer_of_a_colleague_links_nothing_either(stand: Stand) -> None:
    kept = await stand.returned(stand.nobody, await stand.link(OWNER), OWNER, "sam")
    await stand.sent(stand.admin, await stand.link())
    before = await stand.effects()

    await stand.admin.get(kept)

    assert await stand.effects() == before


async def test_a_code_injected_beside_the_victims_own_state_is_refused_by_its_challenge(either: Stand) -> None:
    """The state and the browser are right; only PKCE tells that the code was given to another sign-in."""
    kept = await either.returned(either.stranger, await strangers_link(either), OUTSIDER, "sam")
    code = kept.partition("code=")[2].partition("&")[0]
    state = state_in((await either.sent(either.admin, await either.link())).location)
    before = await either.effects()

    seen = await either.admin.get(f"/connect/xero/callback?code={code}&state={state}")

    assert "stop=provider_failed" in seen.location
    assert await either.effects() == before
    assert exchanges(either) == 0


async def test_every_sign_in_has_a_challenge_of_its_own_and_never_plain(stand: Stand) -> None:
    await stand.proven(stand.admin, await stand.link())
    tries = [(await stand.admin.press(await stand.admin.follow("/connect/xero/start"))).query for _ in range(3)]

    assert {found["code_challenge_method"] for found in tries} == {"S256"}
    assert {len(found["code_challenge"]) for found in tries} == {43}
    assert len({found["code_challenge"] for found in tries}) == len({found["state"] for found in tries}) == 3


# The victim's ledger in the attacker's workspace: the attacker passes the own link on, at each step of the way


@pytest.mark.parametrize(("jar", "user"), [("admin", ADMIN), ("member", MEMBER)])
async def test_a_link_passed_on_asks_slack_who_is_there(stand: Stand, jar: str, user: str) -> None:
    link = await strangers_link(stand)
    before = await stand.effects()
    victim = stand.jars[jar]

    page = await stand.proven(victim, link, user)

    assert page.status == 403
    assert "You are somebody else in Slack" in page.text
    assert (await victim.follow("/connect/xero/start")).status == 410
    assert await stand.effects() == before
    await stand.world.settle()
    told = [call.args for call in stand.world.slack.calls_of("chat.postMessage") if call.args["channel"] == OUTSIDER]
    assert "somebody else" in told[-1]["text"]


async def test_only_the_last_link_that_was_asked_for_is_good(stand: Stand) -> None:
    """One that was left lying about is none."""
    older, newer = [await stand.link() for _ in range(2)]
    stand.nobody.plant("of their own")
    form = {"step": "open", "t": older.partition("t=")[2], "form": form_token("of their own")}

    looked, pushed = await stand.nobody.get(older), await stand.nobody.ask("POST", "/connect/xero/start", form=form)

    assert [(seen.status, seen.location) for seen in (looked, pushed)] == [(410, ""), (410, "")]
    assert "Northwind" not in f"{looked.source} {pushed.source}"
    assert (await stand.connected(stand.admin, newer)).location.startswith(stand.world.slack.public_url)


async def test_a_link_is_of_the_browser_that_opened_it_first(either: Stand) -> None:
    """Somebody read it in between; the button is pressed with a form that was made without the page."""
    link = await either.link()
    await either.opened(either.admin, link)
    before = await either.effects()

    for jar in (either.member, either.stranger, either.nobody):
        jar.plant("of their own")
        form = {"step": "open", "t": link.partition("t=")[2], "form": form_token("of their own")}
        looked, pushed = await jar.get(link), await jar.ask("POST", "/connect/xero/start", form=form)
        assert [(seen.status, seen.location) for seen in (looked, pushed)] == [(403, ""), (403, "")]

    assert await either.effects() == before
    assert (await either.admin.follow("/connect/xero/start")).status == 200
    await either.world.settle()
    assert "another browser" in either.world.slack.dms(ADMIN)[-1].text


async def test_without_a_slack_account_a_link_leads_nowhere(stand: Stand) -> None:
    seen = await stand.opened(stand.nobody, await stand.link())
    before = await stand.effects()

    pages = [await stand.nobody.follow(f"/connect/xero/{page}") for page in ("start", "organisation")]
    form = pages[0].fields()
    skipped = [
        await stand.nobody.ask("POST", "/connect/xero/start", form={**form, "step": step, "code": "AAAA-AAAA"})
        for step in ("go_on", "code", "", "anything")
    ]
    finished = await stand.nobody.ask("POST", "/connect/xero/organisation", form={**form, "tenant": TRADING})

    assert seen.location.startswith(stand.world.slack.public_url)
    assert not any(answer.location.startswith(stand.xero.public_url) for answer in skipped)
    assert "stop=" in finished.location
    assert await stand.effects() == before


async def test_a_sign_in_at_slack_passed_on_proves_nothing(stand: Stand) -> None:
    """The victim answers Slack's question in their own browser; the answer belongs to the attacker's."""
    at_slack = await stand.opened(stand.stranger, await strangers_link(stand))
    before = await stand.effects()

    answer = await stand.slack_answer(stand.admin, at_slack, ADMIN)
    seen = await stand.admin.follow(answer)
    taken = await stand.stranger.follow(answer)

    assert seen.status == 404
    assert "You are somebody else" in taken.text
    assert await stand.effects() == before


async def test_a_sign_in_at_xero_passed_on_links_nothing(either: Stand) -> None:
    address = (await either.sent(either.stranger, await strangers_link(either), OUTSIDER)).location
    before = await either.effects()

    answer = await either.consented(either.admin, address)
    seen = await either.admin.get(answer)

    assert "stop=other_browser" in seen.location
    assert await either.effects() == before
    assert exchanges(either) == 0


async def test_every_page_names_the_workspace_and_the_person_that_it_goes_to(stand: Stand) -> None:
    link = await strangers_link(stand)
    pages = [await stand.stranger.follow(link)]
    pages.append(await stand.proven(stand.stranger, link, OUTSIDER))
    address = (await stand.stranger.press(pages[-1])).location
    await stand.stranger.follow(await stand.consented(stand.stranger, address))
    pages.append(await stand.stranger.get(f"/connect/xero/organisation?chosen={TRADING}"))

    for page in pages:
        assert "Acme Supplies" in page.text
        assert "Xavier" in page.text


# Planted cookies


async def test_whoever_plants_a_cookie_beforehand_does_not_share_the_session(either: Stand) -> None:
    """Without `__Host-`, a neighbour under the same domain can set cookies here and so knows what they are."""
    either.admin.plant("known")
    either.nobody.plant("known")
    link = await either.link()
    await either.proven(either.admin, link)
    before = await either.effects()

    looked = await either.nobody.get("/connect/xero/start")
    pushed = await go_on_with(either.nobody, "known")

    assert looked.status == 404
    assert not pushed.location.startswith(either.xero.public_url)
    assert either.admin.cookie() != "known"
    assert await either.effects() == before
    await either.connected(either.nobody, await strangers_link(either), OUTSIDER)
    assert (await either.admin.follow("/connect/xero/start")).status == 200


async def go_on_with(jar: Jar, cookie: str) -> Seen:
    return await jar.ask("POST", "/connect/xero/start", form={"step": "go_on", "form": form_token(cookie)})


async def test_a_double_click_on_a_link_stays_in_its_own_browser(stand: Stand) -> None:
    page = await stand.admin.follow(await stand.link())

    answers = await asyncio.gather(*(stand.admin.ask("POST", page.action(), form=page.fields()) for _ in range(8)))

    assert all(answer.location.startswith(stand.world.slack.public_url) for answer in answers)
    assert (await stand.admin.follow("/connect/xero/start")).status == 200


async def test_a_planted_session_is_the_attackers_and_says_so(stand: Stand) -> None:
    """Where somebody can overwrite cookies later on, what is left is what the page says."""
    await stand.proven(stand.stranger, await strangers_link(stand), OUTSIDER)
    stand.admin.plant(stand.stranger.cookie())

    page = await stand.admin.follow("/connect/xero/start")

    assert "Thank you, Xavier" in page.text
    assert "Acme Supplies" in page.text


# Organisations that the browser names


NOT_SHOWN = (
    IRELAND,
    NOWHERE,
    "",
    "x",
    TRADING.upper(),
    f"{TRADING} ",
    f"{TRADING}\x00",
    "' or 1=1--",
    "🧾",
    "t" * 10_000,
)


async def test_an_organisation_that_the_sign_in_did_not_show_is_not_connected(stand: Stand) -> None:
    """Sam sees Northwind Trading Ltd only; Ireland is real, and of another login."""
    page = await stand.granted(stand.admin, await stand.link(), person="sam")
    before = await stand.effects()

    chosen = await stand.admin.ask("GET", f"/connect/xero/organisation?chosen={'t' * 50}")
    assert chosen.status == 200
    for tenant in NOT_SHOWN:
        seen = await stand.admin.ask("POST", page.action(), form={**page.fields(), "tenant": tenant})
        assert "stop=other_organisation" in seen.location
    assert await stand.effects() == before


async def test_of_two_organisations_that_are_shown_only_the_chosen_one_is_connected(either: Stand) -> None:
    """Whatever else the address of the answer, or of the page, says."""
    answer = await either.returned(either.admin, await either.link())
    named = f"tenantId={IRELAND}&tenant={IRELAND}&realmId={IRELAND}&realmId=1&org={IRELAND}&organisation={NOWHERE}"
    before = await either.effects()

    await either.admin.follow(f"{answer}&{named}")
    page = await either.admin.get(f"/connect/xero/organisation?chosen={TRADING}&{named}")
    await either.admin.ask("POST", f"{page.action()}?{named}", form=page.fields())

    after = await either.effects()
    assert after.connections - before.connections == 1
    async with either.world.services.db.read() as tx:
        assert (await tx.execute(select(CONNECTIONS.c.tenant_id))).scalars().all() == [TRADING]


async def test_a_workspace_hears_of_each_link_and_of_nothing_else(stand: Stand) -> None:
    """Where the command was typed, and by a message of its own to whoever connected."""
    for user, jar in ((OWNER, stand.nobody), (ADMIN, stand.admin)):
        await stand.connected(jar, await stand.link(user), user)
    await stand.admin.follow(await stand.returned(stand.admin, await stand.link()))
    await stand.world.settle()

    posts = [message.text for message in stand.world.slack.messages(BILLS) if "Northwind Trading Ltd" in message.text]
    assert len(posts) == 2
    assert "connected" in posts[0]
    assert f"<@{ADMIN}>" in posts[1]


async def test_an_organisation_of_another_try_is_not_connected(stand: Stand) -> None:
    """The stranger's sign-in shows both; the admin's one. Choosing counts where it was shown."""
    await stand.granted(stand.stranger, await strangers_link(stand), OUTSIDER, "dana")
    page = await stand.granted(stand.admin, await stand.link(), person="sam")
    before = await stand.effects()

    await stand.admin.ask("POST", page.action(), form={**page.fields(), "tenant": IRELAND})

    assert await stand.effects() == before


async def test_an_organisation_given_twice_is_none(stand: Stand) -> None:
    page = await stand.granted(stand.admin, await stand.link())
    before = await stand.effects()

    for pair in ((TRADING, IRELAND), (IRELAND, TRADING), (TRADING, TRADING)):
        form = [("form", page.fields()["form"]), *(("tenant", tenant) for tenant in pair)]
        seen = await stand.admin.ask("POST", page.action(), form=form)
        assert seen.status == 403

    assert await stand.effects() == before


async def test_a_form_of_one_browser_is_not_taken_from_another(stand: Stand) -> None:
    page = await stand.granted(stand.admin, await stand.link())
    before = await stand.effects()

    for jar in (stand.member, stand.stranger, stand.nobody):
        jar.plant("cookie of their own")
        assert (await jar.ask("POST", page.action(), form=page.fields())).status == 403

    assert await stand.effects() == before
