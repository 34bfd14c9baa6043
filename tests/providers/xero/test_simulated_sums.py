"""Whatever is on the lines, the simulated Xero's sums agree with themselves, and its journal balances to the cent."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from providers.simulating.numbers import Json
from providers.simulating.store import Store
from providers.xero.simulated import journal
from providers.xero.simulated.bank_transactions import BankTransactionWriter
from providers.xero.simulated.books import Books
from providers.xero.simulated.credit_notes import CreditNoteWriter
from providers.xero.simulated.invoices import InvoiceWriter
from providers.xero.simulated.outcomes import Author
from providers.xero.simulated.writing import DocumentWriter
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import wire_bill, wire_credit, wire_line, wire_sale, wire_spend

AUTHOR = Author(name="Dana", role="FINANCIALADVISER", client_id="ours")
COSTS = [("429", "INPUT2", 20), ("445", "RRINPUT", 5), ("433", "NONE", 0), ("720", "CAPEXINPUT2", 20)]
INCOME = [("200", "OUTPUT2", 20), ("260", "RROUTPUT", 5), ("270", "NONE", 0)]
CENT = Decimal("0.01")
DOCUMENTS: list[tuple[type[DocumentWriter], Json, bool]] = [
    (InvoiceWriter, wire_bill(), False),
    (InvoiceWriter, wire_sale(), True),
    (CreditNoteWriter, wire_credit(), False),
    (CreditNoteWriter, wire_credit("CN-1", Type="ACCRECCREDIT"), True),
    (BankTransactionWriter, wire_spend(BankAccount={"Code": "092"}), False),
    (BankTransactionWriter, wire_spend(Type="RECEIVE"), True),
]


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@st.composite
def documents(draw: st.DrawFn) -> tuple[type[DocumentWriter], Json]:
    writer, document, is_sale = draw(st.sampled_from(DOCUMENTS))
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        account, tax, _ = draw(st.sampled_from(INCOME if is_sale else COSTS))
        quantity = draw(st.decimals("0.0001", "999", places=4))
        price = draw(st.decimals("0", "9999", places=4))
        lines.append(wire_line(Quantity=quantity, UnitAmount=price, AccountCode=account, TaxType=tax))
    changes: Json = {"LineItems": lines, "LineAmountTypes": draw(st.sampled_from(["Exclusive", "Inclusive", "NoTax"]))}
    if "BankAccount" not in document and draw(st.booleans()):
        changes |= {"CurrencyCode": "EUR", "CurrencyRate": draw(st.decimals("0.01", "99", places=6))}
    return writer, {**document, **changes}


@given(documents())
@settings(max_examples=60, deadline=None)
def test_sums_are_those_of_the_lines_and_the_journal_balances(chosen: tuple[type[DocumentWriter], Json]) -> None:
    writer, sent = chosen
    books = Books(TRADING, Store(None, "xero"), FakeClock())

    outcome = writer(books, AUTHOR, may_update=False, places=4).write(sent)

    assert outcome.errors == []
    document = outcome.document
    assert document is not None
    mode, rates = sent["LineAmountTypes"], {tax: rate for _, tax, rate in (*COSTS, *INCOME)}
    amounts = [cents(line["Quantity"] * line["UnitAmount"]) for line in sent["LineItems"]]
    rate_of = [Decimal(0 if mode == "NoTax" else rates[line["TaxType"]]) for line in sent["LineItems"]]
    within = mode == "Inclusive"
    taxes = [cents(net * rate / (100 + rate if within else 100)) for net, rate in zip(amounts, rate_of, strict=True)]
    gross = sum(amounts) + (0 if within else sum(taxes))
    assert (document["Total"], document["TotalTax"]) == (gross, sum(taxes))
    assert document["SubTotal"] + document["TotalTax"] == document["Total"]
    for posting in journal.journal(books):
        assert sum(leg.debit for leg in posting.legs) == 0
        rounding = [leg.debit for leg in posting.legs if leg.account["Code"] == "860"]
        assert all(abs(one) <= CENT * (len(amounts) + 2) / 2 for one in rounding)


SAMPLES = {"EXPENSE": "429", "REVENUE": "200", "ASSET": "720", "LIABILITY": "835", "EQUITY": "970"}
FLAGS = {
    "EXPENSE": "CanApplyToExpenses",
    "REVENUE": "CanApplyToRevenue",
    "ASSET": "CanApplyToAssets",
    "LIABILITY": "CanApplyToLiabilities",
    "EQUITY": "CanApplyToEquity",
}


def test_every_class_of_account_takes_the_tax_rates_that_say_so_in_every_kind_of_document() -> None:
    """ "Tax rate constraints": the flags of the rate decide, whatever the document is."""
    books = Books(TRADING, Store(None, "xero"), FakeClock())
    rates = [rate for rate in books.tax_rates.values() if rate["Status"] == "ACTIVE"]
    refused, expected = set(), set()
    for writer, document, _ in DOCUMENTS:
        for kind, code in SAMPLES.items():
            for rate in rates:
                line = wire_line(AccountCode=code, TaxType=rate["TaxType"])
                number = {name: None for name in document if name.endswith("Number")}
                outcome = writer(books, AUTHOR, may_update=False).write({**document, **number, "LineItems": [line]})
                case = (document["Type"], code, rate["TaxType"])
                expected |= set() if rate[FLAGS[kind]] else {case}
                if outcome.errors:
                    words = f"The TaxType code '{rate['TaxType']}' cannot be used with account code '{code}'."
                    assert outcome.errors == [words]
                    refused.add(case)

    assert refused == expected
    assert 0 < len(refused) < len(DOCUMENTS) * len(SAMPLES) * len(rates)


def test_bank_system_and_archived_accounts_take_no_line_of_any_document() -> None:
    books = Books(TRADING, Store(None, "xero"), FakeClock())

    for writer, document, _ in DOCUMENTS:
        for code in ("090", "800", "610", "820", "462", "999"):
            outcome = writer(books, AUTHOR, may_update=False).write(
                {**document, "LineItems": [wire_line(AccountCode=code, TaxType="NONE")]}
            )
            assert len(outcome.errors) == 1, (document["Type"], code)
            assert f"Account code '{code}'" in outcome.errors[0]
