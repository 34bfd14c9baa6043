"""Payments in the simulated Xero: what they settle, from which account, and how one is taken back."""

from datetime import date

from providers.xero.simulator import TRADING, XeroState
from tests.providers.xero.conftest import Bare, judged, wire_bill, wire_credit, wire_line, wire_payment, wire_sale

pytestmark = judged


async def test_a_bill_is_paid_in_parts_and_then_is_paid(bare: Bare) -> None:
    bill = await bare.written(wire_bill())
    path = f"Invoices/{bill['InvoiceID']}"

    first = await bare.created("Payments", wire_payment(bill, 100, Reference="DX-1"))
    partly = await bare.read(path)
    await bare.created("Payments", wire_payment(bill, 20))
    paid = await bare.read(path)

    assert (first["PaymentType"], first["Status"], first["BankAmount"]) == ("ACCPAYPAYMENT", "AUTHORISED", 100)
    assert (partly["Status"], partly["AmountDue"], partly["AmountPaid"]) == ("AUTHORISED", 20, 100)
    assert (paid["Status"], paid["AmountDue"], len(paid["Payments"])) == ("PAID", 0, 2)
    found = await bare.get("Payments", where='Reference=="DX-1"', page="1")
    assert [one["PaymentID"] for one in found.elements] == [first["PaymentID"]]
    assert (await bare.read(f"Payments/{first['PaymentID']}"))["Amount"] == 100


async def test_sales_and_refunds_have_payments_of_their_own_type(bare: Bare) -> None:
    sale, note = await bare.written(wire_sale()), await bare.created("CreditNotes", wire_credit())
    line = wire_line(AccountCode="200", TaxType="OUTPUT2")
    given = await bare.created("CreditNotes", wire_credit("CN-1", Type="ACCRECCREDIT", LineItems=[line]))

    types = [(await bare.created("Payments", wire_payment(one)))["PaymentType"] for one in (sale, note, given)]

    assert types == ["ACCRECPAYMENT", "APCREDITPAYMENT", "ARCREDITPAYMENT"]
    refunded = await bare.read(f"CreditNotes/{note['CreditNoteID']}")
    assert (refunded["Status"], refunded["RemainingCredit"]) == ("PAID", 0)


async def test_a_payment_is_refused_in_xeros_words(bare: Bare, state: XeroState) -> None:
    bill, draft = await bare.written(wire_bill()), await bare.written(wire_bill("D", Status="DRAFT"))

    for payment, sentence in (
        (wire_payment(bill, 120.01), "Payment amount exceeds the amount outstanding on this document"),
        (wire_payment(bill, 0), "Payment amounts must be positive amounts"),
        (wire_payment(draft), "Payments can only be made against Authorised documents"),
        (wire_payment(bill, account="094"), "Account could not be found"),
        (wire_payment(bill, account="nope"), "Account could not be found"),
        (wire_payment(bill, account="429"), "Account type is invalid for making a payment to/from"),
        (wire_payment(bill, account="092"), "The account's currency must be the organisation's base currency or that"),
        (wire_payment({"InvoiceID": "8694c9c5-7097-4449-a708-b8c1982921a4"}), "The document with the supplied id"),
    ):
        reply = await bare.create("Payments", payment)

        assert [words.startswith(sentence) for words in reply.sentences] == [True], reply.body
        assert reply.elements[0]["HasValidationErrors"] is True
    assert state.books[TRADING].payments == {}


async def test_a_directors_loan_may_pay_because_it_is_open_to_payments(bare: Bare) -> None:
    bill = await bare.written(wire_bill())

    payment = await bare.created("Payments", wire_payment(bill, account="835"))

    assert payment["Account"]["Code"] == "835"


async def test_a_foreign_bill_is_paid_at_the_rate_of_the_day_it_is_paid(bare: Bare) -> None:
    bill = await bare.written(wire_bill(CurrencyCode="EUR"))

    from_pounds = await bare.created("Payments", wire_payment(bill, 60, CurrencyRate=1.25))
    from_euros = await bare.created("Payments", wire_payment(bill, 60, account="092"))

    assert (from_pounds["BankAmount"], from_euros["BankAmount"]) == (48, 60)
    assert (await bare.read(f"Invoices/{bill['InvoiceID']}"))["Status"] == "PAID"


async def test_a_payment_taken_back_opens_its_bill_which_can_then_be_voided(bare: Bare) -> None:
    bill = await bare.written(wire_bill())
    payment = await bare.created("Payments", wire_payment(bill))
    path = f"Invoices/{bill['InvoiceID']}"

    held = await bare.post(path, {"Status": "VOIDED"})
    deleted = await bare.post(f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})
    again = await bare.post(f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})
    voided = await bare.post(path, {"Status": "VOIDED"})

    assert "Invoice not of valid status for modification" in held.sentences
    assert deleted.elements[0]["Status"] == "DELETED"
    assert again.sentences == ["Payment not of valid status for modification"]
    assert voided.elements[0]["Status"] == "VOIDED"


async def test_who_pays_and_when_is_held_by_rights_and_locks(bare: Bare, state: XeroState) -> None:
    bill = await bare.written(wire_bill())
    bare.person = "ira"
    unpermitted = await bare.create("Payments", wire_payment(bill))
    bare.person = "sam"
    state.set_lock_date(TRADING, period=date(2026, 3, 31))
    locked = await bare.create("Payments", wire_payment(bill))

    assert unpermitted.sentences == ["The User specified does not have the correct permissions to perform this action"]
    assert locked.sentences == ["The document date cannot be before the period lock date, currently set at 31-Mar-2026"]


async def test_a_batch_pays_what_it_can_and_a_key_pays_once(bare: Bare, state: XeroState) -> None:
    one, other = await bare.written(wire_bill("A")), await bare.written(wire_bill("B"))
    body = {"Payments": [wire_payment(one), wire_payment(other, 999)]}
    key = {"Idempotency-Key": "k"}

    first = await bare.put("Payments", body, headers=key, summarizeErrors="false")
    replay = await bare.put("Payments", body, headers=key, summarizeErrors="false")
    misused = await bare.put("Payments", {"Payments": [wire_payment(other)]}, headers=key)

    assert [element["StatusAttributeString"] for element in first.elements] == ["OK", "ERROR"]
    assert replay.body == first.body
    assert (misused.status, len(state.books[TRADING].payments)) == (400, 1)
