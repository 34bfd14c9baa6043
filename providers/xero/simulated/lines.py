"""Line items: what Xero works out, and what it refuses, line by line."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from providers.simulating.numbers import Json, number, rounded
from providers.xero.simulated import sentences
from providers.xero.simulated.books import Books
from providers.xero.simulated.kinds import SALES
from providers.xero.simulated.refusals import unreadable

NOTHING = Decimal("0.00")
LONGEST_DESCRIPTION = 4000
MOST_TRACKING = 2
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
    """The document's type, such as ACCPAY."""
    amounts: str
    is_complete: bool
    """Whether the document is for approval: then every line needs a description and an account."""
    places: int = 2
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, sent: Json) -> Json:
        line: Json = {"LineItemID": sent.get("LineItemID") or str(uuid4())}
        sent = self._with_item(sent, line)
        description = str(sent.get("Description") or "")
        if len(description) > LONGEST_DESCRIPTION:
            self._refuse(sentences.TOO_LONG.format(name="description", longest=LONGEST_DESCRIPTION))
        line["Description"] = description
        if self.is_complete and not description.strip():
            self._refuse(sentences.DESCRIPTION)
        self._amounts(sent, line)
        account = self._account(sent, line)
        rate = self._tax_type(sent, line, account)
        self._tax_amount(sent, line, rate)
        chosen = [self._tracking(choice) for choice in _list(sent.get("Tracking"))]
        line["Tracking"] = [found for found in chosen if found]
        if len(chosen) > MOST_TRACKING:
            self._refuse(sentences.TRACKING_MOST)
        return line

    def _refuse(self, sentence: str) -> None:
        if sentence not in self.errors:
            self.errors.append(sentence)

    # Products

    def _with_item(self, sent: Json, line: Json) -> Json:
        """What was sent, and what it leaves out from the product ("Items": prices, account and tax rate to sell or to
        buy at).
        """
        if not sent.get("ItemCode"):
            return sent
        item = self.books.item(str(sent["ItemCode"]))
        if item is None:
            self._refuse(sentences.ITEM.format(code=sent["ItemCode"]))
            return sent
        is_sale = self.kind in SALES
        details = item.get("SalesDetails" if is_sale else "PurchaseDetails", {})
        usual = {
            "Description": item.get("Description" if is_sale else "PurchaseDescription"),
            "AccountCode": None if sent.get("AccountID") else details.get("AccountCode"),
            "TaxType": details.get("TaxType"),
            "UnitAmount": None if sent.get("LineAmount") is not None else details.get("UnitPrice"),
        }
        line |= {"ItemCode": item["Code"], "Item": {name: item[name] for name in ("ItemID", "Name", "Code")}}
        return {**usual, **{name: value for name, value in sent.items() if value is not None}}

    # Amounts

    def _amounts(self, sent: Json, line: Json) -> None:
        """Quantity x price, each rounded first; a line amount that was sent has to agree to the cent."""
        quantity, price, total = (_number(sent, name) for name in ("Quantity", "UnitAmount", "LineAmount"))
        rate, off = self._discount(sent, line)
        quantity = rounded(Decimal(1) if quantity is None else quantity, 4)
        if quantity < 0:
            self._refuse(sentences.QUANTITY)
        if price is None:
            price = (total or Decimal(0)) / quantity if quantity > 0 else Decimal(0)
            total = total if total is None else rounded(total)
            line |= {"Quantity": quantity, "UnitAmount": rounded(price, self.places), "LineAmount": total or NOTHING}
            return
        price = rounded(price, self.places)
        expected = rounded(quantity * price * (100 - rate) / 100 - off)
        if total is not None and rounded(total, 4) != expected:
            self._refuse(sentences.LINE_TOTAL.format(sent=rounded(total), expected=expected))
        line |= {"Quantity": quantity, "UnitAmount": price, "LineAmount": expected}

    def _discount(self, sent: Json, line: Json) -> tuple[Decimal, Decimal]:
        """In per cent, or as an amount; "only supported on ACCREC invoices"."""
        rate, off = _number(sent, "DiscountRate") or Decimal(0), _number(sent, "DiscountAmount") or Decimal(0)
        if (rate or off) and self.kind != "ACCREC":
            self._refuse(sentences.DISCOUNT.format(type=self.kind))
        elif rate:
            line["DiscountRate"], off = rate, Decimal(0)
        elif off:
            line["DiscountAmount"] = off
        return rate, off

    # Account and tax

    def _account(self, sent: Json, line: Json) -> Json | None:
        code = str(sent.get("AccountCode") or sent.get("AccountID") or "")
        if not code:
            if self.is_complete and not _is_text_only(sent):
                self._refuse(sentences.NO_ACCOUNT)
            return None
        account = self.books.account(code)
        if account is None and not self.is_complete:
            self.warnings.append(sentences.ACCOUNT_REMOVED.format(code=code))
            return None
        if account is None or account["Type"] == "BANK" or account.get("SystemAccount"):
            self._refuse(sentences.ACCOUNT.format(code=code))
            return None
        if account["Status"] != "ACTIVE":
            self._refuse(sentences.ACCOUNT_ARCHIVED.format(code=code))
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
            self._refuse(sentences.TAX_TYPE.format(code=code))
            return Decimal(0)
        if account is not None and not rate[_APPLIES[account["Class"]]]:
            self._refuse(sentences.TAX_FOR_ACCOUNT.format(code=code, account=account["Code"]))
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
            self._refuse(sentences.TAX_AMOUNT)
        line["TaxAmount"] = rounded(found)

    # Tracking

    def _tracking(self, sent: Any) -> Json:
        """The option that is meant; of one that is not active an approved document is refused, and a draft loses it."""
        choice = sent if isinstance(sent, dict) else {}
        category = self._match(self.books.tracking.values(), "TrackingCategoryID", choice, "Name")
        if category is None:
            name = choice.get("Name") or choice.get("TrackingCategoryID")
            return self._untracked(name, sentences.TRACKING_CATEGORY.format(name=name))
        wanted = {**choice, "Name": choice.get("Option")}
        option = self._match(category["Options"], "TrackingOptionID", wanted, "Name")
        if option is None:
            name = choice.get("Option") or choice.get("TrackingOptionID")
            return self._untracked(name, sentences.TRACKING_OPTION.format(name=name, category=category["Name"]))
        return {
            "Name": category["Name"],
            "Option": option["Name"],
            "TrackingCategoryID": category["TrackingCategoryID"],
            "TrackingOptionID": option["TrackingOptionID"],
        }

    def _untracked(self, name: object, refusal: str) -> Json:
        if self.is_complete:
            self._refuse(refusal)
        else:
            self.warnings.append(sentences.TRACKING_REMOVED.format(name=name))
        return {}

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
