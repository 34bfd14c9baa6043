"""A PostgreSQL that has the tests' time, which stands still until a test moves it: to the product its clock is right."""

from datetime import datetime

from bot.db import wrong_clocks
from bot.db.unit_of_work import Tx

its_own = wrong_clocks.time_of_database
"""What PostgreSQL says the time is."""


async def _the_tests(tx: Tx) -> datetime:
    return tx.now


def keep_in_step() -> None:
    wrong_clocks.time_of_database = _the_tests
