"""Other payments and other receipts: money that is spent from a bank account, or comes to it, without any invoice.

Required are type, date, total and lines, and of a line its ledger account and its total (swagger 3.1). That the lines have to
come to the total, and that a bank account has to be named, is unverified.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

from providers.sage.simulated import settling
from providers.sage.simulated.books import Books, to
from providers.sage.simulated.kinds import FIXED_LISTS
from providers.sage.simulated.lines import NOTHING
from providers.sage.simulated.references import References, is_without_tax, percentage
from providers.sage.simulated.refusals import REQUIRED, Problem, invalid, not_found, refused
from providers.sage.simulated.seed import reference
from providers.sage.simulated.shapes import Fields
from providers.simulating.numbers import Json, rounded

TYPES = {"OTHER_PAYMENT": "other_payments", "OTHER_RECEIPT": "other_receipts"}
"""With the area in which their ledger accounts are offered."""
WRONG_SUM = "Total amount must be the sum of the payment lines."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    account: str
    total: Decimal
    details: str | None
    rate: str | None
    net: Decimal | None
    tax: Decimal | None
    categories: list[str]


@dataclass(slots=True)
class OtherPayments:
    books: Books
    references: References = field(init=False)

    def __post_init__(self) -> None:
        self.references = References(self.books)

    def create(self, fields: Fields) -> Json:
        record = self._checked(fields)
        kind = record["transaction_type"]["id"]
        record |= {"transaction": settling.new_transaction(kind), "deleted_at": None, "_sent": fields.sent}
        return self.books.create("other_payments", _words(record), record)

    def update(self, key: str, fields: Fields) -> Json:
        before = self._standing(key)
        self.references.is_open(before["date"])
        merged = Fields({**before["_sent"], **fields.sent}, fields.name, fields.problems)
        return self.books.save("other_payments", {**before, **self._checked(merged), "_sent": merged.sent})

    def delete(self, key: str) -> None:
        before = self._standing(key)
        self.references.is_open(before["date"])
        self.books.delete("other_payments", before)

    def _standing(self, key: str) -> Json:
        found = self.books.get("other_payments", key)
        if found is None or found["deleted_at"]:
            raise not_found()
        return found

    def _checked(self, fields: Fields) -> Json:
        fields.needs("transaction_type_id", "date", "total_amount", "payment_lines")
        kind, day, total = fields.text("transaction_type_id"), fields.day("date"), fields.amount("total_amount")
        bank_id, contact_id = fields.text("bank_account_id"), fields.text("contact_id")
        words, method = fields.text("reference"), fields.text("payment_method_id")
        sent = list(_read(fields))
        fields.done()
        if kind not in TYPES or (method is not None and method not in FIXED_LISTS["payment_methods"]):
            raise not_found()
        if bank_id is None:
            raise invalid(REQUIRED, "bank_account_id")
        bank, contact = self.references.bank(bank_id), self._contact(contact_id)
        self.references.is_open(day)
        lines = self._worked_out(sent, TYPES[kind])
        sums = {
            name: sum((line[name] for line in lines), NOTHING) for name in ("net_amount", "tax_amount", "total_amount")
        }
        if sums["total_amount"] != rounded(total or NOTHING):
            raise invalid(WRONG_SUM, "total_amount")
        return {
            "transaction_type": reference("transaction_types", kind, FIXED_LISTS["transaction_types"][kind]),
            "payment_method": None
            if method is None
            else reference("payment_methods", method, FIXED_LISTS["payment_methods"][method]),
            "contact": None if contact is None else to("contacts", contact),
            "bank_account": to("bank_accounts", bank),
            "date": day,
            **sums,
            "reference": words,
            "payment_lines": lines,
            "editable": True,
            "deletable": True,
        }

    def _contact(self, wanted: str | None) -> Json | None:
        """Of either kind."""
        if wanted is None:
            return None
        found = self.books.get("contacts", wanted)
        if found is None or found["deleted_at"]:
            raise not_found()
        return found

    def _worked_out(self, lines: list[Line], visible: str) -> list[Json]:
        missing = [Problem("RecordInvalid", REQUIRED, "line_items.tax_rate_id") for line in lines if line.rate is None]
        if missing:
            raise refused(missing[:1])
        return [self._line(line, visible) for line in lines]

    def _line(self, line: Line, visible: str) -> Json:
        references = self.references
        account, tax_rate = references.account(line.account, visible), references.tax_rate(str(line.rate))
        total, share = rounded(line.total), percentage(tax_rate)
        tax = line.tax
        if tax is None:
            tax = total * share / (100 + share) if line.net is None else total - line.net
        tax = NOTHING if is_without_tax(tax_rate) else rounded(tax)
        if line.net is not None and rounded(line.net) + tax != total:
            raise invalid("Total amount must be the sum of net and tax.", "line_items.total_amount")
        return {
            "id": uuid4().hex,
            "displayed_as": line.details or account["displayed_as"],
            "ledger_account": to("ledger_accounts", account),
            "details": line.details,
            "tax_rate": to("tax_rates", tax_rate),
            "net_amount": total - tax,
            "tax_amount": tax,
            "total_amount": total,
            "trade_of_asset": False,
            "analysis_type_categories": [
                {**to("analysis_type_categories", one), "analysis_type": one["analysis_type"]}
                for one in references.categories(line.categories, "BANKING")
            ],
        }


def _read(fields: Fields) -> Iterator[Line]:
    for one in fields.objects("payment_lines"):
        one.needs("ledger_account_id", "total_amount")
        yield Line(
            account=one.text("ledger_account_id") or "",
            total=one.amount("total_amount") or NOTHING,
            details=one.text("details"),
            rate=one.text("tax_rate_id"),
            net=one.amount("net_amount"),
            tax=one.amount("tax_amount"),
            categories=one.ids("analysis_type_categories"),
        )


def _words(record: Json) -> str:
    return str(record["reference"] or record["transaction_type"]["displayed_as"])
