"""How checks are run: beside one another, each with a time of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.doctor.finding import Finding, Verdict, wrong
from bot.doctor.setup import Setup

logger = logging.getLogger(__name__)

CHECK_SECONDS = 10.0

Found = Finding | Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is what is said when it finds nothing out. `then` stands on it: when this is wrong, the rest would only say
    it again.
    """

    name: str
    look: Callable[[Setup], Awaitable[Found]]
    then: "tuple[Check, ...]" = ()


async def examine(checks: Sequence[Check], setup: Setup) -> list[Finding]:
    """All findings, in the order of the checks. A host that hangs holds up only what stands on it."""
    found = await asyncio.gather(*(_from(check, setup) for check in checks))
    return [finding for findings in found for finding in findings]


async def _from(check: Check, setup: Setup) -> list[Finding]:
    found = await _looked(check, setup)
    if any(finding.verdict is Verdict.WRONG for finding in found):
        return list(found)
    return [*found, *await examine(check.then, setup)]


async def _looked(check: Check, setup: Setup) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            found = await check.look(setup)
    except TimeoutError:
        words = f"there was no answer within {CHECK_SECONDS:.0f} seconds"
        return (wrong(check.name, words, "See that it answers, and that nothing in between holds it up."),)
    except Exception as error:
        logger.debug("a check failed", exc_info=error)
        words = f"it could not be looked at ({type(error).__name__})"
        return (wrong(check.name, words, "Run it again with DEXT_LOG_LEVEL=debug to see why."),)
    return (found,) if isinstance(found, Finding) else found
