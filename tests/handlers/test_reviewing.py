"""What is done with an item beside approving it: sent back, asked whose it is, moved, archived, looked at closely."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.db.base import dump, new_id, table_of
from bot.db.connections import OrganisationRow
from bot.domain.books import Books
from bot.domain.documents import Door, Facts, Party
from bot.domain.ids import OrganisationId, UserId
from bot.domain.rights import Role
from bot.domain.settings import PaymentStatus
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER
from bot.services.entering import NewItem, enter
from bot.services.people import grant
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, SUPPLIER, Desk, a_desk, actions, words

BUYER = "<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>"
OTHERS = "Northwind Catering Ltd"


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made


async def dropped(desk: Desk, number: str, *, buyer: str, supplier: str = "Paper Ltd") -> None:
    await desk.drop(number, extra=SUPPLIER.format(name=supplier) + BUYER.format(name=buyer))


async def other_books(desk: Desk, *, is_kept_by: str | None = BOOKKEEPER) -> OrganisationId:
    actor, organisation_id = await desk.world.actor(), OrganisationId(new_id())
    async with desk.world.services.db.write() as tx:
        books = dump(Books(provider_id="second", name=OTHERS, base_currency="GBP"))
        of = {"id": organisation_id, "workspace_id": actor.workspace.id, "name": OTHERS, "created_at": tx.now}
        await tx.execute(table_of(OrganisationRow).insert().values(**of, books=books, next_reference=1))
        if is_kept_by is not None:
            await grant(tx, actor.workspace.id, organisation_id, UserId(is_kept_by), Role.BOOKKEEPER)
    return organisation_id


async def test_what_is_sent_back_waits_for_review_says_why_and_goes_on_by_an_answer_or_an_edit(either: Desk) -> None:
    desk = either
    await desk.add()
    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK, MEMBER)
    assert "You are not an approver" in desk.whispers(MEMBER)[-1]
    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK)
    assert (await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: " "})).errors
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which <!channel> job?"})
    await desk.settle()

    card = desk.card("INV-1")
    assert "*To review*" in words(card)
    assert f"*Sent back* by <@{APPROVER}>\n> Which &lt;!channel&gt; job?" in words(card)
    told = desk.slack.thread(BILLS, card.ts)[-1].text
    assert f"<@{MEMBER}> <@{BOOKKEEPER}> <@{APPROVER}> sent *B-1001* back" in told
    assert "<!channel>" not in told

    await desk.world.set_up(alerts_channel=BILLS)  # new settings do not send it on
    assert "*To review*" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.ASK_AGAIN, BOOKKEEPER)
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))

    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "The date"})
    await desk.settle()
    await desk.edit("INV-1", {BlockId.ISSUED_ON: "2026-02-28"})
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))
    assert "Sent back" not in words(desk.card("INV-1"))


async def test_what_is_addressed_to_somebody_else_waits_until_it_is_confirmed_or_moved(either: Desk) -> None:
    desk = either
    await dropped(desk, "N-1", buyer="NORTHWIND TRADING LIMITED")
    assert ActionId.APPROVE_ITEM in actions(desk.card("N-1"))
    await dropped(desk, "N-2", buyer="Else Ltd")
    card = desk.card("N-2")
    assert "Addressed to Else Ltd; these are Northwind Trading Ltd's books." in words(card)
    assert ActionId.MOVE_ITEM not in actions(card)  # there are no other books

    await desk.press(card, ActionId.CONFIRM_OURS, BOOKKEEPER)
    assert ActionId.APPROVE_ITEM in actions(desk.card("N-2"))
    assert "Addressed to" not in words(desk.card("N-2"))

    await dropped(desk, "S-1", supplier="Northwind Trading Ltd", buyer="Else Ltd")
    assert "Sales invoice" in words(desk.card("S-1"))
    assert "*Else Ltd*" in words(desk.card("S-1"))


async def test_an_item_moves_to_other_books_with_its_file_and_says_where_it_went(either: Desk) -> None:
    desk = either
    second = await other_books(desk)
    await dropped(desk, "N-3", buyer=OTHERS)
    old = desk.card("N-3")
    await desk.press(old, ActionId.MOVE_ITEM, ADMIN)
    assert "no other books here" in desk.whispers(ADMIN)[-1]
    await desk.press(old, ActionId.MOVE_ITEM, BOOKKEEPER)
    done = await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.ORGANISATION: str(second)})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert "It is *B-100" in words(desk.modal(BOOKKEEPER))
    assert f"*Archived* by <@{BOOKKEEPER}>" in words(desk.card("N-3"))
    assert f"moved to {OTHERS} as B-100" in words(desk.card("N-3"))
    assert ActionId.UNARCHIVE_ITEM not in actions(desk.card("N-3"))
    new = desk.slack.dms(MEMBER)[-1]
    assert f"*{OTHERS}*" in words(new)
    assert "Addressed to" not in words(new)

    await desk.press(old, ActionId.MOVE_ITEM, BOOKKEEPER)
    assert "only what waits for review can be moved" in desk.whispers(BOOKKEEPER)[-1]


async def test_two_doors_at_once_bring_one_document_in_as_one_and_a_question(either: Desk) -> None:
    services, actor = either.world.services, await either.world.actor()
    new = NewItem(
        workspace_id=actor.workspace.id,
        organisation_id=either.world.organisation_id,
        submitted_by=UserId(MEMBER),
        door=Door.API,
        source_key="one",
        facts=Facts(supplier=Party(name="Paper & Ink Ltd"), number="R-1"),
    )

    async def come_in(source: str) -> int:
        async with services.db.write() as tx:
            item, _ = await enter(tx, replace(new, source_key=source))
            return len(item.questions)

    asked = await asyncio.gather(*(come_in(f"source-{number}") for number in range(4)))

    assert sorted(asked) == [0, 1, 1, 1]


async def test_details_say_everything_and_who_did_what(desk: Desk) -> None:
    account = "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>GB33BUKB20201555555555</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    for number in ("D-1", "D-2"):
        await desk.drop(number, extra=SUPPLIER.format(name="Paper Ltd") + account)
    await desk.edit("D-2", {BlockId.DUE_ON: "2026-04-01"})

    await desk.press(desk.card("D-2"), ActionId.SHOW_DETAILS, APPROVER)

    said = words(desk.modal(APPROVER))
    for part in ("Northwind Trading Ltd", "Account GB33BUKB20201555555555", "D-1, ", "D-2.xml", "*1 line*"):
        assert part in said
    assert f"<@{MEMBER}>: received" in said
    assert f"<@{BOOKKEEPER}>: edited: due date" in said
    assert "Last from this supplier: Invoice D-1, " in words(desk.card("D-2"))


async def test_a_total_far_from_the_usual_is_pointed_at(desk: Desk) -> None:
    for number in ("U-1", "U-2", "U-3"):
        await desk.add(**{BlockId.NUMBER: number, BlockId.ISSUED_ON: f"2026-02-0{number[-1]}"})

    odd = await desk.add(**{BlockId.NUMBER: "U-4", BlockId.GROSS: "360.00", BlockId.TAX: "60.00"})

    assert "Usually 120.00; this one is 3 × that." in words(odd)
    assert ActionId.APPROVE_ITEM in actions(odd)


async def test_another_account_than_before_is_pointed_at_until_somebody_has_approved_it(desk: Desk) -> None:
    def of(account: str) -> str:
        means = f"<cac:PayeeFinancialAccount><cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount>"
        return f"{SUPPLIER.format(name='Paper Ltd')}<cac:PaymentMeans>{means}</cac:PaymentMeans>"

    for number, account in (("P-1", "GB33BUKB20201555555555"), ("P-2", "gb33 bukb 2020 1555 5555 55")):
        await desk.drop(number, extra=of(account))
        assert "before it was" not in words(desk.card(number))
        await desk.approve(number)
    for number in ("P-3", "P-4"):
        await desk.drop(number, extra=of("LT121000011101001000"))
        said = words(desk.card(number)).casefold().replace(" ", "")  # either of two that came in at the same instant
        assert "payabletolt121000011101001000;beforeitwasgb33bukb20201555555555." in said
    await desk.approve("P-4")
    await desk.drop("P-5", extra=of("LT121000011101001000"))
    assert "before it was" not in words(desk.card("P-5"))


async def test_an_approver_sees_what_the_reading_warned_of_until_it_is_decided_on(desk: Desk) -> None:
    payee = "<cac:PayeeParty><cac:PartyName><cbc:Name>Factor Ltd</cbc:Name></cac:PartyName></cac:PayeeParty>"
    await desk.drop("W-1", extra=SUPPLIER.format(name="Paper Ltd") + payee)

    warning = "It is to be paid to somebody else than the supplier"
    assert f"To be looked at before it is approved*\n• {warning}" in words(desk.card("W-1"))
    await desk.press(desk.card("W-1"), ActionId.SHOW_DETAILS, APPROVER)
    assert warning in words(desk.modal(APPROVER))

    await desk.edit("W-1", {BlockId.DUE_ON: "2026-04-01"})
    assert f"• {warning}" in words(desk.card("W-1"))
    await desk.edit("W-1", {BlockId.GROSS: "130.00"})
    assert f"• As it came in: {warning}" in words(desk.card("W-1"))
    assert warning not in words(await desk.approve("W-1"))


async def test_what_comes_back_from_the_archive_is_as_the_settings_have_it_by_then(desk: Desk) -> None:
    await desk.add()
    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which job?"})
    await desk.settle()
    await desk.press(desk.card("INV-1"), ActionId.ARCHIVE_ITEM, BOOKKEEPER)
    await desk.world.set_up(status=PaymentStatus.DRAFT, category=OTHER_CATEGORY)

    await desk.press(desk.card("INV-1"), ActionId.UNARCHIVE_ITEM, BOOKKEEPER)

    assert f"{OTHER_CATEGORY} · " in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.ASK_AGAIN, BOOKKEEPER)
    await desk.approve("INV-1")
    await desk.world.later(120)
    (bill,) = desk.xero.bills()
    assert (bill["Status"], bill["LineItems"][0]["AccountCode"]) == ("DRAFT", OTHER_CATEGORY)


async def test_what_was_refused_and_archived_comes_back_for_review_and_sends_nothing(desk: Desk) -> None:
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add()
    await desk.approve("INV-1")
    await desk.world.later(120)
    assert "Refused" in words(desk.card("INV-1"))

    await desk.press(desk.card("INV-1"), ActionId.ARCHIVE_ITEM, BOOKKEEPER)
    assert "*Archived*" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.UNARCHIVE_ITEM, BOOKKEEPER)
    await desk.world.later(120)

    assert "refused it before it was archived" in words(desk.card("INV-1"))
    assert desk.xero.bills() == []
