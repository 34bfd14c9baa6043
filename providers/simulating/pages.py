"""The frame of the ledger's pages: one organisation at a time, tabs, and a word on what was just done.

A vendor gives its tabs, the first of which is where one arrives, its notes, and the facts that its templates need on every
page; then each page is one `draw` with facts of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from aiohttp import web

from providers.simulating.drawing import Drawing
from providers.simulating.state import Books, Simulated

OPENED = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "text/plain"})
"""Files that a browser shows by itself; any other is saved, so that nothing of a stranger's runs here."""


@dataclass(frozen=True, slots=True)
class Frame(Generic[Books]):
    state: Simulated[Books]
    drawing: Drawing
    tabs: Sequence[tuple[str, str]]
    """Each by the name of its route, with its words."""
    notes: Mapping[str, str]
    """What is said on the page that a lever leads back to, by what the lever answered."""
    facts: Callable[[web.Request, Books], Mapping[str, Any]]

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self.home, name="home")

    async def home(self, request: web.Request) -> web.Response:
        first = next(iter(self.state.books.values()))
        raise web.HTTPSeeOther(self.drawing.path(request, self.tabs[0][0], organisation=first.short_code))

    def books(self, request: web.Request) -> Books:
        """
        Raises:
            HTTPNotFound: no organisation has this short code.
        """  # noqa: D212
        books = self.state.by_short_code(request.match_info["organisation"])
        if books is None:
            raise web.HTTPNotFound(text="There is no organisation with this short code")
        return books

    def draw(self, request: web.Request, template: str, books: Books, facts: Mapping[str, Any]) -> web.Response:
        return self.drawing.page(
            request,
            template,
            organisation_name=books.name,
            here=books.short_code,
            organisations=[(found.short_code, found.name) for found in self.state.books.values()],
            note=self.notes.get(request.query.get("done", ""), ""),
            tabs=self.tabs,
            **self.facts(request, books),
            **facts,
        )


def file_answer(content: bytes, mime_type: str) -> web.Response:
    """A file that hangs on a document, safe to open."""
    is_shown = mime_type in OPENED
    headers = {
        "Content-Disposition": "inline" if is_shown else "attachment",
        "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    content_type = mime_type if is_shown else "application/octet-stream"
    return web.Response(body=content, content_type=content_type, headers=headers)
