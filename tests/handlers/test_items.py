"""Items in Slack: the card, the form, editing and "Why?", over signed requests."""

from uuid import UUID

import pytest

from bot.domain.ids import ItemId
from bot.domain.settings import PaymentStatus
from bot.playground.slack import (
    ADMIN,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    GENERAL,
    GUEST,
    MEMBER,
    OUTSIDER,
    OWNER,
    Message,
    View,
)
from bot.services.current import ItemNotFoundError
from bot.services.lists import went_inactive
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import IRELAND
from tests.fakes.app import whole_app
from tests.fakes.connected import connect, connected_app
from tests.handlers.desk import A_BILL, CATEGORY, OTHER_CATEGORY, OTHER_TAX, UNDO_SECONDS, Desk, actions, words
from tests.handlers.test_downloading import NAMED, named
from tests.intake.documents import Row

APPROVE, EDIT, SHOW, WHY = ActionId.APPROVE_ITEM, ActionId.EDIT_ITEM, ActionId.SHOW_ITEM, ActionId.EXPLAIN_ITEM
DETAILS = ActionId.SHOW_DETAILS


def link_of(card: Message) -> str:
    (link,) = [element["url"] for block in card.blocks for element in block.get("elements", []) if "url" in element]
    return str(link)


async def why(desk: Desk, card: Message, user: str = BOOKKEEPER) -> View:
    await desk.press(card, WHY, user)
    return desk.modal(user)


async def test_the_card_says_all_that_is_decided_on(desk: Desk) -> None:
    card = await desk.add(**{BlockId.DUE_ON: "2026-03-31", BlockId.DESCRIPTION: "Paper for the printer"})

    shown = words(card)
    for fact in (
        "Northwind Trading Ltd",
        "Paper &amp; Ink Ltd",
        "INV-1",
        "1 Mar 2026",
        "31 Mar 2026",
        "100.00 GBP",
        "20.00 GBP",
        "120.00 GBP",
        "429",
        "the organisation's default",
        "Paper for the printer",
        f"<@{MEMBER}>",
        "In approval",
        f"<@{APPROVER}> can decide",
    ):
        assert fact in shown
    assert actions(card) == [APPROVE, ActionId.REJECT_ITEM, ActionId.SEND_BACK, EDIT, DETAILS, WHY]
    assert shown.startswith("*Northwind Trading Ltd*")


async def test_the_notification_tells_the_whole_in_one_line(desk: Desk) -> None:
    card = await desk.add(**{BlockId.SUPPLIER: "<!channel> *Evil* & Sons"})

    assert card.text.startswith("Northwind Trading Ltd: ")
    assert "120.00 GBP" in card.text
    assert card.text.endswith("is in approval.")
    assert "<!channel>" not in card.text + words(card)


async def test_a_card_follows_its_bill_to_the_ledger_and_links_there(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 1)

    card = desk.card("INV-1")

    (bill,) = desk.xero.bills()
    assert "Published" in words(card)
    assert bill["InvoiceID"] in link_of(card)
    assert actions(card) == [ActionId.OPEN_IN_LEDGER, DETAILS, WHY, ActionId.ARCHIVE_ITEM, ActionId.WITHDRAW_ITEM]
    assert (await desk.press(card, ActionId.OPEN_IN_LEDGER)).error is None


async def test_until_set_up_an_approved_bill_says_what_it_waits_for(sqlite_url: str) -> None:
    async with connected_app(sqlite_url) as world:
        await world.slack.command("/dext", "add", user=MEMBER, channel=BILLS)
        form = world.slack.view(MEMBER)
        assert form is not None
        done = await world.slack.submit(form, A_BILL)
        await world.settle()

        assert done.view is not None
        assert "Its card is in your messages with me" in words(done.view)
        (card,) = [message for message in world.slack.dms(MEMBER) if message.blocks]
        assert "To review" in words(card)
        assert "A category is missing" in words(card)


