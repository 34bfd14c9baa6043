"""Selects that search: what is offered from the imported lists, to whom, and that what is not ours offers nothing."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from bot.domain.books import ListKind
from bot.domain.ids import OrganisationId
from bot.playground.slack import ADMIN, FORMER, GUEST, MEMBER, OUTSIDER, View
from bot.services.lists import live_tracking, note_use, went_inactive
from bot.views.ids import ActionId
from bot.views.metadata import FormRef
from providers.xero.simulator import IRELAND
from tests.fakes.connected import connect
from tests.handlers.setting_up import CATEGORY, Office, an_office

ACCOUNT, TAX_RATE = ActionId.FIND_ACCOUNT, ActionId.FIND_TAX_RATE


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with an_office(database_url) as made:
        yield made


async def offered(office: Office, form: View, action: ActionId, text: str = "") -> list[str]:
    return [option["value"] for option in await office.slack.options(form, action, text, user=form.user)]


def about(form: View, metadata: str) -> View:
    """The form, as if it said that it is about something else."""
    form.definition["private_metadata"] = metadata
    return form


async def test_a_category_is_found_by_code_or_name(office: Office) -> None:
    form = await office.open()

    for text in ("429", "general", "GENERAL EXP", "  general  "):
        assert CATEGORY in await offered(office, form, ACCOUNT, text), text


async def groups(office: Office, form: View, action: ActionId, text: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label, option in await office.slack.grouped_options(form, action, text, user=form.user):
        found.setdefault(label, []).append(option["value"])
    return found


async def test_what_was_used_last_stands_first_then_each_class_and_how_old_the_list_is(office: Office) -> None:
    form = await office.open()
    assert next(iter(await groups(office, form, ACCOUNT))).endswith(" · list as of just now")
    await office.world.later(3 * 3600)
    actor = await office.world.actor()
    async with office.world.services.db.write() as tx:
        of = tx, actor.workspace.id, office.world.organisation_id
        await note_use(*of, ListKind.ACCOUNTS, [CATEGORY])

    opened = await groups(office, form, ACCOUNT)
    typed = await groups(office, form, ACCOUNT, "4")

    first, *others = opened
    assert (first, opened[first]) == ("Used last · list as of 3 hours ago", [CATEGORY])
    assert {"Expenses", "Revenue"} <= set(others)
    assert CATEGORY not in [code for name in others for code in opened[name]]
    # what is nearest to the words comes first, used or not
    first, *others = typed
    assert (first, typed[first][0]) == ("Expenses · list as of 3 hours ago", CATEGORY)
    assert typed[first][1:] == sorted(typed[first][1:])
    assert list(await groups(office, form, TAX_RATE)) == ["Tax rates · list as of 3 hours ago"]
    assert await groups(office, form, ACCOUNT, "nothing like this") == {}


async def test_each_list_that_is_searched_tells_how_old_it_is(office: Office) -> None:
    await office.world.later(3 * 3600)
    lists, actor, of = office.world.services.choices, await office.world.actor(), office.world.organisation_id
    async with office.world.services.db.read() as tx:
        (region, *_) = await live_tracking(tx, actor.workspace.id, of)

    ages = {
        (await lists.accounts(actor, of, "")).age,
        (await lists.tax_rates(actor, of, "")).age,
        (await lists.contacts(actor, of, "")).age,
        (await lists.customers(actor, of, "")).age,
        (await lists.products(actor, of, "")).age,
        (await lists.tracking_options(actor, of, region.provider_id, "")).age,
        (await lists.bank_accounts(actor, of, "")).age,
    }

    assert ages == {"3 hours ago"}


async def test_options_show_code_and_name(office: Office) -> None:
    options = await office.slack.options(await office.open(), ACCOUNT, "429", user=ADMIN)

    assert [option["text"]["text"] for option in options] == ["429 · General Expenses"]


async def test_what_matches_nothing_offers_nothing(office: Office) -> None:
    form = await office.open()

    for text in ("%", "_", "\\", "nothing like this", "'; drop table items; --", "🧾" * 50):
        found = await office.slack.options(form, ACCOUNT, text, user=ADMIN)
        assert all(text.casefold() in option["text"]["text"].casefold() for option in found), text


async def test_bank_system_and_archived_accounts_are_not_offered(office: Office) -> None:
    form = await office.open()
    actor = await office.world.actor()
    async with office.world.services.db.write() as tx:
        await went_inactive(tx, actor.workspace.id, office.world.organisation_id, CATEGORY)

    codes = await offered(office, form, ACCOUNT)

    assert 20 < len(codes) <= 100
    assert not {CATEGORY, "090", "610", "800", "820"} & set(codes)


async def test_only_tax_rates_that_go_with_costs_are_offered(office: Office) -> None:
    codes = await offered(office, await office.open(), TAX_RATE)

    assert {"INPUT2", "CAPEXINPUT2", "NONE"} <= set(codes)
    assert not {"OUTPUT2", "RROUTPUT"} & set(codes)


async def test_the_form_decides_whose_lists_are_searched(office: Office) -> None:
    await connect(office.world, tenant=IRELAND)
    await office.world.settle()
    asked = await office.open()
    row = next(block for block in asked.blocks if "Ireland" in str(block))
    await office.slack.click(asked, ActionId.OPEN_SETTINGS, user=ADMIN, block_id=row["block_id"])

    ireland = await office.slack.options(office.modal(), TAX_RATE, "", user=ADMIN)

    assert ireland
    assert "20% (VAT on Expenses)" not in [option["text"]["text"] for option in ireland]


async def test_a_form_that_is_not_ours_offers_nothing(office: Office) -> None:
    form = await office.open()

    for metadata in ("", "x", "::", f"{UUID(int=1)}", FormRef(OrganisationId(UUID(int=2))).encode()):
        for action in (ACCOUNT, TAX_RATE):
            assert await offered(office, about(form, metadata), action) == [], (action, metadata)


@pytest.mark.parametrize("user", [GUEST, FORMER])
async def test_whoever_may_not_see_the_books_is_offered_nothing(office: Office, user: str) -> None:
    form = await the_form_of(office, user)

    assert await offered(office, form, ACCOUNT) == []
    assert await offered(office, form, TAX_RATE) == []


async def test_somebody_of_another_company_is_offered_nothing(office: Office) -> None:
    form = await the_form_of(office, MEMBER)
    office.slack.change_person(MEMBER, team_id=office.slack.workspace.person(OUTSIDER).team_id)

    assert await offered(office, form, ACCOUNT) == []


async def the_form_of(office: Office, user: str) -> View:
    """A form with a search in it, opened by a member who then became somebody else."""
    person = office.slack.workspace.person(user)
    office.slack.change_person(MEMBER, is_guest=False)
    await office.slack.command("/dext", "add", user=MEMBER)
    form = office.modal(MEMBER)
    office.slack.change_person(MEMBER, is_guest=person.is_guest, is_deleted=person.is_deleted)
    await office.world.later(61)
    return form
