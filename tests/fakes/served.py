"""A simulated ledger on a port of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.test_utils import TestServer

from providers.simulating.state import Simulated

State = TypeVar("State", bound=Simulated[Any])


@asynccontextmanager
async def served(state: State, app: web.Application) -> AsyncIterator[State]:
    """The state, which knows its address; `app` is made of it."""
    async with TestServer(app) as server:
        state.public_url = f"http://127.0.0.1:{server.port}"
        yield state
