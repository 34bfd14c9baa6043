"""`/api/v1/items`: the door for other systems, by bearer key alone.

No cookie is looked at and no other site's script is let in, so nobody's browser can be made to send anything. The key is
looked up anew for every request.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.delivery import BusyError
from bot.domain.api_keys import Caller, Scope
from bot.services.api_keys import ITEMS_PATH, ApiKeys
from bot.services.choices import NotOfferedError
from bot.services.ingesting import Ingesting, KeyEndedError, KeyReusedError, NothingSentError
from handlers import api_answers as answers
from handlers.api_answers import ApiError, ErrorCode
from handlers.api_pace import A_MINUTE, AT_ONCE, Pace
from handlers.api_requests import NOT_AN_ITEM, Requests, only

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class ItemsApi:
    keys: ApiKeys
    ingesting: Ingesting
    pace: Pace
    requests: Requests

    def register(self, app: web.Application) -> None:
        app.router.add_post(ITEMS_PATH, self._answered(self.send))
        app.router.add_get(f"{ITEMS_PATH}/{{item}}", self._answered(self.find), allow_head=False)

    async def send(self, request: web.Request) -> web.Response:
        caller = await self._caller(request, Scope.WRITE_ITEMS)
        sent = await self.requests.read(request)
        try:
            receipt, is_replay = await self.ingesting.send(caller, sent)
        except KeyEndedError:
            raise _not_live() from None
        except KeyReusedError:
            raise ApiError(422, ErrorCode.IDEMPOTENCY_KEY_REUSED, REUSED) from None
        except NotOfferedError as error:
            raise ApiError(422, ErrorCode.NOT_AN_ITEM, NOT_AN_ITEM, fields=error.fields) from None
        return answers.received(receipt, is_replay=is_replay, path=ITEMS_PATH)

    async def find(self, request: web.Request) -> web.Response:
        caller = await self._caller(request, Scope.READ_ITEMS)
        try:
            return answers.item(await self.ingesting.find(caller, UUID(request.match_info["item"])))
        except (ValueError, NothingSentError):
            raise ApiError(404, ErrorCode.NOT_FOUND, "This organisation has no item of that id.") from None

    def _answered(self, handler: Handler) -> Handler:
        """The handler with a problem for whatever it raises."""

        async def answered(request: web.Request) -> web.Response:
            try:
                return await handler(request)
            except ApiError as error:
                return answers.refused(error)
            except BusyError:
                busy = ApiError(503, ErrorCode.BUSY, BUSY, headers={"Retry-After": "1"})
                return answers.refused(busy)
            except web.HTTPException:
                raise
            except Exception:
                logger.exception("a request of the API failed")
                return answers.refused(ApiError(500, ErrorCode.BROKEN, BROKEN))

        return answered

    async def _caller(self, request: web.Request, needed: Scope) -> Caller:
        """Raises: ApiError: 401 without a live key, 403 without the scope, 429 for one that sends too fast."""
        scheme, _, text = only(request, "Authorization").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise ApiError(401, ErrorCode.KEY_MISSING, NO_KEY, headers={"WWW-Authenticate": 'Bearer realm="dext"'})
        caller = await self.keys.caller(text.strip())
        if caller is None:
            raise _not_live()
        wait = self.pace.wait_seconds(caller.key_id)
        if wait:
            raise ApiError(429, ErrorCode.TOO_MANY, TOO_MANY, headers={"Retry-After": str(wait)})
        if needed not in caller.scopes:
            asked = f'Bearer realm="dext", error="insufficient_scope", scope="{needed}"'
            detail = f"This key may not do that: it lacks {needed}. An admin makes another one in Manage → API keys."
            raise ApiError(403, ErrorCode.SCOPE_MISSING, detail, headers={"WWW-Authenticate": asked})
        return caller


NO_KEY = (
    "Send an API key in the header `Authorization: Bearer <key>`. An admin makes one in Manage → API keys, in Slack."
)
NOT_LIVE = (
    "This is no live API key: it was revoked, or cut off, or mistyped. An admin makes another one in Manage → API keys."
)
REUSED = (
    "Another request had this Idempotency-Key and said something else. Send this one with a value of its own; or, to repeat "
    "the earlier one, send it as it was."
)
TOO_MANY = (
    f"This key sends more than it may: {A_MINUTE} requests a minute, {AT_ONCE} of them at once. Wait as many seconds as "
    "`Retry-After` says, then send the same again."
)
BUSY = "Too much comes in at this moment. Nothing was done; send the same again after as many seconds as `Retry-After` says."
BROKEN = "Something went wrong on our side, and is logged. Send the same again with the same Idempotency-Key: it is added once."


def _not_live() -> ApiError:
    headers = {"WWW-Authenticate": 'Bearer realm="dext", error="invalid_token"'}
    return ApiError(401, ErrorCode.KEY_NOT_LIVE, NOT_LIVE, headers=headers)
