"""`dext-bot keys`: the keys that stored secrets are sealed with."""

import argparse
import asyncio
import os
import sys

from bot.clock import SystemClock
from bot.commands.parsing import Commands, add_command, add_group
from bot.commands.progress import progress
from bot.config import ConfigError, database_url_of, key_ring_of
from bot.db import migrate
from bot.db.unit_of_work import Database
from bot.services.keys import VARIABLE, NoSuchKeyError, Rotation, StoredSecrets, counted
from bot.vault import KeyRingError, Vault, fresh_id, new_key

ROTATING = """Seal every stored secret with the first key of DEXT_ENCRYPTION_KEYS, while the product runs.

In this order, so that no process meets a secret that it cannot open:
  1. Put a fresh key (`dext-bot keys new`) in FRONT of DEXT_ENCRYPTION_KEYS, at every process, and restart them all.
  2. Run this. It may be stopped anywhere, and run again.
  3. Take the keys that it names off the ring, and restart. Keep them as long as back-ups sealed with them.

A process that still has the ring of before cannot open what was sealed with the new key: what it was to do with it
fails, is logged, and is done once a process with the new ring runs. Nothing is lost. Where processes are restarted one
after another, put the new key at the END first, restart all, and only then move it to the front.
"""


def register(commands: Commands) -> None:
    keys = add_group(commands, "keys", "keys that stored secrets are sealed with", "dext-bot keys new")
    new = add_command(keys, "new", new_to_print, "print a fresh key for DEXT_ENCRYPTION_KEYS", "dext-bot keys new")
    new.add_argument("--id", help="the key's id, up to 16 letters or digits (one of the day, never given before)")
    again = add_command(
        keys, "rotate", rotate, "seal every stored secret with the first key of the ring", "dext-bot keys rotate"
    )
    again.add_argument("--give-up", metavar="ID", help="first empty what a lost key sealed; people sign in again")
    again.formatter_class = argparse.RawDescriptionHelpFormatter
    again.description = ROTATING


def vault_of(ring: str) -> Vault:
    """Raises: ConfigError: the ring cannot be used; the message names the variable."""
    try:
        return Vault.from_text(ring)
    except KeyRingError as error:
        raise ConfigError(f"{VARIABLE} {error}") from None


def new_to_print(chosen: argparse.Namespace) -> int:
    name = chosen.id or fresh_id(SystemClock().now().date())
    if any(entry.strip().startswith(f"{name}:") for entry in os.environ.get(VARIABLE, "").split(",")):
        raise ConfigError(f"{VARIABLE} has a key {name} already; each key has an id of its own")
    try:
        print(new_key(name))
    except KeyRingError as error:
        raise ConfigError(f"{VARIABLE} {error}") from None
    return 0


def rotate(chosen: argparse.Namespace) -> int:
    """Answers 1 while something is sealed with another key than the first, and for a key that there is not."""
    url, ring = database_url_of(os.environ), key_ring_of(os.environ)
    vault = vault_of(ring)
    if chosen.give_up in vault.key_ids:
        raise ConfigError(
            f"{VARIABLE} has key {chosen.give_up}: what is on the ring is not lost; take it off to give it up"
        )
    try:
        done = asyncio.run(_rotate(url, vault, chosen.give_up))
    except NoSuchKeyError as error:
        print(error, file=sys.stderr)
        return 1
    print(done.words)
    return 0 if done.is_whole else 1


async def _rotate(url: str, vault: Vault, given_up: str | None) -> Rotation:
    await migrate.require_head(url)
    db = Database(url, SystemClock())
    try:
        secrets = StoredSecrets(db, vault, SystemClock())
        if given_up:
            await secrets.require_used(given_up)
            print(f"{counted(await secrets.give_up(given_up))} of key {given_up} given up.")
        await secrets.require_keys()
        with progress(await secrets.count_old()) as told:
            return await secrets.reseal(told)
    finally:
        await db.close()
