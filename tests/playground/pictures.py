"""Small pictures to hand around."""

from io import BytesIO

from PIL import Image


def a_picture(kind: str = "PNG", *, width: int = 40, height: int = 30, colour: str = "teal") -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind)
    return written.getvalue()
