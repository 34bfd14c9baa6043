"""The database is busy just as a provider's or Slack's answer is to be kept: it is tried again, or told as it is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.db.unit_of_work import Database
from bot.delivery import BusyError
from bot.playground.slack import TEAM
from bot.services import installing
from bot.services.connect_grant import ConnectGrant
from bot.services.insisting import TRIES
from bot.services.tokens import TokenKeeper
from tests.attacks.jars import Stand, a_stand
from tests.handlers.test_installing import a_shop


@pytest.fixture
async def stand(sqlite_url: str) -> AsyncIterator[Stand]:
    async with a_stand(sqlite_url) as made:
        yield made


def busy(monkeypatch: pytest.MonkeyPatch, holder: Any, name: str, *, times: int) -> list[None]:
    """So many calls find the database busy; answers who did."""
    real, met = getattr(holder, name), list[None]()

    async def sometimes(*given: Any, **more: Any) -> Any:
        if len(met) < times:
            met.append(None)
            raise BusyError("the database is busy")
        return await real(*given, **more)

    monkeypatch.setattr(holder, name, sometimes)
    return met


async def test_a_busy_moment_loses_no_sign_in(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    back = await stand.returned(stand.admin, await stand.link())
    met = busy(monkeypatch, TokenKeeper, "keep", times=2)

    page = await stand.admin.follow(back)

    assert (len(met), page.status) == (2, 200)
    assert page.address.endswith("/connect/xero/organisation")
    assert (await stand.effects()).token_sets == 1


async def test_what_cannot_be_kept_is_given_back_and_told_without_the_code(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = await stand.returned(stand.admin, await stand.link())
    busy(monkeypatch, TokenKeeper, "keep", times=TRIES)

    page = await stand.admin.follow(back)
    await stand.world.settle()

    assert (page.status, page.address.partition("?")[2]) == (503, "stop=not_kept")
    assert "nothing was connected" in page.text
    assert not stand.xero.grants.connections, "the ledger lists nothing that nobody has the tokens of"
    assert (await stand.effects()).token_sets == 0
    assert (await stand.admin.follow("/connect/xero/start")).status == 410, "the try is over"


async def test_an_earlier_sign_in_of_the_same_person_is_not_ended_with_it(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stand.connected(stand.admin, await stand.link())
    back = await stand.returned(stand.admin, await stand.link())
    busy(monkeypatch, TokenKeeper, "keep", times=TRIES)

    assert (await stand.admin.follow(back)).status == 503

    assert stand.xero.grants.connections
    assert (await stand.effects()).token_sets == 1


@pytest.mark.parametrize("error", [BusyError("busy"), RuntimeError("nobody expected it")])
async def test_no_failure_leaves_a_code_in_the_address(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    back = await stand.returned(stand.admin, await stand.link())
    signed = f"{stand.world.address}/slack/signin_redirect?code=1.2&state=x"

    def fails(self: Database) -> Any:
        raise error

    monkeypatch.setattr(ConnectGrant, "came_back", lambda *_: fails(stand.world.services.db))
    page = await stand.admin.follow(back)
    assert (page.status, "code=" in page.address, "state=" in page.address) == (503, False, False)

    monkeypatch.setattr(Database, "read", fails)
    monkeypatch.setattr(Database, "write", fails)
    first = await stand.admin.get(signed)
    assert (first.status, first.location) == (303, "/slack/signin_redirect?stop=not_kept")
    first = await stand.admin.get("/slack/oauth_redirect?code=1.2&state=x")
    assert (first.status, first.location) == (303, "/slack/installed?stop=not_kept")
    assert "could not keep" in (await stand.admin.follow(first.location)).text


async def test_a_busy_moment_loses_no_installation(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_shop(sqlite_url) as shop:
        met = busy(monkeypatch, installing, "keep_installation", times=2)
        assert ((await shop.install()).status, len(met)) == (200, 2)
        assert len(await shop.rows()) == 1

        monkeypatch.undo()
        busy(monkeypatch, installing, "keep_installation", times=TRIES)
        page = await shop.install()
        assert (page.status, page.address.partition("?")[2]) == (503, "stop=not_kept")
        assert shop.world.slack.installations.of(TEAM) is not None, "its token is the one in use"
