"""FreeAgent's own templates, and its codes in words."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from providers.freeagent.simulated import reading
from providers.freeagent.simulated.books import id_of, name_of
from providers.simulating.drawing import environment

HERE = Path(__file__).parent


@cache
def the_environment() -> Environment:
    return environment(
        HERE / "templates",
        {
            "kind": lambda name: reading.KINDS.get(name, name),
            "group": lambda name: name.removesuffix("_categories").replace("_", " ").capitalize(),
            "contact": name_of,
            "number": id_of,
        },
    )
