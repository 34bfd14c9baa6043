"""`dext-bot`: the commands by which the product is run and looked after."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from bot import api_key_commands, app, log
from bot.api_key_commands import NoKeyError
from bot.clock import SystemClock
from bot.commands import items
from bot.commands.asking import StoppedError
from bot.commands.progress import progress
from bot.config import Config, ConfigError, database_url_of, key_ring_of, read_config
from bot.db import migrate
from bot.db.migrate import OutdatedDatabaseError, UnreachableDatabaseError
from bot.db.unit_of_work import Database
from bot.delivery import BusyError
from bot.domain.api_keys import Scope
from bot.services.keys import VARIABLE as RING
from bot.services.keys import KeyRingMismatchError, NoSuchKeyError, Rotation, StoredSecrets, counted
from bot.services.named_books import NoSuchOrganisationError
from bot.serving import CannotListenError
from bot.sheets.sheet import SheetError
from bot.slack import TokenRefusedError
from bot.vault import KeyRingError, Vault, fresh_id, new_key
from bot.worker.engine import migrate_engine
from providers import PROVIDERS

OURS = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
STOPS = (
    ConfigError,
    OutdatedDatabaseError,
    UnreachableDatabaseError,
    TokenRefusedError,
    KeyRingMismatchError,
    CannotListenError,
    BusyError,
    NoKeyError,
    StoppedError,
    SheetError,
    NoSuchOrganisationError,
)
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - what add_subparsers answers

ROTATING = """Seal every stored secret with the first key of DEXT_ENCRYPTION_KEYS, while the product runs.

In this order, so that no process meets a secret that it cannot open:
  1. Put a fresh key (`dext-bot keys new`) in FRONT of DEXT_ENCRYPTION_KEYS, at every process, and restart them all.
  2. Run this. It may be stopped anywhere, and run again.
  3. Take the keys that it names off the ring, and restart. Keep them as long as back-ups sealed with them.

A process that still has the ring of before cannot open what was sealed with the new key: what it was to do with it
fails, is logged, and is done once a process with the new ring runs. Nothing is lost. Where processes are restarted one
after another, put the new key at the END first, restart all, and only then move it to the front.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        return command(chosen)
    except STOPS as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dext-bot", description="Bills from Slack to the accounting software.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _command(commands, "run", _run, "serve Slack and browsers, post messages, and work jobs", "dext-bot run")
    _command(commands, "worker", _worker, "work jobs only; start as many as you like", "dext-bot worker")
    play = _command(
        commands,
        "playground",
        _playground,
        "everything on this machine, with a simulated Slack and simulated ledgers",
        "dext-bot playground --fresh",
    )
    play.add_argument("--fresh", action="store_true", help="forget what was kept in var/")
    _command(commands, "migrate", _migrate, "bring the database to this version", "dext-bot migrate")
    doctor = _command(
        commands,
        "doctor",
        _doctor,
        "look at everything that can be wrong, and say what to do",
        "dext-bot doctor --json",
    )
    doctor.add_argument("--json", action="store_true", help="for machines; 1 is answered when anything is wrong")
    _add_keys(commands)
    _add_api_keys(commands)
    _add_items(commands)
    return parser


def _add_keys(commands: "Commands") -> None:
    keys = _group(commands, "keys", "keys that stored secrets are sealed with", "dext-bot keys new")
    new = _command(keys, "new", _new_key, "print a fresh key for DEXT_ENCRYPTION_KEYS", "dext-bot keys new")
    new.add_argument("--id", help="the key's id, up to 16 letters or digits (one of the day, never given before)")
    rotate = _command(
        keys, "rotate", _rotate, "seal every stored secret with the first key of the ring", "dext-bot keys rotate"
    )
    rotate.add_argument("--give-up", metavar="ID", help="first empty what a lost key sealed; people sign in again")
    rotate.formatter_class = argparse.RawDescriptionHelpFormatter
    rotate.description = ROTATING


def _add_api_keys(commands: "Commands") -> None:
    keys = _group(commands, "api-keys", "keys that other systems send bills with", "dext-bot api-keys list")
    create = _command(
        keys,
        "create",
        _create_api_key,
        "make a key and print it, once",
        "dext-bot api-keys create --organisation 'Northwind Trading Ltd' --name 'The web shop'",
    )
    create.add_argument("--organisation", required=True, help="its name, or its id")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--scope", action="append", choices=list(Scope), help="what it may do; again for more (all)")
    create.add_argument("--by", metavar="USER", help="the admin in whose name it sends, by Slack user id (the first)")
    listing = _command(keys, "list", _list_api_keys, "show the live keys", "dext-bot api-keys list")
    listing.add_argument("--organisation", help="only of this one, by name or id")
    revoke = _command(
        keys, "revoke", _revoke_api_key, "end a key, from the next request on", "dext-bot api-keys revoke dext_Ab3d"
    )
    revoke.add_argument("key", help="its id, or how it begins")


def _add_items(commands: "Commands") -> None:
    group = _group(commands, "items", "lists of documents, in and out", "dext-bot items import bills.csv")
    bring = _command(group, "import", _import_items, items.IMPORTS, items.IMPORT_EXAMPLE)
    items.add_import_arguments(bring)
    write = _command(group, "export", _export_items, items.EXPORTS, items.EXPORT_EXAMPLE)
    items.add_export_arguments(write)


