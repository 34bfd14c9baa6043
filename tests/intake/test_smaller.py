"""Files that are too large for a ledger: what their smaller version keeps, and which have none."""

import io

import pikepdf
import pytest
from PIL import Image

from bot.intake.parent import SHRINKING, ChildReader, Limits, Smaller
from bot.intake.pdf_file import characters, opened, painted
from bot.intake.result import Reading
from bot.intake.sniff import MEBIBYTE
from tests.intake import hostile
from tests.intake.documents import a_document
from tests.intake.drawn import Text, a_text_pdf
from tests.intake.scans import a_photograph, a_scan, saved

READER = ChildReader(SHRINKING)


def looks(content: bytes, page: int = 0) -> Image.Image:
    with opened(content) as document:
        return painted(document, page, 600, 850).convert("RGB")


def words(content: bytes) -> list[str]:
    """The text of each page."""
    with opened(content) as document:
        pages = [characters(document, page) for page in range(len(document))]
    return ["".join(character.text for character in page) for page in pages]


async def made(content: bytes, most_bytes: int) -> Smaller:
    smaller = await READER.smaller(content, most_bytes)
    assert smaller is not None
    assert len(smaller.content) <= most_bytes
    return smaller


async def test_a_picture_becomes_a_jpeg_that_fits_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is left belongs on top
    content = saved(a_photograph(), "PNG", exif=exif)
    assert len(content) > MEBIBYTE

    smaller = await made(content, 200_000)

    image = Image.open(io.BytesIO(smaller.content))
    assert (smaller.ending, image.format, image.mode) == ("jpg", "JPEG", "RGB")
    assert image.width > image.height
    assert not image.getexif()
    red, _, blue = image.crop((image.width - 20, 50, image.width - 19, 51)).tobytes()
    assert red > blue  # it was above, so it is on the right


async def test_more_of_it_is_kept_where_more_is_taken() -> None:
    content = saved(a_photograph(), "PNG")

    sizes = [Image.open(io.BytesIO((await made(content, most)).content)).width for most in (1_000_000, 110_000)]

    assert sizes[0] == 1200
    assert sizes[1] < 1200


async def test_a_scan_keeps_its_text_its_pages_and_its_e_invoice() -> None:
    e_invoice = a_document().encode()
    content = a_scan(a_photograph(), a_photograph(mode="L"), more=e_invoice)
    assert len(content) > 800_000

    smaller = await made(content, 200_000)

    assert smaller.ending == "pdf"
    assert words(smaller.content) == ["Invoice 4711"] * 2
    with pikepdf.open(io.BytesIO(smaller.content)) as document:
        assert document.attachments["factur-x.xml"].get_file().read_bytes() == e_invoice
    for page in range(2):
        before, after = looks(content, page), looks(smaller.content, page)
        for at in ((300, 350), (300, 700)):
            assert after.getpixel(at) == pytest.approx(before.getpixel(at), abs=40)
    assert isinstance(await READER(smaller.content, "scan.pdf"), Reading)


async def test_a_pdf_that_was_written_wastefully_is_only_packed_and_looks_the_same() -> None:
    content = a_text_pdf([Text(50, 40 + 2 * row, "much the same words") for row in range(400)])

    smaller = await made(content, len(content) // 2)

    assert looks(smaller.content).tobytes() == looks(content).tobytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no file at all",
        a_document().encode(),
        b"%PDF-1.7 and then nothing",
        saved(a_photograph((300, 400)), "PNG")[:20_000],
        saved(a_photograph((300, 400)), "TIFF", save_all=True, append_images=[a_photograph((300, 400))]),
    ],
    ids=["empty", "unknown", "an e-invoice", "a broken PDF", "half a picture", "several pages"],
)
async def test_what_cannot_be_made_smaller_has_no_smaller_version(content: bytes) -> None:
    assert await READER.smaller(content, 100_000) is None


async def test_a_hostile_file_has_none_either() -> None:
    files = (hostile.locked(), hostile.huge_image_inside(), hostile.huge_tiff(), hostile.page_tree_in_a_circle())

    assert [await READER.smaller(content, 300) for content in files] == [None] * len(files)


async def test_a_picture_is_not_made_illegible_to_fit() -> None:
    assert await READER.smaller(saved(a_photograph(), "PNG"), 20_000) is None


async def test_a_child_that_needs_too_much_costs_the_smaller_version_and_nothing_else() -> None:
    content = a_scan(a_photograph())

    assert await ChildReader(Limits(memory_bytes=64 * MEBIBYTE)).smaller(content, 100_000) is None
    assert await ChildReader(Limits(wall_seconds=0.01)).smaller(content, 100_000) is None
