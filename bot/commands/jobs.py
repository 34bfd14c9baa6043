"""`dext-bot jobs`: documents on their way to a ledger, for whoever runs the product."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from bot.clock import SystemClock
from bot.commands.parsing import Commands, add_command, add_group, words_of
from bot.config import database_url_of
from bot.db import migrate
from bot.db.unit_of_work import Database
from bot.domain.problems import ProblemCode
from bot.domain.queued import QUEUED, Queued
from bot.services.current import StaleItemError
from bot.services.operating import CannotError, NoSuchItemError, Operating

LISTS = "show what waits, is being sent, is looked for in the ledger, or was refused"
LIST_EXAMPLE = "dext-bot jobs list --state refused --json"
DEEDS: dict[str, tuple[str, str]] = {
    "retry": (
        "send again as it is what the ledger refused, because the cause is gone, or try what was set aside",
        "is sent again",
    ),
    "cancel": (
        "undo the approval of an item that was not sent; it has to be approved again",
        "is to be approved again",
    ),
    "hold": ("send nothing of an approved item until it is released", "is held"),
    "release": ("let an item that is held, here or in Slack, go on", "goes on"),
    "now": ("send an approved item at once, without the rest of its undo window", "is due now"),
}
"""What each does, and how it is answered."""
ORGANISATION = "only of this one, by name or id"
ITEM = "its reference, as on its card, or its id"
NONE = "Nothing is on its way, and nothing was refused."
MOST = 200
NOTHING_REFUSED = "Nothing of that kind was refused."
MOST_AT_ONCE = 10_000
LONGEST_CAUSE = 60
HEADER = ("ITEM", "ORGANISATION", "WHAT", "STATE", "SINCE", "NEXT TRY", "TRIES", "CAUSE")


def register(commands: Commands) -> None:
    jobs = add_group(commands, "jobs", "documents on their way to a ledger", "dext-bot jobs list")
    listing = add_command(jobs, "list", list_jobs, LISTS, LIST_EXAMPLE)
    listing.add_argument("--organisation", metavar="NAME", help=ORGANISATION)
    listing.add_argument("--state", action="append", choices=words_of(QUEUED), help="only these; again for more (all)")
    listing.add_argument("--limit", type=_count, default=MOST, help=f"the oldest of each organisation ({MOST})")
    listing.add_argument("--json", action="store_true", help="for machines")
    for name, (does, _) in DEEDS.items():
        parser = add_command(jobs, name, partial(act, name), does, f"dext-bot jobs {name} B-1042")
        parser.add_argument("item", nargs="?" if name == "retry" else None, help=ITEM)
        parser.add_argument("--organisation", metavar="NAME", help=ORGANISATION)
        parser.set_defaults(all_refused=False, cause=None)
        if name == "retry":
            parser.add_argument("--all-refused", action="store_true", help="all that was refused, in place of one item")
            parser.add_argument(
                "--cause", choices=words_of(ProblemCode), metavar="CODE", help="with it: only for this one"
            )


def list_jobs(chosen: argparse.Namespace) -> int:
    found = asyncio.run(_listed(chosen))
    print(json.dumps([_facts(each) for each in found], indent=2) if chosen.json else _table(found))
    return 0


def act(deed: str, chosen: argparse.Namespace) -> int:
    """Answers 1 when there is nothing to do it to."""
    if chosen.all_refused == (chosen.item is not None) or (chosen.cause and not chosen.all_refused):
        print("Name one item, or say --all-refused, with or without --cause.", file=sys.stderr)
        return 2
    return asyncio.run(_retry_all(chosen) if chosen.all_refused else _act(deed, chosen))


async def _listed(chosen: argparse.Namespace) -> tuple[Queued, ...]:
    async with _operating() as operating:
        return await operating.queued(chosen.organisation, states=chosen.state or QUEUED, limit=chosen.limit)


async def _retry_all(chosen: argparse.Namespace) -> int:
    async with _operating() as operating:
        sent = await operating.retry_all(chosen.organisation, chosen.cause, MOST_AT_ONCE)
    print("\n".join(f"{item.reference} is sent again." for item in sent) or NOTHING_REFUSED)
    return 0


async def _act(deed: str, chosen: argparse.Namespace) -> int:
    async with _operating() as operating:
        deeds = {
            "retry": operating.retry,
            "cancel": operating.cancel,
            "hold": operating.hold,
            "release": operating.release,
            "now": operating.publish_now,
        }
        try:
            item = await deeds[deed](chosen.item, chosen.organisation)
        except (NoSuchItemError, CannotError) as error:
            print(error, file=sys.stderr)
            return 1
        except StaleItemError:
            print(
                f"{chosen.item} has just changed; look with `dext-bot jobs list`, and type it again.", file=sys.stderr
            )
            return 1
    print(f"{item.reference} {DEEDS[deed][1]}: its card says so, and what comes of it.")
    return 0


@asynccontextmanager
async def _operating() -> AsyncIterator[Operating]:
    url = database_url_of(os.environ)
    await migrate.require_head(url)
    db = Database(url, SystemClock())
    try:
        yield Operating(db)
    finally:
        await db.close()


def _facts(queued: Queued) -> dict[str, object]:
    problem = queued.problem
    return {
        "item": str(queued.item_id),
        "reference": queued.reference,
        "organisation": queued.organisation,
        "what": queued.kind,
        "state": queued.state,
        "item_state": queued.item_state,
        "since": queued.since.isoformat(),
        "next_try": None if queued.next_at is None else queued.next_at.isoformat(),
        "tries": queued.attempts,
        "cause": None
        if problem is None
        else {"code": problem.code, "title": problem.title, "words": problem.vendor_words},
        "waits_for": queued.waits_for,
    }


def _table(found: Sequence[Queued]) -> str:
    if not found:
        return NONE
    rows = [HEADER, *(_row(each) for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def _row(queued: Queued) -> tuple[str, ...]:
    cause = (queued.waits_for or "") if queued.problem is None else queued.problem.title
    facts = queued.reference, queued.organisation, str(queued.kind), str(queued.state)
    return (*facts, _moment(queued.since), _moment(queued.next_at), str(queued.attempts), cause[:LONGEST_CAUSE])


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines")
    return int(text)
