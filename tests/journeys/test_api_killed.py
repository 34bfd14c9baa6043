"""The ingest API of a real process that is killed while requests come in: what was answered is there, and all of it once."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.db.ingests import INGESTS
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database
from bot.vault import new_key
from tests.conftest import ROOT
from tests.fakes.app import environment
from tests.fakes.connected import connected_app, xero_environment
from tests.fakes.ports import free_port
from tests.handlers.api_client import A_BILL, ApiClient, a_key

RING = new_key("k1")
KILLS, BILLS, AT_ONCE = 3, 45, 4
START_SECONDS = 40


@dataclass(slots=True)
class Shop:
    """Another system, which sends each bill under a key of its own until it is answered."""

    api: ApiClient
    answers: dict[str, list[str]] = field(default_factory=dict)
    cut_off: int = 0
    """Requests that were on their way when the process died."""

    async def send_all(self) -> None:
        waiting = [(f"order-{number}", {**A_BILL, "number": f"INV-{number}"}) for number in range(BILLS)]

        async def sender() -> None:
            while waiting:
                key, bill = waiting.pop()
                for _ in range(2):
                    while not await self._is_answered(key, bill):  # noqa: ASYNC110 - another process has no event of ours
                        await asyncio.sleep(0.1)

        await asyncio.gather(*(sender() for _ in range(AT_ONCE)))

    async def _is_answered(self, key: str, bill: dict[str, object]) -> bool:
        try:
            heard = await self.api.send(bill, key)
        except aiohttp.ClientConnectorError:
            return False
        except (aiohttp.ClientError, OSError):
            self.cut_off += 1
            return False
        if heard.status in (429, 503):
            return False
        assert heard.status in (200, 201), heard
        self.answers.setdefault(key, []).append(heard.json["id"])
        return True


@asynccontextmanager
async def serving(env: dict[str, str], printed: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    with printed.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"), cwd=ROOT, env=env, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def until_it_answers(address: str) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(f"{address}/healthz"):
                    return
            await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.engine
async def test_a_process_killed_while_bills_are_sent_loses_and_doubles_none(sqlite_url: str, tmp_path: Path) -> None:
    chance, port = random.Random(int(os.environ.get("DEXT_KILL_SEED", "0")) or None), free_port()
    address = f"http://127.0.0.1:{port}"
    async with connected_app(sqlite_url, more={"DEXT_ENCRYPTION_KEYS": RING}) as world:
        await world.set_up()
        key = await a_key(world)
    more = {"DEXT_PUBLIC_URL": address, "DEXT_PORT": str(port), "DEXT_ENCRYPTION_KEYS": RING, "PYTHONPATH": str(ROOT)}
    env = environment(sqlite_url, free_port(), {**more, **xero_environment(f"http://127.0.0.1:{free_port()}")})
    async with aiohttp.ClientSession() as session:
        shop = Shop(ApiClient(address, key, session))
        sending = asyncio.create_task(shop.send_all())
        for _ in range(KILLS):
            async with serving(env, tmp_path / "printed"):
                await until_it_answers(address)
                await asyncio.sleep(chance.uniform(0.1, 0.5))
        async with serving(env, tmp_path / "printed"):
            await sending

    db = Database(sqlite_url, SystemClock())
    async with db.read() as tx:
        items = set((await tx.execute(select(ITEMS.c.id))).scalars())
        requests = (await tx.execute(select(func.count()).select_from(INGESTS))).scalar_one()
    await db.close()
    assert shop.cut_off > 0
    assert {len(set(ids)) for ids in shop.answers.values()} == {1}
    assert {ids[0] for ids in shop.answers.values()} == {str(item) for item in items}
    assert requests == BILLS
