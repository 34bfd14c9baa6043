"""QuickBooks' own templates, and its codes in words."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from providers.quickbooks.simulated import reading, signin
from providers.simulating.drawing import environment

HERE = Path(__file__).parent


@cache
def the_environment() -> Environment:
    return environment(
        HERE / "templates",
        {
            "title": reading.title,
            "party": reading.party,
            "status": reading.status,
            "detail": reading.detail_of,
            "kind": lambda name: reading.KINDS.get(name, name),
            "amounts": lambda name: reading.AMOUNTS.get(name, "without tax"),
            "role": lambda name: signin.ROLES.get(name, name),
        },
    )
