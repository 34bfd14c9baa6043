"""What it costs to find the contact that a document means by another name: `python -m benchmarks.alike [postgresql+asyncpg://…]`.

Contacts as `benchmarks.finding` has them, 1,000 and 50,000 in one database and one run; names as documents write them: with a
letter exchanged, left out or put in, without the legal form, in another order, and names that nobody has. The time that passed
for each look-up, the middle and the 95th percentile; and how many of the changed names led to the contact that they were made of.
"""

import argparse
import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.finding import CONTACTS, FEW, contacts, lists
from benchmarks.table import milliseconds, show
from bot.db.unit_of_work import Database
from bot.domain.book_rules import USUAL_RULES
from bot.domain.books import Contact
from bot.domain.documents import ItemKind, Party
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.likeness import Strictness
from bot.services.alike import ContactsAlike

TIMES, UNTIMED = 200, 20
Change = Callable[[str, random.Random], str]


def _exchanged(name: str, chance: random.Random) -> str:
    place = chance.randrange(3, 8)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _left_out(name: str, chance: random.Random) -> str:
    place = chance.randrange(2, 8)
    return name[:place] + name[place + 1 :]


def _put_in(name: str, chance: random.Random) -> str:
    place = chance.randrange(2, 8)
    return f"{name[:place]}{chance.choice('aeiou')}{name[place:]}"


CHANGES: dict[str, Change] = {
    "two letters exchanged": _exchanged,
    "a letter left out": _left_out,
    "a letter too many": _put_in,
    "words the other way round": lambda name, _: " ".join([*name.split()[1::-1], *name.split()[2:]]),
    "as it is": lambda name, _: name,
    "a name that nobody has": lambda _, chance: " ".join(
        "".join(chance.choices("bcdfglmnprstaeiou", k=8)).title() for _ in range(2)
    ),
}


def _names(known: list[Contact], change: Change) -> Iterator[tuple[Contact, str]]:
    chance = random.Random(2)
    for _ in range(UNTIMED + TIMES):
        contact = chance.choice(known)
        yield contact, change(contact.name, chance)


async def _measured(
    db: Database, of: tuple[WorkspaceId, OrganisationId], known: list[Contact], change: Change
) -> tuple[float, float, int]:
    passed, right = [], 0
    async with db.read() as tx:
        looking = ContactsAlike(tx, *of, USUAL_RULES, Strictness.USUAL)
        for contact, name in _names(known, change):
            began = perf_counter()
            match = await looking.match(Party(name=name), ItemKind.COST)
            passed.append(perf_counter() - began)
            right += match is not None and match.contact == contact
    times = sorted(passed[UNTIMED:])
    return times[len(times) // 2], times[len(times) * 95 // 100], right


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("url", nargs="?")
    given = options.parse_args()
    rows = []
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        async with lists(given.url or f"sqlite+aiosqlite:///{Path(folder) / 'dext.db'}") as here:
            for name, change in CHANGES.items():
                few = await _measured(here.db, (here.workspace_id, here.few), contacts(FEW), change)
                many = await _measured(here.db, (here.workspace_id, here.many), contacts(CONTACTS), change)
                right = f"{many[2]} of {UNTIMED + TIMES}"
                rows.append([name, *map(milliseconds, (few[0], few[1], many[0], many[1])), right])
    head = ("a name", f"p50 ms, {FEW:,}", "p95", f"p50 ms, {CONTACTS:,}", "p95 (bar 150)", "found")
    show(f"Who is meant, among {FEW:,} and among {CONTACTS:,} contacts", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
