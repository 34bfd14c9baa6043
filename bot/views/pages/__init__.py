"""The web pages of connecting, drawn by Jinja with everything escaped."""

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

STYLE = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""What the content security policy lets in: this style sheet and no other."""

_pages = Environment(
    loader=PackageLoader("bot.views", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(name: str, **values: object) -> str:
    """One page as HTML."""
    return _pages.get_template(f"{name}.html").render(css=Markup(STYLE), **values)  # noqa: S704 - our own file
