"""Bills, suppliers' credits and money spent: lines are coded to accounts, or name what was bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from providers.quickbooks.simulated import seed
from providers.quickbooks.simulated.faults import ONE_CURRENCY, Problem, business, missing
from providers.quickbooks.simulated.lines import ACCOUNT_LINE, BOUGHT_LINE, Line, LineReader
from providers.quickbooks.simulated.references import to, value_of
from providers.quickbooks.simulated.taxes import Taxes
from providers.quickbooks.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded

_ADDRESSES = frozenset({"VendorAddr", "RemitToAddr", "ShipAddr", "ReplyEmail", "BillEmail", "Memo"})
NEGATIVE = "Transaction amount must be 0 or greater."
_PAID_FROM = {
    "Check": ("Bank",),
    "CreditCard": ("Credit Card",),
    "Cash": ("Bank", "Credit Card", "Other Current Asset"),
}


def worked_out(writer: Writer, sent: Json, *, kinds: Sequence[str], is_sale: bool) -> tuple[Json, list[Line]]:
    """Lines, tax and total of a document of either side."""
    references = writer.references
    currency = value_of(sent.get("CurrencyRef")) or writer.books.home
    lines = LineReader(references, kinds, currency).read(sent.get("Line"))
    taxed, tax = Taxes(references, is_sale).work_out(sent, lines)
    for line in lines:
        if line.detail or line.amount:
            line.record["Amount"] = line.amount
    total = sum((line.amount for line in lines), Decimal("0.00")) + tax
    if total < 0:
        writer.say(business(NEGATIVE))
    return {"Line": [line.record for line in lines], "TotalAmt": total, **taxed}, lines


def home_balance(writer: Writer, sent: Json, total: Decimal) -> Json:
    """In a company with several currencies, what is owed in its own."""
    currency = value_of(sent.get("CurrencyRef")) or writer.books.home
    if not writer.books.has_currencies or currency == writer.books.home:
        return {}
    return {"HomeBalance": rounded(total * writer.rate(sent, currency))}


@dataclass(slots=True)
class FromVendor(Writer):
    """Of a vendor, by way of accounts payable."""

    def _party(self, sent: Json) -> str | None:
        """That numbers are unique within one vendor is unverified."""
        return value_of(sent.get("VendorRef"))

    def own(self, sent: Json) -> Json:
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        record: Json = {}
        vendor = self.references.find("Vendor", sent.get("VendorRef"), "VendorRef", is_needed=True)
        if vendor is not None:
            record["VendorRef"] = to(vendor)
            if vendor["CurrencyRef"]["value"] != currency:
                self.say(business(ONE_CURRENCY))
        found, _ = worked_out(self, sent, kinds=(ACCOUNT_LINE, BOUGHT_LINE), is_sale=False)
        record["APAccountRef"] = self._payable(sent, currency)
        return {**record, **found, "Balance": found["TotalAmt"], "LinkedTxn": []}

    def _payable(self, sent: Json, currency: str) -> Json | None:
        """The account that was named, or the one of the currency; the vendor makes one where there is none."""
        if value_of(sent.get("APAccountRef")) is not None:
            found = self.references.account(sent["APAccountRef"], "APAccountRef", ("Accounts Payable",), currency)
            if found is not None and found["CurrencyRef"]["value"] != currency:
                self.say(business(ONE_CURRENCY))
            return to(found) if found else None
        if self.references.problems:
            return None
        found = self.books.system_account("Accounts Payable", currency)
        return to(found or new_account(self, "Accounts Payable", currency))


@dataclass(slots=True)
class BillWriter(FromVendor):
    entity: ClassVar[str] = "Bill"
    fields: ClassVar[frozenset[str]] = _ADDRESSES | {
        *("VendorRef", "APAccountRef", "SalesTermRef", "DueDate", "PayerRef", "LessCIS", "IncludeInAnnualTPAR")
    }

    def own(self, sent: Json) -> Json:
        record = FromVendor.own(self, sent)
        record |= home_balance(self, sent, record["TotalAmt"])
        issued = self.day(sent, "TxnDate") or self.books.today().isoformat()
        due = self.day(sent, "DueDate") or issued
        if due < issued:
            self.say(business("Date Due cannot be earlier than date of transaction."))
        term = self.references.find("Term", sent.get("SalesTermRef"), "SalesTermRef")
        record["DueDate"] = due
        return record if term is None else {**record, "SalesTermRef": to(term)}


@dataclass(slots=True)
class VendorCreditWriter(FromVendor):
    entity: ClassVar[str] = "VendorCredit"
    fields: ClassVar[frozenset[str]] = _ADDRESSES | {"VendorRef", "APAccountRef", "IncludeInAnnualTPAR"}


@dataclass(slots=True)
class PurchaseWriter(Writer):
    """Money spent from a bank account or on a card; a card's refund is one with `Credit`."""

    entity: ClassVar[str] = "Purchase"
    fields: ClassVar[frozenset[str]] = _ADDRESSES | {
        *("AccountRef", "PaymentType", "EntityRef", "Credit", "PaymentMethodRef", "PaymentRefNum", "PrintStatus"),
        *("CheckPayment", "TxnNum", "CreditCardPayment", "PurchaseEx", "IncludeInAnnualTPAR"),
    }

    def _party(self, sent: Json) -> str | None:
        return f"{sent.get('PaymentType')}/{value_of(sent.get('AccountRef'))}"

    def check_number(self, sent: Json, before: Json | None) -> None:
        """Only of cheques it is looked at."""
        if sent.get("PaymentType") == "Check":
            Writer.check_number(self, sent, before)

    def own(self, sent: Json) -> Json:
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        kind = sent.get("PaymentType")
        if kind is None:
            self.say(missing("PaymentType"))
        elif kind not in _PAID_FROM:
            self.say(Problem("2170", f"Invalid Enumeration : {kind}", "PaymentType"))
        kinds = _PAID_FROM.get(str(kind), _PAID_FROM["Cash"])
        account = self.references.account(sent.get("AccountRef"), "AccountRef", kinds, currency, is_needed=True)
        is_credit = bool(sent.get("Credit"))
        if is_credit and kind != "CreditCard":
            self.say(business("Only a credit card purchase can be a credit."))
        record: Json = {"PaymentType": kind, "Credit": is_credit, "PrintStatus": "NotSet"}
        if account is not None:
            record["AccountRef"] = to(account)
        entity = whoever(self, sent.get("EntityRef"), "EntityRef", currency)
        if entity is not None:
            record["EntityRef"] = entity
        found, _ = worked_out(self, sent, kinds=(ACCOUNT_LINE, BOUGHT_LINE), is_sale=False)
        return {**record, **found}


