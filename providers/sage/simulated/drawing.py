"""Sage's own templates, and its codes in words."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from providers.sage.simulated import reading, signin
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
            "total": reading.total,
            "currency": reading.currency,
            "lines": reading.lines,
            "words": reading.words_of,
            "kind": reading.kind,
            "role": lambda name: signin.ROLES.get(name, name),
        },
    )
