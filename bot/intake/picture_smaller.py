"""A picture as a JPEG that fits: upright, on white, without anything but pixels."""

import io
import math

from PIL import Image

from bot.intake.picture import opened, shrunk, upright
from bot.intake.smaller import STEPS, Step


def smaller_picture(content: bytes, most_bytes: int) -> bytes:
    """Nothing for one of several pages, such as a TIFF of a fax: a JPEG has one, and none may be lost.

    Raises:
        UnreadableError: it is damaged, or so large that it cannot be opened.
    """
    with opened(content) as image:
        if getattr(image, "n_frames", 1) > 1:
            return b""
        image.draft("RGB", within(image.size, STEPS[0].most_pixels))
        image.load()
        painted = upright(shrunk(image, within(image.size, STEPS[0].most_pixels)))
        for step in STEPS:
            smaller = as_jpeg(painted, step)
            if len(smaller) <= most_bytes:
                return smaller
    return b""


def as_jpeg(image: Image.Image, step: Step) -> bytes:
    """In colour or in greys, as it is."""
    size, out = within(image.size, step.most_pixels), io.BytesIO()
    scaled = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    scaled.save(out, "JPEG", quality=step.quality, optimize=True)
    return out.getvalue()


def within(size: tuple[int, int], most_pixels: int) -> tuple[int, int]:
    """The size of the same shape that has no more pixels."""
    width, height = size
    scale = min(1.0, math.sqrt(most_pixels / (width * height)))
    return max(1, int(width * scale)), max(1, int(height * scale))