def _group(commands: "Commands", name: str, does: str, example: str) -> "Commands":
    group = commands.add_parser(name, help=does, description=f"{does.capitalize()}.", epilog=f"Example: {example}")
    return group.add_subparsers(metavar="COMMAND", required=True)


def _command(
    commands: "Commands",
    name: str,
    command: Callable[[argparse.Namespace], int],
    does: str,
    example: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=does, description=does.capitalize() + ".", epilog=f"Example: {example}")
    parser.set_defaults(command=command)
    return parser


def _config() -> Config:
    """Read once, checked whole. Bolt would read some of these by itself and start an installation flow of its own."""
    config = read_config(os.environ, tuple(PROVIDERS))
    _vault(config.encryption_keys)
    for name in OURS:
        with suppress(KeyError):
            del os.environ[name]
    log.configure(config.log_level, config.log_format)
    return config


def _vault(ring: str) -> Vault:
    try:
        return Vault.from_text(ring)
    except KeyRingError as error:
        raise ConfigError(f"{RING} {error}") from None


def _run(_: argparse.Namespace) -> int:
    config = _config()

    async def serve() -> None:
        await migrate.require_head(config.database_url)
        await app.run(config, SystemClock())

    asyncio.run(serve())
    return 0


def _worker(_: argparse.Namespace) -> int:
    config = _config()

    async def work() -> None:
        await migrate.require_head(config.database_url)
        await app.work(config, SystemClock())

    asyncio.run(work())
    return 0


def _playground(chosen: argparse.Namespace) -> int:
    from bot.playground.start import start  # noqa: PLC0415 - the product itself needs none of it

    return start(os.environ, is_fresh=chosen.fresh)


def _migrate(_: argparse.Namespace) -> int:
    url = database_url_of(os.environ)
    asyncio.run(migrate.upgrade(url))
    migrate_engine(url)
    print(f"The database is at revision {migrate.head()}.")
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    """Needs no configuration that is right; answers 1 when anything is wrong."""
    from bot.doctor.doctor import diagnose  # noqa: PLC0415 - a serving process needs none of it

    log.configure("debug" if os.environ.get("DEXT_LOG_LEVEL") == "debug" else "error", "text")
    report = asyncio.run(diagnose(os.environ, SystemClock()))
    print(report.json() if chosen.json else report.text())
    return 0 if report.is_well else 1


def _new_key(chosen: argparse.Namespace) -> int:
    name = chosen.id or fresh_id(SystemClock().now().date())
    if any(entry.strip().startswith(f"{name}:") for entry in os.environ.get(RING, "").split(",")):
        raise ConfigError(f"{RING} has a key {name} already; each key has an id of its own")
    try:
        print(new_key(name))
    except KeyRingError as error:
        raise ConfigError(f"{RING} {error}") from None
    return 0


def _rotate(chosen: argparse.Namespace) -> int:
    """Answers 1 while something is sealed with another key than the first, and for a key that there is not."""
    url, ring = database_url_of(os.environ), key_ring_of(os.environ)
    vault = _vault(ring)
    if chosen.give_up in vault.key_ids:
        raise ConfigError(
            f"{RING} has key {chosen.give_up}: what is on the ring is not lost; take it off to give it up"
        )

    async def rotate() -> Rotation:
        await migrate.require_head(url)
        db = Database(url, SystemClock())
        try:
            secrets = StoredSecrets(db, vault, SystemClock())
            if chosen.give_up:
                await secrets.require_used(chosen.give_up)
                print(f"{counted(await secrets.give_up(chosen.give_up))} of key {chosen.give_up} given up.")
            await secrets.require_keys()
            with progress(await secrets.count_old()) as told:
                return await secrets.reseal(told)
        finally:
            await db.close()

    try:
        done = asyncio.run(rotate())
    except NoSuchKeyError as error:
        print(error, file=sys.stderr)
        return 1
    print(done.words)
    return 0 if done.is_whole else 1


def _create_api_key(chosen: argparse.Namespace) -> int:
    """The key alone goes to standard output, so that it can be piped to where it is kept."""
    made = api_key_commands.create(
        database_url_of(os.environ),
        SystemClock(),
        organisation=chosen.organisation,
        name=chosen.name,
        scopes=chosen.scope or (),
        made_by=chosen.by,
    )
    print(asyncio.run(made))
    print("This is the only time that the key is shown.", file=sys.stderr)
    return 0


def _list_api_keys(chosen: argparse.Namespace) -> int:
    print(asyncio.run(api_key_commands.listed(database_url_of(os.environ), SystemClock(), chosen.organisation)))
    return 0


def _revoke_api_key(chosen: argparse.Namespace) -> int:
    print(asyncio.run(api_key_commands.revoke(database_url_of(os.environ), SystemClock(), chosen.key)))
    return 0


def _import_items(chosen: argparse.Namespace) -> int:
    """Answers 1 when documents were left out because they are unclear."""
    return items.import_items(chosen, database_url_of(os.environ))


def _export_items(chosen: argparse.Namespace) -> int:
    return items.export_items(chosen, database_url_of(os.environ))
