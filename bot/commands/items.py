"""`dext-bot items import|export`: what an operator is asked and told."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.asking import Asker, StoppedError
from bot.commands.new_file import new_file
from bot.commands.parsing import Commands, add_command, add_group
from bot.commands.progress import progress
from bot.config import database_url_of
from bot.db import migrate
from bot.db.unit_of_work import Database
from bot.domain.documents import ItemKind, LineAmounts
from bot.services.item_export import ItemExport
from bot.services.item_import import ItemImport, Plan
from bot.services.ledger_names import LedgerNames
from bot.services.named_books import NamedBooks, named_books
from bot.sheets.columns import Column, Columns, UnsureError, columns_of
from bot.sheets.documents import (
    Reading,
    SheetDocument,
    UnsureAmountsError,
    UnsureOrderError,
    documents_of,
)
from bot.sheets.sheet import Sheet, read_sheet
from bot.sheets.values import DayOrder
from bot.sheets.writing import header, rows_of, written

MOST_NAMED = 20
"""Unclear documents that are listed one by one."""
LINE_AMOUNTS = (LineAmounts.EXCLUSIVE, LineAmounts.INCLUSIVE)
ORGANISATION = "its name or id; not needed where there is one"
IMPORTS = "bring in a list: an export of Dext, the bill template of Xero or QuickBooks, or any CSV with a header"
IMPORT_ENDS = (
    "It ends with 1 when documents were left out because they are unclear (the others are brought in), or when the ledger's "
    "lists lack what they name (they are brought in without it), with 2 when it "
    "stopped (import the list again: what is there already adds nothing), else with 0."
)
IMPORT_EXAMPLE = 'dext-bot items import bills.csv --organisation "Acme Ltd" --dates day-first'
EXPORTS = "write all items as a list that can be imported again"
EXPORT_EXAMPLE = 'dext-bot items export --organisation "Acme Ltd" --out items.csv'


def register(commands: Commands) -> None:
    items = add_group(commands, "items", "lists of documents, in and out", "dext-bot items import bills.csv")
    add_import_arguments(add_command(items, "import", import_items, IMPORTS, IMPORT_EXAMPLE, more=IMPORT_ENDS))
    add_export_arguments(add_command(items, "export", export_items, EXPORTS, EXPORT_EXAMPLE))


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a CSV file; - reads standard input")
    parser.add_argument("--organisation", metavar="NAME", help=ORGANISATION)
    parser.add_argument("--column", metavar="WHAT=HEADER", action="append", default=[], help=_columns_help())
    parser.add_argument("--dates", choices=[*DayOrder], type=DayOrder, help="what 03/04/2026 means")
    parser.add_argument("--line-amounts", choices=LINE_AMOUNTS, type=LineAmounts, help="whether tax is in them")
    parser.add_argument("--currency", metavar="CODE", help="of documents that name none (the organisation's own)")
    kinds = [ItemKind.COST, ItemKind.SALE]
    parser.add_argument("--kind", choices=kinds, type=ItemKind, default=ItemKind.COST, help="what the documents are")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--yes", action="store_true", help="do not ask before it is done")


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", metavar="NAME", help=ORGANISATION)
    parser.add_argument("--archived", action="store_true", help="the archived ones too")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file; standard output without it")


def _columns_help() -> str:
    return f"which column is what, where names do not tell: {', '.join(Column)}"


def import_items(chosen: argparse.Namespace) -> int:
    """Answers 1 when documents were left out because they are unclear."""
    url = database_url_of(os.environ)
    sheet = read_sheet(_content(chosen.file))
    asker = Asker(is_asking=sys.stdin.isatty() and str(chosen.file) != "-")
    columns = _columns(sheet, _given(chosen.column, sheet), asker)
    return asyncio.run(_import(chosen, url, sheet, columns, asker))


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise StoppedError(f"{file} cannot be read: {error.strerror}.") from None


def _given(said: Sequence[str], sheet: Sheet) -> dict[Column, str]:
    given = {}
    for each in said:
        what, _, name = each.partition("=")
        if what not in list(Column):
            raise StoppedError(f"--column {each}: {what} is none of {', '.join(Column)}.")
        if name not in sheet.header:
            raise StoppedError(f"--column {each}: the list has no column {name!r}. It has {', '.join(sheet.header)}.")
        given[Column(what)] = name
    return given


def _columns(sheet: Sheet, given: dict[Column, str], asker: "Asker") -> Columns:
    while True:
        try:
            return columns_of(sheet.header, given)
        except UnsureError as error:
            how = f'--column {error.column}="{error.candidates[0]}"' if error.candidates else "another list"
            given[error.column] = asker.choose(str(error), error.candidates, otherwise=f"Say it with {how}.")


async def _import(chosen: argparse.Namespace, url: str, sheet: Sheet, columns: Columns, asker: "Asker") -> int:
    await migrate.require_head(url)
    clock = SystemClock()
    db = Database(url, clock)
    try:
        books = await named_books(db, chosen.organisation)
        importing = ItemImport(db, clock)
        names = await importing.names(books)
        reading = Reading(
            order=chosen.dates,
            line_amounts=chosen.line_amounts,
            currency=chosen.currency or books.currency,
            kind=chosen.kind,
        )
        columns = columns.tracked(sheet.header, names.tracking_categories())
        documents = _documents(sheet, columns, reading, names, asker)
        plan = await importing.plan(books, documents)
        unknown = _unknown(plan, names)
        print(_preview(plan, columns, books, unknown))
        if plan.new and not chosen.dry_run and (chosen.yes or asker.agrees(f"Bring in {len(plan.new)}?")):
            with progress(len(plan.new)) as told:
                added = await importing.carry_out(books, plan.new, names, told)
            print(f"{added} brought in.")
        return 1 if plan.unclear or unknown else 0
    finally:
        await db.close()


def _documents(
    sheet: Sheet, columns: Columns, reading: Reading, names: LedgerNames, asker: "Asker"
) -> tuple[SheetDocument, ...]:
    while True:
        try:
            return documents_of(sheet, columns, reading, names.percent_of)
        except UnsureOrderError:
            question, options = "Dates such as 03/04/2026: which comes first?", tuple(DayOrder)
            order = asker.choose(question, options, otherwise="Say --dates day-first or --dates month-first.")
            reading = replace(reading, order=DayOrder(order))
        except UnsureAmountsError:
            amounts = asker.choose(
                "Are the amounts of lines without their tax, or with it?",
                LINE_AMOUNTS,
                otherwise="Say --line-amounts exclusive or --line-amounts inclusive.",
            )
            reading = replace(reading, line_amounts=LineAmounts(amounts))


def _unknown(plan: Plan, names: LedgerNames) -> tuple[str, ...]:
    """What of the new documents is called as nothing in the ledger's lists, each name once."""
    said = (sentence for document in plan.new for each in document.all_names for sentence in names.unknown(each))
    return tuple({sentence.partition(": ")[2]: sentence for sentence in reversed(list(said))}.values())[::-1]


