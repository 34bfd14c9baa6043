"""The two tokens of a sign-in as they are stored: sealed, and opened again where nobody altered them."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.db.base import dump
from bot.db.sealed import ACCESS, REFRESH
from bot.domain.problems import Problem, ProblemCode
from bot.vault import SealError, UnknownKeyError, Vault
from providers.base import TokenAnswer
from providers.errors import ReconnectNeededError, TryLaterError

logger = logging.getLogger(__name__)


def opened(cell: Callable[[Vault, Row[Any]], str], vault: Vault, row: Row[Any]) -> str:
    """Raises:
    ReconnectNeededError: it was altered where it is stored, and nobody knows by whom: it is not used.
    TryLaterError: its key is not on this process's ring, which says nothing about the sign-in.
    """
    try:
        return cell(vault, row)
    except UnknownKeyError as error:
        logger.warning("a stored sign-in has another key", extra={"error": str(error)})
        raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN), after_seconds=60) from error
    except SealError as error:
        logger.warning("a stored sign-in does not open", extra={"token_set_id": str(row.token_set_id)})
        raise ReconnectNeededError(Problem(code=ProblemCode.SIGN_IN_ALTERED)) from error


def access_of(vault: Vault, row: Row[Any]) -> str:
    return ACCESS.open(vault, row.access_sealed, id=row.token_set_id, provider=row.provider)


def refresh_of(vault: Vault, row: Row[Any]) -> str:
    return REFRESH.open(vault, row.refresh_sealed, id=row.token_set_id, provider=row.provider)


def can_open(vault: Vault, row: Row[Any]) -> bool:
    """Whether a token set's pair opens with the keys that there are."""
    return _why_shut(vault, row) is None


def is_altered(vault: Vault, row: Row[Any]) -> bool:
    """Whether a token set's pair does not open though its key is there."""
    found = _why_shut(vault, row)
    return found is not None and not isinstance(found, UnknownKeyError)


def _why_shut(vault: Vault, row: Row[Any]) -> SealError | None:
    try:
        access_of(vault, row)
        refresh_of(vault, row)
    except SealError as error:
        return error
    return None


def sealed_pair(
    vault: Vault, answer: TokenAnswer, old_refresh: str, *, now: datetime, **of_row: object
) -> dict[str, object]:
    """The columns of a row with a new pair. Where the answer has no refresh token, the old one stays good; where it does
    not tell who signed in, what was told before.
    """
    told = {} if answer.login is None else {"login": dump(answer.login)}
    return {
        **told,
        "access_sealed": ACCESS.seal(vault, answer.access_token, **of_row),
        "refresh_sealed": REFRESH.seal(vault, answer.refresh_token or old_refresh, **of_row),
        "expires_at": answer.expires_at,
        "refreshed_at": now,
    }
