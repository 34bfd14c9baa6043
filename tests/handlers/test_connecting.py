"""From the link in Slack to a connected organisation, in browsers with cookie jars of their own."""

import asyncio

from sqlalchemy import func, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, GrantRow, OrganisationRow, TokenSetRow
from tests.fakes.connecting import ACME, BETA
from tests.handlers.conftest import SLACK, Connecting, state_of


async def rows_of(connecting: Connecting, row: type[ConnectionRow | GrantRow | OrganisationRow | TokenSetRow]) -> int:
    async with connecting.db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table_of(row)))).scalar_one())


async def test_the_whole_way_connects_the_organisation_and_leads_back_to_slack(connecting: Connecting) -> None:
    browser = connecting.browser()

    done = await connecting.connect(browser, await connecting.link())

    assert (done.status, done.location) == (303, f"{SLACK}/app_redirect?app=A0DEXT&team=T0NORTH")
    assert await rows_of(connecting, ConnectionRow) == 1
    roles = {row.role for row in await connecting.messages("connection")}
    assert roles == {"announcement", "connector"}


async def test_the_announcement_says_who_connected_what_what_was_imported_and_what_is_next(
    connecting: Connecting,
) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    row = (await connecting.messages("connection", "announcement"))[0]
    before = await connecting.drawn(row)

    await connecting.run_jobs()

    after = await connecting.drawn(row)
    assert row.channel_id == "C0BILLS"
    assert "<@U0ADAM> connected this organisation in Fake Books" in before
    assert "Importing" in before
    assert "*Imported from Fake Books:* 10 categories, " in after
    assert "An account without a name" in after
    assert "*Next:* an admin presses *Set up* (0 of 4 steps done: where costs go, tax, approvers, channels)." in after
    assert "Ready" not in after
    assert "Disconnect" not in after


async def test_names_from_outside_are_text_on_the_pages(connecting: Connecting) -> None:
    browser = connecting.browser()
    link = await connecting.link()
    first = await browser.get(link)

    state = state_of(await connecting.to_provider(browser, link))
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
    confirm = await browser.get(back.location)

    assert "Northwind &lt;i&gt;Trading&lt;/i&gt;" in first.text
    assert "Adam" in first.text
    assert "Acme &lt;b&gt;Ltd&lt;/b&gt;" in confirm.text


async def test_no_page_may_be_framed_kept_or_named_to_others(connecting: Connecting) -> None:
    page = await connecting.browser().get(await connecting.link())

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://login.fakebooks.example https://*.fakebooks.example" in policy
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_with_several_organisations_the_person_chooses(connecting: Connecting) -> None:
    connecting.ledger.organisations_seen = (ACME, BETA)
    browser = connecting.browser()
    state = state_of(await connecting.to_provider(browser, await connecting.link()))
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
    choose = await browser.get(back.location)
    confirm = await browser.get(back.location + "?chosen=tenant-beta")

    await browser.submit(confirm, "/connect/fake/organisation")

    assert "Which organisation?" in choose.text
    async with connecting.db.read() as tx:
        assert (await tx.execute(select(table_of(OrganisationRow).c.name))).scalar_one() == "Beta GmbH"
    assert "Connected already" not in choose.text

    state = state_of(await connecting.to_provider(another := connecting.browser(), await connecting.link()))
    back = await another.get(f"/connect/fake/callback?code=d&state={state}")
    assert "Beta GmbH<small>Connected already</small>" in (await another.get(back.location)).text


async def test_an_organisation_that_the_login_does_not_see_is_not_connected(connecting: Connecting) -> None:
    browser = connecting.browser()
    state = state_of(await connecting.to_provider(browser, await connecting.link()))
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
    page = await browser.get(back.location)
    form = page.text.partition('name="form" value="')[2].partition('"')[0]

    await browser.post("/connect/fake/organisation", form=form, tenant="tenant-of-somebody-else")

    assert await rows_of(connecting, ConnectionRow) == 0


async def test_access_denied_ends_on_a_page_and_a_message_with_a_way_to_start_afresh(connecting: Connecting) -> None:
    browser = connecting.browser()
    state = state_of(await connecting.to_provider(browser, await connecting.link()))

    back = await browser.get(f"/connect/fake/callback?error=access_denied&code=evil&state={state}")

    page = await browser.get(back.location)
    assert "Access was not allowed" in page.text
    assert "/dext connect" in page.text
    assert "code=" not in back.location
    assert await connecting.stops() == ["denied"]
    assert "Start afresh" in await connecting.drawn((await connecting.messages("connection", "stopped"))[0])
    assert connecting.ledger.calls == []


async def test_an_expired_link_says_so_on_the_page_and_in_slack(connecting: Connecting) -> None:
    link = await connecting.link()
    await connecting.clock.advance(601)

    page = await connecting.browser().get(link)

    assert page.status == 410
    assert "expired" in page.text
    assert await connecting.stops() == ["expired"]


