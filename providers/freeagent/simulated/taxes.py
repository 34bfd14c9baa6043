"""Sales tax as FreeAgent works it out: dev.freeagent.com/docs/sales_tax, and where that is silent, its support articles.

- Of purchases tax is what is within the gross: at 20 % of 100.00 it is 16.67. Without a rate, or with `Auto`, it is that of the
  category. A manual amount, in the native currency, goes before any rate; then no rate is answered.
- In a foreign currency a rate is passed over and becomes nothing: dev.freeagent.com/docs/expenses says so of expenses; of
  bills, the support article 360007864199 tells of an amount to reclaim only.
- What a supplier abroad charges no tax on is entered with 0 % (articles 115001220110 and 4408534386706), and refused otherwise.
- Where sales tax has no place, a rate above nothing is refused (api-discuss.freeagent.com/t/5854).

Each item is rounded by itself, half up: unverified.
"""

from dataclasses import dataclass
from decimal import Decimal

from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.fields import Fields, amount_of
from providers.freeagent.simulated.refusals import AUTO_ONLY, NOT_A_NUMBER, no_charge, one_of
from providers.freeagent.simulated.showing import text_of
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
TAXABLE, EXEMPT, OUT_OF_SCOPE = STATUSES = ("TAXABLE", "EXEMPT", "OUT_OF_SCOPE")
HOME_STATUS, REVERSE = "UK/Non-EC", "Reverse Charge"
ABROAD = (REVERSE, "EC Goods", "EC Services")
LEFT_THE_EU = "2021-01-01"
_BY_NAME = {"Standard rate": 0, "Reduced rate": 1}
"""The place of a category's own rate among those of the company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What decides which tax an amount bears, beside what was sent."""

    day: str
    ec_status: str
    exchange_rate: Decimal
    is_foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """The tax of an amount, positive as the amount is; both in the document's currency."""

    gross: Decimal
    value: Decimal
    status: str
    rate: Decimal | None = None
    manual: Decimal | None = None

    @property
    def net(self) -> Decimal:
        return self.gross - self.value

    @property
    def json(self) -> Json:
        """As it is answered; without the value, whose sign depends on where it stands."""
        found: Json = {"sales_tax_status": self.status, "sales_tax_rate": self.rate}
        return {**found, "manual_sales_tax_amount": self.manual}


def ec_status(fields: Fields, day: str | None) -> str:
    """One that was allowed on that day: dev.freeagent.com/docs/bills."""
    has_left = (day or LEFT_THE_EU) >= LEFT_THE_EU and not fields.books.company["_is_in_northern_ireland"]
    options = [HOME_STATUS]
    if (day or LEFT_THE_EU) >= LEFT_THE_EU:
        options.append(REVERSE)
    if not has_left:
        options += ["EC Goods", "EC Services"]
    return fields.choice("ec_status", options, HOME_STATUS) or HOME_STATUS


def on_purchase(
    fields: Fields,
    case: Case,
    category: Json | None,
    *,
    gross: Decimal | None,
    net: Decimal | None = None,
    is_sale: bool = False,
) -> Tax:
    """Of what is bought, or sold over the counter; by its gross, or else by its net."""
    scheme = fields.books.tax_on(case.day)
    bears = scheme.is_registered if is_sale else scheme.is_value_added
    rate, status = _rate(fields, case, category, bears=bears)
    known = gross if gross is not None else net or NOTHING
    manual = fields.amount("manual_sales_tax_amount")
    if manual is not None:
        return _by_hand(fields, case, known, manual, has_gross=gross is not None)
    if gross is None:
        value = rounded(known * rate / 100)
        return Tax(gross=known + value, value=value, status=status, rate=rate)
    return Tax(gross=known, value=rounded(known * rate / (100 + rate)), status=status, rate=rate)


