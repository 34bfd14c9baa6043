"""What the parent makes of a child that misbehaves."""

import asyncio
import gc
import os
from pathlib import Path
from time import monotonic

import pytest

from bot.intake.parent import ChildReader, Limits, entry
from bot.intake.result import Reading, Unreadable
from tests.intake import bad_child
from tests.intake.documents import a_document

DOCUMENT = a_document().encode()
OURS = f"child-of-{os.getpid()}"
PATIENT = Limits(cpu_seconds=5, wall_seconds=60)
HASTY = Limits(wall_seconds=1.0)


def misbehaving(how: str, limits: Limits = PATIENT, at_once: int = 2) -> ChildReader:
    return ChildReader(limits, at_once=at_once, entry=(*entry(bad_child.__name__), how, OURS))


async def reason_of(how: str, limits: Limits = PATIENT) -> str:
    found = await misbehaving(how, limits)(DOCUMENT, "invoice.xml")
    assert isinstance(found, Unreadable)
    return found.reason


def children() -> list[str]:
    """Processes started by this test process that still run, whoever is their parent by now."""
    return [command for command in map(command_of, Path("/proc").iterdir()) if f"\0{OURS}\0" in command]


def command_of(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("swallow_memory", "Reading it needed more memory than any invoice does."),
        ("say_too_much", "It says more than an invoice can."),
        ("pour", "It says more than an invoice can."),
        ("crash", "Its reader stopped unexpectedly, so it is damaged or no ordinary invoice."),
        ("fail", "Its reader stopped unexpectedly, so it is damaged or no ordinary invoice."),
        ("babble", "Its reader stopped unexpectedly, so it is damaged or no ordinary invoice."),
        ("leave", "Its reader stopped unexpectedly, so it is damaged or no ordinary invoice."),
    ],
)
async def test_whatever_becomes_of_the_child_there_is_a_reason(how: str, reason: str) -> None:
    assert await reason_of(how) == reason


async def test_a_child_that_only_waits_is_ended_by_the_clock() -> None:
    assert await reason_of("sleep", HASTY) == "Reading it took longer than any invoice needs."


async def test_an_endless_loop_is_ended_by_its_computing_time_alone() -> None:
    started = monotonic()

    reason = await reason_of("loop", Limits(cpu_seconds=1, wall_seconds=60))

    assert reason == "Reading it took longer than any invoice needs."
    assert monotonic() - started < 30


@pytest.mark.parametrize("how", ["open_a_file", "open_a_socket"])
async def test_a_child_can_open_nothing(how: str) -> None:
    assert "Too many open files" in await reason_of(how)


async def test_a_child_can_start_no_process() -> None:
    assert "Resource temporarily unavailable" in await reason_of("fork")


async def test_a_child_cannot_raise_its_own_limits() -> None:
    assert (await reason_of("raise_own_limit")).startswith("refused: ")


async def test_a_child_is_never_root() -> None:
    assert await reason_of("tell_user") == "not root"


async def test_a_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")

    reason = await reason_of("tell_environment")

    assert "SLACK" not in reason
    assert reason.endswith(" /")


async def test_what_a_child_leaves_behind_is_ended_with_it() -> None:
    assert await reason_of("stay_behind", HASTY) == "Reading it took longer than any invoice needs."

    assert children() == []


@pytest.mark.parametrize(("how", "limits"), [("pour", PATIENT), ("sleep", HASTY)])
async def test_no_process_or_pipe_outlives_its_document(how: str, limits: Limits) -> None:
    before = descriptors()

    await reason_of(how, limits)

    await asyncio.sleep(0.05)
    gc.collect()
    assert children() == []
    assert descriptors() == before


async def test_reading_that_is_called_off_ends_the_child() -> None:
    reading = asyncio.create_task(misbehaving("sleep", Limits(wall_seconds=60))(DOCUMENT, "invoice.xml"))
    while not children():  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(0.01)

    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading
    assert children() == []


async def test_no_more_children_run_at_once_than_allowed() -> None:
    reader = misbehaving("sleep", HASTY, at_once=2)
    readings = [asyncio.create_task(reader(DOCUMENT, "invoice.xml")) for _ in range(5)]
    most = 0

    while not all(reading.done() for reading in readings):
        most = max(most, len(children()))
        await asyncio.sleep(0.01)

    assert most == 2


async def test_everything_else_goes_on_while_a_child_is_busy() -> None:
    """A large file is being handed to a child that reads nothing, which would block a plain write."""
    reader = misbehaving("sleep", Limits(wall_seconds=2.0))
    reading = asyncio.create_task(reader(DOCUMENT + b" " * 15_000_000, "invoice.xml"))
    longest, last = 0.0, monotonic()

    while not reading.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, monotonic() - last), monotonic()

    assert isinstance(reading.result(), Unreadable)
    assert longest < 1.0


async def test_a_file_that_is_too_large_starts_no_child() -> None:
    found = await misbehaving("fail")(b" " * (20 * 1024**2 + 1), "invoice.xml")

    assert found == Unreadable(reason="It is larger than 20 MiB.")


async def test_an_ordinary_invoice_needs_a_fraction_of_the_limits() -> None:
    found = await ChildReader(Limits(memory_bytes=128 * 1024**2, cpu_seconds=1))(a_document().encode(), "invoice.xml")

    assert isinstance(found, Reading)
