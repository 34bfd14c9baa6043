"""`dext-bot rules import|export`: what an operator is asked and told."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.asking import Asker, StoppedError
from bot.commands.new_file import new_file
from bot.commands.parsing import Commands, add_command, add_group
from bot.config import database_url_of
from bot.db import migrate
from bot.db.unit_of_work import Database
from bot.services.named_books import NamedBooks, named_books
from bot.services.rule_lists import RuleLists, RulePlan
from bot.services.saving_settings import StaleFormError
from bot.services.settings_pages import NoConnectionError
from bot.sheets.rule_lines import rule_lines
from providers import PROVIDERS

MOST_NAMED = 20
"""Wrong lines that are listed one by one."""
ORGANISATION = "its name or id; not needed where there is one"
IMPORTS = "bring in rules from a file that `rules export` has written"
IMPORT_ENDS = (
    "A rule for the same supplier, customer, person or payment method is replaced; others stay. It ends with 1 when lines were "
    "left out because something is wrong with them (the others are brought in), with 2 when it stopped, else with 0."
)
IMPORT_EXAMPLE = 'dext-bot rules import rules.jsonl --organisation "Acme Ltd" --for-waiting'
EXPORTS = "write all rules to a file, a line of JSON each, that can be brought in again"
EXPORT_EXAMPLE = 'dext-bot rules export --organisation "Acme Ltd" --out rules.jsonl'


def register(commands: Commands) -> None:
    rules = add_group(commands, "rules", "rules that code items, in and out", "dext-bot rules export --out rules.jsonl")
    importing = add_command(rules, "import", import_rules, IMPORTS, IMPORT_EXAMPLE, more=IMPORT_ENDS)
    importing.add_argument("file", type=Path, help="the file; - reads standard input")
    importing.add_argument("--organisation", metavar="NAME", help=ORGANISATION)
    importing.add_argument("--for-waiting", action="store_true", help="for items that wait, too, not only for new ones")
    importing.add_argument("--dry-run", action="store_true", help="only say what would be done")
    importing.add_argument("--yes", action="store_true", help="do not ask before it is done")
    exporting = add_command(rules, "export", export_rules, EXPORTS, EXPORT_EXAMPLE)
    exporting.add_argument("--organisation", metavar="NAME", help=ORGANISATION)
    exporting.add_argument("--out", type=Path, metavar="FILE", help="a new file; standard output without it")


def export_rules(chosen: argparse.Namespace) -> int:
    lines = asyncio.run(_exported(chosen, database_url_of(os.environ)))
    with new_file(chosen.out) as write:
        write("".join(lines))
    print(f"{_rules(len(lines))} written to {chosen.out or 'standard output'}.", file=sys.stderr)
    return 0


async def _exported(chosen: argparse.Namespace, url: str) -> tuple[str, ...]:
    await migrate.require_head(url)
    db = Database(url, SystemClock())
    try:
        return await _lists(db).written(await named_books(db, chosen.organisation))
    finally:
        await db.close()


def import_rules(chosen: argparse.Namespace) -> int:
    """Answers 1 when lines were left out because something is wrong with them."""
    asker = Asker(is_asking=sys.stdin.isatty() and str(chosen.file) != "-")
    return asyncio.run(_import(chosen, database_url_of(os.environ), _content(chosen.file), asker))


async def _import(chosen: argparse.Namespace, url: str, content: str, asker: Asker) -> int:
    await migrate.require_head(url)
    db = Database(url, SystemClock())
    try:
        books, lists = await named_books(db, chosen.organisation), _lists(db)
        for_waiting = chosen.for_waiting
        plan = await lists.plan(books, list(rule_lines(content)), is_for_waiting=for_waiting)
        print(_preview(plan, books))
        found = [*plan.new, *plan.changed]
        if found and not chosen.dry_run and (chosen.yes or asker.agrees(f"Bring in {len(found)}?")):
            print(f"{_rules(await lists.carry_out(books, found, is_for_waiting=for_waiting))} brought in.")
    except NoConnectionError:
        raise StoppedError("It is connected to no software that says what there is to choose.") from None
    except StaleFormError:
        raise StoppedError(
            "Somebody changed one of these rules meanwhile. Nothing was brought in; try again."
        ) from None
    finally:
        await db.close()
    return 1 if plan.wrong else 0


def _lists(db: Database) -> RuleLists:
    return RuleLists(db, {key: entry.profile for key, entry in PROVIDERS.items()})


def _content(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode()
    except OSError as error:
        raise StoppedError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise StoppedError(f"{file} is no text in UTF-8.") from None


def _preview(plan: RulePlan, books: NamedBooks) -> str:
    said = [
        f"{books.name}:",
        f"  {len(plan.new):5} new",
        f"  {len(plan.changed):5} otherwise than here, to be replaced",
        f"  {plan.known:5} here already",
        f"  {len(plan.wrong):5} wrong, left out",
    ]
    for number, sentences in plan.wrong[:MOST_NAMED]:
        said += [f"    line {number}: {sentence}" for sentence in sentences]
    if len(plan.wrong) > MOST_NAMED:
        said.append(f"    and {len(plan.wrong) - MOST_NAMED} more lines")
    return "\n".join(said)


def _rules(number: int) -> str:
    return "1 rule" if number == 1 else f"{number} rules"
