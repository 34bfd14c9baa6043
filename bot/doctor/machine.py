"""This machine: what runs here, and room for the database."""

import asyncio
import platform
import shutil
from pathlib import Path

from sqlalchemy import make_url

from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.setup import Setup
from bot.version import VERSION

MEBIBYTE = 1024 * 1024
LITTLE, TOO_LITTLE = 1024 * MEBIBYTE, 100 * MEBIBYTE
"""Files lie in the database, so a busy month is some hundred MiB."""
ROOM = "disk"


def version() -> Finding:
    return ok("version", f"dext-in-slack {VERSION} on Python {platform.python_version()}")


async def room(setup: Setup) -> Finding:
    url = make_url(setup.config.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return ok(ROOM, "the database is on a server, which looks after its own room")
    folder, free = await asyncio.to_thread(_free_beside, url.database)
    words = f"{free // MEBIBYTE:,} MiB are free in {folder}"
    if free < TOO_LITTLE:
        return wrong(ROOM, words, "Make room: a full disk stops every decision.")
    return warning(ROOM, words, "Make room soon: files lie in the database.") if free < LITTLE else ok(ROOM, words)


def _free_beside(file: str) -> tuple[Path, int]:
    """Its folder, or what there is of it before the first start."""
    folder = next(place for place in Path(file).absolute().parents if place.exists())
    return folder, shutil.disk_usage(folder).free
