"""`dext-bot`: the commands by which the product is run and looked after."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from bot import app, log
from bot.clock import SystemClock
from bot.commands import api_keys, items, jobs, keys, migrating, rules
from bot.commands.asking import StoppedError
from bot.commands.parsing import add_command
from bot.config import Config, ConfigError, read_config
from bot.db import migrate
from bot.db.copying import CannotMoveError
from bot.db.migrate import OutdatedDatabaseError, UnreachableDatabaseError
from bot.delivery import BusyError
from bot.services.keys import KeyRingMismatchError
from bot.services.named_books import NoSuchOrganisationError
from bot.serving import CannotListenError
from bot.sheets.sheet import SheetError
from bot.slack import TokenRefusedError
from providers import LEDGERS

OURS = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
STOPS = (
    ConfigError,
    OutdatedDatabaseError,
    UnreachableDatabaseError,
    TokenRefusedError,
    KeyRingMismatchError,
    CannotListenError,
    CannotMoveError,
    BusyError,
    StoppedError,
    SheetError,
    NoSuchOrganisationError,
)
NOTHING_TYPED = "Type one of these commands, such as `dext-bot run`; `dext-bot COMMAND --help` tells more of it."


def main(arguments: Sequence[str] | None = None) -> int:
    parser, typed = _parser(), sys.argv[1:] if arguments is None else arguments
    if not typed:
        print(f"{parser.format_help()}\n{NOTHING_TYPED}", file=sys.stderr)
        return 2
    chosen = parser.parse_args(typed)
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
    add_command(commands, "run", _run, "serve Slack and browsers, post messages, and work jobs", "dext-bot run")
    add_command(commands, "worker", _worker, "work jobs only; start as many as you like", "dext-bot worker")
    play = add_command(
        commands,
        "playground",
        _playground,
        "everything on this machine, with a simulated Slack and simulated ledgers",
        "dext-bot playground --fresh",
    )
    play.add_argument("--fresh", action="store_true", help="forget what was kept in var/")
    migrating.register(commands)
    doctor = add_command(
        commands,
        "doctor",
        _doctor,
        "look at everything that can be wrong, and say what to do",
        "dext-bot doctor --json",
    )
    doctor.add_argument("--json", action="store_true", help="for machines; 1 is answered when anything is wrong")
    keys.register(commands)
    api_keys.register(commands)
    items.register(commands)
    rules.register(commands)
    jobs.register(commands)
    return parser


def _config() -> Config:
    """Read once, checked whole. Bolt would read some of these by itself and start an installation flow of its own."""
    config = read_config(os.environ, tuple(LEDGERS))
    keys.vault_of(config.encryption_keys)
    for name in OURS:
        with suppress(KeyError):
            del os.environ[name]
    log.configure(config.log_level, config.log_format)
    return config


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


def _doctor(chosen: argparse.Namespace) -> int:
    """Needs no configuration that is right; answers 1 when anything is wrong."""
    from bot.doctor.doctor import diagnose  # noqa: PLC0415 - a serving process needs none of it

    log.configure("debug" if os.environ.get("DEXT_LOG_LEVEL") == "debug" else "error", "text")
    report = asyncio.run(diagnose(os.environ, SystemClock()))
    print(report.json() if chosen.json else report.text())
    return 0 if report.is_well else 1