async def test_while_the_connection_is_broken_the_card_says_so_and_goes_on_by_itself(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()
    await desk.world.later(UNDO_SECONDS + 1)

    assert "waits for the connection" in words(desk.card("INV-1"))

    await desk.slack.click(_reconnect(desk), ActionId.OPEN_CONNECT, user=ADMIN)
    await connect(desk.world)
    await desk.world.later(61)

    assert "Published" in words(desk.card("INV-1"))
    assert len(desk.xero.bills()) == 1


def _reconnect(desk: Desk) -> Message:
    found = [message for message in desk.slack.messages(BILLS) if "Reconnect" in words(message)]
    return found[-1]


async def test_the_form_adds_one_bill_however_often_it_is_sent(desk: Desk) -> None:
    form = await desk.form()
    desk.slack.faults.deliver_twice = True
    await desk.slack.submit(form, A_BILL)
    desk.slack.faults.deliver_twice = False
    await desk.settle()

    cards = [message for message in desk.slack.messages(BILLS) if "INV-1" in words(message)]
    assert len(cards) == 1


async def test_the_form_says_where_the_card_is(desk: Desk) -> None:
    done = await desk.slack.submit(await desk.form(), A_BILL)

    assert done.view is not None
    assert "Northwind Trading Ltd" in words(done.view)
    assert "in approval" in words(done.view)
    assert f"<#{BILLS}>" in words(done.view)


@pytest.mark.parametrize(
    ("block", "value", "sentence"),
    [
        (BlockId.GROSS, "1,234", "could mean"),
        (BlockId.GROSS, "twelve", "Write an amount"),
        (BlockId.GROSS, "12.345", "could mean"),
        (BlockId.GROSS, "-5", "credit note"),
        (BlockId.GROSS, "0", "credit note"),
        (BlockId.TAX, "1e3", "Write an amount"),
        (BlockId.TAX, "121", "between 0 and the total"),
        (BlockId.CURRENCY, "G£", "Type the three letters"),
        (BlockId.DUE_ON, "2026-02-28", "before the invoice date"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    desk: Desk, block: BlockId, value: str, sentence: str
) -> None:
    form = await desk.form()
    wrong = await desk.slack.submit(form, {**A_BILL, block: value})

    assert list(wrong.errors) == [block]
    assert sentence in wrong.errors[block]
    assert desk.slack.view(MEMBER) is form

    done = await desk.slack.submit(form, {block: A_BILL.get(block)})
    assert (done.errors, done.error) == ({}, None)


async def test_amounts_are_read_as_people_write_them(desk: Desk) -> None:
    card = await desk.add(**{BlockId.GROSS: "1.234,50", BlockId.TAX: "205.75", BlockId.CURRENCY: "eur"})

    assert "1,234.50 EUR" in words(card)
    assert "1,028.75 EUR" in words(card)


async def test_a_person_chooses_from_the_live_lists_only(desk: Desk) -> None:
    """The category is archived while the form is open."""
    form = await desk.form()
    await desk.slack.options(form, ActionId.FIND_ACCOUNT, OTHER_CATEGORY, user=MEMBER)
    actor = await desk.world.actor()
    async with desk.world.services.db.write() as tx:
        await went_inactive(tx, actor.workspace.id, desk.world.organisation_id, OTHER_CATEGORY)

    wrong = await desk.slack.submit(form, {**A_BILL, BlockId.ACCOUNT: OTHER_CATEGORY})

    assert "not in the ledger's list" in wrong.errors[BlockId.ACCOUNT]


async def test_without_a_connection_the_command_says_what_to_do(sqlite_url: str) -> None:
    async with whole_app(sqlite_url) as world:
        answer = await world.slack.command("/dext", "add", user=MEMBER, channel=BILLS)

        assert answer.body is not None
        assert "/dext connect" in answer.body["text"]


async def test_with_several_organisations_it_is_asked_which_last_used_first(desk: Desk) -> None:
    await desk.add(MEMBER)
    await connect(desk.world, tenant=IRELAND)
    await desk.settle()

    await desk.slack.command("/dext", "add", user=MEMBER, channel=GENERAL)
    choice = desk.modal(MEMBER)
    names = [text for text in words(choice).splitlines() if "Northwind" in text]
    assert names == ["*Northwind Trading Ltd*", "*Northwind Ireland Ltd*"]

    (ireland,) = [block["block_id"] for block in choice.blocks if "Ireland" in str(block)]
    await desk.slack.click(choice, ActionId.OPEN_ADD_ITEM, user=MEMBER, block_id=ireland)
    form = desk.modal(MEMBER)
    assert words(form).startswith("Northwind Ireland Ltd")
    done = await desk.slack.submit(form, A_BILL)
    assert done.view is not None
    assert "Northwind Ireland Ltd" in words(done.view)


async def test_guests_get_no_form(desk: Desk) -> None:
    answer = await desk.slack.command("/dext", "add", user=GUEST, channel=BILLS)

    assert answer.body is not None
    assert "Guests of this workspace" in answer.body["text"]
    assert desk.slack.view(GUEST) is None


async def test_a_form_of_another_organisation_than_ours_adds_nothing(desk: Desk) -> None:
    form = await desk.form()
    form.definition["private_metadata"] = "00000000-0000-4000-8000-000000000000:0:"

    done = await desk.slack.submit(form, A_BILL)

    assert done.view is not None
    assert "cannot find that organisation" in words(done.view)


@pytest.mark.parametrize("user", [MEMBER, APPROVER, GUEST])
async def test_only_bookkeepers_and_admins_edit(desk: Desk, user: str) -> None:
    card = await desk.add()

    await desk.press(card, EDIT, user)

    assert desk.slack.view(user) is None
    told = desk.whispers(user)[-1]
    assert "admins and bookkeepers" in told or "Guests" in told


async def test_an_edit_of_the_total_asks_the_approvers_again(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")

    done = await desk.edit("INV-1", {BlockId.GROSS: "240.00", BlockId.TAX: "40.00"})

    assert (done.errors, done.error, done.view) == ({}, None, None)
    assert "In approval" in words(desk.card("INV-1"))
    assert "240.00 GBP" in words(desk.card("INV-1"))
    await desk.world.later(UNDO_SECONDS + 1)
    assert desk.xero.bills() == []


async def test_another_category_keeps_the_approval(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")

    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})
    await desk.world.later(UNDO_SECONDS + 1)

    assert "Published" in words(desk.card("INV-1"))
    (bill,) = desk.xero.bills()
    assert bill["LineItems"][0]["AccountCode"] == OTHER_CATEGORY


async def test_another_category_keeps_the_lines_of_a_dropped_bill(desk: Desk) -> None:
    """What comes back as it was shown is no change."""
    await desk.drop("UBL-1", rows=(Row(net="60.00", price="60.00"), Row(net="40.00", price="40.00", name="Ink")))
    await desk.approve("UBL-1")

    await desk.edit("UBL-1", {BlockId.ACCOUNT: OTHER_CATEGORY})

    assert "Approved" in words(desk.card("UBL-1"))
    assert "Ink: 40.00 GBP" in words(desk.card("UBL-1"))


async def test_a_new_total_makes_one_line_of_many(desk: Desk) -> None:
    await desk.drop("UBL-1", rows=(Row(net="60.00", price="60.00"), Row(net="40.00", price="40.00", name="Ink")))

    await desk.edit("UBL-1", {BlockId.GROSS: "240.00", BlockId.TAX: "40.00"})

    assert "In approval" in words(desk.card("UBL-1"))
    assert "Ink" not in words(desk.card("UBL-1")).replace("Paper &amp; Ink", "")


async def test_figures_that_do_not_add_up_are_mended_by_saving_the_form(desk: Desk) -> None:
    await desk.drop("UBL-1", rows=(Row(net="60.00", price="60.00"),))
    assert "The lines add up to" in words(desk.card("UBL-1"))

    await desk.edit("UBL-1", {})

    assert "In approval" in words(desk.card("UBL-1"))


async def test_what_was_typed_survives_a_change_by_somebody_else(desk: Desk) -> None:
    card = await desk.add()
    await desk.press(card, EDIT, BOOKKEEPER)
    mine = desk.modal(BOOKKEEPER)
    await desk.edit("INV-1", {BlockId.GROSS: "1200.00"}, ADMIN)

    stale = await desk.slack.submit(mine, {BlockId.NUMBER: "INV-2"})

    assert stale.view is not None
    assert "changed this bill while your form was open" in words(stale.view)
    assert "total: 1,200.00 GBP" in words(stale.view)
    assert "INV-2" in str(stale.view.entries[BlockId.NUMBER])
    assert "1,200.00 GBP" in words(desk.card("INV-1"))

    await desk.slack.submit(stale.view, {BlockId.GROSS: "1200.00"})
    await desk.settle()

    assert "1,200.00 GBP" in words(desk.card("INV-2"))


async def test_what_is_published_is_edited_no_more(desk: Desk) -> None:
    card = await desk.add()
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 1)

    await desk.press(card, EDIT, BOOKKEEPER)

    assert "is published: it cannot be edited now" in desk.whispers(BOOKKEEPER)[-1]


async def test_why_names_the_source_the_person_and_what_lost(desk: Desk) -> None:
    await desk.add()
    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY, BlockId.TAX_RATE: OTHER_TAX})

    view = await why(desk, desk.card("INV-1"))

    shown = words(view)
    assert shown.startswith("*Northwind Trading Ltd*")
    assert OTHER_CATEGORY in shown
    assert "chosen by a person" in shown
    assert f"<@{BOOKKEEPER}>" in shown
    assert f"instead of {CATEGORY}" in shown
    assert "the organisation's default" in shown


