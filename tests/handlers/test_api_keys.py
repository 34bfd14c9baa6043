"""API keys in Slack: made and shown once, listed with their use, revoked at once; and by the command line."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot import cli
from bot.db.api_keys import API_KEYS
from bot.db.base import table_of
from bot.db.connections import GrantRow
from bot.db.unit_of_work import Database
from bot.domain.api_keys import MOST_KEYS, NewKey, Scope, fresh_key, hash_of, is_well_formed
from bot.domain.ids import UserId
from bot.domain.rights import Role
from bot.playground.slack import ADMIN, BOOKKEEPER, FORMER, Submitted, View
from bot.services.api_keys import make_key
from bot.services.audit import AUDIT
from bot.services.people import grant
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, a_desk, words

KEY = re.compile(r"dext_[0-9A-Za-z]{49}")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made
        assert made.slack.refusals == []


async def opened(desk: Desk, user: str = ADMIN) -> View:
    await desk.slack.open_home(user)
    await desk.settle()
    home = desk.slack.home(user)
    assert home is not None
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=user)
    await desk.slack.click(desk.modal(user), ActionId.OPEN_API_KEYS, user=user)
    return desk.modal(user)


async def make(desk: Desk, **changes: object) -> Submitted:
    await desk.slack.click(desk.modal(ADMIN), ActionId.MAKE_API_KEY, user=ADMIN)
    return await desk.slack.submit(desk.modal(ADMIN), {BlockId.KEY_NAME: "The web shop", **changes})


async def test_a_key_is_shown_once_listed_by_its_beginning_and_refused_once_it_is_revoked(desk: Desk) -> None:
    keys = desk.world.services.api_keys
    assert "There is no key yet" in words(await opened(desk))
    await make(desk)
    (text,) = KEY.findall(words(desk.modal(ADMIN)))
    await desk.slack.close_modal(ADMIN, everything=True)

    caller = await keys.caller(text)
    listed = await opened(desk)

    assert caller is not None
    assert (caller.name, caller.scopes, caller.made_by) == ("The web shop", frozenset(Scope), ADMIN)
    assert KEY.findall(words(listed)) == []
    assert f"*The web shop* · `{text[:9]}…`" in words(listed)
    assert f"made by <@{ADMIN}>" in words(listed)
    assert "last used <!date^" in words(listed)
    await desk.slack.click(listed, ActionId.REVOKE_API_KEY, user=ADMIN)
    assert "The key is revoked" in words(desk.modal(ADMIN))
    assert "The web shop" not in words(desk.modal(ADMIN))
    assert await keys.caller(text) is None
    async with desk.world.services.db.read() as tx:
        (row,) = (await tx.execute(select(API_KEYS))).all()
        deeds = (await tx.execute(select(AUDIT.c.deed).where(AUDIT.c.subject_id == row.id))).scalars().all()
    assert text not in repr(row)
    assert (row.key_hash, row.revoked_by) == (hash_of(text), ADMIN)
    assert deeds == ["api key made", "api key revoked"]


async def test_a_second_press_of_revoke_and_a_second_process_find_it_over(desk: Desk, database_url: str) -> None:
    await opened(desk)
    await make(desk)
    (text,) = KEY.findall(words(desk.modal(ADMIN)))
    await desk.slack.close_modal(ADMIN, everything=True)
    first = await opened(desk)
    actor, keys = await desk.world.actor(), desk.world.services.api_keys
    (key,) = (await keys.opened(actor, desk.world.organisation_id)).keys
    other = Database(database_url, desk.world.clock)
    elsewhere = replace(keys, db=other)
    assert await elsewhere.caller(text) is not None

    await keys.revoke(actor, desk.world.organisation_id, key.id)
    answer = await desk.slack.click(first, ActionId.REVOKE_API_KEY, user=ADMIN)

    assert answer.status == 200
    assert "The key is revoked" in words(desk.modal(ADMIN))
    assert await keys.caller(text) is None
    assert await elsewhere.caller(text) is None
    await other.close()


async def test_what_is_not_filled_in_is_asked_for_and_no_more_keys_are_made_than_can_be_listed(desk: Desk) -> None:
    await opened(desk)
    unnamed = await make(desk, **{BlockId.KEY_NAME: "\u202e \u200b", BlockId.SCOPES: ["items:read"]})
    assert "Say what the key is for" in unnamed.errors[BlockId.KEY_NAME]

    actor, organisation = await desk.world.actor(), desk.world.organisation_id
    for number in range(MOST_KEYS):
        new = NewKey(name=f"<!channel> *{number}*", scopes=frozenset({Scope.READ_ITEMS}))
        await desk.world.services.api_keys.make(actor, organisation, new)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.KEY_NAME: "One more"})

    assert "Revoke one" in done.errors[BlockId.KEY_NAME]
    await desk.slack.close_modal(ADMIN, everything=True)
    listed = await opened(desk)
    assert ActionId.MAKE_API_KEY not in str(listed.blocks)
    lines = [block["text"]["text"] for block in listed.blocks if block["type"] == "section"]
    assert "*&lt;!channel&gt; \u22170\u2217*" in "".join(lines)
    assert not [line for line in lines if "<!channel>" in line]
    assert "may see what became of them" in words(listed).lower()


async def test_the_button_is_on_the_page_of_admins_only(desk: Desk) -> None:
    await desk.slack.open_home(BOOKKEEPER)
    await desk.settle()
    home = desk.slack.home(BOOKKEEPER)
    assert home is not None

    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=BOOKKEEPER)

    assert ActionId.OPEN_API_KEYS not in str(desk.modal(BOOKKEEPER).blocks)


async def test_a_key_outlasts_its_maker_and_is_listed_as_one_whose_maker_could_make_none_now(
    desk: Desk, database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As keys of organisations do elsewhere: whoever leaves stops no web shop, and whoever stays sees what to revoke."""
    keys, actor, of = desk.world.services.api_keys, await desk.world.actor(), desk.world.organisation_id
    made = await keys.make(actor, of, NewKey(name="The till", scopes=frozenset(Scope)))
    await desk.world.later(1)
    async with desk.world.services.db.write() as tx:
        for maker in (BOOKKEEPER, FORMER):
            await make_key(tx, actor.workspace.id, of, NewKey(name="x", scopes=frozenset(Scope)), made_by=UserId(maker))
        for user in (BOOKKEEPER, FORMER):
            await grant(tx, actor.workspace.id, of, UserId(user), Role.ADMIN)
        grants = table_of(GrantRow)
        await tx.execute(grants.delete().where(grants.c.user_id == ADMIN, grants.c.role == Role.ADMIN))

    listed = words(await opened(desk, BOOKKEEPER))
    monkeypatch.setenv("DEXT_DATABASE_URL", database_url)
    await asyncio.to_thread(cli.main, ("api-keys", "list"))

    assert f"made by <@{ADMIN}>, who is no admin any more, <!date" in listed
    assert f"made by <@{FORMER}>, who has a deactivated account, <!date" in listed
    assert f"made by <@{BOOKKEEPER}>, <!date" in listed
    assert "outlasts whoever made it" in listed
    assert f"by {ADMIN} (who is no admin any more)" in capsys.readouterr().out
    assert await keys.caller(made.text) is not None
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.REVOKE_API_KEY, user=BOOKKEEPER)
    assert await keys.caller(made.text) is None


