"""The last resort: what a service raised, as words for the person where the person is."""

import logging
import secrets

from bot.delivery import BusyError, RepeatedDeliveryError
from bot.domain.items import IllegalMoveError
from bot.services.bank_settings import NothingToMatchError
from bot.services.changing import AlreadyReplacedError
from bot.services.current import ItemNotFoundError, NotNowError, StaleItemError
from bot.services.disconnecting import AlreadyDisconnectedError
from bot.services.downloading import CannotDownloadError
from bot.services.drafts import NoDraftError
from bot.services.payment_methods import MethodNotFoundError
from bot.services.people import NotAllowedError, OrganisationNotFoundError
from bot.services.questions import FileNotFoundHereError
from bot.services.refreshing import CannotRefreshError
from bot.services.reports import CannotReportError
from bot.services.rules import RuleNotFoundError
from bot.services.settings_pages import NoConnectionError
from bot.views.metadata import NotOursError
from bot.views.text import mention
from handlers.replies import Whisper

logger = logging.getLogger(__name__)

OUTDATED = "This is from an earlier version of me, so I did nothing. Open it again with `/dext`."
BUSY = "I am busy for a moment and did nothing. Please press that again."


def words_for(error: Exception) -> Whisper:
    """What to tell. An error nobody expected is logged once with its trace and a code that is told.

    Raises:
        RepeatedDeliveryError: passed on; the guard answers it quietly.
    """
    match error:
        case RepeatedDeliveryError():
            raise error
        case NotAllowedError():
            ask = " ".join(mention(user) for user in error.refusal.ask[:5])
            return Whisper(f"{error.refusal.reason} Who can: {ask}" if ask else error.refusal.reason)
        case BusyError():
            return Whisper(BUSY)
        case NotNowError() | IllegalMoveError() | StaleItemError():
            return Whisper(str(error))
        case (
            ItemNotFoundError()
            | OrganisationNotFoundError()
            | NoConnectionError()
            | CannotRefreshError()
            | CannotDownloadError()
            | AlreadyDisconnectedError()
            | AlreadyReplacedError()
            | FileNotFoundHereError()
            | NoDraftError()
            | MethodNotFoundError()
            | CannotReportError()
            | NothingToMatchError()
            | RuleNotFoundError()
        ):
            return Whisper(str(error))
        case NotOursError():
            return Whisper(OUTDATED)
        case _:
            code = secrets.token_hex(4)
            logger.error("a request failed", exc_info=error, extra={"reference": code})
            return Whisper(
                f"Something went wrong on our side, and nothing was changed. If it happens again, tell your admin this code: `{code}`"
            )
