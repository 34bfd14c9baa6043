"""`dext-bot jobs list|retry|cancel`, typed by an operator while the product runs."""

import asyncio
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.cli import main
from bot.playground.slack import BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.handlers.desk import CATEGORY, Desk, a_desk, words
from tests.handlers.refusals import NUMBER, alert, refused

Type = Callable[..., Any]


@pytest.fixture
def type_in(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    monkeypatch.setenv("DEXT_DATABASE_URL", database_url)
    monkeypatch.setattr("bot.commands.jobs.SystemClock", FakeClock)

    def type_in(*command: str) -> tuple[int, str, str]:
        code = main(("jobs", *command))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    async def in_a_thread(*command: str) -> tuple[int, str, str]:
        """A command has a loop of its own, as it has a process of its own."""
        return await asyncio.to_thread(type_in, *command)

    return in_a_thread


async def jobs(type_in: Type, *more: str) -> list[dict[str, Any]]:
    _, out, _ = await type_in("list", "--json", *more)
    return list(json.loads(out))


async def reference(desk: Desk, number: str = NUMBER) -> str:
    return next(word for word in words(desk.card(number)).split() if word.startswith("B-")).strip("()*_·,.")


async def test_what_was_refused_is_listed_with_its_cause_and_sent_again(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as desk:
        await refused(desk)
        (job,) = await jobs(type_in)
        _, table, _ = await type_in("list", "--state", "refused")
        desk.xero.restore_account(TRADING, CATEGORY)

        done = await type_in("retry", job["reference"].lower())
        again = await type_in("retry", job["item"])
        await desk.settle()

        assert (job["what"], job["state"], job["item_state"]) == ("document", "refused", "refused")
        assert job["cause"]["title"] == "Category 429 · General Expenses is archived in Xero"
        assert "has been archived" in job["cause"]["words"]
        assert "Category 429 · General Expenses is archived in Xero" in table
        assert (done[0], f"{job['reference']} is sent again" in done[1]) == (0, True)
        assert (again[0], "goes out by itself" in again[2]) == (1, True)
        assert "It was sent again as it is, on the command line." in words(alert(desk))
        assert len(desk.xero.bills()) == 1
        assert (await type_in("list"))[1].strip() == "Nothing is on its way, and nothing was refused."


async def test_what_an_alert_asks_the_ledger_again_by_itself_has_a_next_try(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as desk:
        desk.xero.set_lock_date(TRADING, year_end=date(2026, 3, 31))
        await desk.add(**{BlockId.NUMBER: NUMBER})
        await desk.approve(NUMBER)
        (refused,) = await jobs(type_in)
        await desk.press(alert(desk), ActionId.WAIT_FOR_LEDGER, BOOKKEEPER)
        now = desk.world.clock.now()

        (waiting,) = await jobs(type_in)
        _, table, _ = await type_in("list")
        await desk.press(alert(desk), ActionId.RETRY_ITEM, BOOKKEEPER)
        (anew,) = await jobs(type_in)

    assert (refused["state"], refused["next_try"], anew["next_try"]) == ("refused", None, None)
    at = datetime.fromisoformat(waiting["next_try"])
    assert (waiting["state"], timedelta(0) < at - now <= timedelta(hours=1)) == ("refused", True)
    assert f"{at:%Y-%m-%d %H:%M:%S}Z" in table


async def test_what_waits_is_taken_back_and_never_sent(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=60, alerts_apart=True) as desk:
        await desk.add(**{BlockId.NUMBER: NUMBER})
        await desk.approve(NUMBER)
        (job,) = await jobs(type_in, "--state", "waiting")

        done = await type_in("cancel", job["reference"])
        again = await type_in("cancel", job["reference"])
        await desk.world.later(120)

        assert (job["state"], job["item_state"], job["cause"]) == ("waiting", "approved", None)
        assert (done[0], "to be approved again" in done[1]) == (0, True)
        assert (again[0], "is in approval" in again[2]) == (1, True)
        assert "Approve" in words(desk.card(NUMBER))
        assert desk.xero.bills() == []
        assert await jobs(type_in) == []


async def test_what_waits_is_held_released_and_sent_at_once(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=600, alerts_apart=True) as desk:
        await desk.add(**{BlockId.NUMBER: NUMBER})
        await desk.approve(NUMBER)
        reference = (await jobs(type_in))[0]["reference"]

        said = [await type_in("hold", reference)]
        (job,) = await jobs(type_in, "--state", "held")
        refused = [await type_in(deed, reference) for deed in ("hold", "now")]
        await desk.world.later(3600)
        held = words(desk.card(NUMBER))
        said += [await type_in("release", reference)]
        again = await type_in("release", reference)
        await desk.settle()

    assert [code for code, _, _ in said] == [0, 0]
    assert "*Held* on the command line" in held
    assert (job["state"], job["next_try"]) == ("held", None)
    assert [(code, "it is held. `dext-bot jobs release` sends it" in err) for code, _, err in refused] == [
        (1, True)
    ] * 2
    assert (again[0], "is not held" in again[2]) == (1, True)
    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()] == [NUMBER]


async def test_what_waits_for_its_undo_window_is_sent_at_once(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=600, alerts_apart=True) as desk:
        await desk.add(**{BlockId.NUMBER: NUMBER})
        await desk.approve(NUMBER)

        code, said, _ = await type_in("now", (await jobs(type_in))[0]["reference"])
        await desk.world.later(1)

    assert (code, "is due now" in said) == (0, True)
    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()] == [NUMBER]


async def test_all_that_was_refused_for_one_cause_is_sent_again(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as desk:
        await refused(desk)
        (job,) = await jobs(type_in)
        desk.xero.restore_account(TRADING, CATEGORY)

        other = await type_in("retry", "--all-refused", "--cause", "period_locked")
        done = await type_in("retry", "--all-refused", "--cause", job["cause"]["code"])
        await desk.settle()

        assert (other[0], "Nothing of that kind was refused." in other[1]) == (0, True)
        assert (done[0], f"{job['reference']} is sent again." in done[1]) == (0, True)
        assert len(desk.xero.bills()) == 1


@pytest.mark.parametrize("typed", [(), ("B-1001", "--all-refused"), ("B-1001", "--cause", "period_locked")])
def test_one_item_or_all_that_was_refused_is_named(typed: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("jobs", "retry", *typed)) == 2

    assert "Name one item, or say --all-refused" in capsys.readouterr().err


async def test_what_is_not_there_is_said(database_url: str, type_in: Type) -> None:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as desk:
        await desk.add(**{BlockId.NUMBER: NUMBER})
        await desk.approve(NUMBER)
        published = await type_in("cancel", await reference(desk))
        nothing = await type_in("retry", await reference(desk))

    unknown = await type_in("retry", "B-999")
    elsewhere = await type_in("list", "--organisation", "Nobody")
    assert (published[0], "Withdraw in Slack takes it out" in published[2]) == (1, True)
    assert (nothing[0], "nothing of it waits or was refused" in nothing[2]) == (1, True)
    assert (unknown[0], "No item is called B-999." in unknown[2]) == (1, True)
    assert (elsewhere[0], "No single organisation is called Nobody" in elsewhere[2]) == (2, True)


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_is_no_number_of_lines_is_refused(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(("jobs", "list", f"--limit={limit}"))

    assert "is no number of lines" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("list", "--state", "gone"), "'gone' (choose from 'waiting', 'held',"),
        (("retry", "--all-refused", "--cause", "weather"), "'weather' (choose from 'account_archived',"),
    ],
)
def test_a_word_that_there_is_not_is_answered_with_those_that_there_are(
    command: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(("jobs", *command))

    assert (stopped.value.code, words in capsys.readouterr().err) == (2, True)