async def test_the_last_use_is_written_at_most_once_a_minute(desk: Desk) -> None:
    keys, actor = desk.world.services.api_keys, await desk.world.actor()
    made = await keys.make(actor, desk.world.organisation_id, NewKey(name="Till", scopes=frozenset(Scope)))

    used = []
    for _ in range(3):
        await keys.caller(made.text)
        (key,) = (await keys.opened(actor, desk.world.organisation_id)).keys
        used.append(key.last_used_at)
        await desk.world.later(45)

    assert used[0] == used[1]
    assert used[1] != used[2]


async def test_keys_are_made_listed_and_revoked_from_the_command_line(
    desk: Desk, database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEXT_DATABASE_URL", database_url)
    world = desk.world

    async def typed(*arguments: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(cli.main, ("api-keys", *arguments))
        printed = capsys.readouterr()
        return status, printed.out.strip(), printed.err.strip()

    _, nothing, _ = await typed("list")
    wrong = await typed("create", "--organisation", "Nobody's", "--name", "The till")
    no_admin = await typed("create", "--organisation", "Northwind Trading Ltd", "--name", "x", "--by", BOOKKEEPER)
    status, text, warned = await typed("create", "--organisation", "northwind trading ltd", "--name", "The till")
    _, listed, _ = await typed("list")

    assert (status, warned) == (0, "This is the only time that the key is shown.")
    assert "There is no key" in nothing
    assert wrong[0] == no_admin[0] == 2
    assert ('--organisation "Northwind Trading Ltd"' in wrong[2], "(workspace Northwind" in wrong[2]) == (True, True)
    assert f"Its admins: {ADMIN}" in no_admin[2]
    caller = await world.services.api_keys.caller(text)
    assert caller is not None
    assert (caller.made_by, caller.scopes) == (ADMIN, frozenset(Scope))
    assert f"{text[:9]}…  The till  items:read,items:write  on the command line for {ADMIN}" in listed
    assert text not in listed
    assert (await typed("revoke", "dext_none"))[0] == 2
    assert "is revoked" in (await typed("revoke", listed.partition(" ")[0]))[1]
    assert await world.services.api_keys.caller(text) is None


def test_a_key_has_256_bits_and_a_checksum_that_finds_slips_of_the_pen() -> None:
    keys = {fresh_key() for _ in range(1000)}

    assert len(keys) == 1000
    assert all(KEY.fullmatch(key) and is_well_formed(key) for key in keys)
    key = keys.pop()
    assert not any(
        is_well_formed(wrong) for wrong in (key[:-1], key + "0", key.swapcase(), key[:20] + key[21:] + "0", "")
    )
