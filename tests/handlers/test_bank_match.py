"""A cost is matched with the line of the bank that paid it: with FreeAgent's own lines, which are then explained by it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER, Message, View
from bot.views.ids import ActionId, BlockId
from providers.freeagent.simulated.books import transaction
from providers.freeagent.simulator import TRADING, FreeAgentState
from tests.handlers.desk import Desk, actions, words
from tests.handlers.test_freeagent import CURRENT_ACCOUNT, beside_freeagent, minutes_later
from tests.handlers.test_paid import method

EXPLANATIONS, TRANSACTIONS = "bank_transaction_explanations", "bank_transactions"


@asynccontextmanager
async def beside_the_bank(database_url: str) -> AsyncIterator[tuple[Desk, FreeAgentState]]:
    """With nothing on the bank's statement yet."""
    async with beside_freeagent(database_url) as (desk, books):
        for one in books.documents(TRANSACTIONS):
            books.books[TRADING].delete(TRANSACTIONS, one)
        yield desk, books


async def switched(desk: Desk, chosen: str = "on") -> View:
    """By an admin, who reads what is saved."""
    await desk.slack.command("/dext", "settings bank", user=ADMIN, channel=BILLS)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.BANK_MATCH: chosen})
    assert (done.errors, done.error) == ({}, None)
    saved = desk.modal(ADMIN)
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.settle()
    return saved


def line(books: FreeAgentState, day: str, amount: str, text: str = "PAPER AND INK") -> dict[str, Any]:
    """What the bank's feed brings."""
    made = transaction(f"/v2/bank_accounts/{CURRENT_ACCOUNT}", day, text, Decimal(amount), is_manual=False)
    return books.books[TRADING].create(TRANSACTIONS, made)


def explain(books: FreeAgentState, moved: dict[str, Any]) -> None:
    """Somebody does it in FreeAgent."""
    said = {"gross_value": moved["amount"], "dated_on": moved["dated_on"], "description": "by hand"}
    of = {"bank_transaction": moved["url"], "bank_account": moved["bank_account"], "type": "Payment"}
    books.books[TRADING].create(EXPLANATIONS, {**said, **of, "category": "/v2/categories/359", "_settles": 0})


async def read_again(desk: Desk) -> None:
    await desk.slack.command("/dext", "sync bank accounts", user=BOOKKEEPER)
    await desk.settle()


async def autofill(desk: Desk, number: str = "INV-1", place: int = 0, user: str = BOOKKEEPER) -> Any:
    await desk.press(desk.card(number), ActionId.AUTOFILL_PAYMENT, user)
    form = desk.modal(user)
    done = await desk.slack.submit(form, {BlockId.BANK_LINE: offered(form)[place]})
    await desk.settle()
    return done


def offered(form: View) -> list[str]:
    (choice,) = [block for block in form.blocks if block.get("block_id") == BlockId.BANK_LINE]
    return [option["value"] for option in choice["element"]["options"]]


def said(form: View) -> list[str]:
    (choice,) = [block for block in form.blocks if block.get("block_id") == BlockId.BANK_LINE]
    return [option["text"]["text"] for option in choice["element"]["options"]]


def alert(desk: Desk) -> Message:
    return desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1]


