"""Kill the product as often as asked, over as many whole lives as that takes, and say how it bore it.

python -m tests.kill --database sqlite --kills 500
python -m tests.kill --database postgres --kills 200       # `run` and `worker`, both killed
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.db import migrate
from tests.kill.life import Outcome, live_once

A_LIFE, WITHIN = 12, 2500
COMMANDS = {"sqlite": ("run",), "postgres": ("run", "worker")}


def main() -> int:
    chosen = _arguments()
    total = Outcome()
    seed = chosen.seed or random.randrange(1, 10**6)
    _say(f"--seed {seed}")
    chance = random.Random(seed)
    with TemporaryDirectory(prefix="dext-kill-") as folder, _databases(chosen.database, Path(folder)) as fresh:
        for life in count(1):
            url, place = fresh(), Path(folder) / str(life)
            place.mkdir()
            most = min(chosen.each, chosen.kills - total.kills)
            outcome = asyncio.run(
                live_once(url, place, chance, most=most, within=chosen.within, commands=COMMANDS[chosen.database])
            )
            _add(total, outcome)
            _say(f"life {life}: {outcome}")
            if outcome.wrong:
                _say((place / "printed").read_text()[-4000:])
            if total.kills >= chosen.kills:
                break
    survived = max(0, total.kills - len(total.wrong))
    _say(
        f"{chosen.database}: survived {survived} of {total.kills} kills in {life} lives; "
        f"pressed again {total.pressed_again} times, {total.repeated_messages} cards posted again"
    )
    return 1 if total.wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _add(total: Outcome, outcome: Outcome) -> None:
    total.kills += outcome.kills
    total.pressed_again += outcome.pressed_again
    total.repeated_messages += outcome.repeated_messages
    total.wrong += outcome.wrong


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--database", choices=sorted(COMMANDS), default="sqlite")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--each", type=int, default=A_LIFE, help="the most in one life")
    parser.add_argument("--within", type=int, default=WITHIN, help="a process dies within so many steps of its loop")
    parser.add_argument("--seed", type=int, default=0, help="to draw the same steps again")
    return parser.parse_args()


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """Migrated databases, one after another."""
    if kind == "sqlite":
        names = count(1)
        yield lambda: _migrated(f"sqlite+aiosqlite:///{folder / f'{next(names)}.db'}")
        return
    from tests.fakes.postgres import find_programs, postgres_server  # noqa: PLC0415 - not needed for SQLite

    programs = find_programs()
    if programs is None:
        sys.exit("PostgreSQL's programs are needed (Debian: postgresql)")
    with postgres_server(programs) as server:
        names = count(1)
        yield lambda: _migrated(server.create(f"life_{next(names)}"))


def _migrated(url: str) -> str:
    asyncio.run(migrate.upgrade(url))
    return url


if __name__ == "__main__":
    sys.exit(main())
