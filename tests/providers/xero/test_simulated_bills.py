"""What the simulated Xero takes, and the sentences with which it refuses."""

from datetime import date, timedelta
from typing import Any

import pytest

from providers.xero.simulator import IRELAND, TRADING, XeroState
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import MONDAY, Bare, Json, judged, wire_bill, wire_line

pytestmark = judged

LOCKED = "The document date cannot be before the period lock date, currently set at 31-Mar-2026"
CLOSED = "The document date cannot be before the end of year lock date, currently set at 31-Mar-2026"


async def test_a_bill_is_added_up_by_line(bare: Bare) -> None:
    lines = [wire_line(Quantity=3, UnitAmount=0.3333), wire_line(TaxType="RRINPUT", LineAmount=100)]

    bill = await bare.written(wire_bill(LineItems=lines))

    assert [(line["LineAmount"], line["TaxAmount"]) for line in bill["LineItems"]] == [(1.00, 0.20), (100, 5.00)]
    assert (bill["SubTotal"], bill["TotalTax"], bill["Total"], bill["AmountDue"]) == (101.00, 5.20, 106.20, 106.20)
    assert (bill["Status"], bill["StatusAttributeString"], bill["HasErrors"]) == ("AUTHORISED", "OK", False)


async def test_amounts_that_include_tax_are_taken_apart(bare: Bare) -> None:
    bill = await bare.written(wire_bill(LineAmountTypes="Inclusive", LineItems=[wire_line(Quantity=1, UnitAmount=120)]))

    assert (bill["SubTotal"], bill["TotalTax"], bill["Total"]) == (100, 20, 120)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"Contact": None}, "A Contact must be specified for this type of transaction"),
        ({"Contact": {}}, "The Contact must contain at least 1 of the following elements to identify the contact"),
        (
            {"Contact": {"Name": "Bluebird Couriers"}},
            "The contact with the specified contact details has been archived",
        ),
        ({"Date": None}, "The Date field must be specified."),
        ({"DueDate": None}, "The document DueDate field must be specified."),
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"Url": "dext"}, "Url must be a valid absolute url"),
        ({"CurrencyCode": "CHF"}, "The organisation is not subscribed to currency CHF"),
        ({"Status": "PAID"}, "Invoice not of valid status for creation"),
        ({"Type": "BILL"}, "The Type field must be specified as ACCPAY or ACCREC"),
    ],
)
async def test_a_bill_is_refused_in_xeros_words(bare: Bare, changes: Json, sentence: str) -> None:
    reply = await bare.write(wire_bill(**changes))

    assert reply.status == 200
    assert [words.startswith(sentence) for words in reply.sentences] == [True], reply.sentences
    assert bare.state.bills() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"AccountCode": None}, "Account code must be specified."),
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
        ({"AccountCode": "800"}, "Account code '800' is not a valid code for this document."),
        ({"AccountCode": "462"}, "Account code '462' has been archived, or has been deleted."),
        ({"TaxType": "OUTPUT2"}, "The TaxType code 'OUTPUT2' cannot be used with account code '429'."),
        ({"TaxType": "SRINPUT"}, "TaxType code 'SRINPUT' does not exist or cannot be used"),
        ({"TaxType": "20% (VAT on Expenses)"}, "TaxType code '20% (VAT on Expenses)' does not exist"),
        ({"Description": " "}, "The description field is mandatory for each line item."),
        ({"LineAmount": 99.99}, "The line total 99.99 does not match the expected line total 100.00"),
        ({"DiscountRate": 10}, "Discounts may not be applied to ACCPAY invoices"),
        ({"TaxAmount": 200}, "The tax amount cannot be greater than the line amount."),
        ({"UnitAmount": -25}, "The Total for this document must be greater than or equal to zero."),
        ({"Tracking": [{"Name": "Region", "Option": "Moon"}]}, "Tracking option 'Moon' is archived or was not found"),
    ],
)
async def test_a_line_is_refused_in_xeros_words(bare: Bare, changes: Json, sentence: str) -> None:
    reply = await bare.write(wire_bill(LineItems=[wire_line(**changes)]))

    assert [words.startswith(sentence) for words in reply.sentences] == [True], reply.sentences
    assert bare.state.bills() == []


async def test_an_account_archived_a_moment_ago_is_refused(bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill("A"))
    state.archive_account(TRADING, "429")

    refused = await bare.write(wire_bill("B"))
    state.restore_account(TRADING, "429")
    await bare.written(wire_bill("C"))

    assert "has been archived, or has been deleted" in refused.sentences[0]
    assert [bill["InvoiceNumber"] for bill in state.bills()] == ["A", "C"]