async def test_a_cost_explains_the_very_line_of_the_bank_that_paid_it(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        far, near = line(books, "2026-03-20", "-120.00", "FAR"), line(books, "2026-03-03", "-120.00", "NEAR <b>")
        line(books, "2026-03-03", "120.00", "COMES IN"), line(books, "2026-03-03", "-120.01", "A PENNY MORE")
        line(books, "2026-04-02", "-120.00", "A MONTH LATER")
        await desk.add()
        assert ActionId.AUTOFILL_PAYMENT not in actions(desk.card("INV-1"))

        await switched(desk)

        card = desk.card("INV-1")
        assert ActionId.AUTOFILL_PAYMENT in actions(card)
        assert "One of these may be its payment" in words(card)
        await desk.press(card, ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
        assert [text.split(" · ")[0] for text in said(desk.modal(BOOKKEEPER))] == ["3 Mar 2026", "20 Mar 2026"]
        await desk.slack.close_modal(BOOKKEEPER, everything=True)

        done = await autofill(desk)

        assert (done.errors, done.error) == ({}, None)
        card = desk.card("INV-1")
        assert "*Bank line*\n3 Mar 2026\nNEAR &lt;b&gt;" in words(card)
        await desk.approve("INV-1")
        await minutes_later(desk, 3)

        (made,) = books.documents(EXPLANATIONS)
        assert (made["bank_transaction"], made["dated_on"]) == (near["url"], "2026-03-03")
        assert (made["gross_value"], made["sales_tax_value"]) == (-120, -20)
        assert "Published* to FreeAgent" in words(desk.card("INV-1"))
        assert far["url"] in [one["url"] for one in books.documents(TRANSACTIONS)]


async def test_a_line_is_one_items_and_whoever_comes_second_is_told(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        line(books, "2026-03-03", "-120.00")
        await switched(desk)
        await desk.add()
        await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.SUPPLIER: "Somebody Else Ltd"})
        await desk.press(desk.card("INV-2"), ActionId.AUTOFILL_PAYMENT, ADMIN)
        second = desk.modal(ADMIN)

        assert (await autofill(desk)).errors == {}
        done = await desk.slack.submit(second, {BlockId.BANK_LINE: offered(second)[0]})
        await desk.settle()

        assert "was taken by another item meanwhile" in done.errors[BlockId.BANK_LINE]
        assert "Bank line" not in words(desk.card("INV-2"))
        # what is not published after all lets it go
        await desk.press(desk.card("INV-1"), ActionId.REJECT_ITEM, APPROVER)
        await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "not ours"})
        await desk.settle()
        again = await desk.slack.submit(second, {BlockId.BANK_LINE: offered(second)[0]})
        await desk.settle()
        assert (again.errors, again.error) == ({}, None)
        assert "*Bank line*" in words(desk.card("INV-2"))


