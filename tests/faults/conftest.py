"""Faults of the machine, with the driver as it is in service: with its threads, and synced to the disk."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.fakes.at_once import driver_of_its_own


@pytest.fixture(autouse=True)
def _driver_as_in_service(request: pytest.FixtureRequest) -> Iterator[None]:
    """A document that kills its process does so by what is committed, whoever asks the database."""
    with nullcontext() if request.path.stem == "test_poison" else driver_of_its_own():
        yield
