"""The lines of a transaction: what each kind must have, and what is answered of it."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from providers.quickbooks.simulated.faults import Problem, business, missing, too_long
from providers.quickbooks.simulated.references import WRONG_ACCOUNT, References, to, value_of
from providers.simulating.numbers import Json, number, rounded

ACCOUNT_LINE = "AccountBasedExpenseLineDetail"
BOUGHT_LINE = "ItemBasedExpenseLineDetail"
SOLD_LINE = "SalesItemLineDetail"
DEPOSIT_LINE = "DepositLineDetail"
WORDS_LINE = "DescriptionOnly"
SUBTOTAL_LINE = "SubTotalLineDetail"
LONGEST_TEXT = 4000
CONTROLS = ("Accounts Payable", "Accounts Receivable", "Non-Posting")
"""Types of accounts that no line may be coded to."""
BUYING = "VendorAndPurchasesPrefs"
NOT_BILLED_ON = (
    "An account you chose for a billable expense doesn't have an income account associated with it. Before you save this "
    "transaction, you need to make that association, or the income won't be reported correctly."
)
"""As reported of companies in which "Make expenses and items billable" is off."""
_NOT_ON_A_BILL = "You can't use an Accounts Payable account on the detail portion of a Bill"
_DETAILS = {
    ACCOUNT_LINE: frozenset(
        {"AccountRef", "TaxCodeRef", "ClassRef", "CustomerRef", "BillableStatus", "MarkupInfo"}
        | {"TaxAmount", "TaxInclusiveAmt"}
    ),
    BOUGHT_LINE: frozenset(
        {"ItemRef", "Qty", "UnitPrice", "TaxCodeRef", "ClassRef", "CustomerRef", "BillableStatus"}
        | {"MarkupInfo", "PriceLevelRef", "TaxInclusiveAmt", "ItemAccountRef"}
    ),
    DEPOSIT_LINE: frozenset(
        {"AccountRef", "Entity", "ClassRef", "TaxCodeRef", "TaxApplicableOn", "PaymentMethodRef", "CheckNum", "TxnType"}
    ),
    SOLD_LINE: frozenset(
        {"ItemRef", "Qty", "UnitPrice", "TaxCodeRef", "ClassRef", "ServiceDate", "ItemAccountRef", "DiscountAmt"}
        | {"DiscountRate", "MarkupInfo", "TaxInclusiveAmt", "TaxClassificationRef"}
    ),
}
_FIELDS = frozenset({"Id", "LineNum", "Description", "Amount", "DetailType", "LinkedTxn", "CustomField"})


@dataclass(slots=True)
class Line:
    """One line as it is kept. `amount` is without tax; `gross` was sent, or is None."""

    record: Json
    detail: Json
    amount: Decimal
    account: str = ""
    code: str | None = None
    gross: Decimal | None = None


@dataclass(slots=True)
class LineReader:
    references: References
    kinds: Collection[str]
    currency: str

    def read(self, sent: Any) -> list[Line]:
        """All lines but subtotals, which the vendor makes itself; what is wrong is collected."""
        found = sent if isinstance(sent, list) else []
        lines = [line for one in found if (line := self._line(one)) is not None]
        if not lines:
            self.references.say(missing("Line"))
        return lines

    def _line(self, sent: Any) -> Line | None:
        kind = sent.get("DetailType") if isinstance(sent, dict) else None
        if kind == SUBTOTAL_LINE:
            return None
        if kind is None:
            self.references.say(missing("Line.DetailType"))
            return None
        if kind not in (*self.kinds, WORDS_LINE):
            self.references.say(Problem("2170", f"Invalid Enumeration : {kind}", "DetailType"))
            return None
        for name in sent.keys() - _FIELDS - {kind, "DescriptionLineDetail"}:
            self.references.say(Problem("2010", f"Property Name:{name} specified is unsupported or invalid", name))
        record: Json = {"DetailType": kind}
        text = str(sent.get("Description") or "")
        if len(text) > LONGEST_TEXT:
            self.references.say(too_long("Line.Description", LONGEST_TEXT, len(text)))
        if text:
            record["Description"] = text
        if kind == WORDS_LINE:
            return Line(record={**record, "DescriptionLineDetail": {}}, detail={}, amount=Decimal(0))
        return self._valued(kind, sent, record)

    def _valued(self, kind: str, sent: Json, record: Json) -> Line:
        given = sent.get(kind)
        detail_sent: Json = given if isinstance(given, dict) else {}
        for name in detail_sent.keys() - _DETAILS[kind]:
            self.references.say(Problem("2010", f"Property Name:{name} specified is unsupported or invalid", name))
        line = Line(record=record, detail={}, amount=self._amount(sent.get("Amount"), "Line.Amount") or Decimal(0))
        match kind:
            case "AccountBasedExpenseLineDetail" | "DepositLineDetail":
                self._coded(line, detail_sent)
            case "ItemBasedExpenseLineDetail":
                self._item(line, kind, detail_sent, "ExpenseAccountRef")
            case _:
                self._item(line, kind, detail_sent, "IncomeAccountRef")
        self._rest(line, kind, detail_sent)
        record[kind] = line.detail
        return line

    def _amount(self, sent: Any, name: str, *, is_needed: bool = True) -> Decimal | None:
        if sent is None:
            if is_needed:
                self.references.say(missing(name))
            return None
        try:
            return rounded(number(sent))
        except ValueError:
            self.references.say(Problem("2090", f"Invalid Number : {name}", name))
            return None

    def _coded(self, line: Line, sent: Json) -> None:
        found = self.references.find("Account", sent.get("AccountRef"), "AccountRef", is_needed=True)
        if found is None:
            return
        if found["AccountType"] == "Accounts Payable":
            self.references.say(business(_NOT_ON_A_BILL))
        elif found["AccountType"] in CONTROLS or found.get("TaxAccount"):
            self.references.say(Problem("6430", WRONG_ACCOUNT))
        else:
            kinds = {found["AccountType"]}
            self.references.account(sent["AccountRef"], "AccountRef", kinds, self.currency)
        line.account, line.detail["AccountRef"] = found["Id"], to(found)

    def _item(self, line: Line, kind: str, sent: Json, side: str) -> None:
        wanted = value_of(sent.get("ItemRef"))
        if wanted is None or self.references.books.get("Item", wanted) is None:
            self.references.say(Problem("2500", f"Invalid Reference Id : Line.{kind}.ItemRef", f"Line.{kind}.ItemRef"))
            return
        found = self.references.find("Item", sent["ItemRef"], "ItemRef")
        if found is None:
            return
        if side not in found:
            self.references.say(business("This product or service has no account for purchases."))
            return
        line.account = found[side]["value"]
        line.detail |= {"ItemRef": to(found), "ItemAccountRef": found[side]}
        self._priced(line, sent)

    def _priced(self, line: Line, sent: Json) -> None:
        """What is priced has to come to the line's amount."""
        price, quantity = (self._figure(sent, name) for name in ("UnitPrice", "Qty"))
        if price is not None:
            expected = rounded(price * (Decimal(1) if quantity is None else quantity))
            if expected != line.amount:
                words = f"Amount is not equal to UnitPrice * Qty. Supplied value:{line.amount}"
                self.references.say(Problem("6070", words))
        for name, value in (("UnitPrice", price), ("Qty", quantity)):
            if value is not None:
                line.detail[name] = value

    def _figure(self, sent: Json, name: str) -> Decimal | None:
        try:
            return None if sent.get(name) is None else number(sent[name])
        except ValueError:
            self.references.say(Problem("2090", f"Invalid Number : {name}", name))
            return None

    def _rest(self, line: Line, kind: str, sent: Json) -> None:
        say = self.references.say
        line.code = value_of(sent.get("TaxCodeRef"))
        line.gross = self._amount(sent.get("TaxInclusiveAmt"), "TaxInclusiveAmt", is_needed=False)
        found = self.references.tracked("Class", sent.get("ClassRef"), "ClassRef")
        if found is not None:
            line.detail["ClassRef"] = to(found)
        if kind == DEPOSIT_LINE:
            return
        if kind == SOLD_LINE:
            if sent.get("ServiceDate"):
                line.detail["ServiceDate"] = sent["ServiceDate"]
            return
        status = sent.get("BillableStatus", "NotBillable")
        customer = self.references.for_customer(sent.get("CustomerRef"))
        if status not in ("Billable", "NotBillable"):
            say(Problem("2170", f"Invalid Enumeration : {status}", "BillableStatus"))
        elif status == "Billable" and customer is None:
            say(Problem("6310", "When you make a line billable you must also choose a customer for it."))
        elif status == "Billable" and not self.references.books.preferences[BUYING]["BillableExpenseTracking"]:
            say(business(NOT_BILLED_ON))
        if customer is not None:
            line.detail["CustomerRef"] = to(customer)
        line.detail["BillableStatus"] = status
