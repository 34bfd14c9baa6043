"""Line items: what Xero works out, and what it refuses, line by line."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from providers.xero.simulated.books import Books
from providers.xero.simulated.numbers import Json, number, rounded
from providers.xero.simulated.refusals import unreadable

NOTHING = Decimal("0.00")
LONGEST_DESCRIPTION = 4000
_APPLIES = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


@dataclass(slots=True)
class LineReader:
    """Reads the lines of one document; collects sentences of refusal and of warning."""

    books: Books
    kind: str
    amounts: str
    is_complete: bool
    """Whether the document is for approval: then every line needs a description and an account."""
    places: int = 2
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, sent: Json) -> Json:
        line: Json = {"LineItemID": sent.get("LineItemID") or str(uuid4())}
        description = str(sent.get("Description") or "")
        if len(description) > LONGEST_DESCRIPTION:
            self._refuse(f"The description field must not be longer than {LONGEST_DESCRIPTION} characters")
        line["Description"] = description
        if self.is_complete and not description.strip():
            self._refuse("The description field is mandatory for each line item.")
        if sent.get("ItemCode"):
            self._refuse(f"Item code '{sent['ItemCode']}' is not valid")
        self._amounts(sent, line)
        account = self._account(sent, line)
        rate = self._tax_type(sent, line, account)
        self._tax_amount(sent, line, rate)
        line["Tracking"] = [self._tracking(choice) for choice in _list(sent.get("Tracking"))]
        if len(line["Tracking"]) > 2:
            self._refuse("A maximum of 2 tracking categories may be assigned to a line item.")
        return line

    def _refuse(self, sentence: str) -> None:
        if sentence not in self.errors:
            self.errors.append(sentence)

    # Amounts

    def _amounts(self, sent: Json, line: Json) -> None:
        """Quantity x price, each rounded first; a line amount that was sent has to agree to the cent."""
        quantity, price, total = (_number(sent, name) for name in ("Quantity", "UnitAmount", "LineAmount"))
        rate = self._discount(sent, line)
        quantity = rounded(Decimal(1) if quantity is None else quantity, 4)
        if quantity < 0:
            self._refuse("Quantity must not be less than zero.")
        if price is None:
            price = (total or Decimal(0)) / quantity if quantity > 0 else Decimal(0)
            total = total if total is None else rounded(total)
            line |= {"Quantity": quantity, "UnitAmount": rounded(price, self.places), "LineAmount": total or NOTHING}
            return
        price = rounded(price, self.places)
        expected = rounded(quantity * price * (100 - rate) / 100)
        if total is not None and rounded(total, 4) != expected:
            self._refuse(f"The line total {rounded(total)} does not match the expected line total {expected}")
        line |= {"Quantity": quantity, "UnitAmount": price, "LineAmount": expected}

    def _discount(self, sent: Json, line: Json) -> Decimal:
        rate = _number(sent, "DiscountRate") or Decimal(0)
        if rate and self.kind == "ACCPAY":
            self._refuse("Discounts may not be applied to ACCPAY invoices")
        elif rate:
            line["DiscountRate"] = rate
        return rate

    # Account and tax

    def _account(self, sent: Json, line: Json) -> Json | None:
        code = str(sent.get("AccountCode") or sent.get("AccountID") or "")
        if not code:
            if self.is_complete and not _is_text_only(sent):
                self._refuse("Account code must be specified.")
            return None
        account = self.books.account(code)
        if account is None and not self.is_complete:
            self.warnings.append(f"Account code '{code}' has been removed as it does not match a recognised account")
            return None
        if account is None or account["Type"] == "BANK" or account.get("SystemAccount"):
            self._refuse(f"Account code '{code}' is not a valid code for this document.")
            return None
        if account["Status"] != "ACTIVE":
            self._refuse(
                f"Account code '{code}' has been archived, or has been deleted. "
                "Each line item must reference a valid account."
            )
            return None
        line |= {"AccountCode": account["Code"], "AccountID": account["AccountID"]}
        return account

    def _tax_type(self, sent: Json, line: Json, account: Json | None) -> Decimal:
        if self.amounts == "NoTax":
            line["TaxType"] = "NONE"
            return Decimal(0)
        code = str(sent.get("TaxType") or (account or {}).get("TaxType") or "")
        if not code:
            return Decimal(0)
        rate = self.books.tax_rates.get(code)
        if rate is None or rate["Status"] != "ACTIVE":
            self._refuse(f"TaxType code '{code}' does not exist or cannot be used for this type of transaction.")
            return Decimal(0)
        if account is not None and not rate[_APPLIES[account["Class"]]]:
            self._refuse(f"The TaxType code '{code}' cannot be used with account code '{account['Code']}'.")
        line["TaxType"] = code
        return number(rate["EffectiveRate"])

    def _tax_amount(self, sent: Json, line: Json, rate: Decimal) -> None:
        """A tax amount that was sent is honoured; else it is worked out and rounded line by line."""
        amount, found = line["LineAmount"], _number(sent, "TaxAmount")
        if self.amounts == "NoTax":
            found = NOTHING
        if found is None:
            base = amount / (100 + rate) if self.amounts == "Inclusive" else amount / 100
            found = base * rate
        elif abs(found) > abs(amount) and rate < 100:
            self._refuse("The tax amount cannot be greater than the line amount.")
        line["TaxAmount"] = rounded(found)

    # Tracking

    def _tracking(self, sent: Any) -> Json:
        choice = sent if isinstance(sent, dict) else {}
        category = self._match(self.books.tracking.values(), "TrackingCategoryID", choice, "Name")
        if category is None:
            self._refuse(f"Tracking category '{choice.get('Name') or choice.get('TrackingCategoryID')}' was not found.")
            return {}
        wanted = {**choice, "Name": choice.get("Option")}
        option = self._match(category["Options"], "TrackingOptionID", wanted, "Name")
        if option is None:
            self._refuse(
                f"Tracking option '{choice.get('Option') or choice.get('TrackingOptionID')}' "
                f"is archived or was not found in tracking category '{category['Name']}'."
            )
            return {}
        return {
            "Name": category["Name"],
            "Option": option["Name"],
            "TrackingCategoryID": category["TrackingCategoryID"],
            "TrackingOptionID": option["TrackingOptionID"],
        }

    @staticmethod
    def _match(records: Any, key: str, wanted: Json, name: str) -> Json | None:
        for record in records:
            is_it = record[key] == wanted[key] if wanted.get(key) else record[name] == wanted.get(name)
            if is_it and record["Status"] == "ACTIVE":
                return dict(record)
        return None


def totals(amounts: str, lines: list[Json]) -> Json:
    net, tax = sum((line["LineAmount"] for line in lines), NOTHING), sum((line["TaxAmount"] for line in lines), NOTHING)
    gross = net if amounts == "Inclusive" else net + tax
    return {"SubTotal": gross - tax, "TotalTax": tax, "Total": gross}


def _is_text_only(sent: Json) -> bool:
    return not any(sent.get(name) for name in ("Quantity", "UnitAmount", "LineAmount", "TaxAmount"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(sent: Json, name: str) -> Decimal | None:
    """
    Raises:
        RefusalError: it was sent, and is not a number.
    """  # noqa: D212
    if sent.get(name) is None:
        return None
    try:
        return number(sent[name])
    except ValueError as error:
        raise unreadable(f"Error converting value {sent[name]!r} of {name} to a number") from error
