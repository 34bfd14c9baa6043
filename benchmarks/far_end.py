"""The least of Slack's Web API that the product needs to answer: who is who, and yes to everything else.

It remembers what it was sent, so that requests are made from what the app really showed.
"""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TEAM, PERSON, BOT = "T0BENCH", "U0BENCH", "U0BOT"
CHANNEL = "C0BENCH"


@dataclass(slots=True)
class FarEnd:
    port: int
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def last(self, method: str) -> dict[str, Any] | None:
        return next((sent for name, sent in reversed(self.calls) if name == method), None)

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        sent = await _read(request)
        self.calls.append((method, sent))
        del self.calls[:-2000]
        return web.json_response({"ok": True, **self._result(method, sent)})

    def _result(self, method: str, sent: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                found = {"team_id": TEAM, "team": "Bench", "user_id": BOT, "bot_id": "B0BOT", "user": "dext"}
                return found | {
                    "url": "https://bench.slack.com/",
                    "enterprise_id": None,
                    "is_enterprise_install": False,
                }
            case "users.info":
                return {"user": _person(sent.get("user", PERSON))}
            case "users.list":
                return {"members": [_person(PERSON)], "response_metadata": {"next_cursor": ""}}
            case "chat.postMessage" | "chat.update":
                ts = sent.get("ts") or f"1767225600.{next(self._count):06}"
                return {"channel": sent.get("channel"), "ts": ts, "message": {}}
            case "views.open" | "views.push" | "views.update" | "views.publish":
                return {"view": {"id": f"V{next(self._count)}", "hash": "1.a", **_view(sent)}}
            case _:
                return {}


@asynccontextmanager
async def far_end(port: int) -> AsyncIterator[FarEnd]:
    slack = FarEnd(port)
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield slack
    finally:
        await runner.cleanup()


async def _read(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    return dict(await request.post()) | dict(request.query)


def _view(sent: dict[str, Any]) -> dict[str, Any]:
    view = sent.get("view") or {}
    found: dict[str, Any] = json.loads(view) if isinstance(view, str) else view
    return found


def _person(user_id: str) -> dict[str, Any]:
    return {
        "id": user_id,
        "team_id": TEAM,
        "name": "bench",
        "real_name": "Bench",
        "deleted": False,
        "is_admin": True,
        "is_owner": True,
        "is_bot": False,
        "profile": {"display_name": "Bench", "real_name": "Bench"},
    }
