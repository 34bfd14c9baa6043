"""A page's own small files (styles, scripts, icons), read once when the application is put together.

aiohttp's `add_static` and `FileResponse` open the file in a thread at each request. A request that ends meanwhile, as a
browser's do when it turns to another page, leaves it open until it is collected (`FileResponse.prepare`, aiohttp 3.14.5).
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Static:
    files: dict[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the files that stand in the folder itself.

        Raises:
            OSError: one of them cannot be read.
        """
        return cls({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})

    def add_to(self, router: web.UrlDispatcher, prefix: str, *, name: str | None = None) -> None:
        """Answer `GET {prefix}/{filename}` (`url_for(filename=…)` makes such an address)."""
        router.add_get(f"{prefix}/{{filename}}", self._answer, name=name)

    def response(self, filename: str) -> web.Response:
        """One file, as its name says it is.

        Raises:
            web.HTTPNotFound: there is none of this name.
        """
        if filename not in self.files:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        return web.Response(body=self.files[filename], content_type=kind, headers={"Cache-Control": "no-cache"})

    async def _answer(self, request: web.Request) -> web.Response:
        return self.response(request.match_info["filename"])
