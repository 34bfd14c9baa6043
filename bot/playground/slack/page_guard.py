"""Who may do something on the page, and what the browser may do with it.

It is a playground for one person on one machine: whoever opens it may act as anybody. Still a foreign web page must
not press its buttons, so doing needs a header no form can send, and the address has to be this machine's.
"""

import json
from collections.abc import Awaitable
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.shapes import Json

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
DOES = "X-Simslack"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_header(request: web.Request) -> None:
    if request.headers.get(DOES) != "1":
        raise web.HTTPForbidden(text="this comes from another page")


async def json_of(request: web.Request) -> Json:
    check_header(request)
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise web.HTTPBadRequest(text="no JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="no JSON object")
    return body


def is_ours(request: web.Request, public_url: str) -> bool:
    """Whether the address in the request is this machine's or the configured one, and not a name that was rebound."""
    host = urlsplit(f"//{request.host}").hostname
    return host in _LOOPBACK or host == urlsplit(public_url).hostname


async def told(work: Awaitable[Json]) -> Json:
    """What the script hears: the outcome, or in words what stood in the way."""
    try:
        return await work
    except NotPossibleError as nothing:
        return {"error": str(nothing)}
    except KeyError as missing:
        raise web.HTTPBadRequest(text=f"there is no {missing}") from missing
    except SlackRefusalError as refusal:
        return {"error": f"Slack refused: {refusal}"}
