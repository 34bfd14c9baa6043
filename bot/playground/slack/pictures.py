"""Pictures among the files: how large one is, and the small copies Slack makes of it."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
"""What an image block may show, by Pillow's names: docs.slack.dev/reference/block-kit/blocks/image-block."""
LARGEST = 50_000_000
"""Pixels; of a larger one no small copies are made, as at Slack, and none is shown."""
THUMBS = (64, 80, 160, 360)


def measured(content: bytes) -> tuple[str, int, int] | None:
    """Media type, width and height; None of what is no picture, whatever its name says. Only the header is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd headers too; what is no picture is told below
            with Image.open(BytesIO(content), formats=tuple(KINDS)) as picture:
                found = KINDS[str(picture.format)], *picture.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    return found if 0 < found[1] * found[2] <= LARGEST else None


def fitted(width: int, height: int, most: int) -> tuple[int, int]:
    """The size of a small copy: the longer side is `most`, and nothing grows."""
    scale = min(1.0, most / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def thumb(content: bytes, most: int) -> bytes | None:
    """A small copy as PNG; None of a picture that breaks off in the middle."""
    try:
        with Image.open(BytesIO(content), formats=tuple(KINDS)) as picture:
            picture.thumbnail((most, most))
            small = ImageOps.exif_transpose(picture.convert("RGBA"))
    except (OSError, SyntaxError, ValueError):
        return None
    written = BytesIO()
    small.save(written, "PNG")
    return written.getvalue()
