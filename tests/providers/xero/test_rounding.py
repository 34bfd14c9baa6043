"""The taxes that the product works out are those that Xero works out by itself, to the cent."""

import re
from dataclasses import replace
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import differences
from bot.domain.postings import PostingKind
from bot.domain.publishing import Accepted
from bot.domain.settings import PaymentStatus
from tests.contract.tables import BREATH, HTTP, NOTHING, ROWS, Row, Way, posting_by
from tests.contract.xero import XeroFarEnd

TAXED = [amounts for amounts in LineAmounts if amounts is not LineAmounts.NO_TAX]
DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(TAXED), st.sampled_from([PostingKind.BILL, PostingKind.SALES_INVOICE]), ROWS),
    min_size=1,
    max_size=30,
)


@settings(HTTP, max_examples=10)
@given(documents=DOCUMENTS)
async def test_a_tax_that_is_left_to_xero_is_the_one_that_was_worked_out_here(
    xero: XeroFarEnd, documents: list[tuple[LineAmounts, PostingKind, Row]]
) -> None:
    postings = [
        posting_by(
            Way(kind=kind, status=PaymentStatus.AWAITING_PAYMENT, amounts=amounts, currency="GBP"),
            [replace(row, off=NOTHING)],
            uuid4().hex,
            xero,
        )
        for amounts, kind, row in documents
    ]
    without_tax = re.sub(rb',"TaxAmount":[-0-9.]+', b"", xero.provider.render(postings))
    xero.clock.move_to(xero.clock.now() + BREATH)

    outcomes = await xero.provider.create(xero.access, "Invoices", without_tax, idempotency_key=uuid4().hex)

    ids = [outcome.ledger_id if isinstance(outcome, Accepted) else str(outcome) for outcome in outcomes]
    found = await xero.read(postings[0], *ids)
    assert b"TaxAmount" not in without_tax
    assert [differences(posting, found[one]) for posting, one in zip(postings, ids, strict=True)] == [()] * len(ids)