async def test_another_total_or_another_place_lets_the_line_go(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        line(books, "2026-03-03", "-120.00")
        await switched(desk)
        await desk.add()
        await autofill(desk)

        await desk.edit("INV-1", {f"{BlockId.PUBLISH_TO}:cost": "purchases"})

        card = desk.card("INV-1")
        assert "*Bank line*" not in words(card)
        assert "may have been paid by this bank line" in words(card)
        await autofill(desk)
        assert "*Bank line*" in words(desk.card("INV-1"))

        await desk.edit("INV-1", {BlockId.GROSS: "121.00", BlockId.TAX: "21.00"})

        assert "*Bank line*" not in words(desk.card("INV-1"))


async def test_another_paying_account_than_was_approved_is_approved_again(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        line(books, "2026-03-03", "-120.00")
        await switched(desk)
        await desk.add()
        card = desk.card("INV-1")
        await desk.press(card, ActionId.APPROVE_ITEM, settled=False)

        await desk.press(card, ActionId.AUTOFILL_PAYMENT, BOOKKEEPER, settled=False)
        form = desk.modal(BOOKKEEPER)
        await desk.slack.submit(form, {BlockId.BANK_LINE: offered(form)[0]})
        await desk.settle()

        card = desk.card("INV-1")
        assert ActionId.APPROVE_ITEM in actions(card)
        await minutes_later(desk, 2)
        assert books.documents(EXPLANATIONS) == []


async def test_a_line_that_somebody_explained_meanwhile_is_told_and_exchanged(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        await method(desk, CURRENT_ACCOUNT)
        moved = line(books, "2026-03-03", "-120.00")
        await switched(desk)
        await desk.add()
        await autofill(desk)
        assert "Company Visa" in words(desk.card("INV-1"))
        explain(books, moved)
        await desk.approve("INV-1")
        await minutes_later(desk, 3)

        told = alert(desk)
        assert "The bank line is booked already in FreeAgent" in words(told)
        await desk.press(told, ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        assert said(form) == ["None of them"]
        done = await desk.slack.submit(form, {BlockId.BANK_LINE: "none"})
        await desk.settle()
        await minutes_later(desk, 3)

        assert (done.errors, done.error) == ({}, None)
        made = books.documents(EXPLANATIONS)[-1]
        assert (made["bank_transaction"] != moved["url"], made["dated_on"]) == (True, "2026-03-01")
        assert "Published* to FreeAgent" in words(desk.card("INV-1"))


async def test_a_line_that_is_gone_is_told(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        moved = line(books, "2026-03-03", "-120.00")
        await switched(desk)
        await desk.add()
        await autofill(desk)
        books.books[TRADING].delete(TRANSACTIONS, moved)
        await desk.approve("INV-1")
        await minutes_later(desk, 3)

        assert "FreeAgent does not have the bank line any more" in words(alert(desk))


async def test_a_payment_that_is_recorded_already_is_a_possible_duplicate_and_no_match(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        explain(books, line(books, "2026-03-03", "-120.00", "BY HAND"))
        await switched(desk)

        card = await desk.add()

        assert "*Possible duplicate.*" in words(card)
        assert "BY HAND" in words(card)
        assert ActionId.AUTOFILL_PAYMENT not in actions(card)
        # one that was open, and is explained by somebody, is a match no more
        moved = line(books, "2026-03-04", "-120.00", "LATER")
        await read_again(desk)
        assert ActionId.AUTOFILL_PAYMENT in actions(desk.card("INV-1"))
        explain(books, moved)
        await read_again(desk)
        assert ActionId.AUTOFILL_PAYMENT not in actions(desk.card("INV-1"))


async def test_only_bookkeepers_and_admins_match_and_only_where_it_is_switched_on(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        line(books, "2026-03-03", "-120.00")
        await switched(desk)
        card = await desk.add()

        await desk.press(card, ActionId.AUTOFILL_PAYMENT, MEMBER)

        assert "admins and bookkeepers can do that" in desk.whispers(MEMBER)[-1]
        answer = await desk.slack.command("/dext", "statement", user=BOOKKEEPER, channel=BILLS)
        assert "tells the lines of its bank accounts itself" in answer.text
        assert "Bank match is off" in words(await switched(desk, "off"))
        assert ActionId.AUTOFILL_PAYMENT not in actions(desk.card("INV-1"))
        await desk.press(card, ActionId.AUTOFILL_PAYMENT, BOOKKEEPER)
        assert "Bank match is switched off" in desk.whispers(BOOKKEEPER)[-1]


async def test_what_a_bank_line_paid_nobody_is_paid_back_for(sqlite_url: str) -> None:
    """The organisation's own account paid it: as an expense it would be paid twice."""
    async with beside_the_bank(sqlite_url) as (desk, books):
        line(books, "2026-03-03", "-120.00")
        await switched(desk)
        await desk.add()
        home = await desk.slack.open_home(MEMBER)
        assert home is not None
        await desk.slack.click(home, ActionId.OPEN_REPORT, user=MEMBER)
        form = desk.modal(MEMBER)
        (block,) = [each for each in form.blocks if each.get("block_id") == BlockId.RECEIPTS]
        receipts = [option["value"] for option in block["element"]["options"]]
        assert (await autofill(desk)).errors == {}

        done = await desk.slack.submit(form, {BlockId.RECEIPTS: receipts}, user=MEMBER)
        await desk.settle()

        assert "was paid from the organisation's bank account on 3 Mar 2026" in str(done.errors)
        assert "*Bank line*" in words(desk.card("INV-1"))
