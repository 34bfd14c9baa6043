"""Credit notes of the simulated Xero: numbers, credit that is used up by invoices, and how they end."""

from typing import Any

import pytest

from tests.providers.xero.conftest import Bare, judged, wire_bill, wire_credit, wire_line, wire_sale

pytestmark = judged

SALE: dict[str, Any] = {
    "Type": "ACCRECCREDIT",
    "Contact": {"Name": "Boom FM"},
    "LineItems": [wire_line(AccountCode="200", TaxType="OUTPUT2")],
}
HIGH = "The allocation amount exceeds the remaining credit or the amount outstanding"


def allocation(invoice: dict[str, Any], amount: object) -> dict[str, Any]:
    return {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": amount, "Date": "2026-03-02"}


async def test_a_note_is_open_for_its_total_and_dated_today_where_it_says_nothing(bare: Bare) -> None:
    note = await bare.created("CreditNotes", wire_credit(Date=None))

    assert (note["Total"], note["RemainingCredit"], note["Status"]) == (120, 120, "AUTHORISED")
    assert (note["DateString"], note["StatusAttributeString"], note["HasErrors"]) == (
        "2026-03-02T00:00:00",
        "OK",
        False,
    )


async def test_the_number_of_a_sale_is_made_and_single_and_a_suppliers_may_repeat(bare: Bare) -> None:
    made = await bare.created("CreditNotes", wire_credit(None, **SALE))
    taken = await bare.create("CreditNotes", wire_credit("CN-0001", **SALE))
    for _ in range(2):
        await bare.created("CreditNotes", wire_credit("S-1"))

    assert made["CreditNoteNumber"] == "CN-0001"
    assert taken.sentences == ["Credit Note # must be unique."]
    assert len(bare.state.books[bare.tenant].credit_notes) == 3


async def test_only_a_customers_note_has_a_reference(bare: Bare) -> None:
    """ "ACCRECCREDIT only – additional reference number"; of bills as well it is for sales only."""
    sale = await bare.created("CreditNotes", wire_credit("CN-1", Reference="mine", **SALE))
    purchase = await bare.created("CreditNotes", wire_credit(Reference="mine"))
    bill = await bare.created("Invoices", wire_bill(Reference="mine"))

    assert (sale["Reference"], purchase["Reference"], bill["Reference"]) == ("mine", "", "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"Type": "ACCPAY"}, "The Type field must be specified as ACCPAYCREDIT or ACCRECCREDIT"),
        ({"Status": "PAID"}, "Credit Note not of valid status for creation"),
        ({"LineItems": []}, "One or more line items must be specified"),
        (
            {"Contact": {"Name": "Bluebird Couriers"}},
            "The contact with the specified contact details has been archived",
        ),
        ({"LineItems": [wire_line(DiscountRate=10)]}, "Discounts may not be applied to ACCPAYCREDIT invoices"),
        (
            {"LineItems": [wire_line(UnitAmount=-1)]},
            "The Total for this document must be greater than or equal to zero.",
        ),
        ({"CreditNoteID": "8694c9c5-7097-4449-a708-b8c1982921a4"}, None),
    ],
)
async def test_a_note_is_refused_in_xeros_words(bare: Bare, changes: dict[str, Any], sentence: str | None) -> None:
    """An id in a PUT means nothing: it only creates."""
    reply = await bare.create("CreditNotes", wire_credit(**changes))

    assert [words.startswith(str(sentence)) for words in reply.sentences] == ([True] if sentence else [])
    assert len(bare.state.books[bare.tenant].credit_notes) == (0 if sentence else 1)


async def test_credit_is_used_up_by_bills_and_given_back(bare: Bare) -> None:
    bill, note = await bare.written(wire_bill()), await bare.created("CreditNotes", wire_credit())
    path = f"CreditNotes/{note['CreditNoteID']}"

    put = await bare.put(f"{path}/Allocations", {"Allocations": [allocation(bill, 100)]})
    over = await bare.put(f"{path}/Allocations", {"Allocations": [allocation(bill, 20.01)]})
    credited, used = await bare.read(f"Invoices/{bill['InvoiceID']}"), await bare.read(path)
    await bare.put(f"{path}/Allocations", {"Allocations": [allocation(bill, 20)]})
    paid, spent = await bare.read(f"Invoices/{bill['InvoiceID']}"), await bare.read(path)
    voided = await bare.post(path, {"Status": "VOIDED"})
    dropped = await bare.send("DELETE", f"{path}/Allocations/{put.elements[0]['AllocationID']}", None)

    assert over.sentences == [HIGH]
    assert (credited["AmountCredited"], credited["AmountDue"], used["RemainingCredit"]) == (100, 20, 20)
    assert credited["CreditNotes"][0]["CreditNoteNumber"] == "C-1"
    assert (paid["Status"], spent["Status"], spent["RemainingCredit"]) == ("PAID", "PAID", 0)
    assert paid["FullyPaidOnDate"].startswith("/Date(")
    assert voided.sentences == [
        "Credit Note not of valid status for modification",
        "This document cannot be edited as it has a payment or credit note allocated to it.",
    ]
    assert (dropped.status, dropped.json["IsDeleted"]) == (200, True)
    assert (await bare.read(f"Invoices/{bill['InvoiceID']}"))["AmountDue"] == 100


async def test_no_more_credit_is_used_than_there_is(bare: Bare) -> None:
    large = await bare.written(wire_bill(LineItems=[wire_line(Quantity=8)]))
    note = await bare.created("CreditNotes", wire_credit())

    reply = await bare.put(f"CreditNotes/{note['CreditNoteID']}/Allocations", {"Allocations": [allocation(large, 121)]})

    assert reply.sentences == [HIGH]


async def test_credit_is_for_its_own_contact_side_and_currency(bare: Bare) -> None:
    note = await bare.created("CreditNotes", wire_credit())
    others = [
        await bare.written(wire_bill("other", Contact={"Name": "Net Connect"})),
        await bare.written(wire_sale(Contact={"Name": "Central Copiers"})),
        await bare.written(wire_bill("euros", CurrencyCode="EUR")),
    ]

    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    for other in others:
        reply = await bare.put(path, {"Allocations": [allocation(other, 1)]})

        assert reply.sentences == [
            "A credit note may be allocated to invoices of its own contact, side and currency only"
        ]


async def test_a_draft_is_changed_approved_and_voided(bare: Bare) -> None:
    draft = await bare.created("CreditNotes", wire_credit(Status="DRAFT"))
    path = f"CreditNotes/{draft['CreditNoteID']}"

    approved = await bare.post(path, {"Status": "AUTHORISED", "LineItems": [wire_line(Quantity=2)]})
    voided = await bare.post(path, {"Status": "VOIDED"})
    again = await bare.post(path, {"Status": "AUTHORISED"})

    assert (approved.elements[0]["Total"], approved.elements[0]["CreditNoteNumber"]) == (60, "C-1")
    assert (voided.elements[0]["Status"], voided.elements[0]["RemainingCredit"]) == ("VOIDED", 0)
    assert again.sentences == ["Credit Note not of valid status for modification"]
