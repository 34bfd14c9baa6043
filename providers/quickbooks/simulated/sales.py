"""Invoices, customers' credits and sales receipts: lines name products and services, never accounts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from providers.quickbooks.simulated.faults import ONE_CURRENCY, business
from providers.quickbooks.simulated.lines import SOLD_LINE, SUBTOTAL_LINE
from providers.quickbooks.simulated.purchases import home_balance, new_account, worked_out
from providers.quickbooks.simulated.references import to, value_of
from providers.quickbooks.simulated.writing import Writer
from providers.simulating.numbers import Json

_SALES = frozenset(
    {"CustomerRef", "CustomerMemo", "BillAddr", "ShipAddr", "BillEmail", "BillEmailCc", "BillEmailBcc", "ClassRef"}
    | {"PrintStatus", "EmailStatus", "ApplyTaxAfterDiscount", "ShipFromAddr", "PaymentMethodRef", "PaymentRefNum"}
    | {"FreeFormAddress", "ShipDate", "ShipMethodRef", "TrackingNum", "SalesTermRef", "AutoDocNumber"}
)


@dataclass(slots=True)
class ToCustomer(Writer):
    def own(self, sent: Json) -> Json:
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        record: Json = {}
        customer = self.references.find("Customer", sent.get("CustomerRef"), "CustomerRef", is_needed=True)
        if customer is not None:
            record["CustomerRef"] = to(customer)
            if customer["CurrencyRef"]["value"] != currency:
                self.say(business(ONE_CURRENCY))
        for name in ("BillEmail", "BillAddr", "ShipAddr", "PaymentRefNum"):
            if sent.get(name):
                record[name] = sent[name]
        if sent.get("CustomerMemo"):
            record["CustomerMemo"] = {"value": str(sent["CustomerMemo"].get("value", ""))}
        found, lines = worked_out(self, sent, kinds=(SOLD_LINE,), is_sale=True)
        subtotal = sum((line.amount for line in lines), Decimal("0.00"))
        found["Line"].append({"Amount": subtotal, "DetailType": SUBTOTAL_LINE, SUBTOTAL_LINE: {}})
        record |= {"ApplyTaxAfterDiscount": False, "PrintStatus": "NeedToPrint", "EmailStatus": "NotSet"}
        return {**record, **found}

    def _receivable(self, sent: Json) -> None:
        """Where there is no account of this currency yet, the vendor makes one."""
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        if not self.references.problems and self.books.system_account("Accounts Receivable", currency) is None:
            new_account(self, "Accounts Receivable", currency)

    def checked(self, sent: Json, before: Json | None) -> Json:
        """One without a number gets the next, where the company does not number by itself."""
        record = Writer.checked(self, sent, before)
        if "DocNumber" not in record and not self.books.preferences["SalesFormsPrefs"]["CustomTxnNumbers"]:
            numbers = [one.get("DocNumber", "") for one in self.books.shelf(self.entity).values()]
            record["DocNumber"] = str(max((int(one) for one in numbers if one.isdecimal()), default=1000) + 1)
        return record


@dataclass(slots=True)
class InvoiceWriter(ToCustomer):
    entity: ClassVar[str] = "Invoice"
    fields: ClassVar[frozenset[str]] = _SALES | {
        *("DueDate", "Deposit", "AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment"),
        *("AllowOnlineACHPayment", "InvoiceLink", "DepositToAccountRef", "ARAccountRef", "DeliveryInfo"),
    }
    voids: ClassVar[bool] = True

    def own(self, sent: Json) -> Json:
        record = ToCustomer.own(self, sent)
        self._receivable(sent)
        issued = self.day(sent, "TxnDate") or self.books.today().isoformat()
        record["DueDate"] = self.day(sent, "DueDate") or issued
        term = self.references.find("Term", sent.get("SalesTermRef"), "SalesTermRef")
        if term is not None:
            record["SalesTermRef"] = to(term)
        record |= {"Balance": record["TotalAmt"], "LinkedTxn": []}
        return {**record, **home_balance(self, sent, record["TotalAmt"])}


@dataclass(slots=True)
class CreditMemoWriter(ToCustomer):
    entity: ClassVar[str] = "CreditMemo"
    fields: ClassVar[frozenset[str]] = _SALES | {"RemainingCredit", "InvoiceRef", "ARAccountRef"}

    def own(self, sent: Json) -> Json:
        record = ToCustomer.own(self, sent)
        self._receivable(sent)
        return {**record, "Balance": record["TotalAmt"], "RemainingCredit": record["TotalAmt"], "LinkedTxn": []}


@dataclass(slots=True)
class SalesReceiptWriter(ToCustomer):
    entity: ClassVar[str] = "SalesReceipt"
    fields: ClassVar[frozenset[str]] = _SALES | {"DepositToAccountRef", "CheckPayment", "CreditCardPayment"}
    voids: ClassVar[bool] = True

    def own(self, sent: Json) -> Json:
        record = ToCustomer.own(self, sent)
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        kinds = ("Bank", "Other Current Asset")
        wanted = sent.get("DepositToAccountRef")
        account = self.references.account(wanted, "DepositToAccountRef", kinds, currency)
        if account is None:
            account = self.books.named("Account", "Undeposited Funds")
        if account is not None:
            record["DepositToAccountRef"] = to(account)
        return {**record, "Balance": Decimal(0)}


@dataclass(slots=True)
class RefundReceiptWriter(ToCustomer):
    """What is given back to a customer at once, from a bank account that has to be named."""

    entity: ClassVar[str] = "RefundReceipt"
    fields: ClassVar[frozenset[str]] = _SALES | {"DepositToAccountRef", "CheckPayment", "CreditCardPayment"}

    def own(self, sent: Json) -> Json:
        record = ToCustomer.own(self, sent)
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        kinds = ("Bank", "Other Current Asset")
        wanted = sent.get("DepositToAccountRef")
        account = self.references.account(wanted, "DepositToAccountRef", kinds, currency, is_needed=True)
        if account is not None:
            record["DepositToAccountRef"] = to(account)
        return {**record, "Balance": Decimal(0)}
