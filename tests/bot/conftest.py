"""Logging is the process's own; a test that sets it up puts it back."""

import logging
from collections.abc import Iterator

import pytest

from bot.log import QUIETER


@pytest.fixture
def quiet_root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    named = {name: logging.getLogger(name).level for name in QUIETER}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in named.items():
        logging.getLogger(name).setLevel(before)
