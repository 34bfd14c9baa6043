"""The stand that every attack is made on, on each kind of database in turn."""

from collections.abc import AsyncIterator

import pytest

from tests.attacks.jars import Stand, a_stand


@pytest.fixture
async def stand(sqlite_url: str) -> AsyncIterator[Stand]:
    async with a_stand(sqlite_url) as made:
        yield made
        assert made.world.slack.refusals == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Stand]:
    async with a_stand(database_url) as made:
        yield made
        assert made.world.slack.refusals == []
