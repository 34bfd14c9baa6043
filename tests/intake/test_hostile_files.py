"""Pictures and PDFs made to harm: each is refused with a reason or read harmlessly, and nothing is left of it."""

import asyncio
import gc
import io
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from bot.intake.parent import ChildReader
from bot.intake.result import Method, Reading, Unreadable
from tests.intake.hostile import HARMLESS, REFUSED, acting, hidden_words, locked, nested_forms

TOO_MUCH = next(name for name, make in HARMLESS.items() if make is nested_forms)
PASSWORD = "The PDF asks for a password before it opens."


def children() -> int:
    """Processes of this one that read a document."""
    found = 0
    for status in Path("/proc/self/task").glob("*/children"):
        for pid in status.read_text().split():
            command = Path(f"/proc/{pid}/cmdline")
            found += command.exists() and b"bot.intake.child" in command.read_bytes()
    return found


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.slow
async def test_every_file_that_cannot_be_shown_is_refused_with_a_reason() -> None:
    reader = ChildReader()
    files = {name: make() for name, make in REFUSED.items()}

    found = await asyncio.gather(*(reader(content, name) for name, content in files.items()))
    previews = await asyncio.gather(*(reader.preview(content) for content in files.values()))

    reasons = {name: each.reason for name, each in zip(REFUSED, found, strict=True) if isinstance(each, Unreadable)}
    assert set(REFUSED) - set(reasons) == set()
    assert all(reason.endswith(".") for reason in reasons.values())
    assert [name for name, preview in zip(REFUSED, previews, strict=True) if preview is not None] == []


@pytest.mark.slow
async def test_every_other_one_is_read_as_what_it_is_and_drawn_small() -> None:
    reader, before = ChildReader(), descriptors()
    files = {name: make() for name, make in HARMLESS.items()}

    found = await asyncio.gather(*(reader(content, name) for name, content in files.items()))
    previews = await asyncio.gather(*(reader.preview(content) for content in files.values()))

    outcomes = dict(zip(HARMLESS, found, strict=True))
    assert [name for name, outcome in outcomes.items() if isinstance(outcome, Unreadable)] == [TOO_MUCH]
    drawn = {name: Image.open(io.BytesIO(preview)) for name, preview in zip(HARMLESS, previews, strict=True) if preview}
    assert set(HARMLESS) - set(drawn) == {TOO_MUCH}
    assert all(image.width <= 1000 and image.height <= 3000 for image in drawn.values())
    gc.collect()
    assert children() == 0
    assert descriptors() == before


async def test_a_password_is_told_from_damage() -> None:
    found = await ChildReader()(locked(), "bill.pdf")

    assert isinstance(found, Unreadable)
    assert found.reason == PASSWORD


async def test_half_characters_and_direction_marks_of_a_page_are_not_taken_over() -> None:
    found = await ChildReader()(hidden_words(), "bill.pdf")

    assert isinstance(found, Reading)
    said = repr(found)
    assert not {unicodedata.category(character) for character in said} & {"Cs", "Cf", "Cc"}


async def test_what_a_pdf_would_do_is_not_done_and_not_repeated() -> None:
    found = await ChildReader()(acting(), "bill.pdf")

    assert isinstance(found, Reading)
    assert found.method is Method.TEXT
    assert not {"alert", "/bin/sh", "a.exe"} & set(repr(found).split("'"))
