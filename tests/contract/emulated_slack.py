"""`emulate`, a Slack that nobody here wrote, started for one test. Nothing is ever fetched for it.

Where it should run, a folder holds it and, if the machine's Node is older than 22, one of its own; DEXT_EMULATE names it:

    npm install --prefix DIR emulate@0.12.2 node@24
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.ports import free_port

OLDEST_NODE = 22
CLIENT_ID, CLIENT_SECRET = "11.22", "emulated-secret"
APP_ID, USER = "A0EMULATE", "U000000001"
START_TRIES, PAUSE_SECONDS = 300, 0.1


@dataclass(frozen=True, slots=True)
class Emulated:
    """Where it listens."""

    url: str
    session: aiohttp.ClientSession

    async def call(self, method: str, token: str, **fields: object) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.post(f"{self.url}/api/{method}", json=fields, headers=headers) as answer:
            found: dict[str, object] = await answer.json()
            return found


def programs() -> tuple[str, Path]:
    """Node and the package; skips in one line where they are not."""
    folder = os.environ.get("DEXT_EMULATE")
    if not folder:
        pytest.skip("without emulate: DEXT_EMULATE names no folder that holds it")
    script = Path(folder) / "node_modules" / "emulate" / "dist" / "index.js"
    node = shutil.which("node", path=f"{Path(folder) / 'node_modules' / '.bin'}:{os.environ.get('PATH', '')}")
    if node is None or not script.is_file() or _version(node) < OLDEST_NODE:
        pytest.skip(f"without emulate: {folder} holds none, or no Node from {OLDEST_NODE} up is found")
    return node, script


def _version(node: str) -> int:
    told = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.", told)
    return int(found.group(1)) if found else 0


@asynccontextmanager
async def emulated_slack(folder: Path, redirect_uri: str) -> AsyncIterator[Emulated]:
    node, script = programs()
    app = {
        "app_id": APP_ID,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "name": "Dext",
        "redirect_uris": [redirect_uri],
    }
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"slack": {"team": {"name": "Emulated Ltd"}, "oauth_apps": [app]}}), encoding="utf-8")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = ("--service", "slack", "--port", str(port), "--base-url", url, "--seed", str(seed))
    log = (folder / "emulate.log").open("wb")
    child = await asyncio.create_subprocess_exec(
        node, str(script), "start", *options, stdout=log, stderr=log, cwd=folder
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _listens(session, url, child)
            yield Emulated(url, session)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()
        log.close()


async def _listens(session: aiohttp.ClientSession, url: str, child: asyncio.subprocess.Process) -> None:
    for _ in range(START_TRIES):
        try:
            async with session.post(f"{url}/api/auth.test"):
                return
        except aiohttp.ClientError:
            assert child.returncode is None, "emulate ended at once"
            await asyncio.sleep(PAUSE_SECONDS)
    raise AssertionError("emulate does not listen")
