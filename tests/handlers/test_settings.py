"""Setting up an organisation in a simulated Slack: who may, what is refused at its field, and what saving does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.settings import PaymentStatus
from bot.playground.slack import (
    ADMIN,
    ALERTS,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    FORMER,
    GENERAL,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OUTSIDER,
    OWNER,
    SINGLE_GUEST,
)
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import IRELAND
from tests.fakes.app import whole_app
from tests.fakes.connected import connect
from tests.handlers.setting_up import CATEGORY, OTHER_CATEGORY, TAX, Office, an_office
from tests.playground.kit import schema_problems


@pytest.fixture
async def office(sqlite_url: str, shared: Path) -> AsyncIterator[Office]:
    async with an_office(sqlite_url) as made:
        yield made
        assert schema_problems(made.slack, shared) == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Office]:
    async with an_office(database_url) as made:
        yield made


# Opening


async def test_without_a_connection_the_command_says_how_to_connect(sqlite_url: str) -> None:
    async with whole_app(sqlite_url) as world:
        await world.slack.command("/dext", "settings", user=ADMIN, channel=GENERAL)

        assert "/dext connect" in world.slack.ephemerals(ADMIN, GENERAL)[-1].text


@pytest.mark.parametrize("word", ["settings", "setup", "SETTINGS"])
async def test_the_only_organisation_opens_from_any_channel(office: Office, word: str) -> None:
    await office.slack.command("/dext", word, user=ADMIN, channel=GENERAL)

    form = office.modal()
    assert form.blocks[0]["text"]["text"] == "Northwind Trading Ltd"
    assert "Nothing is sent to Xero before you press *Save*" in str(form.blocks)


async def test_help_says_what_the_command_is_for(office: Office) -> None:
    answer = await office.slack.command("/dext", "help", user=ADMIN)

    assert "`/dext settings`: where bills go" in str(answer.body)


async def test_the_button_opens_it_where_it_stands(office: Office) -> None:
    announced = office.slack.messages(BILLS)[-1]
    await office.slack.click(announced, ActionId.OPEN_SETTINGS, user=ADMIN)
    assert office.modal().blocks[0]["text"]["text"] == "Northwind Trading Ltd"
    await office.slack.close_modal(ADMIN)

    home = await office.slack.open_home(ADMIN)
    assert home is not None
    await office.slack.click(home, ActionId.OPEN_SETTINGS, user=ADMIN)

    assert office.modal().blocks[0]["text"]["text"] == "Northwind Trading Ltd"


async def test_with_several_organisations_a_channel_means_its_own_and_elsewhere_it_is_asked(office: Office) -> None:
    await connect(office.world, tenant=IRELAND)
    await office.world.settle()
    await office.world.set_up()

    asked = await office.open(channel=GENERAL)
    assert "Which organisation?" in str(asked.blocks)
    row = next(block for block in asked.blocks if "Ireland" in str(block))
    await office.slack.click(asked, ActionId.OPEN_SETTINGS, user=ADMIN, block_id=row["block_id"])
    assert office.modal().blocks[0]["text"]["text"] == "Northwind Ireland Ltd"
    await office.slack.close_modal(ADMIN, everything=True)

    here = await office.open(channel=BILLS)
    assert here.blocks[0]["text"]["text"] == "Northwind Trading Ltd"


# Who may


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (MEMBER, "Only this organisation's admins"),
        (OWNER, "Only this organisation's admins"),
        (GUEST, "Guests"),
        (FORMER, "deactivated"),
    ],
)
async def test_whoever_may_not_is_told_why_and_sees_no_form(office: Office, user: str, words: str) -> None:
    await office.slack.command("/dext", "settings", user=user, channel=GENERAL)

    told = office.told(user)
    assert words in told
    assert "Purchases" not in told


async def test_whoever_may_not_is_told_who_can(office: Office) -> None:
    await office.slack.command("/dext", "settings", user=MEMBER, channel=GENERAL)

    assert f"Who can: <@{ADMIN}>" in office.told(MEMBER)


@pytest.mark.parametrize("user", [OUTSIDER, OTHER_BOT, SINGLE_GUEST])
async def test_a_press_on_the_button_gives_no_rights(office: Office, user: str) -> None:
    await office.slack.join(BILLS, user)

    await office.slack.click(office.slack.messages(BILLS)[0], ActionId.OPEN_SETTINGS, user=user)

    assert "Purchases" not in office.told(user, BILLS)
    assert "cannot act on these books" in office.told(user, BILLS)


async def test_a_form_of_somebody_who_left_meanwhile_saves_nothing(office: Office) -> None:
    form = await office.open()
    office.slack.change_person(ADMIN, is_deleted=True)
    await office.world.later(61)

    await office.fill(form)

    assert "deactivated" in office.told(ADMIN)
    assert not (await office.world.settings()).is_set_up
    assert office.posts(BILLS) == []


# Saving


async def test_saving_sets_up_and_says_what_holds_from_now_on(either: Office, shared: Path) -> None:
    form = await either.open()

    done = await either.fill(form, **{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})

    settings = await either.world.settings()
    assert (done.errors, done.error) == ({}, None)
    assert settings.is_set_up
    assert (settings.costs.payment_status, settings.costs.default_account) == (PaymentStatus.AWAITING_PAYMENT, CATEGORY)
    assert (settings.costs.default_tax_rate, settings.approvers) == (TAX, (APPROVER,))
    assert (settings.approvals_channel, settings.alerts_channel) == (BILLS, ALERTS)
    assert f"<@{APPROVER}> can approve" in either.told(ADMIN)
    assert schema_problems(either.slack, shared) == []


async def test_the_connections_message_and_home_follow(office: Office) -> None:
    await office.slack.open_home(ADMIN)
    announced = office.slack.messages(BILLS)[0]
    assert "Nothing is sent" in str(announced.blocks)

    await office.save()

    now = office.slack.message(BILLS, announced.ts)
    home = office.slack.home(ADMIN)
    assert now is not None
    assert home is not None
    assert "Nothing is sent" not in str(now.blocks)
    assert "*Ready*: approved bills go to Xero." in str(now.blocks)
    assert "Set-up 0 of 4" not in str(home.blocks)


async def test_the_form_opens_again_as_it_was_saved(office: Office) -> None:
    await office.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})

    form = await office.open()

    shown = str([block.get("element") for block in form.blocks])
    for chosen in ("429 · General Expenses", "INPUT2", APPROVER, BOOKKEEPER, BILLS, ALERTS):
        assert chosen in shown
    assert "Nothing is sent" not in str(form.blocks)


async def test_the_same_form_sent_again_is_answered_as_saved_and_posts_nothing_more(either: Office) -> None:
    await either.save()
    (sent,) = [delivered for delivered in either.slack.delivered if delivered.kind == "view_submission"]

    again = await either.slack.deliveries.interaction(sent.payload)

    assert "It is saved" in again.text
    assert (await either.world.settings()).version == 1
    assert len(either.posts(ALERTS)) == 1


async def test_two_deliveries_at_once_save_once(either: Office) -> None:
    either.slack.faults.deliver_twice = True

    done = await either.fill(await either.open())

    assert (done.errors, done.error) == ({}, None)
    assert (await either.world.settings()).version == 1


async def test_what_somebody_else_saved_meanwhile_is_shown_and_not_overwritten(either: Office) -> None:
    form = await either.open()
    await either.world.set_up(approvers=(OWNER,), category=OTHER_CATEGORY)

    await either.fill(form)

    fresh = either.modal()
    assert "Somebody else saved these settings" in str(fresh.blocks)
    assert OTHER_CATEGORY in str(fresh.blocks)
    assert (await either.world.settings()).approvers == (OWNER,)
    done = await either.fill(fresh)
    assert done.errors == {}
    assert (await either.world.settings()).approvers == (APPROVER,)
