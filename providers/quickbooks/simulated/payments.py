"""Payments of bills and of invoices: from or to which account, and which documents they settle."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from providers.quickbooks.simulated.faults import ONE_CURRENCY, Problem, business, missing
from providers.quickbooks.simulated.references import to, value_of
from providers.quickbooks.simulated.settling import payments_of
from providers.quickbooks.simulated.writing import Writer
from providers.simulating.numbers import Json, number, rounded

NO_AMOUNT = "You must set a transaction amount."
NOTHING = Decimal("0.00")
_FROM = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}


@dataclass(slots=True)
class Paying(Writer):
    """What both kinds do: an amount, a party, and lines that name documents of that party."""

    party: ClassVar[str]
    settles: ClassVar[dict[str, int]]
    """The documents that it may name, and whether they take from it (1) or add to it (-1)."""
    voids: ClassVar[bool] = True

    def _warns(self) -> bool:
        return False

    def _amount(self, sent: Json) -> Decimal:
        try:
            total = rounded(number(sent["TotalAmt"]))
        except (KeyError, ValueError):
            self.say(business(NO_AMOUNT))
            return NOTHING
        if total < 0:
            self.say(business("Transaction amount must be 0 or greater."))
        return total

    def _payer(self, sent: Json, currency: str) -> Json:
        name = f"{self.party}Ref"
        found = self.references.find(self.party, sent.get(name), name, is_needed=True)
        if found is None:
            return {}
        if found["CurrencyRef"]["value"] != currency:
            self.say(business(ONE_CURRENCY))
        return {name: to(found)}

    def _lines(self, sent: Json) -> tuple[list[Json], Decimal]:
        """The lines, and what they come to."""
        found, total = [], NOTHING
        for line in (one for one in sent.get("Line") or [] if isinstance(one, dict)):
            try:
                amount = rounded(number(line.get("Amount")))
            except ValueError:
                self.say(missing("Line.Amount"))
                continue
            links = [one for one in line.get("LinkedTxn") or [] if isinstance(one, dict)]
            if len(links) != 1:
                self.say(missing("Line.LinkedTxn"))
                continue
            sign = self._link(links[0], amount, sent)
            link = {"TxnId": str(links[0].get("TxnId")), "TxnType": str(links[0].get("TxnType"))}
            total += sign * amount
            found.append({"Amount": amount, "DetailType": "PaymentLineDetail", "LinkedTxn": [link]})
        return found, total

    def _link(self, link: Json, amount: Decimal, sent: Json) -> int:
        kind, wanted = str(link.get("TxnType")), str(link.get("TxnId"))
        if kind not in self.settles:
            self.say(Problem("2170", f"Invalid Enumeration : {kind}", "TxnType"))
            return 0
        document = self.books.get(kind, wanted)
        name = f"{self.party}Ref"
        if document is None:
            self.say(Problem("2500", f"Invalid Reference Id : {kind} element id {wanted} not found"))
            return 0
        if document[name]["value"] != value_of(sent.get(name)):
            self.say(Problem("620", f"Transaction {wanted} is of somebody else, so it cannot be linked."))
        own = sum(
            (one for _, paid, one in payments_of(self.books, kind, wanted) if paid["Id"] == sent.get("Id")), NOTHING
        )
        if amount > Decimal(document["Balance"]) + own:
            self.say(Problem("620", f"Transaction {wanted} is paid already, or not so much is owed of it."))
        return self.settles[kind]


@dataclass(slots=True)
class BillPaymentWriter(Paying):
    entity: ClassVar[str] = "BillPayment"
    fields: ClassVar[frozenset[str]] = frozenset(
        {
            "VendorRef",
            "PayType",
            "CheckPayment",
            "CreditCardPayment",
            "APAccountRef",
            "VendorAddr",
            "ProcessBillPayment",
        }
    )
    party: ClassVar[str] = "Vendor"
    settles: ClassVar[dict[str, int]] = {"Bill": 1, "VendorCredit": -1}

    def own(self, sent: Json) -> Json:
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        record = self._payer(sent, currency)
        total = self._amount(sent)
        kind = sent.get("PayType")
        if kind not in _FROM:
            self.say(
                missing("PayType") if kind is None else Problem("2170", f"Invalid Enumeration : {kind}", "PayType")
            )
        else:
            record |= {"PayType": kind, **self._from(str(kind), sent, currency)}
        lines, applied = self._lines(sent)
        if not lines:
            self.say(missing("Line"))
        elif applied != total:
            self.say(business("The amounts of the linked transactions do not come to the amount of the payment."))
        return {**record, "TotalAmt": total, "Line": lines}

    def _from(self, kind: str, sent: Json, currency: str) -> Json:
        group, name, account_type = _FROM[kind]
        given: Any = sent.get(group)
        reference = given.get(name) if isinstance(given, dict) else None
        found = self.references.account(reference, f"{group}.{name}", (account_type,), currency, is_needed=True)
        return {group: {name: to(found)}} if found else {}


@dataclass(slots=True)
class PaymentWriter(Paying):
    """Of a customer. What names no document stays unapplied."""

    entity: ClassVar[str] = "Payment"
    fields: ClassVar[frozenset[str]] = frozenset(
        {"CustomerRef", "DepositToAccountRef", "ARAccountRef", "PaymentMethodRef", "PaymentRefNum", "UnappliedAmt"}
        | {"ProcessPayment", "CreditCardPayment", "CheckPayment", "TxnSource"}
    )
    party: ClassVar[str] = "Customer"
    settles: ClassVar[dict[str, int]] = {"Invoice": 1, "CreditMemo": -1}

    def own(self, sent: Json) -> Json:
        currency = value_of(sent.get("CurrencyRef")) or self.books.home
        record = self._payer(sent, currency)
        total = self._amount(sent)
        kinds = ("Bank", "Other Current Asset")
        account = self.references.account(sent.get("DepositToAccountRef"), "DepositToAccountRef", kinds, currency)
        account = account or self.books.named("Account", "Undeposited Funds")
        if account is not None:
            record["DepositToAccountRef"] = to(account)
        if sent.get("PaymentRefNum"):
            record["PaymentRefNum"] = str(sent["PaymentRefNum"])[:21]
        lines, applied = self._lines(sent)
        if applied > total:
            self.say(business("The amounts of the linked transactions come to more than the payment."))
        record |= {"TotalAmt": total, "UnappliedAmt": total - applied, "ProcessPayment": False}
        return {**record, "Line": lines}