@pytest.mark.parametrize(
    ("person", "locks", "expected"),
    [
        ("sam", {"period": date(2026, 3, 31)}, [LOCKED]),
        ("dana", {"period": date(2026, 3, 31)}, []),
        ("dana", {"year_end": date(2026, 3, 31)}, [CLOSED]),
        ("sam", {"period": date(2026, 3, 1)}, []),
    ],
)
async def test_lock_dates_hold_people_by_their_role(
    bare: Bare, state: XeroState, person: str, locks: dict[str, date], expected: list[str]
) -> None:
    """Advisers may post before the first; the second holds everybody."""
    state.set_lock_date(TRADING, **locks)
    bare.person = person

    reply = await bare.write(wire_bill(Date=MONDAY))

    assert reply.sentences == expected


async def test_a_draft_in_a_locked_period_is_taken(bare: Bare, state: XeroState) -> None:
    state.set_lock_date(TRADING, year_end=date(2026, 3, 31))

    bill = await bare.written(wire_bill(Status="DRAFT"))

    assert bill["Status"] == "DRAFT"


async def test_a_draft_loses_an_unknown_account_with_a_warning(bare: Bare) -> None:
    bill = await bare.written(wire_bill(Status="DRAFT", LineItems=[wire_line(AccountCode="999")]))

    assert bill["StatusAttributeString"] == "WARNING"
    assert "has been removed as it does not match a recognised account" in bill["Warnings"][0]["Message"]
    assert "AccountCode" not in bill["LineItems"][0]


async def test_who_may_only_draft_cannot_approve(bare: Bare) -> None:
    bare.person = "ira"

    refused = await bare.write(wire_bill())
    await bare.written(wire_bill(Status="DRAFT"))

    assert refused.sentences == ["The User specified does not have the correct permissions to perform this action"]


async def test_who_may_only_read_cannot_write(bare: Bare) -> None:
    bare.person = "rae"

    reply = await bare.write(wire_bill())

    assert (reply.status, reply.json["Detail"]) == (403, "You are not permitted to access this resource")
    assert (await bare.get("Accounts")).status == 200


async def test_a_small_plan_approves_five_bills_a_month(bare: Bare, state: XeroState) -> None:
    state.set_plan(TRADING, "STARTER")
    for number in range(5):
        await bare.written(wire_bill(str(number)))

    reply = await bare.write(wire_bill("one too many"))

    assert reply.sentences == ["You have reached the limit of invoices you can approve."]


async def test_put_creates_another_bill_of_the_same_number(bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill("7", Status="DRAFT"))
    await bare.written(wire_bill("7", Status="DRAFT"))

    assert len(state.bills()) == 2


async def test_post_overwrites_the_draft_of_that_number(bare: Bare, state: XeroState) -> None:
    draft = await bare.written(wire_bill("7", Status="DRAFT"))

    reply = await bare.write(wire_bill("7", Contact={"Name": "Net Connect"}), method="POST")

    assert reply.json["Invoices"][0]["InvoiceID"] == draft["InvoiceID"]
    assert [bill["Contact"]["Name"] for bill in state.bills()] == ["Net Connect"]


async def test_post_leaves_an_approved_bill_of_that_number_alone(bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill("7"))

    await bare.write(wire_bill("7"), method="POST")

    assert len(state.bills()) == 2


async def test_a_sales_number_is_taken_once(bare: Bare) -> None:
    sale: dict[str, Any] = {"Type": "ACCREC", "LineItems": [wire_line(AccountCode="200", TaxType="OUTPUT2")]}
    await bare.written(wire_bill("INV-1", **sale))

    reply = await bare.write(wire_bill("INV-1", **sale))

    assert reply.sentences == ["Invoice # must be unique."]


async def test_summarised_a_single_refusal_is_a_400_and_the_others_are_written(bare: Bare, state: XeroState) -> None:
    body = {"Invoices": [wire_bill("good"), wire_bill("bad", DueDate=None)]}

    reply = await bare.put("Invoices", body)

    assert (reply.status, reply.json["ErrorNumber"], reply.json["Type"]) == (400, 10, "ValidationException")
    assert reply.sentences == ["The document DueDate field must be specified."]
    assert [bill["InvoiceNumber"] for bill in state.bills()] == ["good"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"Invoices": [1]}', b'{"Invoices": [{"Date": "soon"}]}', b"null"])
async def test_what_cannot_be_read_is_refused_as_a_whole(bare: Bare, body: bytes) -> None:
    reply = await bare.put("Invoices", body)

    assert (reply.status, reply.json["Type"]) == (400, "PostDataInvalidException")


