from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.static import Static

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    (tmp_path / "secret.txt").write_text("not to be read")
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "page.css").write_text("p { color: red }")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "nested").mkdir()
    app = web.Application()
    Static.of(folder).add_to(app.router, "/static", name="static")
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(("name", "kind"), [("page.css", "text/css"), ("icon.svg", "image/svg+xml")])
async def test_a_file_is_what_its_name_says(client: Client, name: str, kind: str) -> None:
    async with client.get(f"/static/{name}") as answer:
        assert (answer.status, answer.content_type) == (200, kind)


@pytest.mark.parametrize("name", ["other.css", "nested", "..%2Fsecret.txt", "%2e%2e/secret.txt", ""])
async def test_nothing_but_the_files_of_the_folder_is_answered(client: Client, name: str) -> None:
    async with client.get(f"/static/{name}") as answer:
        assert answer.status == 404


async def test_a_file_is_not_opened_again_for_a_request_that_may_end_midway(client: Client, tmp_path: Path) -> None:
    (tmp_path / "static" / "page.css").unlink()
    async with client.get("/static/page.css") as answer:
        assert await answer.text() == "p { color: red }"
