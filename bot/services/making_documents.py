"""Documents made of approved items, and rendered as a ledger takes them: what nothing can be made of is told from the others."""

import logging
from collections.abc import Mapping

from bot.domain.booking import NotBookableError
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.postings import Posting
from bot.domain.problems import Problem, ProblemCode
from bot.domain.taxing import Kept, taxed_posting
from providers.base import AccountingProvider
from providers.errors import NotWritableError

logger = logging.getLogger(__name__)

BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What making a document of an item may end in that is wrong with it, or with us: it is told, and the others go."""


def made_of(item: Item, provider: AccountingProvider, kept: Kept, marker: str) -> Posting | Problem:
    """What the item is sent as, or why nothing can be made of it. Our own checks should have kept such a one back."""
    try:
        return taxed_posting(item, kept, marker=marker)
    except NotBookableError as error:
        return Problem(code=ProblemCode.FIELD_MISSING, facts={"what": str(error), "ledger": provider.profile.name})
    except BROKEN as error:
        return _not_made(error, provider)


def rendered(
    provider: AccountingProvider, postings: Mapping[ItemId, Posting]
) -> tuple[bytes, Mapping[ItemId, Problem]]:
    """The body of all; where nothing can be made of some, why not, and the body of the others."""
    if not postings:
        return b"", {}
    try:
        return provider.render(list(postings.values())), {}
    except BROKEN:
        tried = {item_id: _why_not(provider, posting) for item_id, posting in postings.items()}
        broken = {item_id: problem for item_id, problem in tried.items() if problem is not None}
        if not broken:
            raise
    return rendered(provider, {each: posting for each, posting in postings.items() if each not in broken})[0], broken


def _why_not(provider: AccountingProvider, posting: Posting) -> Problem | None:
    try:
        provider.render([posting])
    except BROKEN as error:
        return _not_made(error, provider)
    return None


def _not_made(error: Exception, provider: AccountingProvider) -> Problem:
    """What is wrong, as far as that is known: the rest is for whoever reads the log."""
    said = f"a part of this program went wrong over it ({type(error).__name__})"
    if isinstance(error, NotWritableError):
        said = str(error)
    elif isinstance(error, ArithmeticError):
        said = "its amounts are of no size that can be counted with"
    is_ours = not isinstance(error, NotWritableError | ArithmeticError)
    level = logging.ERROR if is_ours else logging.WARNING
    logger.log(level, "nothing can be made of an approved item", exc_info=not isinstance(error, NotWritableError))
    return not_made(provider, said)


def not_made(provider: AccountingProvider, why: str) -> Problem:
    """`why` is a part of a sentence, or a sentence."""
    return Problem(code=ProblemCode.DOCUMENT_NOT_MADE, facts={"what": why.rstrip("."), "ledger": provider.profile.name})