def whoever(writer: Writer, reference: Any, name: str, currency: str) -> Json | None:
    """A vendor or a customer, where either may be named; nobody has to be."""
    if value_of(reference) is None:
        return None
    kind = str(reference.get("type") or "Vendor")
    if kind.capitalize() not in ("Vendor", "Customer"):
        writer.say(Problem("2170", f"Invalid Enumeration : {kind}", name))
        return None
    found = writer.references.find(kind.capitalize(), reference, name)
    if found is None:
        return None
    if found["CurrencyRef"]["value"] != currency:
        writer.say(business(ONE_CURRENCY))
    return {**to(found), "type": kind}


def new_account(writer: Writer, kind: str, currency: str) -> Json:
    """The account of receivables or payables that a currency gets with its first document."""
    name = f"{kind} ({'A/P' if kind == 'Accounts Payable' else 'A/R'}) - {currency}"
    return writer.books.create(
        "Account",
        {
            "Name": name,
            "SubAccount": False,
            "FullyQualifiedName": name,
            "Active": True,
            "Classification": "Liability" if kind == "Accounts Payable" else "Asset",
            "AccountType": kind,
            "AccountSubType": kind.replace(" ", ""),
            "CurrentBalance": 0,
            "CurrentBalanceWithSubAccounts": 0,
            "CurrencyRef": seed.currency(currency),
        },
    )
