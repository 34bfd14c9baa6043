"""Tax as the vendor works it out.

Where there is VAT, each line has a code, each code rates of its own for purchases and sales, and the transaction one tax line
for each rate. `Amount` of a line is without tax, whatever `GlobalTaxCalculation` says: it decides only how amounts are shown
to people. What a line comes to with tax may be said beside it, as `TaxInclusiveAmt`; then the amount is worked out from that.
Tax lines that are sent stand as they are sent. In the United States lines say `TAX` or `NON`; purchases have no tax, sales
what automated sales tax makes of them.

That tax is rounded, half up, on the sum of the lines with the same rate is unverified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from providers.quickbooks.simulated import seed
from providers.quickbooks.simulated.faults import INACTIVE, NO_VAT, Problem, business
from providers.quickbooks.simulated.lines import Line
from providers.quickbooks.simulated.references import References, to, value_of
from providers.simulating.numbers import Json, number, rounded

EXCLUDED, INCLUSIVE, NONE = "TaxExcluded", "TaxInclusive", "NotApplicable"
MODES = (EXCLUDED, INCLUSIVE, NONE)
NOTHING = Decimal("0.00")
RESELECT = (
    "We're sorry, QuickBooks encountered an error while calculating tax. "
    "Try reselecting the tax rate or reentering the product/service item and saving the form again."
)


@dataclass(slots=True)
class Taxes:
    references: References
    is_sale: bool

    def work_out(self, sent: Json, lines: Sequence[Line]) -> tuple[Json, Decimal]:
        """What the transaction has of tax, and its total; the lines get theirs."""
        if self.references.books.is_us:
            return self._of_the_states(lines)
        mode = sent.get("GlobalTaxCalculation") or EXCLUDED
        if mode not in MODES:
            self.references.say(Problem("2170", f"Invalid Enumeration : {mode}", "GlobalTaxCalculation"))
            return {}, NOTHING
        if mode == NONE:
            return self._without(lines)
        return self._with_codes(sent, lines, mode)

    def _without(self, lines: Sequence[Line]) -> tuple[Json, Decimal]:
        if any(line.code for line in lines):
            self.references.say(Problem("6160", "A tax code cannot be used where tax is not applicable.", "TaxCodeRef"))
        return {"GlobalTaxCalculation": NONE}, NOTHING

    # Countries with VAT

    def _with_codes(self, sent: Json, lines: Sequence[Line], mode: str) -> tuple[Json, Decimal]:
        nets: dict[str, Decimal] = {}
        taxes: dict[str, Decimal] = {}
        for line in (one for one in lines if one.detail or one.amount):
            rate = self._rate_of(line)
            if rate is None:
                continue
            tax = self._line_tax(line, rate, mode)
            key = rate["Id"]
            nets[key] = nets.get(key, NOTHING) + line.amount
            taxes[key] = taxes.get(key, NOTHING) + tax
        worked_out = {key: self._rounded(key, nets[key], taxes[key], lines, mode) for key in nets}
        said = self._said(sent.get("TxnTaxDetail"), worked_out)
        detail: Json = {"TotalTax": sum(said.values(), NOTHING), "TaxLine": []}
        for key, amount in said.items():
            detail["TaxLine"].append(self._tax_line(key, amount, nets[key]))
        return {"GlobalTaxCalculation": mode, "TxnTaxDetail": detail}, detail["TotalTax"]

    def _rate_of(self, line: Line) -> Json | None:
        """The rate of the line's code on this side of the books."""
        books, side = self.references.books, "SalesTaxRateList" if self.is_sale else "PurchaseTaxRateList"
        code = books.get("TaxCode", line.code) if line.code else None
        if code is None:
            self.references.say(business(NO_VAT))
            return None
        line.detail["TaxCodeRef"] = {"value": code["Id"]}
        details = code.get(side, {}).get("TaxRateDetail", [])
        rate = books.get("TaxRate", details[0]["TaxRateRef"]["value"]) if details else None
        if not code["Active"] or rate is None:
            self.references.say(Problem("6160", f"Invalid Tax Code : {INACTIVE}", "TaxCodeRef"))
            return None
        return rate

    def _line_tax(self, line: Line, rate: Json, mode: str) -> Decimal:
        percent = Decimal(rate["RateValue"])
        if mode == INCLUSIVE and line.gross is not None:
            line.amount = rounded(line.gross / (1 + percent / 100))
            tax = line.gross - line.amount
        else:
            tax = rounded(line.amount * percent / 100)
        if mode == INCLUSIVE:
            line.detail["TaxInclusiveAmt"] = line.amount + tax
        return tax

    def _rounded(self, key: str, net: Decimal, by_line: Decimal, lines: Sequence[Line], mode: str) -> Decimal:
        has_gross = mode == INCLUSIVE and any(line.gross is not None for line in lines)
        if has_gross or self.references.books.company["_taxes_by_line"]:
            return by_line
        return rounded(net * self._percent(key) / 100)

    def _percent(self, key: str) -> Decimal:
        rate = self.references.books.get("TaxRate", key)
        return Decimal(rate["RateValue"]) if rate else NOTHING

    def _said(self, sent: Any, worked_out: dict[str, Decimal]) -> dict[str, Decimal]:
        """With the amounts of the tax lines that were sent, of rates that the lines have."""
        found = dict(worked_out)
        lines = sent.get("TaxLine") if isinstance(sent, dict) else None
        for one in (line for line in lines or [] if isinstance(line, dict)):
            detail = one.get("TaxLineDetail")
            key = value_of(detail.get("TaxRateRef")) if isinstance(detail, dict) else None
            try:
                amount = rounded(number(one.get("Amount")))
            except ValueError:
                self.references.say(Problem("2090", "Invalid Number : TaxLine.Amount", "TaxLine.Amount"))
                continue
            if key not in worked_out:
                self.references.say(business(RESELECT))
                continue
            found[key] = amount
        return found

    def _tax_line(self, key: str, amount: Decimal, net: Decimal) -> Json:
        detail = {
            "TaxRateRef": {"value": key},
            "PercentBased": True,
            "TaxPercent": self._percent(key),
            "NetAmountTaxable": net,
        }
        return {"Amount": amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}

    # The United States

    def _of_the_states(self, lines: Sequence[Line]) -> tuple[Json, Decimal]:
        taxable = NOTHING
        for line in (one for one in lines if one.detail or one.amount):
            code = line.code or "NON"
            if code not in ("TAX", "NON"):
                words = f"Invalid Line TaxCode : {code}. The tax code of a line should be either TAX or NON."
                self.references.say(Problem("6100", words, "TaxCodeRef"))
            line.detail["TaxCodeRef"] = {"value": code}
            taxable += line.amount if code == "TAX" else NOTHING
        if not self.is_sale:
            return {}, NOTHING
        total = rounded(taxable * seed.SALES_TAX / 100)
        detail: Json = {"TotalTax": total}
        rate = next(iter(self.references.books.shelf("TaxRate").values()))
        if taxable:
            line_of_tax = {
                "TaxRateRef": {"value": rate["Id"]},
                "PercentBased": True,
                "TaxPercent": seed.SALES_TAX,
                "NetAmountTaxable": taxable,
            }
            detail["TxnTaxCodeRef"] = to(rate)
            detail["TaxLine"] = [{"Amount": total, "DetailType": "TaxLineDetail", "TaxLineDetail": line_of_tax}]
        return {"TxnTaxDetail": detail}, total