async def test_a_default_never_overwrites_a_persons_choice(desk: Desk) -> None:
    await desk.add()
    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})

    await desk.world.set_up(category="400", alerts_channel=BILLS, status=PaymentStatus.DRAFT)

    assert OTHER_CATEGORY in words(desk.card("INV-1"))
    assert "400" in words(await why(desk, desk.card("INV-1")))


async def test_home_opens_a_bill_with_its_buttons(desk: Desk) -> None:
    await desk.add()
    home = await desk.slack.open_home(APPROVER)
    assert home is not None

    await desk.slack.click(home, SHOW, user=APPROVER)

    shown = desk.modal(APPROVER)
    assert words(shown).startswith("*Northwind Trading Ltd*")
    assert APPROVE in actions(shown)


async def test_somebody_of_another_company_sees_nothing_of_a_bill(desk: Desk) -> None:
    card = await desk.add()
    await desk.slack.join(BILLS, OUTSIDER)

    await desk.press(card, WHY, OUTSIDER)

    assert desk.slack.view(OUTSIDER) is None
    assert "another workspace" in desk.whispers(OUTSIDER)[-1]


async def test_many_lines_are_shown_in_part_and_all_of_them_in_details(desk: Desk) -> None:
    rows = tuple(Row(net="2.50", price="2.50", name=f"Thing {number}") for number in range(40))

    await desk.drop("UBL-8", rows=rows)
    card = desk.card("UBL-8")
    await desk.press(card, ActionId.SHOW_DETAILS, APPROVER)

    assert "Thing 4" in words(card)
    assert "and 35 more; *Details* shows them all" in words(card)
    assert "*40 lines*" in words(desk.modal(APPROVER))
    assert "Thing 39: 2.50 GBP" in words(desk.modal(APPROVER))


