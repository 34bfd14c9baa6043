"""What cannot be saved is said at its field: the form stays as it was filled, and nothing is kept or posted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import (
    ADMIN,
    ALERTS,
    APPROVER,
    BILLS,
    BOT_USER,
    FORMER,
    GUEST,
    OTHER_BOT,
    OUTSIDER,
    SINGLE_GUEST,
)
from bot.services.lists import went_inactive
from bot.views.ids import ActionId, BlockId
from tests.handlers.setting_up import CATEGORY, OTHER_CATEGORY, Office, an_office
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


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (GUEST, "Gus is a guest"),
        (SINGLE_GUEST, "Sam is a guest"),
        (OTHER_BOT, "Reminder is a bot"),
        (FORMER, "Fred has a deactivated account"),
        (OUTSIDER, "Xavier belongs to another workspace"),
        ("U0NOBODY1", "Somebody is no member of this workspace"),
    ],
)
@pytest.mark.parametrize("block", [BlockId.APPROVERS, BlockId.BOOKKEEPERS])
async def test_whoever_could_not_act_anyway_is_not_chosen(
    office: Office, user: str, words: str, block: BlockId
) -> None:
    done = await office.save(**{block: [APPROVER, user]})

    assert set(done.errors) == {block}
    assert words in done.errors[block]
    assert not (await office.world.settings()).is_set_up
    assert office.posts(BILLS) == office.posts(ALERTS) == []


async def test_when_slack_does_not_say_who_somebody_is_nothing_is_saved_and_trying_again_helps(office: Office) -> None:
    form = await office.open()
    office.slack.faults.next_call("users.info", "500", times=2)

    done = await office.fill(form)

    assert set(done.errors) == {BlockId.APPROVERS, BlockId.BOOKKEEPERS}
    assert "cannot be checked with Slack" in done.errors[BlockId.APPROVERS]
    assert (await office.fill(form)).errors == {}


async def test_nobody_as_approver_is_not_taken(office: Office) -> None:
    done = await office.save(**{BlockId.APPROVERS: []})

    assert set(done.errors) == {BlockId.APPROVERS}
    assert not (await office.world.settings()).is_set_up


@pytest.mark.parametrize("metadata", ["", "x:y:z", None])
async def test_a_form_that_is_not_ours_saves_nothing_and_says_so(office: Office, metadata: str | None) -> None:
    form = await office.open()
    if metadata is None:
        option = {"text": {"type": "plain_text", "text": "x"}, "value": "spend_it_all"}
        form.entries[BlockId.DESTINATION][ActionId.VALUE]["selected_option"] = option
    else:
        form.definition["private_metadata"] = metadata

    await office.fill(form)

    assert "from an earlier version" in office.told(ADMIN)
    assert not (await office.world.settings()).is_set_up


@pytest.mark.parametrize("block", [BlockId.DEFAULT_ACCOUNT, BlockId.DEFAULT_TAX])
async def test_a_code_that_was_never_offered_is_refused_at_its_field(office: Office, block: BlockId) -> None:
    form = await office.open()
    for action in form.entries[block]:
        option = {"text": {"type": "plain_text", "text": "x"}, "value": "FORGED"}
        form.entries[block][action] = {"type": "external_select", "selected_option": option}

    done = await office.fill(form)

    assert set(done.errors) == {block}
    assert "in the ledger's list" in done.errors[block]


async def test_a_default_that_was_archived_since_is_named_when_the_form_is_saved_again(either: Office) -> None:
    await either.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY})
    actor = await either.world.actor()
    async with either.world.services.db.write() as tx:
        await went_inactive(tx, actor.workspace.id, either.world.organisation_id, CATEGORY)

    form = await either.open()
    done = await either.fill(form)

    assert "429 · General Expenses" in str(form.blocks)
    assert set(done.errors) == {BlockId.DEFAULT_ACCOUNT}
    assert (await either.fill(form, **{BlockId.DEFAULT_ACCOUNT: OTHER_CATEGORY})).errors == {}


async def test_everything_wrong_is_said_at_once(office: Office) -> None:
    done = await office.save(**{BlockId.APPROVERS: [GUEST], BlockId.BOOKKEEPERS: [FORMER, GUEST]})

    assert set(done.errors) == {BlockId.APPROVERS, BlockId.BOOKKEEPERS}
    assert "Fred has a deactivated account. Gus is a guest." in done.errors[BlockId.BOOKKEEPERS]


async def test_a_crowd_is_named_in_part_as_slack_has_room_for_a_sentence_or_two(office: Office) -> None:
    crowd = [GUEST, SINGLE_GUEST, FORMER, OTHER_BOT, OUTSIDER, BOT_USER]

    done = await office.save(**{BlockId.APPROVERS: crowd})

    assert "And 1 more like these." in done.errors[BlockId.APPROVERS]
