"""Pages from templates: where they are, what they may load, and how links find the mounted root.

A vendor gives a folder of templates of its own, which extend `ledger.html`, and its filters for its codes (`environment`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent


def environment(own: Path, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """The templates of the kit, and of the vendor in `own`; make one for the process, so that templates compile once."""
    made = Environment(
        loader=FileSystemLoader([own, HERE / "templates"]), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters["money"] = lambda value: f"{Decimal(value or 0):,.2f}"
    made.filters["price"] = _price
    made.filters["rate"] = lambda value: f"{Decimal(value).normalize():f}"
    made.filters["day"] = _day
    made.filters["instant"] = lambda text: f"{datetime.fromisoformat(text):%-d %b %Y %H:%M}" if text else ""
    made.filters["balance"] = lambda value: f"{abs(value):,.2f} {'Dr' if value > 0 else 'Cr' if value else ''}"
    made.filters.update(filters)
    return made


def _price(value: Decimal) -> str:
    """Two decimals, or as many as it has."""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value.normalize():,f}"


def _day(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%-d %b %Y}" if text else "–"


@dataclass(slots=True)
class Drawing:
    vendor: str
    """Its name, as people say it."""
    app_name: str
    environment: Environment

    def page(
        self, request: web.Request, template: str, *, status: int = 200, form_to: str = "", **facts: Any
    ) -> web.Response:
        """`form_to` is another origin that a form's answer leads to; browsers hold redirects to the policy too."""

        def link(name: str, **parts: str) -> str:
            return self.path(request, name, **parts)

        text = self.environment.get_template(template).render(
            link=link, vendor=self.vendor, app_name=self.app_name, **facts
        )
        policy = (
            f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {form_to}; "
            "frame-ancestors 'none'; base-uri 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return web.Response(text=text, status=status, content_type="text/html", headers=headers)

    def path(self, request: web.Request, name: str, **parts: str) -> str:
        """The path of a named page; parts that its address does not name become the query."""
        resource = request.app.router[name]
        if isinstance(resource, web.DynamicResource):
            own = {key: value for key, value in parts.items() if f"{{{key}}}" in resource.canonical}
        else:
            own = {}
        url = resource.url_for(**own)
        return str(url.with_query({key: value for key, value in parts.items() if key not in own}))


async def form_of(request: web.Request) -> dict[str, str]:
    """The fields of a posted form.

    Raises:
        HTTPForbidden: another site's page sent it.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.split("//")[-1] != request.host:
        raise web.HTTPForbidden(text="This form belongs to another page")
    return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