def _preview(plan: Plan, columns: Columns, books: NamedBooks, unknown: Sequence[str]) -> str:
    said = [
        f"{books.name}, from {columns.template}:",
        f"  {len(plan.new):5} new, each with a card in its channel",
        f"  {len(plan.known):5} here already",
        f"  {len(plan.unclear):5} unclear, left out",
    ]
    if plan.finished:
        said.append(f"  {len(plan.finished):5} published, archived or on their way by what the list says: left out")
    said += [f"    {complaint}" for document in plan.unclear[:MOST_NAMED] for complaint in document.complaints[:3]]
    if len(plan.unclear) > MOST_NAMED:
        said.append(f"    and {len(plan.unclear) - MOST_NAMED} more documents")
    if unknown:
        said.append("Not in the ledger's lists, and left for somebody to choose:")
        said += [f"    {sentence}" for sentence in unknown[:MOST_NAMED]]
        said += [f"    and {len(unknown) - MOST_NAMED} more"] if len(unknown) > MOST_NAMED else []
    if columns.unused:
        said.append(f"Not used: {', '.join(columns.unused)}.")
    return "\n".join(said)


def export_items(chosen: argparse.Namespace) -> int:
    url = database_url_of(os.environ)
    with new_file(chosen.out) as write:
        done = asyncio.run(_export(chosen, url, write))
    items = "1 item" if done == 1 else f"{done} items"
    print(f"{items} written to {chosen.out or 'standard output'}.", file=sys.stderr)
    return 0


async def _export(chosen: argparse.Namespace, url: str, write: Callable[[str], object]) -> int:
    """Answers how many items are written."""
    await migrate.require_head(url)
    db = Database(url, SystemClock())
    try:
        books = await named_books(db, chosen.organisation)
        export = ItemExport(db)
        names = await export.names(books)
        with progress(await export.count(books, with_archived=chosen.archived)) as told:
            write(header())
            done = 0
            async for item in export.items(books, with_archived=chosen.archived):
                write(written(rows_of(item, names)))
                told(done := done + 1)
    finally:
        await db.close()
    return done
