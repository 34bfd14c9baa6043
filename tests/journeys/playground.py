"""`make run` as a person has it: the real processes in an empty folder on free ports, and a browser to click in."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, Page, async_playwright

from tests.fakes.ports import free_port

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS, STOP_SECONDS = 120, 30
ROOT = Path(__file__).resolve().parents[2]
SHOTS = os.environ.get("DEXT_SHOTS") or None
"""A folder to keep pictures in, for whoever wants to see what the test saw."""
WIDTHS = [1280, 420] if SHOTS else [420]
"""Where there is room the pages are the same as on a telephone; pictures are wanted of both."""


@dataclass(slots=True)
class Playground:
    process: asyncio.subprocess.Process
    app_url: str
    slack_url: str
    ledgers_url: str
    printed: str


@asynccontextmanager
async def playground(folder: Path, **more: str) -> AsyncIterator[Playground]:
    """Started as `make run` starts it, and stopped as Ctrl-C stops it."""
    app, slack = free_port(), free_port(neighbours=1)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DEXT_PORT": str(app),
        "DEXT_PLAYGROUND_PORT": str(slack),
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playground", cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            printed = await _until_ready(process)
        yield Playground(
            process, f"http://127.0.0.1:{app}", f"http://127.0.0.1:{slack}", f"http://127.0.0.1:{slack + 1}", printed
        )
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.communicate()
        except TimeoutError:
            process.kill()
            raise


async def _until_ready(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    printed = ""
    while "Open http" not in printed:
        line = await process.stdout.readline()
        assert line, f"it ended at once: {printed}"
        printed += line.decode()
    return printed


@dataclass(slots=True)
class Tour:
    """A person's browser. What its pages complain of is kept, and pictures are taken where asked for."""

    context: BrowserContext
    page: Page
    width: int
    name: str = ""
    """What its pictures are named by, where there are several."""
    complaints: list[str] = field(default_factory=list)
    taken: int = 0

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)

    async def shot(self, name: str, page: Page | None = None) -> None:
        if SHOTS is not None:
            self.taken += 1
            target = page or self.page
            await target.wait_for_timeout(250)
            await target.screenshot(path=Path(SHOTS) / f"{self.name}{self.width}-{self.taken:02}-{name}.png")


@asynccontextmanager
async def a_tour(chromium: str, width: int, name: str = "") -> AsyncIterator[Tour]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": width, "height": 900})
        page = await context.new_page()
        tour = Tour(context, page, width, f"{name}-" if name else "")
        context.on("page", lambda opened: tour.watch(opened))  # noqa: PLW0108 - a method of a slotted object is refused
        tour.watch(page)
        try:
            yield tour
        finally:
            await browser.close()
