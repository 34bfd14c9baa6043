"""Pictures and scans: what is taken of them, and what a preview shows and leaves out."""

import io

import pytest
from PIL import Image

from bot.intake.parent import ChildReader
from bot.intake.result import Method, Reading

GPS, ORIENTATION = 0x8825, 0x0112


def a_picture(
    kind: str = "PNG",
    size: tuple[int, int] = (60, 40),
    mode: str = "RGB",
    *,
    colour: str | int = "red",
    **saved: object,
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **saved)
    return out.getvalue()


def as_image(content: bytes | None) -> Image.Image:
    assert content is not None
    return Image.open(io.BytesIO(content), formats=["PNG"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF"])
async def test_every_kind_of_picture_is_a_document_that_a_person_has_to_read(kind: str) -> None:
    reader = ChildReader()

    found = await reader(a_picture(kind), "bill")

    assert isinstance(found, Reading)
    assert (found.method, found.profile) == (Method.NOTHING, "picture")
    assert found.facts.gross is None
    assert as_image(await reader.preview(a_picture(kind))).size == (60, 40)