def _by_hand(fields: Fields, case: Case, known: Decimal, manual: Decimal, *, has_gross: bool) -> Tax:
    if manual and not fields.books.tax_on(case.day).is_value_added:
        fields.say("sales_tax_rate", AUTO_ONLY)
    value = abs(rounded(manual / case.exchange_rate if case.is_foreign else manual))
    value = -value if known < 0 else value
    if abs(value) > abs(known):
        fields.say("manual_sales_tax_amount", "must be less than or equal to the total value")
    gross = known if has_gross else known + value
    return Tax(gross=gross, value=value, status=TAXABLE, manual=abs(manual))


def _rate(fields: Fields, case: Case, category: Json | None, *, bears: bool) -> tuple[Decimal, str]:
    """The rate of tax within a gross, and what its status is then; `bears`: whether sales tax has a place there."""
    own, status = auto_rate(fields.books, case.day, category)
    status = fields.choice("sales_tax_status", STATUSES) or status
    sent = sent_rate(fields)
    scheme = fields.books.tax_on(case.day)
    if case.is_foreign:
        return NOTHING, status
    if not bears or status != TAXABLE:
        if sent:
            fields.say("sales_tax_rate", AUTO_ONLY)
        return NOTHING, status if bears else OUT_OF_SCOPE
    if case.ec_status in ABROAD:
        if sent:
            fields.say("sales_tax_rate", no_charge(case.ec_status))
        return NOTHING, status
    if sent is None:
        return own, status
    if sent not in scheme.rates:
        fields.say("sales_tax_rate", one_of([text_of(rate) for rate in scheme.rates]))
    return sent, status


def sent_rate(fields: Fields) -> Decimal | None:
    """The rate that was sent; `Auto` is none."""
    sent = fields.sent.get("sales_tax_rate")
    if sent in (None, "") or str(sent).casefold() == "auto":
        return None
    try:
        return amount_of(sent)
    except ValueError:
        fields.say("sales_tax_rate", NOT_A_NUMBER)
        return None


def auto_rate(books: Books, day: str, category: Json | None) -> tuple[Decimal, str]:
    """What a category bears by itself."""
    scheme = books.tax_on(day)
    name = (category or {}).get("auto_sales_tax_rate")
    if not scheme.is_registered or name in (None, "Outside of the scope of VAT"):
        return NOTHING, OUT_OF_SCOPE
    if name == "Exempt":
        return NOTHING, EXEMPT
    place = _BY_NAME.get(str(name))
    return (scheme.rates[place] if place is not None and place < len(scheme.rates) else NOTHING), TAXABLE


def on_sale(fields: Fields, case: Case, category: Json | None, contact: Json | None, net: Decimal) -> Tax:
    """Of what is sold, by its net."""
    status = fields.choice("sales_tax_status", STATUSES) or TAXABLE
    scheme, sent = fields.books.tax_on(case.day), sent_rate(fields)
    rate = NOTHING
    if not scheme.is_registered or status != TAXABLE:
        if sent:
            fields.say("sales_tax_rate", AUTO_ONLY)
    elif case.ec_status in ABROAD:
        if sent:
            fields.say("sales_tax_rate", no_charge(case.ec_status))
    elif sent is not None:
        rate = sent
        if sent not in scheme.rates:
            fields.say("sales_tax_rate", one_of([text_of(one) for one in scheme.rates]))
    elif is_charged(fields.books, contact):
        rate = auto_rate(fields.books, case.day, category)[0] if fields.books.is_uk else scheme.rates[0]
    value = rounded(net * rate / 100)
    return Tax(gross=net + value, value=value, status=status if scheme.is_registered else OUT_OF_SCOPE, rate=rate)


def is_charged(books: Books, contact: Json | None) -> bool:
    """Whether sales to a contact bear tax, if nothing is said of it: its own setting."""
    if contact is None or contact["charge_sales_tax"] == "Never":
        return False
    return bool(contact["charge_sales_tax"] == "Always" or contact.get("country") == books.company["country"])
