"""Editing as a bookkeeper does it: every field that is published, from lists of the ledger, each with its source."""

from typing import Any

from bot.domain.settings import PaymentStatus
from bot.playground.slack import BILLS, BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.seed import contacts, tracking
from providers.xero.simulator import TRADING
from tests.handlers.desk import OTHER_CATEGORY, UNDO_SECONDS, Desk, actions, words

REGION, DEPARTMENT = tracking(TRADING)
REGION_BLOCK = f"{BlockId.TRACKING}:{REGION['TrackingCategoryID']}"
DEPARTMENT_BLOCK = f"{BlockId.TRACKING}:{DEPARTMENT['TrackingCategoryID']}"
SOUTH = REGION["Options"][1]
WELLS, LOCKS = (
    next(each for each in contacts(TRADING) if each["Name"] == name) for name in ("Abby & Wells", "24 Locks")
)


async def published(desk: Desk) -> dict[str, Any]:
    await desk.world.later(UNDO_SECONDS + 1)
    (document,) = desk.xero.books[TRADING].invoices.values()
    return dict(document)


async def test_the_form_offers_what_the_ledger_has_and_says_how_old_that_is(desk: Desk) -> None:
    card = await desk.add()
    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)

    for action, text, expected in (
        (ActionId.FIND_CONTACT, "wells", "Abby & Wells"),
        (ActionId.FIND_TRACKING, "so", "South"),
    ):
        block = BlockId.CONTACT if action is ActionId.FIND_CONTACT else REGION_BLOCK
        (found,) = await desk.slack.options(form, action, text, user=BOOKKEEPER, block_id=block)
        assert found["text"]["text"] == expected
    options = await desk.slack.options(form, ActionId.FIND_TRACKING, "", user=BOOKKEEPER, block_id=REGION_BLOCK)
    assert "Overseas" not in str(options)  # archived
    shown = words(form)
    assert "Read from Xero: contacts" in shown
    assert "As in the settings: Awaiting payment" in shown
    for label in ("Region", "Department", "Publish as", "Document type", "Cost or sale", "Amounts on the lines are"):
        assert label in shown
    assert {"Paid", "Awaiting payment"} <= set(shown.splitlines())


async def test_tracking_and_status_are_chosen_under_the_approval_and_sent(desk: Desk) -> None:
    """An option and a lower status are coding: nobody is asked again."""
    await desk.add()
    await desk.approve("INV-1")

    done = await desk.edit(
        "INV-1", {REGION_BLOCK: SOUTH["TrackingOptionID"], BlockId.PUBLISH_AS: PaymentStatus.AWAITING_APPROVAL}
    )

    assert (done.errors, done.error) == ({}, None)
    assert "Approved" in words(desk.card("INV-1"))
    bill = await published(desk)
    assert bill["Status"] == "SUBMITTED"
    (line,) = bill["LineItems"]
    assert [(track["Name"], track["Option"]) for track in line["Tracking"]] == [("Region", "South")]


async def test_a_higher_status_asks_the_approvers_again_and_a_choice_survives_new_settings(desk: Desk) -> None:
    await desk.world.set_up(status=PaymentStatus.DRAFT, alerts_channel=BILLS)
    await desk.add()
    await desk.approve("INV-1")

    await desk.edit("INV-1", {BlockId.PUBLISH_AS: PaymentStatus.AWAITING_PAYMENT})
    assert "In approval" in words(desk.card("INV-1"))
    await desk.world.set_up(status=PaymentStatus.AWAITING_APPROVAL, alerts_channel=BILLS)
    await desk.approve("INV-1")

    assert (await published(desk))["Status"] == "AUTHORISED"