async def test_bank_details_of_the_document_are_on_the_card(desk: Desk) -> None:
    account = (
        "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>GB33BUKB20201555555555</cbc:ID>"
        "</cac:PayeeFinancialAccount></cac:PaymentMeans>"
    )
    supplier = "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>P</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>"

    await desk.drop("UBL-9", extra=supplier + account)

    assert "GB33BUKB20201555555555" in words(desk.card("UBL-9"))


async def test_a_bill_that_is_gone_is_told_in_words(desk: Desk) -> None:
    actor = await desk.world.actor(OWNER)

    with pytest.raises(ItemNotFoundError, match="cannot find that item"):
        await desk.world.services.cards.seen(actor, ItemId(UUID(int=1)))


async def test_of_a_sale_that_is_typed_nobody_asks_whether_it_is_ours_because_it_is_addressed_to_its_customer(
    desk: Desk,
) -> None:
    form = await desk.form(BOOKKEEPER)
    assert form.title == "Add a bill"
    await desk.slack.click(form, ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER)
    assert desk.modal(BOOKKEEPER).title == "Add a sale"
    typed = {block: value for block, value in A_BILL.items() if block != BlockId.SUPPLIER}

    done = await desk.slack.submit(
        desk.modal(BOOKKEEPER), {**typed, BlockId.CUSTOMER: "Big Buyer plc", BlockId.NUMBER: "S-1"}
    )
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    card = desk.card("S-1")
    assert "Sales invoice" in words(card)
    assert "Addressed to" not in words(card)
    assert ActionId.CONFIRM_OURS not in actions(card)


async def test_of_organisations_of_one_name_each_is_told_with_its_package(sqlite_url: str) -> None:
    async with connected_app(sqlite_url) as world:
        await named(world, {**NAMED, BlockId.BOOKS_NAME: "Northwind Trading Ltd"})
        await world.slack.close_modal(ADMIN, everything=True)

        await world.slack.command("/dext", "add", user=MEMBER, channel=GENERAL)
        choice = world.slack.view(MEMBER)

        assert choice is not None
        names = {text for text in words(choice).splitlines() if "Northwind" in text}
        assert names == {"*Northwind Trading Ltd · Xero*", "*Northwind Trading Ltd · File export*"}
