"""Photographs, and PDFs that are made of them."""

import io
import random
from functools import cache

import pikepdf
from PIL import Image, ImageFilter

from tests.intake.drawn import Text, a_text_pdf


@cache
def a_photograph(size: tuple[int, int] = (1200, 1600), *, mode: str = "RGB") -> Image.Image:
    """As noisy as a camera's, so that it takes room: red above, blue below."""
    noise = Image.frombytes("L", size, random.Random(1).randbytes(size[0] * size[1]))
    image = Image.new("RGB", size, (200, 40, 40))
    image.paste((40, 40, 200), (0, size[1] // 2, *size))
    return Image.blend(image, noise.filter(ImageFilter.GaussianBlur(1)).convert("RGB"), 0.2).convert(mode)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def a_scan(*pages: Image.Image, quality: int = 95, more: bytes | None = None) -> bytes:
    """A PDF with text on its first page and a picture on each; `more` is a file embedded in it."""
    document = pikepdf.open(io.BytesIO(a_text_pdf(*([Text(50, 60, "Invoice 4711")] for _ in pages))))
    for page, image in zip(document.pages, pages, strict=True):
        picture = document.make_stream(saved(image, "JPEG", quality=quality))
        picture.Type, picture.Subtype, picture.Filter = (
            pikepdf.Name.XObject,
            pikepdf.Name.Image,
            pikepdf.Name.DCTDecode,
        )
        picture.Width, picture.Height, picture.BitsPerComponent = *image.size, 8
        picture.ColorSpace = pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB
        name = page.add_resource(picture, pikepdf.Name.XObject)
        page.contents_add(b"q 500 0 0 600 40 40 cm %b Do Q" % str(name).encode())
    if more is not None:
        document.attachments["factur-x.xml"] = more
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
