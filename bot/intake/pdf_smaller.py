"""A PDF whose bulk is pictures, such as a scan: they are encoded anew, and everything else stays as it is.

Text, fonts, links and embedded e-invoices are untouched, so that what could be read in it still can. A signature over
the whole file does not outlast it, nor any other change. <https://pikepdf.readthedocs.io/en/latest/topics/images.html>
"""

import io
from collections.abc import Iterator

import pikepdf
from PIL import Image

from bot.intake.picture import MOST_PIXELS
from bot.intake.picture_smaller import as_jpeg
from bot.intake.result import UnreadableError
from bot.intake.smaller import STEPS, Step

WORTH_IT = 20_000
"""Bytes. A smaller picture is a logo or an icon."""
_MODES = {"RGB": pikepdf.Name.DeviceRGB, "L": pikepdf.Name.DeviceGray}
"""Of pictures that a JPEG has without a change of colour. What is of one bit is smaller as it is."""
_UNDECODABLE = (
    pikepdf.PikepdfError,
    pikepdf.PdfError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    OSError,
    AttributeError,
)
"""What pikepdf and Pillow raise at a picture that they do not understand; it stays as it is."""

Image.preinit()  # now, as the limits let it open no module when the first picture comes
pikepdf.Pdf.new().save(io.BytesIO())  # so does what pikepdf only loads when it is used


def smaller_pdf(content: bytes, most_bytes: int) -> bytes:
    """Raises:
    UnreadableError: it is damaged, or asks for a password.
    """
    for step in (None, *STEPS):
        smaller = _saved(content, step)
        if len(smaller) <= most_bytes:
            return smaller
    return b""


def _saved(content: bytes, step: Step | None) -> bytes:
    """Written anew, which drops what an editor left in it; with its pictures in this size and quality."""
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if step is not None:
                for picture in _pictures(document):
                    _encode(picture, step)
            document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError as error:
        raise UnreadableError("The PDF asks for a password before it opens.") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise UnreadableError("The PDF is damaged or cut off.") from error
    return out.getvalue()


def _pictures(document: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    """Each once, however many pages show it."""
    for found in document.objects:
        if isinstance(found, pikepdf.Stream) and found.get(pikepdf.Name.Subtype) == pikepdf.Name.Image:
            yield found


def _encode(picture: pikepdf.Stream, step: Step) -> None:
    """Put a JPEG in its place where that is smaller and shows the same."""
    before = len(picture.read_raw_bytes())
    if before < WORTH_IT or not _is_plain(picture):
        return
    try:
        image = pikepdf.PdfImage(picture).as_pil_image()
        if image.mode == "P":
            image = image.convert("RGB")
        space = _MODES.get(image.mode)
        jpeg = b"" if space is None else as_jpeg(image, step)
    except _UNDECODABLE:
        return
    if not jpeg or len(jpeg) >= before:
        return
    width, height = Image.open(io.BytesIO(jpeg), formats=["JPEG"]).size
    picture.write(jpeg, filter=pikepdf.Name.DCTDecode)
    picture.ColorSpace, picture.BitsPerComponent = space, 8
    picture.Width, picture.Height = width, height


def _is_plain(picture: pikepdf.Stream) -> bool:
    """Whether nothing but its pixels depends on how they are written: no stencil, no colour that is left out, no values
    that stand for others. And it can be opened.
    """
    width, height = int(picture.get("/Width", 0)), int(picture.get("/Height", 0))
    mask, soft = picture.get("/Mask"), picture.get("/SMask")
    return (
        0 < width * height <= MOST_PIXELS
        and not picture.get("/ImageMask", False)
        and "/Decode" not in picture
        and not isinstance(mask, pikepdf.Array)
        and (soft is None or "/Matte" not in soft)
    )
