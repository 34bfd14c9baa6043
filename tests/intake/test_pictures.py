"""Pictures and scans: what is taken of them, and what a preview shows and leaves out."""

import io
from typing import Any

import pytest
from PIL import Image

from bot.intake.parent import ChildReader
from bot.intake.result import Method, Reading, Unreadable
from tests.intake.documents import a_document
from tests.intake.drawn import Text, a_text_pdf

ORIENTATION, ARTIST = 0x0112, 0x013B


def a_picture(
    kind: str = "PNG",
    size: tuple[int, int] = (60, 40),
    mode: str = "RGB",
    *,
    colour: Any = "red",
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


async def test_a_preview_stands_upright_and_carries_nothing_but_pixels() -> None:
    image, out = Image.new("RGB", (60, 40), "red"), io.BytesIO()
    image.paste("blue", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was turned: what is left belongs on top
    exif[ARTIST] = "somebody"
    image.save(out, "JPEG", exif=exif, icc_profile=b"a profile", comment=b"a comment", quality=95)

    preview = await ChildReader().preview(out.getvalue())

    drawn = as_image(preview)
    assert drawn.size == (40, 60)
    assert [is_blue(drawn, 20, 5), is_blue(drawn, 20, 55)] == [True, False]
    assert preview is not None
    assert not [word for word in (b"somebody", b"a comment", b"iCCP", b"eXIf", b"tEXt") if word in preview]


def is_blue(image: Image.Image, left: int, top: int) -> bool:
    red, _, blue = image.convert("RGB").crop((left, top, left + 1, top + 1)).tobytes()
    return blue > red


@pytest.mark.parametrize(
    ("size", "shown"), [((4000, 3000), (1000, 750)), ((600, 9000), (200, 3000)), ((20, 10), (20, 10))]
)
async def test_a_preview_is_small_and_never_larger_than_the_picture(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert as_image(await ChildReader().preview(a_picture("JPEG", size))).size == shown


@pytest.mark.parametrize(
    ("mode", "colour", "grey"),
    [
        ("1", 1, 255),
        ("L", 90, 90),
        ("LA", (90, 255), 90),
        ("P", 3, None),
        ("RGBA", "white", 255),
        ("I;16", 0x5A00, 90),
        ("CMYK", (0, 0, 0, 0), 255),
    ],
)
async def test_every_way_to_keep_pixels_is_drawn(mode: str, colour: Any, grey: int | None) -> None:
    kind = "TIFF" if mode in ("CMYK", "I;16") else "PNG"

    drawn = as_image(await ChildReader().preview(a_picture(kind, (2400, 1600), mode, colour=colour)))

    assert drawn.size == (1000, 667)
    assert grey is None or drawn.convert("RGB").getpixel((500, 300)) == (grey, grey, grey)


async def test_what_is_transparent_is_white() -> None:
    preview = await ChildReader().preview(a_picture("PNG", mode="RGBA", colour=0))

    assert as_image(preview).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


async def test_a_page_without_text_is_a_scan_that_can_be_looked_at() -> None:
    reader, page = ChildReader(), a_text_pdf([Text(50, 50, "page 1")])

    found, preview = await reader(page, "scan.pdf"), await reader.preview(page)

    assert isinstance(found, Reading)
    assert (found.method, found.profile, found.facts.read) == (Method.NOTHING, "scan", frozenset())
    assert as_image(preview).size == (1000, 1415)


@pytest.mark.parametrize("content", [a_document().encode(), b"", b"PK\x03\x04", b"%PDF-1.7 ..."])
async def test_where_there_is_nothing_to_show_there_is_no_preview(content: bytes) -> None:
    assert await ChildReader().preview(content) is None


async def test_a_webp_that_takes_too_much_memory_is_refused_with_the_reason() -> None:
    """It keeps copies of its pixels while it is decoded, which a PNG of as many does not."""
    written = io.BytesIO()
    Image.new("RGB", (8000, 5000), "teal").save(written, "WEBP", quality=1, method=0)

    found = await ChildReader()(written.getvalue(), "large.webp")

    assert isinstance(found, Unreadable)
    assert found.reason.startswith("The picture is so large that it cannot be opened")
    assert "Save it smaller" in found.what_to_do
    assert await ChildReader().preview(written.getvalue()) is None