async def test_a_contact_is_paid_by_its_id_and_is_offered_first_from_then_on(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")

    await desk.edit("INV-1", {BlockId.CONTACT: WELLS["ContactID"]})

    assert "In approval" in words(desk.card("INV-1"))
    assert "Abby &amp; Wells" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    first, *_ = await desk.slack.options(form, ActionId.FIND_CONTACT, "", user=BOOKKEEPER)
    assert first["value"] == WELLS["ContactID"]
    wrong = await desk.slack.submit(form, {BlockId.SUPPLIER: "Somebody Else"})
    assert "only one of them can be used" in wrong.errors[BlockId.SUPPLIER]
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.approve("INV-1")
    bill = await published(desk)
    assert bill["Contact"]["ContactID"] == WELLS["ContactID"]


async def test_a_new_suppliers_name_takes_the_place_of_the_contact(desk: Desk) -> None:
    await desk.add()
    await desk.edit("INV-1", {BlockId.CONTACT: LOCKS["ContactID"]})

    done = await desk.edit("INV-1", {BlockId.CONTACT: None, BlockId.SUPPLIER: "Quite New Ltd"})

    assert (done.errors, done.error) == ({}, None)
    await desk.approve("INV-1")
    bill = await published(desk)
    assert bill["Contact"]["Name"] == "Quite New Ltd"


async def test_what_is_no_bill_says_so_on_its_card_and_comes_back_when_it_is_one_after_all(desk: Desk) -> None:
    await desk.add()

    await desk.edit("INV-1", {BlockId.DOCUMENT_TYPE: "statement"})
    card = desk.card("INV-1")
    assert "never published" in words(card)
    assert ActionId.APPROVE_ITEM not in actions(card)

    await desk.edit("INV-1", {BlockId.DOCUMENT_TYPE: "invoice"})
    assert "In approval" in words(desk.card("INV-1"))


async def test_a_sale_has_a_customer_at_once_what_was_typed_stays_and_it_goes_out_as_a_sales_invoice(
    desk: Desk,
) -> None:
    card = await desk.add()
    await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)

    await desk.slack.click(
        form, ActionId.CHOOSE_KIND, value="sale", user=BOOKKEEPER, values={BlockId.NUMBER: "S-1", BlockId.GROSS: "1,5"}
    )
    form = desk.modal(BOOKKEEPER)
    assert "Customer" in words(form)
    assert "Supplier" not in words(form)
    assert "1,5" in str(form.entries[BlockId.GROSS])
    done = await desk.slack.submit(form, {BlockId.CUSTOMER: "Big Buyer plc", BlockId.GROSS: "120.00"})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    await desk.press(desk.card("S-1"), ActionId.CONFIRM_OURS, BOOKKEEPER)
    await desk.edit("S-1", {BlockId.ACCOUNT: "200", BlockId.TAX_RATE: "OUTPUT2"})
    await desk.approve("S-1")
    sale = await published(desk)
    assert (sale["Type"], sale["InvoiceNumber"], sale["Total"]) == ("ACCREC", "S-1", 120)
    assert sale["Contact"]["Name"] == "Big Buyer plc"


async def test_a_bill_without_tax_is_sent_without_a_tax_rate(desk: Desk) -> None:
    await desk.add(MEMBER, **{BlockId.TAX: None})

    await desk.edit("INV-1", {BlockId.LINE_AMOUNTS: "no_tax", BlockId.TAX_RATE: None})
    await desk.approve("INV-1")

    bill = await published(desk)
    assert (bill["LineAmountTypes"], bill["TotalTax"], bill["Total"]) == ("NoTax", 0, 120)


async def test_a_new_bill_is_coded_in_its_form_by_whoever_adds_it(desk: Desk) -> None:
    form = await desk.form()
    typed = {
        REGION_BLOCK: SOUTH["TrackingOptionID"],
        BlockId.ACCOUNT: OTHER_CATEGORY,
        BlockId.CONTACT: WELLS["ContactID"],
    }
    await desk.offered(form, typed, MEMBER)
    given: dict[str, object] = {
        BlockId.NUMBER: "INV-9",
        BlockId.ISSUED_ON: "2026-03-01",
        BlockId.CURRENCY: "GBP",
        BlockId.GROSS: "12.00",
    }

    done = await desk.slack.submit(form, {**given, **typed})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert "Abby &amp; Wells" in words(desk.card("INV-9"))
    assert OTHER_CATEGORY in words(desk.card("INV-9"))
