"""Xero's own templates, and its codes in words."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from providers.simulating.drawing import environment
from providers.xero.simulated import reading

HERE = Path(__file__).parent


@cache
def the_environment() -> Environment:
    return environment(
        HERE / "templates",
        {
            "status": reading.status,
            "title": reading.title,
            "role": lambda text: reading.ROLES.get(text, text),
            "kind": lambda text: reading.KINDS.get(text, text),
            "type": lambda text: reading.TYPES.get(text, text),
            "amounts": lambda text: reading.AMOUNTS.get(text, text),
        },
    )
