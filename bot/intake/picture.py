"""Pictures of documents: looked at before they are decoded, then made small.

A picture states its size in its first bytes, so that one made to fill the memory is refused before a pixel of it is
there. https://pillow.readthedocs.io/en/stable/reference/limits.html
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps, TiffImagePlugin, WebPImagePlugin

from bot.domain.documents import DocumentType, Facts
from bot.intake.result import Method, Reading, UnreadableError

A_RECEIPT = Facts(document_type=DocumentType.RECEIPT)
"""Nothing is known of it; what is photographed mostly is one, and whoever fills it in can say otherwise."""
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
WIDEST_PREVIEW = 1000
HIGHEST_PREVIEW = 3000
"""Pixels. A receipt may be long, and is still to be read on the preview."""
_SAME_COLOURS = 256
_SIXTEEN_BITS = "I;16"
"""Greys of sixteen bits, as some scanners write them; Pillow neither shrinks nor scales them by itself."""
_ORIENTATION = 0x0112
_LYING = frozenset({5, 6, 7, 8})
"""Values of the EXIF orientation by which width and height change places."""

FORMATS = (TiffImagePlugin.TiffImageFile.format, WebPImagePlugin.WebPImageFile.format, "GIF", "JPEG", "PNG")
Image.preinit()  # now, as the limits let it open no module when the first picture comes

_NEEDS_TOO_MUCH = "The picture is so large that it cannot be opened: it takes more memory than a document may."
"""A WEBP keeps several copies of its pixels while it is decoded, so fewer of them fit."""
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error)
"""What Pillow's plugins raise at what they do not understand."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def read_picture(content: bytes) -> Reading:
    """A document that a person has to read: whole, and of a size that can be shown."""
    with opened(content) as image:
        _decode(image)
    return Reading(facts=A_RECEIPT, invoice_lines=0, type_code="", profile="picture", method=Method.NOTHING)


def preview_picture(content: bytes) -> bytes:
    """The picture upright and small, as PNG."""
    with opened(content) as image:
        return as_preview(_decode(image))


@contextmanager
def opened(content: bytes) -> Iterator[Image.Image]:
    """Raises:
    UnreadableError: it is damaged, or so large that it cannot be opened; also for what happens while it is used.
    """
    try:
        with _warned(), Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _refuse_too_large(image.size)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except MemoryError as error:
        raise UnreadableError(_NEEDS_TOO_MUCH, "Save it smaller, or as JPEG, and share that.") from error
    except _BROKEN as error:
        raise UnreadableError("The picture is damaged or cut off.", "Share it once more.") from error


@contextmanager
def _warned() -> Iterator[None]:
    """Of all that Pillow warns of, odd headers mostly, a size beyond the limit is an end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _refuse_too_large(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS or max(size) > LONGEST_SIDE or not width * height:
        raise _too_large()


def _too_large() -> UnreadableError:
    return UnreadableError(
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels, or a side of more than {LONGEST_SIDE}.",
        "Save it smaller and share that.",
    )


def _decode(image: Image.Image) -> Image.Image:
    """The first frame's pixels; a JPEG is made smaller while it is decoded."""
    image.draft("RGB", (WIDEST_PREVIEW, HIGHEST_PREVIEW))
    image.load()
    return image


def as_preview(image: Image.Image) -> bytes:
    """Upright, small, on white, without anything but pixels."""
    size = (WIDEST_PREVIEW, HIGHEST_PREVIEW)
    if image.getexif().get(_ORIENTATION, 1) in _LYING:
        size = (HIGHEST_PREVIEW, WIDEST_PREVIEW)
    out = io.BytesIO()
    painted = upright(shrunk(image, size))
    painted.quantize(_SAME_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=False)
    return out.getvalue()


def shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Of eight bits, and no larger."""
    if image.mode.startswith(_SIXTEEN_BITS):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    image.thumbnail(size, reducing_gap=2.0)
    return image


def upright(image: Image.Image) -> Image.Image:
    """As the camera was held, on white."""
    turned = ImageOps.exif_transpose(image)
    painted = Image.new("RGB", turned.size, "white")
    layer = turned.convert("RGBA")
    painted.paste(layer, mask=layer.getchannel("A"))
    return painted
