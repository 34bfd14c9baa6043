"""Pages from templates: where they are, what they may load, and how links find the mounted root."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from providers.xero.simulated import reading

HERE = Path(__file__).parent


@cache
def the_environment() -> Environment:
    """One for the process, so that templates compile once."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["money"] = lambda value: f"{Decimal(value or 0):,.2f}"
    environment.filters["price"] = _price
    environment.filters["rate"] = lambda value: f"{Decimal(value).normalize():f}"
    environment.filters["day"] = _day
    environment.filters["instant"] = lambda text: f"{datetime.fromisoformat(text):%-d %b %Y %H:%M}" if text else ""
    environment.filters["status"] = reading.status
    environment.filters["title"] = reading.title
    environment.filters["role"] = lambda text: reading.ROLES.get(text, text)
    environment.filters["kind"] = lambda text: reading.KINDS.get(text, text)
    environment.filters["type"] = lambda text: reading.TYPES.get(text, text)
    environment.filters["balance"] = lambda value: f"{abs(value):,.2f} {'Dr' if value > 0 else 'Cr' if value else ''}"
    environment.filters["amounts"] = lambda text: reading.AMOUNTS.get(text, text)
    return environment


def _price(value: Decimal) -> str:
    """Two decimals, or as many as it has."""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value.normalize():,f}"


def _day(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%-d %b %Y}" if text else "–"


@dataclass(slots=True)
class Drawing:
    app_name: str
    environment: Environment = field(default_factory=the_environment)

    def page(
        self, request: web.Request, template: str, *, status: int = 200, form_to: str = "", **facts: Any
    ) -> web.Response:
        """`form_to` is another origin that a form's answer leads to; browsers hold redirects to the policy too."""

        def link(name: str, **parts: str) -> str:
            return self.path(request, name, **parts)

        text = self.environment.get_template(template).render(link=link, app_name=self.app_name, **facts)
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
        if isinstance(resource, web.StaticResource):
            return str(resource.url_for(filename=parts["filename"]))
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
