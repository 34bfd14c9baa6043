"""What every web page of ours has: headers that keep it private, cookies of this host only, words for what went wrong.

After a POST, and after an answer from elsewhere, the browser is sent to an address without secrets.
"""

import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.delivery import BusyError
from bot.domain.connecting import Explanation
from bot.services.signing_in import Return
from bot.views.pages import STYLE_HASH, page

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Explain = Callable[[web.Request, Exception], Awaitable[web.StreamResponse | None]]
"""A page's own words for what its services raise; None for what it does not expect."""
Away = Callable[[web.Request], str | None]
"""Where a failure is told when the address itself carries a secret; None where it does not."""

LONGEST_FIELD = 100
BUSY = Explanation("Busy for a moment", "Nothing was done.", "Wait a few seconds and load this page again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """`form_targets` are the addresses that a form may lead to; `broken` is said of what nobody expected."""

    public_url: str
    slack_url: str
    broken: Explanation
    form_targets: tuple[str, ...] = ()

    def served(self, handler: Handler, explain: Explain | None = None, away: Away | None = None) -> Handler:
        """The handler with our headers on whatever it answers, and words for whatever it raises."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            response = await self._answered(handler, explain, away, request)
            for name, value in self.headers.items():
                response.headers.setdefault(name, value)
            return response

        return guarded

    async def _answered(
        self, handler: Handler, explain: Explain | None, away: Away | None, request: web.Request
    ) -> web.StreamResponse:
        address = away(request) if away is not None else None
        try:
            return await handler(request)
        except BusyError:
            return see_other(address) if address is not None else self.explained(BUSY, self.slack_url, 503)
        except web.HTTPException:
            raise
        except Exception as error:
            found = None if explain is None else await explain(request, error)
            if found is not None:
                return found
            logger.exception("a page failed")
            return see_other(address) if address is not None else self.explained(self.broken, self.slack_url, 500)

    def html(self, name: str, *, status: int = 200, **values: object) -> web.Response:
        return web.Response(text=page(name, **values), content_type="text/html", charset="utf-8", status=status)

    def explained(self, words: Explanation, slack: str, status: int) -> web.Response:
        return self.html("stopped", status=status, title=words.title, text=words.text, advice=words.advice, slack=slack)

    @property
    def headers(self) -> dict[str, str]:
        targets = " ".join(dict.fromkeys(found for address in self.form_targets for found in sources_of(address)))
        return {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; "
                f"frame-ancestors 'none'; form-action 'self' {targets}".rstrip()
            ),
        }

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    def cookie(self, request: web.Request, name: str) -> str:
        return request.cookies.get(self._cookie_name(name), "")

    def set_cookie(self, response: web.Response, name: str, value: str, *, seconds: int) -> None:
        """Lax, because Slack and the providers send the browser back from their sites."""
        response.set_cookie(
            self._cookie_name(name),
            value,
            max_age=seconds,
            path="/",
            secure=self.is_https,
            httponly=True,
            samesite="Lax",
        )

    def _cookie_name(self, name: str) -> str:
        """`__Host-` keeps a neighbour under the same domain from setting it; browsers take it over https only."""
        return f"__Host-{name}" if self.is_https else name


def new_cookie() -> str:
    return secrets.token_urlsafe(32)


def form_token(cookie: str) -> str:
    """Another site can neither read the cookie nor make this of it."""
    return hashlib.sha256(b"form:" + cookie.encode()).hexdigest()


def see_other(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


def return_of(request: web.Request, declared: Sequence[str] = ()) -> Return:
    """An OAuth answer, with what a provider has `declared` of its own beside it. A parameter given twice is none: which of
    them was checked would be anybody's guess.

    Only of who answered (`iss`) two are not as good as none, so that they stay what nobody is called.
    """
    query = request.query
    found = {name: query[name] if len(query.getall(name, [])) == 1 else "" for name in ("state", "code", *declared)}
    return Return(
        state=found["state"],
        code=found["code"],
        error="".join(query.getall("error", []))[:100],
        issuer=" ".join(query.getall("iss", []))[:200],
        fields={name: found[name][:LONGEST_FIELD] for name in declared},
    )


def sources_of(address: str) -> tuple[str, ...]:
    """An origin, and the vendor's sister hosts: sign-in pages send the browser on between them."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    host = parts.hostname or ""
    labels = host.split(".")
    if parts.scheme != "https" or len(labels) < 2 or host.replace(".", "").isdigit():
        return (origin,)
    domain = host if len(labels) == 2 else ".".join(labels[1:])
    return (origin, f"https://*.{domain}")
