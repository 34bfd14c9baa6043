"""Tax of a line as FreeAgent takes it; pure.

"Sales Tax": of costs either a rate, by which tax is worked out of the gross, or an amount by hand, which goes before any rate.
Of sales a rate only, by which it is worked out of the net.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from bot.domain.money import WIDE, to_cents
from bot.domain.postings import PostingLine
from bot.domain.problems import Problem, ProblemCode
from providers.freeagent.lists import EXEMPT, OUT_OF_SCOPE, REVERSE_CHARGE

Json = dict[str, Any]
TAXABLE = "TAXABLE"
UNTAXED = {EXEMPT: EXEMPT, OUT_OF_SCOPE: OUT_OF_SCOPE, REVERSE_CHARGE: TAXABLE}
"""Codes that bear no tax, and what the status of a line is then."""
NOTHING = Decimal(0)
MOST_OFF = Decimal("0.05")
"""What the tax of a sale may be off from what its rate makes; more is no rounding."""


_IN_PART = "reverse charge on some lines only: in FreeAgent it is of the whole document"


class NotTakenError(Exception):
    """FreeAgent has no way to say what a line says."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def of_cost(codes: Sequence[str | None], gross: Decimal, tax: Decimal) -> Json:
    """Of what is bought, or booked on a bank account: of one line, or of several that are booked as one.

    Raises:
        NotTakenError: tax where there can be none.
    """
    code = codes[0] if len(set(codes)) == 1 else None
    is_percent = code is not None and code not in UNTAXED
    if is_percent and tax == _within(gross, Decimal(code or 0)):
        return {"sales_tax_status": TAXABLE, "sales_tax_rate": code}
    if not tax:
        status = TAXABLE if is_percent else UNTAXED.get(code or "", OUT_OF_SCOPE)
        return {"sales_tax_status": status, "sales_tax_rate": "0"}
    if code in UNTAXED or tax * gross < 0:
        raise NotTakenError(_not_usable(code))
    return {"sales_tax_status": TAXABLE, "manual_sales_tax_amount": text_of(abs(tax))}


def charged_the_other_way(codes: Sequence[str | None]) -> Json:
    """What is said of a document of which the buyer accounts for the tax.

    Raises:
        NotTakenError: it is said of some lines only.
    """
    found = set(codes)
    if REVERSE_CHARGE not in found:
        return {}
    if len(found) > 1:
        raise NotTakenError(Problem(code=ProblemCode.FIELD_NOT_VALID, facts={"what": _IN_PART}))
    return {"ec_status": "Reverse Charge"}


def _within(gross: Decimal, percent: Decimal) -> Decimal:
    return to_cents(WIDE.divide(gross * percent, 100 + percent))


def of_sale(line: PostingLine) -> Iterator[tuple[Decimal, Json]]:
    """A net with its rate; and where the rate makes another tax than the document has, what is left to make it right: a net that
    bears no tax, or less than nothing of one that does.

    Raises:
        NotTakenError: tax where there can be none, or another one than the rate makes.
    """
    code = line.tax_code
    if code is None or code in UNTAXED:
        if line.tax:
            raise NotTakenError(_not_usable(code))
        yield line.net, {"sales_tax_status": UNTAXED[code or OUT_OF_SCOPE], "sales_tax_rate": "0"}
        return
    percent = Decimal(code)
    off = line.tax - to_cents(line.net * percent / 100)
    if not off:
        yield line.net, {"sales_tax_status": TAXABLE, "sales_tax_rate": code}
        return
    if abs(off) > MOST_OFF or not percent:
        raise NotTakenError(Problem(code=ProblemCode.TOTALS_DIFFER))
    taxed = to_cents(WIDE.divide(line.tax * 100, percent))
    yield taxed, {"sales_tax_status": TAXABLE, "sales_tax_rate": code}
    yield line.net - taxed, {"sales_tax_status": TAXABLE, "sales_tax_rate": "0"}


def _not_usable(code: str | None) -> Problem:
    return Problem(code=ProblemCode.TAX_NOT_USABLE, facts={} if code is None else {"tax_rate": code})


def text_of(amount: Decimal) -> str:
    """Amounts go as text, digit for digit."""
    return f"{amount:f}"
