"""Tax that is left to QuickBooks: all of a document, by amounts with tax, or nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import differences
from bot.domain.postings import PostingKind
from bot.domain.tax_policies import TaxMethod, TaxPolicy
from bot.domain.taxing import LedgerRates, worked_out
from providers.quickbooks.documents import posting_to_draft
from tests.contract.far_end import a_posting
from tests.contract.quickbooks import QuickBooksFarEnd
from tests.providers.quickbooks.ours import the_document

STATED = {"INPUT2": [Decimal("100.00"), Decimal("20.00")]}


@pytest.mark.parametrize(
    ("kind", "left", "taxes"),
    [
        (PostingKind.BILL, (True, True), {}),
        (PostingKind.SPEND_MONEY, (True, True), {}),
        (PostingKind.BILL, (True, False), STATED),
        (PostingKind.BILL, (False, False), STATED),
        # lines of deposits have no amounts with tax
        (PostingKind.RECEIVE_MONEY, (True, True), STATED),
    ],
)
def test_amounts_of_tax_are_sent_unless_it_can_work_out_all_of_them(
    kind: PostingKind, left: tuple[bool, bool], taxes: dict[str, list[Decimal]]
) -> None:
    bill = a_posting(kind, "INV-1", line_amounts=LineAmounts.INCLUSIVE, bank_account="1")
    half = replace(bill.lines[0], net=Decimal("50.00"), tax=Decimal("10.00"), tax_code="INPUT2")
    posting = replace(bill, lines=tuple(replace(half, is_tax_left=each) for each in left))

    draft = posting_to_draft(posting)

    assert draft["taxes"] == taxes
    amounts = [line[line["DetailType"]].get("TaxInclusiveAmt") for line in draft["record"]["Line"]]
    assert amounts == [None if kind is PostingKind.RECEIVE_MONEY else Decimal("60.00")] * 2


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize("gross", ["10.05", "10.09", "33.33"])
async def test_a_total_stays_what_it_was_when_its_tax_is_left(
    quickbooks: QuickBooksFarEnd, lines: int, gross: str
) -> None:
    """Also where no net makes that amount with tax to the cent."""
    bill = quickbooks.a_posting(PostingKind.BILL, "L-1")
    amount = Decimal(gross)
    line = replace(bill.lines[0], net=amount, tax=Decimal(0), quantity=Decimal(1), unit_price=amount)
    total = amount * lines
    stated = replace(
        bill, lines=(line,) * lines, net=total, tax=Decimal(0), gross=total, line_amounts=LineAmounts.INCLUSIVE
    )
    left = worked_out(stated, TaxPolicy.LEDGER, TaxMethod.ROUNDS_NET, LedgerRates(percents={"2": Decimal(20)}))

    assert differences(left, await the_document(quickbooks, left)) == ()
