"""What every answer tells a browser, whoever gives it: pages, redirects, refusals, errors of the web server itself."""

from aiohttp import web

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
"""Pages that need more, such as a style of their own, say so themselves."""


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def protect(app: web.Application) -> None:
    app.on_response_prepare.append(add_headers)
