"""The ring against what is stored, and sealing anew while others write."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.db.sealed import ACCESS, CODE, REFRESH, SEALED_COLUMNS, SealedColumn
from bot.db.unit_of_work import Database
from bot.services.keys import KeyRingMismatchError, StoredSecrets
from bot.services.messages import Subject
from bot.vault import Envelope, SealError, Vault, new_key
from tests.fakes.clock import FakeClock
from tests.services.stored import Stored, opened, stored

OLD, NEW, OTHER = new_key("k1"), new_key("k2-of-the-future"), new_key("k1")
BEFORE, BOTH, AFTER = Vault.from_text(OLD), Vault.from_text(f"{NEW},{OLD}"), Vault.from_text(NEW)
VALUES = 10
"""Two rows in each of five columns."""


def of(world: Stored, vault: Vault) -> StoredSecrets:
    return StoredSecrets(world.db, vault, FakeClock(sleeps_at_once=True))


def test_the_code_that_waits_to_be_sent_is_looked_for_where_it_is_written() -> None:
    assert CODE.among == {"subject": Subject.CONNECT_CODE}


async def test_rotation_seals_everything_with_the_new_key_and_says_that_the_old_one_may_go(database: Database) -> None:
    world = await stored(database, BEFORE)

    done = await of(world, BOTH).reseal()

    assert (done.resealed, done.unopened, done.is_whole, done.not_needed) == (VALUES, 0, True, ("k1",))
    assert "10 stored secrets" in done.words
    assert "take it off" in done.words
    assert await world.opened(AFTER) == world.secrets
    await of(world, AFTER).require_keys()
    assert (await of(world, BOTH).reseal()).resealed == 0


async def test_what_was_sealed_in_the_former_way_still_opens_and_is_sealed_anew(database: Database) -> None:
    world = await stored(database, BEFORE, is_former=True)
    assert await world.opened(BEFORE) == world.secrets
    await of(world, BEFORE).require_keys()

    done = await of(world, BEFORE).reseal()

    assert (done.resealed, done.is_whole) == (VALUES, True)
    assert await world.opened(BEFORE) == world.secrets
    assert await of(world, BEFORE).count_old() == 0


class StoppedError(Exception):
    """The process ends here."""


def stop(resealed: int) -> None:
    raise StoppedError


@pytest.mark.parametrize("batch", [1, 3, 50])
async def test_rotation_goes_on_where_it_was_stopped(database: Database, batch: int) -> None:
    """After each batch in turn, as often as there are batches."""
    world, stops = await stored(database, BEFORE, each=4), 0

    while await of(world, BOTH).count_old():
        left = await of(world, BOTH).count_old()
        with pytest.raises(StoppedError):
            await of(world, BOTH).reseal(stop, batch=batch)
        assert await world.opened(BOTH) == world.secrets
        assert await of(world, BOTH).count_old() < left
        stops += 1

    assert stops == 5 * -(-4 // batch)
    assert await world.opened(AFTER) == world.secrets


async def test_a_token_that_was_refreshed_meanwhile_stays(database: Database) -> None:
    world = await stored(database, BEFORE, each=1)
    (row,) = [row for column, row in await world.cells() if column is REFRESH]

    class Racing(StoredSecrets):
        async def _write(self, column: SealedColumn, anew: Sequence[tuple[Any, Any]]) -> int:
            if column is REFRESH:
                await world.put(REFRESH, row, REFRESH.seal(BEFORE, "refreshed", id=row.id, provider="xero"))
            return await super()._write(column, anew)

    done = await Racing(world.db, BOTH, FakeClock()).reseal()

    assert (await world.opened(BOTH))[REFRESH.name, row.id] == "refreshed"
    assert done.old == {"k1": 1}
    assert "restart it, and run this again" in done.words


@pytest.mark.parametrize(
    ("ring", "words"),
    [(AFTER, "sealed with key k1, which is not there"), (Vault.from_text(OTHER), "has other bytes there")],
    ids=["missing", "other bytes"],
)
async def test_a_missing_or_wrong_key_is_named_with_how_much_needs_it(
    database: Database, ring: Vault, words: str
) -> None:
    world = await stored(database, BEFORE)
    before = await world.cells()

    with pytest.raises(KeyRingMismatchError) as refused:
        await of(world, ring).require_keys()

    said = str(refused.value)
    assert f"DEXT_ENCRYPTION_KEYS: {VALUES} stored secrets sealed with key k1" in said
    assert words in said
    assert "(k1) back at the end" in said
    assert "dext-bot keys rotate" in said
    assert await world.cells() == before


@pytest.mark.parametrize("is_former", [False, True])
async def test_what_a_lost_key_sealed_is_given_up_and_sign_ins_are_over(database: Database, *, is_former: bool) -> None:
    world = await stored(database, BEFORE, is_former=is_former)

    assert await of(world, AFTER).give_up("k1") == VALUES

    await of(world, AFTER).require_keys()
    assert set((await world.opened(AFTER)).values()) == {""}
    async with database.read() as tx:
        ended = (await tx.execute(ACCESS.table.select())).all()
    assert [row.ended_at is None for row in ended] == [False, False]
    assert await of(world, AFTER).give_up("k1") == 0


async def test_every_key_is_asked_for_when_several_sealed(database: Database) -> None:
    world = await stored(database, BEFORE, each=1)
    for column, row in await world.cells():
        if column is ACCESS:
            sealed = ACCESS.seal(AFTER, "newer", id=row.id, provider="xero")
            await world.put(column, row, sealed)

    with pytest.raises(KeyRingMismatchError, match="4 stored secrets sealed with key k1,"):
        await of(world, AFTER).require_keys()
    with pytest.raises(KeyRingMismatchError, match="1 stored secret sealed with key k2-of-the-future"):
        await of(world, BEFORE).require_keys()
    await of(world, BOTH).require_keys()


async def test_one_altered_value_does_not_make_a_key_wrong_and_is_told_by_rotation(database: Database) -> None:
    world = await stored(database, BEFORE)
    column, row = (await world.cells())[0]
    sealed = column.sealed_in(row.cell)
    assert sealed is not None
    await world.put(column, row, sealed[:-1] + bytes([sealed[-1] ^ 1]))

    await of(world, BEFORE).require_keys()
    done = await of(world, BOTH).reseal()

    assert (done.resealed, done.unopened, done.old) == (VALUES - 1, 1, {"k1": 1})
    assert "1 stored secret did not open" in done.words
    assert not done.is_whole


async def test_an_empty_database_needs_no_key(database: Database) -> None:
    world = await stored(database, BEFORE, each=0)

    await of(world, AFTER).require_keys()
    assert (await of(world, BOTH).reseal()).words.startswith("0 stored secrets")


async def test_a_sealed_value_opens_in_no_other_row_or_column(database: Database) -> None:
    """Copied between every two cells there are: other rows, columns and workspaces."""
    world = await stored(database, BEFORE)
    cells, tried = await world.cells(), 0

    for (from_column, from_row), (to_column, to_row) in permutations(cells, 2):
        stolen = from_column.sealed_in(from_row.cell)
        assert opened(BEFORE, to_column, to_row, stolen) is None
        tried += 1

    assert tried == VALUES * (VALUES - 1)


async def test_a_row_that_was_given_to_another_workspace_or_provider_does_not_open(database: Database) -> None:
    world = await stored(database, BEFORE)
    rows = {column.name: [row for found, row in await world.cells() if found is column] for column in SEALED_COLUMNS}

    for column in SEALED_COLUMNS:
        mine, other = rows[column.name]
        for name in column.bound_to:
            bound = {each: getattr(mine, each) for each in column.bound_to}
            bound[name] = "quickbooks" if name == "provider" else getattr(other, name)
            sealed = column.sealed_in(mine.cell)
            assert sealed is not None
            with pytest.raises(SealError):
                column.open(BEFORE, sealed, **bound)


@settings(max_examples=300)
@given(bit=st.integers(min_value=0), column=st.sampled_from(SEALED_COLUMNS), is_former=st.booleans())
def test_no_bit_of_a_sealed_value_can_be_turned(bit: int, column: SealedColumn, *, is_former: bool) -> None:
    of_row = dict.fromkeys(column.bound_to, "the same")
    sealed = column.seal(BOTH, "a secret", **of_row)
    if is_former:
        sealed = BOTH.seal("a secret", column.former_place.format(**of_row))
    place, mask = divmod(bit % (8 * len(sealed)), 8)
    turned = bytearray(sealed)
    turned[place] ^= 1 << mask

    with pytest.raises(SealError):
        column.open(BOTH, bytes(turned), **of_row)


@given(rubbish=st.binary(max_size=60))
def test_what_was_never_sealed_is_refused(rubbish: bytes) -> None:
    with pytest.raises(SealError):
        BOTH.open(rubbish, "a place")
    with pytest.raises(SealError):
        BOTH.open(b"1:k1:" + rubbish, "a place")


def test_a_header_says_no_more_than_the_key() -> None:
    sealed = CODE.seal(BOTH, "a secret", subject_id=1, workspace_id=2)

    assert Envelope.of(sealed) == Envelope(2, "k2-of-the-future")
    assert b"a secret" not in sealed
