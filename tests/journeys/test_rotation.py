"""The commands as they are typed, in processes of their own: killed anywhere, and started with the wrong keys."""

import asyncio
import os
import random
import signal
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from bot.db.unit_of_work import Database
from bot.services.keys import StoredSecrets
from bot.vault import Vault, new_key
from tests.fakes.app import environment
from tests.fakes.clock import FakeClock
from tests.kill.nursery import NURSERY
from tests.kill.rotation import Turn, rotate
from tests.kill.typed import typed as a_command
from tests.services.stored import stored

OLD, NEW = new_key("k1"), new_key("k2")
KILLS = 25
NEVER = 10**9
PATIENCE_SECONDS = 30


async def run(turn: Turn) -> bool:
    """Answers whether it died."""
    process = NURSERY.Process(target=rotate, args=(turn,))
    process.start()
    await asyncio.to_thread(process.join, PATIENCE_SECONDS)
    if process.exitcode is None:
        process.kill()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


async def typed(database_url: str, ring: str, *command: str) -> tuple[int | None, str]:
    return await a_command({**environment(database_url, 1), "DEXT_ENCRYPTION_KEYS": ring}, *command)


def content_of(sqlite_url: str) -> bytes:
    return sha256(Path(sqlite_url.partition("///")[2]).read_bytes()).digest()


@pytest.mark.slow
async def test_killed_at_random_points_rotation_loses_no_secret(database: Database, tmp_path: Path) -> None:
    seed = int(os.environ.get("DEXT_KILL_SEED", "0")) or random.randrange(1, 10**6)
    sys.stdout.write(f"DEXT_KILL_SEED={seed}\n")
    chance, steps_file = random.Random(seed), tmp_path / "steps"
    world = await stored(database, Vault.from_text(OLD), each=6)
    url = database.url.render_as_string(hide_password=False)
    rings, kills, steps = [f"{NEW},{OLD}", f"{OLD},{NEW}"], 0, 400

    for turn in range(10 * KILLS):
        ring = rings[turn % 2]  # there and back, so that something is left to do
        kill_at = chance.randint(1, steps) if turn else NEVER
        is_killed = await run(Turn(database_url=url, ring=ring, kill_at=kill_at, steps_file=str(steps_file)))
        kills += is_killed
        steps = int(steps_file.read_text()) if steps_file.exists() else steps
        assert await world.opened(Vault.from_text(ring)) == world.secrets
        if kills == KILLS:
            break

    sys.stdout.write(f"kill points: {kills} of {KILLS}, {len(world.secrets)} secrets, {turn + 1} rotations\n")
    assert kills == KILLS
    done = await StoredSecrets(database, Vault.from_text(rings[0]), FakeClock()).reseal()
    assert done.is_whole
    assert await world.opened(Vault.from_text(NEW)) == world.secrets


async def test_a_key_is_renewed_as_the_help_says(database: Database) -> None:
    world = await stored(database, Vault.from_text(OLD))
    url = database.url.render_as_string(hide_password=False)

    code, fresh = await typed(url, OLD, "keys", "new")
    assert code == 0
    code, said = await typed(url, f"{fresh.strip()},{OLD}", "keys", "rotate")
    assert (code, said.count("\n")) == (0, 2)
    assert "10 stored secrets sealed anew" in said
    assert "Nothing stored needs k1 any more: take it off DEXT_ENCRYPTION_KEYS." in said

    assert await world.opened(Vault.from_text(fresh.strip())) == world.secrets
    assert await typed(url, fresh.strip(), "keys", "rotate") == (
        0,
        "0 stored secrets sealed anew with the first key.\n",
    )


@pytest.mark.parametrize("command", ["run", "worker", "keys rotate"])
@pytest.mark.parametrize("ring", [new_key("k1"), NEW], ids=["other bytes", "missing"])
async def test_a_wrong_or_missing_key_stops_the_start_and_changes_nothing(
    sqlite_url: str, clock: FakeClock, command: str, ring: str
) -> None:
    database = Database(sqlite_url, clock)
    await stored(database, Vault.from_text(OLD))
    await database.close()
    before = content_of(sqlite_url)

    code, said = await typed(sqlite_url, ring, *command.split())

    assert (code, said.count("\n")) == (2, 1), said
    assert said.startswith("DEXT_ENCRYPTION_KEYS: 10 stored secrets sealed with key k1, which ")
    assert "dext-bot keys rotate" in said
    assert content_of(sqlite_url) == before
    assert "canary" not in said


async def test_a_lost_key_is_given_up_only_when_it_is_not_on_the_ring(database: Database) -> None:
    await stored(database, Vault.from_text(OLD))
    url = database.url.render_as_string(hide_password=False)

    code, said = await typed(url, f"{NEW},{OLD}", "keys", "rotate", "--give-up", "k1")
    assert (code, "take it off to give it up" in said) == (2, True)
    assert await typed(url, NEW, "keys", "rotate", "--give-up", "kl") == (1, "There is no key kl; there are: k1.\n")
    code, said = await typed(url, NEW, "keys", "rotate", "--give-up", "k1")
    assert (code, said) == (
        0,
        "10 stored secrets of key k1 given up.\n0 stored secrets sealed anew with the first key.\n",
    )


async def test_new_keys_never_have_one_id_twice(sqlite_url: str) -> None:
    (_, one), (_, other) = await typed(sqlite_url, OLD, "keys", "new"), await typed(sqlite_url, OLD, "keys", "new")
    code, said = await typed(sqlite_url, OLD, "keys", "new", "--id", "k1")

    assert len({key.partition(":")[0] for key in (one, other)}) == 2
    assert Vault.from_text(f"{one.strip()},{other.strip()}").key_ids
    assert (code, said) == (2, "DEXT_ENCRYPTION_KEYS has a key k1 already; each key has an id of its own\n")
