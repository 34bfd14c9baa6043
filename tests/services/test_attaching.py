"""The file of an item hangs on its document in the ledger, once, whatever happens; so does its payment; and neither is
missed in silence.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.unit_of_work import Database
from bot.domain.items import ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import StepKind
from bot.services.alerts import load_alert
from bot.services.files import file_content
from bot.services.smaller_files import MOVING_FOR, attached_how
from tests.fakes.clock import FakeClock
from tests.services.ledger import LOST_OF_SEVERAL, Trouble
from tests.services.publishing import CrashError, CrashingDatabase, World, a_world

BANK = "bank-1"
A_FILE = ("Paper & Ink.pdf", b"%PDF-1.7 of ")


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    world = await a_world(database, clock)
    world.file = A_FILE
    return world


async def names_of(world: World) -> list[str]:
    """What should hang there: a file for each item, under its reference."""
    async with world.db.read() as tx:
        items = await world.items(tx)
    return sorted(f"{item.reference} Paper & Ink.pdf" for item in items)


async def test_the_file_is_attached_after_its_document_by_a_call_of_its_own(world: World) -> None:
    await world.approve("INV-1", "INV-2")

    await world.settle()

    assert world.ledger.calls == ["create", "read", "attach", "attach"]
    assert world.ledger.file_names == await names_of(world)
    assert await world.audited("attachment added") == 2
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_an_item_without_a_file_has_no_such_step(world: World) -> None:
    world.file = None
    await world.approve("INV-1")

    await world.settle()

    assert world.ledger.calls == ["create", "read"]


async def test_a_document_that_is_refused_gets_its_file_once_it_is_there(world: World) -> None:
    world.ledger.refuse["INV-1"] = Problem(code=ProblemCode.ACCOUNT_ARCHIVED)
    (item_id,) = await world.approve("INV-1")
    await world.settle()
    assert world.ledger.file_names == []

    world.ledger.refuse.clear()
    await world.approve_again(item_id)
    await world.settle()

    assert world.ledger.file_names == await names_of(world)


@pytest.mark.parametrize("trouble", [Trouble.BUSY, Trouble.EXPIRED])
async def test_a_ledger_that_is_busy_or_forgot_the_token_gets_the_file_later(world: World, trouble: Trouble) -> None:
    world.ledger.troubles["attach"] = [trouble]
    await world.approve("INV-1")

    await world.settle()

    assert world.ledger.file_names == await names_of(world)
    assert world.ledger.calls.count("create") == 1


async def test_a_file_that_the_ledger_refuses_is_told_and_the_document_stays_published(world: World) -> None:
    words = "The file is not what it says"
    (item_id,) = await world.approve("INV-1")
    (name,) = await names_of(world)
    world.ledger.refuse[name] = Problem(code=ProblemCode.NOT_UNDERSTOOD, vendor_words=words)

    await world.settle()

    assert await world.state(item_id) is ItemState.PUBLISHED
    assert await world.alert(item_id, StepKind.ATTACHMENT) == ("open", "file_refused", 1)
    async with world.db.read() as tx:
        alert = await load_alert(tx, world.workspace_id, item_id, StepKind.ATTACHMENT)
    assert alert is not None
    assert alert.problem.vendor_words == words
    assert alert.problem.explanation == f"The bill is in Xero, and its file is not: Xero refused {name}."
    assert world.ledger.calls.count("attach") == 1


async def test_of_a_smaller_version_that_is_refused_as_too_large_both_sizes_are_told(world: World) -> None:
    world.file = ("scan.TIFF", b"x" * 1500)
    (item_id,) = await world.approve("INV-1")
    async with world.db.read() as tx:
        (item,) = await world.items(tx)
    world.ledger.refuse[f"{item.reference} scan.pdf"] = Problem(code=ProblemCode.FILE_TOO_LARGE)

    await world.settle()

    async with world.db.read() as tx:
        alert = await load_alert(tx, world.workspace_id, item_id, StepKind.ATTACHMENT)
    assert alert is not None
    words = "has 1 KB, Xero takes 1 KB, and refused it as too large in a smaller version (1 KB → 1 KB), too."
    assert alert.problem.explanation.endswith(words)


async def test_a_file_that_is_too_large_and_cannot_be_made_smaller_is_not_sent_and_is_told(world: World) -> None:
    world.file = ("scan.pdf", b"x" * 3000)
    (item_id,) = await world.approve("INV-1")

    await world.settle()

    assert await world.state(item_id) is ItemState.PUBLISHED
    assert await world.alert(item_id, StepKind.ATTACHMENT) == ("open", "file_too_large", 1)
    async with world.db.read() as tx:
        alert = await load_alert(tx, world.workspace_id, item_id, StepKind.ATTACHMENT)
    assert alert is not None
    assert "scan.pdf has 3 KB, Xero takes 1 KB, and it could not" in alert.problem.explanation
    assert "attach" not in world.ledger.calls


@pytest.mark.parametrize("name", ["take.heic", "noending"])
async def test_a_file_of_a_kind_that_the_ledger_does_not_take_goes_in_another_version_or_stays_here(
    world: World, name: str
) -> None:
    """Nobody is alerted: there is nothing to be done about it."""
    world.file = (name, b"x" * 3000)  # there is no other version of it
    (without,) = await world.approve("INV-1")
    await world.settle()
    calls = list(world.ledger.calls)
    world.file = (name, b"x" * 900)
    (other,) = await world.approve("INV-2")

    await world.settle()

    assert "attach" not in calls
    assert [name.rpartition(".")[2] for name in world.ledger.file_names] == ["pdf"]
    for item_id in (without, other):
        assert await world.state(item_id) is ItemState.PUBLISHED
        assert await world.alert(item_id, StepKind.ATTACHMENT) is None


async def test_a_file_that_is_too_large_goes_in_a_smaller_version_and_the_original_stays(world: World) -> None:
    world.file = ("scan.TIFF", b"x" * 1500)
    await world.approve("INV-1", "INV-2")

    await world.settle()

    async with world.db.read() as tx:
        items = await world.items(tx)
        kept = {
            item.reference: await file_content(tx, item.workspace_id, item.file_id) for item in items if item.file_id
        }
        how = [await attached_how(tx, item) for item in items]
    assert world.ledger.file_names == sorted(f"{reference} scan.pdf" for reference in kept)
    assert [len(content or b"") for content in kept.values()] == [1505, 1505]
    assert how == ["in a smaller version (1 KB → 1 KB)"] * 2
    assert await world.audited("attachment added") == 2


async def test_a_smaller_version_that_somebody_else_makes_meanwhile_is_one_file(world: World) -> None:
    """A job that is delivered twice, and a worker that died at it."""
    world.file = ("scan.pdf", b"x" * 1500)
    await world.approve("INV-1")
    await world.publishing.plan()
    await world.jobs.drain()
    await world.publishing.plan()
    ((_, key),) = world.jobs.waiting
    world.jobs.waiting.clear()
    world.later(MOVING_FOR.total_seconds() + 1)

    await world.smaller_files.restart_stuck()
    await world.smaller_files.run(key)
    await world.settle()
    await world.smaller_files.run(key)

    (name,) = world.ledger.file_names
    assert name.endswith(" scan.pdf")
    assert world.ledger.calls.count("attach") == 1


async def test_an_e_invoice_is_attached_as_text_where_the_ledger_takes_no_xml(world: World) -> None:
    world.file = ("invoice.XML", b"<Invoice/>")
    await world.approve("INV-1")

    await world.settle()

    (name,) = world.ledger.file_names
    assert name.endswith(" invoice.XML.txt")


async def test_what_one_file_waits_for_delays_no_other_document(world: World) -> None:
    """A file that stays here is over; documents that come later are published beside it."""
    world.file = ("take.heic", b"x" * 3000)
    await world.approve("INV-1")
    await world.settle()
    world.file = A_FILE

    await world.approve("INV-2")
    await world.settle()

    assert world.ledger.numbers == ["INV-1", "INV-2"]
    assert len(world.ledger.file_names) == 1


@pytest.fixture
async def crashing(sqlite_url: str, clock: FakeClock) -> AsyncIterator[World]:
    db = CrashingDatabase(sqlite_url, clock)
    world = await a_world(db, clock)
    world.file = A_FILE
    yield world
    await db.close()


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_a_process_that_dies_at_any_write_pays_each_bill_and_attaches_each_file_once(
    crashing: World, moment: str
) -> None:
    world, db = crashing, crashing.db
    world.paid_from = BANK
    assert isinstance(db, CrashingDatabase)
    world.ledger.remembers_keys_for = timedelta(0)
    db.dies_after_commit = moment == "after the commit"
    if db.dies_after_commit:
        world.file = ("Paper & Ink.pdf", b"%PDF-1.7" * 150)  # so large that a smaller version is made first
    await world.approve("INV-0")
    approved = db.writes
    await world.settle()
    writes = db.writes - approved

    for number in range(1, writes + 1):
        await world.approve(f"INV-{number}")
        db.dies_at = db.writes + number
        await world.settle()

    assert world.ledger.numbers == sorted(f"INV-{number}" for number in range(writes + 1))
    assert world.ledger.file_names == await names_of(world)
    assert await world.audited("attachment added") == await world.audited("payment added") == writes + 1
    assert paid_from(world) == [BANK] * (writes + 1)


@pytest.mark.parametrize("keys", ["honoured", "ignored"])
async def test_an_answer_that_is_lost_for_some_payments_of_a_call_ends_in_one_of_each_bill(
    world: World, keys: str
) -> None:
    world.paid_from = BANK
    for trouble in LOST_OF_SEVERAL:
        world.ledger.remembers_keys_for = timedelta(minutes=6) if keys == "honoured" else timedelta(0)
        items = await world.approve(f"{trouble} 1", f"{trouble} 2")
        await world.one_pass()
        assert [await world.state(item) for item in items] == [ItemState.PUBLISHED] * 2
        world.ledger.troubles["create"] = [trouble]

        await world.settle()

        assert world.ledger.troubles["create"] == [], trouble
        assert set(paid_from(world)) == {BANK}, trouble
        assert world.ledger.file_names == await names_of(world)
        assert [await world.alert(item, StepKind.PAYMENT) for item in items] == [None, None], trouble


def paid_from(world: World) -> list[str | None]:
    """The bank account of each document's payment; whatever is paid twice is there twice, and fails."""
    paid = [payment for payment, _ in world.ledger.payments]
    assert sorted(str(payment.document_id) for payment in paid) == sorted(
        stored.document.ledger_id for stored in world.ledger.books_hold
    )
    return [payment.bank_account for payment in paid]


@pytest.mark.parametrize("call", ["attach", "attached"])
async def test_a_process_that_dies_at_the_call_attaches_the_file_once(world: World, call: str) -> None:
    world.ledger.remembers_keys_for = timedelta(0)

    async def die(point: str) -> None:
        if point == call:
            world.ledger.on_call = None
            raise CrashError

    world.ledger.on_call = die
    await world.approve("INV-1")

    await world.settle()

    assert world.ledger.file_names == await names_of(world)
