"""A browser without a screen: a cookie jar, pages, their forms, and redirects followed across servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp
from lxml import html


@dataclass(frozen=True, slots=True)
class Page:
    """What a person looks at: the address it ended at, its status, its words and its forms."""

    address: str
    status: int
    source: str

    @property
    def text(self) -> str:
        return " ".join(html.fromstring(self.source).text_content().split())

    @property
    def forms(self) -> list[html.FormElement]:
        return list(html.fromstring(self.source).forms)


@dataclass(frozen=True, slots=True)
class Browser:
    session: aiohttp.ClientSession

    async def open(self, address: str) -> Page:
        async with self.session.get(address) as answer:
            return Page(str(answer.url), answer.status, await answer.text())

    async def press(self, page: Page, **typed: str) -> Page:
        """Send the page's first form as it stands, with what was typed or which button was pressed."""
        form = page.forms[0]
        fields = {**dict(form.form_values()), **typed}
        address = urljoin(page.address, form.action or page.address)
        if form.method.upper() == "GET":
            async with self.session.get(address, params=fields) as answer:
                return Page(str(answer.url), answer.status, await answer.text())
        async with self.session.post(address, data=fields) as answer:
            return Page(str(answer.url), answer.status, await answer.text())


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Cookies are kept by host, as browsers do: servers on other ports of it see them too."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(session)