async def test_a_finished_link_opened_again_is_refused_and_told(connecting: Connecting) -> None:
    link = await connecting.link()
    browser = connecting.browser()
    await connecting.connect(browser, link)

    page = await browser.get(link)

    assert "already used" in page.text
    assert await connecting.stops() == ["used"]
    assert await rows_of(connecting, ConnectionRow) == 1


async def test_eight_callbacks_with_one_state_exchange_one_code(connecting: Connecting) -> None:
    browser = connecting.browser()
    state = state_of(await connecting.to_provider(browser, await connecting.link()))
    address = f"/connect/fake/callback?code=c&state={state}"

    answers = await asyncio.gather(*(browser.get(address) for _ in range(8)))

    assert connecting.ledger.calls.count("exchange") == 1
    assert sum("stop=" not in answer.location for answer in answers) == 1


async def test_a_callback_in_another_browser_links_nothing(connecting: Connecting) -> None:
    """Somebody keeps the provider's answer and has another person's browser open it."""
    state = state_of(await connecting.to_provider(connecting.browser(), await connecting.link()))
    victim = connecting.browser()
    await victim.get(await connecting.link("U0OLIVIA"))

    back = await victim.get(f"/connect/fake/callback?code=c&state={state}")

    assert "stop=other_browser" in back.location
    assert connecting.ledger.calls == []


async def test_a_link_bound_to_one_browser_does_not_go_on_in_another(connecting: Connecting) -> None:
    link = await connecting.link()
    first = connecting.browser()
    await first.submit(await first.get(link), "/connect/fake/start")

    page = await connecting.browser().get(link)

    assert page.status == 403
    assert "another browser" in page.text
    assert await connecting.stops() == ["other_browser"]


async def test_looking_at_a_link_does_not_use_it(connecting: Connecting) -> None:
    """Previews and scanners open links before the person does."""
    link = await connecting.link()
    await connecting.browser().get(link)

    done = await connecting.connect(connecting.browser(), link)

    assert done.location.startswith(SLACK)


async def test_a_form_from_elsewhere_is_not_taken(connecting: Connecting) -> None:
    browser = connecting.browser()
    link = await connecting.link()
    await browser.get(link)

    page = await browser.post("/connect/fake/start", step="open", t=link.rpartition("=")[2], form="guess")

    assert page.status == 403
    assert await connecting.messages("connect_code") == []


async def test_five_wrong_codes_close_the_link(connecting: Connecting) -> None:
    browser = connecting.browser()
    page = await browser.get(await connecting.link())
    await browser.submit(page, "/connect/fake/start")
    right = await connecting.code()
    page = await browser.get("/connect/fake/start")

    answers = [await browser.submit(page, "/connect/fake/start", code="ZZZZ-ZZZZ") for _ in range(5)]
    late = await browser.submit(page, "/connect/fake/start", code=right)

    assert [answer.status for answer in answers] == [303, 303, 303, 303, 403]
    assert "wrong five times" in answers[-1].text
    assert late.status == 410
    assert "too_many_codes" in await connecting.stops()


async def test_parallel_guesses_count_each(connecting: Connecting) -> None:
    browser = connecting.browser()
    page = await browser.get(await connecting.link())
    await browser.submit(page, "/connect/fake/start")
    page = await browser.get("/connect/fake/start")

    answers = await asyncio.gather(
        *(browser.submit(page, "/connect/fake/start", code=f"ZZZZ-ZZZ{n}") for n in range(2, 10))
    )

    assert sum(answer.status == 303 for answer in answers) == 4


async def test_the_code_is_gone_from_slack_once_it_was_used(connecting: Connecting) -> None:
    await connecting.to_provider(connecting.browser(), await connecting.link())

    row = (await connecting.messages("connect_code"))[0]

    assert row.user_id == "U0ADAM"
    assert row.surface == "direct"
    assert await connecting.drawn_code(row) == "This code has been used or has expired."


async def test_addresses_come_from_the_configuration_and_not_from_the_request(connecting: Connecting) -> None:
    browser = connecting.browser()
    page = await browser.get(await connecting.link(), **{"X-Forwarded-Host": "evil.example"})
    await browser.submit(page, "/connect/fake/start")
    page = await browser.get("/connect/fake/start")

    done = await browser.submit(page, "/connect/fake/start", code=await connecting.code())

    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fconnect%2Ffake%2Fcallback" in done.location


async def test_a_right_withdrawn_meanwhile_stops_the_finish(connecting: Connecting) -> None:
    browser = connecting.browser()
    state = state_of(await connecting.to_provider(browser, await connecting.link()))
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
    page = await browser.get(back.location)
    connecting.directory.people["U0ADAM"] = connecting.directory.people["U0MIA"]

    done = await browser.submit(page, "/connect/fake/organisation")

    assert "stop=not_allowed" in done.location
    assert await rows_of(connecting, ConnectionRow) == 0
