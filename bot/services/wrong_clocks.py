"""A machine's clock that is far ahead for a while leaves rows behind that wait for a time that does not come: each minute
they are put right.
"""

import logging
from dataclasses import dataclass

from bot.db import wrong_clocks
from bot.db.unit_of_work import Database

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrongClocks:
    db: Database

    async def put_right(self) -> int:
        """What a clock wrote that was far ahead; answers how many rows. Not by a clock that is wrong itself."""
        async with self.db.write() as tx:
            if not await wrong_clocks.is_right(tx):
                logger.error("the clocks of this machine and of the database differ; set them, by NTP for instance")
                return 0
            found = await wrong_clocks.put_right(tx)
        if found:
            logger.warning("rows that a clock wrote which was ahead were put right", extra={"rows": found})
        return found