async def test_more_than_fifty_at_once_are_refused(bare: Bare, state: XeroState) -> None:
    reply = await bare.write(*(wire_bill(str(number)) for number in range(51)))

    assert reply.status == 400
    assert state.bills() == []


async def test_what_is_sent_beside_a_contacts_id_changes_the_contact(bare: Bare, state: XeroState) -> None:
    """So that a client which sends more than the id is found out."""
    contact = state.books[TRADING].contact_named("Central Copiers")
    assert contact is not None
    state.books[TRADING].save_contact({**contact, "ContactPersons": [{"FirstName": "Ann"}]})

    await bare.written(wire_bill(Contact={"ContactID": contact["ContactID"], "TaxNumber": "X1"}))

    changed = state.books[TRADING].contacts[contact["ContactID"]]
    assert (changed["TaxNumber"], changed["ContactPersons"]) == ("X1", [])


async def test_a_name_nobody_has_makes_a_supplier(bare: Bare, state: XeroState) -> None:
    await bare.written(wire_bill(Contact={"Name": " New Supplies "}))

    contact = state.books[TRADING].contact_named("new supplies")
    assert contact is not None
    assert (contact["Name"], contact["IsSupplier"]) == ("New Supplies", True)


async def test_a_payment_pays_and_holds_the_bill(bare: Bare, state: XeroState) -> None:
    bill = await bare.written(wire_bill())
    paid = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 120}
    bank = next(found for found in state.books[TRADING].accounts.values() if found["Code"] == "090")

    reply = await bare.put("Payments", {"Payments": [{**paid, "Account": {"AccountID": bank["AccountID"]}}]})
    again = await bare.put("Payments", {"Payments": [paid]})
    voided = await bare.post(f"Invoices/{bill['InvoiceID']}", {"Status": "VOIDED"})

    assert reply.status == 200
    assert [words.split()[0:2] for words in again.sentences] == [["Payments", "can"], ["Payment", "amount"]]
    assert "Invoice not of valid status for modification" in voided.sentences
    assert state.bills()[0]["Status"] == "PAID"


async def test_a_bill_can_be_voided_and_a_draft_deleted(bare: Bare, state: XeroState) -> None:
    bill, draft = await bare.written(wire_bill("A")), await bare.written(wire_bill("B", Status="DRAFT"))

    await bare.post(f"Invoices/{bill['InvoiceID']}", {"Status": "VOIDED"})
    await bare.post(f"Invoices/{draft['InvoiceID']}", {"Status": "DELETED"})

    assert state.bills() == []
    assert (await bare.get(f"Invoices/{bill['InvoiceID']}")).json["Invoices"][0]["Status"] == "VOIDED"


async def test_a_file_is_attached_and_comes_back_byte_for_byte(bare: Bare) -> None:
    bill, content = await bare.written(wire_bill()), bytes(range(256))
    path = f"Invoices/{bill['InvoiceID']}/Attachments/receipt%20one.pdf"

    reply = await bare.put(path, content, headers={"Content-Type": "application/pdf"})
    back = await bare.get(path)
    listed = await bare.get(f"Invoices/{bill['InvoiceID']}/Attachments")

    assert (reply.status, back.body) == (200, content)
    assert listed.json["Attachments"][0]["FileName"] == "receipt one.pdf"


async def test_a_file_is_listed_late_where_lists_are(bare: Bare, state: XeroState, clock: FakeClock) -> None:
    bill = await bare.written(wire_bill())
    path = f"Invoices/{bill['InvoiceID']}/Attachments"
    state.misbehaviour.late_list_seconds = 9
    await bare.put(f"{path}/receipt.pdf", b"%PDF")

    listed = [(await bare.get(path)).elements]
    clock.move_to(clock.now() + timedelta(seconds=9))
    listed.append((await bare.get(path)).elements)

    assert [[one["FileName"] for one in files] for files in listed] == [[], ["receipt.pdf"]]


@pytest.mark.parametrize(("name", "content"), [("run.exe", b"x"), ("empty.pdf", b"")])
async def test_a_file_that_xero_does_not_take_is_refused(bare: Bare, name: str, content: bytes) -> None:
    bill = await bare.written(wire_bill())

    reply = await bare.put(f"Invoices/{bill['InvoiceID']}/Attachments/{name}", content)

    assert reply.status == 400


async def test_an_organisation_has_its_own_bills_and_contacts(bare: Bare, state: XeroState) -> None:
    bill = await bare.written(wire_bill())
    bare.tenant = IRELAND

    assert (await bare.get(f"Invoices/{bill['InvoiceID']}")).status == 404
    assert state.bills(IRELAND) == []
