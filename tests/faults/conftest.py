"""Faults, with the driver as it is in service: with its threads, and synced to the disk."""

from collections.abc import Iterator

import pytest

from tests.fakes.at_once import driver_of_its_own


@pytest.fixture(autouse=True)
def _driver_as_in_service() -> Iterator[None]:
    with driver_of_its_own():
        yield
