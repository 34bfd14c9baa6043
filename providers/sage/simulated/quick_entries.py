"""Quick entries: an invoice or a credit note by its sums alone, on one ledger account.

Required are type, date, contact, reference and ledger account (swagger 3.1). Net and tax, or the total, are sent; what is not
sent is worked out by the rate (unverified).
"""

from dataclasses import dataclass, field
from decimal import Decimal

from providers.sage.simulated import settling
from providers.sage.simulated.artefacts import IN_USE, NOT_EDITABLE, totals
from providers.sage.simulated.books import Books, to
from providers.sage.simulated.kinds import FIXED_LISTS
from providers.sage.simulated.lines import BUYING, NOTHING, SELLING, Side
from providers.sage.simulated.references import References, is_without_tax, percentage
from providers.sage.simulated.refusals import REQUIRED, invalid, not_allowed, not_found
from providers.sage.simulated.seed import reference
from providers.sage.simulated.shapes import LONGEST_NOTE, Fields
from providers.simulating.numbers import Json, rounded

SIDES = {"purchase_quick_entries": BUYING, "sales_quick_entries": SELLING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An entry as it was sent, in good form."""

    kind: str
    day: str | None
    contact: str
    reference: str
    account: str
    details: str | None
    tax_rate: str | None
    net: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    currency: str | None
    rate: Decimal | None
    inverse_rate: Decimal | None
    categories: list[str]


@dataclass(slots=True)
class QuickEntries:
    books: Books
    plural: str
    references: References = field(init=False)

    def __post_init__(self) -> None:
        self.references = References(self.books)

    @property
    def side(self) -> Side:
        return SIDES[self.plural]

    def create(self, fields: Fields) -> Json:
        record = self._checked(fields)
        kind = f"{'PURCHASE' if self.side is BUYING else 'SALES'}_QUICK_{record['quick_entry_type']['id']}"
        record |= {
            "transaction": settling.new_transaction(kind),
            "transaction_type": reference("transaction_types", kind, FIXED_LISTS["transaction_types"][kind]),
            "deleted_at": None,
            "_sent": fields.sent,
        }
        made = self.books.create(self.plural, record["reference"], record)
        settling.settle(self.books, [made["id"]])
        return self.books.shelf(self.plural)[made["id"]]

    def update(self, key: str, fields: Fields) -> Json:
        before = self._standing(key)
        if not before["editable"]:
            raise not_allowed(NOT_EDITABLE)
        self.references.is_open(before["date"])
        merged = Fields({**before["_sent"], **fields.sent}, fields.name, fields.problems)
        saved = self.books.save(self.plural, {**before, **self._checked(merged), "_sent": merged.sent})
        settling.settle(self.books, [saved["id"]])
        return self.books.shelf(self.plural)[saved["id"]]

    def delete(self, key: str) -> None:
        before = self._standing(key)
        self.references.is_open(before["date"])
        if any(settling.settlements(self.books, before["id"])):
            raise not_allowed(IN_USE)
        self.books.delete(self.plural, before)

    def _standing(self, key: str) -> Json:
        found = self.books.get(self.plural, key)
        if found is None or found["deleted_at"]:
            raise not_found()
        return found

    def _checked(self, fields: Fields) -> Json:
        fields.needs("quick_entry_type_id", "date", "contact_id", "reference", "ledger_account_id")
        sent = _read(fields)
        fields.done()
        if sent.kind not in FIXED_LISTS["quick_entry_types"]:
            raise not_found()
        references = self.references
        contact = references.contact(sent.contact, self.side.contact)
        references.is_open(sent.day)
        account = references.account(sent.account, self.side.visible)
        currency = references.currency(sent.currency, contact)
        rate = references.rate(currency, sent.rate, sent.inverse_rate)
        if sent.tax_rate is None:
            raise invalid(REQUIRED, "tax_rate_id")
        tax_rate = references.tax_rate(sent.tax_rate)
        categories = references.categories(sent.categories, self.side.area)
        return {
            **_amounts(self.books, sent, tax_rate, currency, rate),
            "editable": True,
            "quick_entry_type": reference("quick_entry_types", sent.kind, FIXED_LISTS["quick_entry_types"][sent.kind]),
            "contact": to("contacts", contact),
            "contact_name": contact["name"],
            "contact_reference": contact["reference"],
            "date": sent.day,
            "reference": sent.reference,
            "details": sent.details,
            "ledger_account": to("ledger_accounts", account),
            "tax_rate": to("tax_rates", tax_rate),
            "status": settling.status("UNPAID"),
            "payments_allocations": [],
            "last_paid": None,
            "migrated": False,
            "analysis_type_categories": [
                {**to("analysis_type_categories", one), "analysis_type": one["analysis_type"]} for one in categories
            ],
        }


def _read(fields: Fields) -> Sent:
    return Sent(
        kind=fields.text("quick_entry_type_id") or "",
        day=fields.day("date"),
        contact=fields.text("contact_id") or "",
        reference=fields.text("reference") or "",
        account=fields.text("ledger_account_id") or "",
        details=fields.text("details", LONGEST_NOTE),
        tax_rate=fields.text("tax_rate_id"),
        net=fields.amount("net_amount"),
        tax=fields.amount("tax_amount"),
        total=fields.amount("total_amount"),
        currency=fields.text("currency_id"),
        rate=fields.amount("exchange_rate"),
        inverse_rate=fields.amount("inverse_exchange_rate"),
        categories=fields.ids("analysis_type_categories"),
    )


def _amounts(books: Books, sent: Sent, tax_rate: Json, currency: str, rate: Decimal) -> Json:
    net, tax, total = _summed(sent, tax_rate)
    line: Json = {"net_amount": net, "tax_amount": tax, "total_amount": total}
    at_home = (rounded(net / rate), rounded(tax / rate))
    line |= {"base_currency_net_amount": at_home[0], "base_currency_tax_amount": at_home[1]}
    told = totals(books, [{**line, "base_currency_total_amount": sum(at_home, NOTHING)}], currency, rate)
    del told["total_quantity"]
    return told


def _summed(sent: Sent, tax_rate: Json) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax and total, of those that were sent."""
    share, tax = percentage(tax_rate), NOTHING if is_without_tax(tax_rate) else sent.tax
    if sent.net is None and sent.total is None:
        raise invalid(REQUIRED, "net_amount")
    if sent.net is None:
        whole = rounded(sent.total or NOTHING)
        tax = rounded(whole * share / (100 + share)) if tax is None else rounded(tax)
        return whole - tax, tax, whole
    net = rounded(sent.net)
    tax = rounded(net * share / 100) if tax is None else rounded(tax)
    if sent.total is not None and rounded(sent.total) != net + tax:
        raise invalid("Total amount must be the sum of net and tax.", "total_amount")
    return net, tax, net + tax
