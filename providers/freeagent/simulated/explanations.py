"""What bank transactions are for: dev.freeagent.com/docs/bank_transaction_explanations.

An explanation is of one line. With a `bank_account` a manual transaction is made for it; with a `bank_transaction` it explains one
that is there, or a part of it. It has a category, or pays a bill, an invoice or a user, or moves money to another account.

Unverified: that more than is due of a bill, or than is left of a transaction, is refused, and in which words; and that a manual
transaction goes with its only explanation (support article 4456463238802 has "Delete this Entry").
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from providers.freeagent.simulated import settling
from providers.freeagent.simulated.books import Books, transaction
from providers.freeagent.simulated.expenses import is_claimant
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.refusals import AUTO_ONLY, BLANK, INVALID
from providers.freeagent.simulated.taxes import Case, ec_status, on_purchase, sent_rate
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
EXPLANATIONS, TRANSACTIONS = "bank_transaction_explanations", "bank_transactions"
_TARGETS = ("paid_bill", "paid_invoice", "transfer_bank_account")
"""Those that need no category."""


@dataclass(slots=True)
class Explanations(Writer):
    kind: ClassVar[str] = EXPLANATIONS
    words: ClassVar[str] = "Bank transaction explanation"
    takes_more: ClassVar[bool] = True

    def read(self, fields: Fields, before: Json | None) -> Json:
        moved = fields.link("bank_transaction", TRANSACTIONS)
        account = self.books.at(moved["bank_account"]) if moved else fields.link("bank_account", "bank_accounts")
        if account is None and not fields.has("bank_transaction") and not fields.has("bank_account"):
            fields.say("bank_account", BLANK)
        day = self.day(fields)
        gross = rounded(fields.amount("gross_value", is_needed=True) or NOTHING)
        if fields.has("gross_value") and not gross:
            fields.say("gross_value", "must be other than 0")
        currency = str(account["currency"]) if account else self.books.home
        self._is_left(fields, moved, gross, before)
        record: Json = {
            "bank_transaction": moved["url"] if moved else None,
            "bank_account": account["url"] if account else None,
            "dated_on": day,
            "description": self._description(fields),
            "gross_value": gross,
            "receipt_reference": fields.text("receipt_reference"),
            "cheque_number": fields.text("cheque_number"),
            "marked_for_review": False,
            "_currency": currency,
        }
        case = self.case(day, currency, ec_status(fields, day))
        return {**record, **self._purpose(fields, case, gross, before)}

    def _description(self, fields: Fields) -> str | None:
        """Not required for transfers or invoice receipts, says the page."""
        is_free = fields.has("paid_invoice") or fields.has("transfer_bank_account")
        return fields.text("description", is_needed=not is_free)

    def _is_left(self, fields: Fields, moved: Json | None, gross: Decimal, before: Json | None) -> None:
        """A statement's transaction is explained up to its amount; a manual one follows what explains it."""
        if moved is None or moved["is_manual"]:
            return
        left = unexplained(self.books, moved, besides=before["url"] if before else None)
        if gross * left <= 0 or abs(gross) > abs(left):
            fields.say("gross_value", "must not be more than the unexplained amount")

    def _purpose(self, fields: Fields, case: Case, gross: Decimal, before: Json | None) -> Json:
        named = [name for name in _TARGETS if fields.has(name)]
        for name in named[1:]:
            fields.say(name, "must be blank")
        match named[:1]:
            case ["paid_bill"]:
                return self._paid(fields, "paid_bill", "bills", gross, before)
            case ["paid_invoice"]:
                return self._paid(fields, "paid_invoice", "invoices", gross, before)
            case ["transfer_bank_account"]:
                return self._transferred(fields, gross)
            case _:
                return self._coded(fields, case, gross)

    def _coded(self, fields: Fields, case: Case, gross: Decimal) -> Json:
        user = fields.link("paid_user", "users", is_fit=is_claimant)
        category = fields.link("category", "categories", is_needed=not fields.has("paid_user"), is_fit=_is_open)
        if category is None:
            self._has_no_tax(fields)
            return {"paid_user": user["url"] if user else None, "type": _in_or_out(gross, "User")}
        is_sale = category["_group"] == "income_categories"
        tax = on_purchase(fields, case, category, gross=gross, is_sale=is_sale)
        project = fields.link("project", "projects")
        return {
            "type": "Sales" if is_sale else "Payment" if gross < 0 else "Refund",
            "category": category["url"],
            "paid_user": user["url"] if user else None,
            "ec_status": case.ec_status,
            **tax.json,
            "sales_tax_value": tax.value,
            "project": project["url"] if project else None,
            **self.rebilled(fields, project),
        }

    def _paid(self, fields: Fields, name: str, kind: str, gross: Decimal, before: Json | None) -> Json:
        """A bill, an invoice or a credit note that is paid, or paid back."""
        self._has_no_tax(fields)
        path = str(fields.sent[name])
        kind = "credit_notes" if name == "paid_invoice" and "/credit_notes/" in path else kind
        document = fields.link(name, kind, is_fit=lambda one: one.get("_state", "sent") == "sent")
        if document is None:
            return {}
        signed = -gross if kind == "bills" else gross
        settles, foreign = self._in_currency_of(fields, document, signed)
        left = settling.due(self.books, document, besides=before["url"] if before else None)
        is_too_much = settles * left < 0 or (kind == "bills" and abs(settles) > abs(left))
        if is_too_much or not left:
            fields.say("gross_value", "must not be more than the amount due")
        words = {"bills": "Bill Payment", "invoices": "Invoice Receipt", "credit_notes": "Credit Note Refund"}
        found: Json = {"type": words[kind], name: document["url"], "_settles": settles}
        return {**found, "foreign_currency_value": foreign}

    def _in_currency_of(self, fields: Fields, document: Json, signed: Decimal) -> tuple[Decimal, Decimal | None]:
        """How much it is of a document in another currency: as it is said, or by the rates of the day."""
        account = fields.link("bank_account", "bank_accounts")
        moved = fields.link("bank_transaction", TRANSACTIONS)
        account = self.books.at(moved["bank_account"]) if moved else account
        currency = account["currency"] if account else self.books.home
        if currency == document["currency"]:
            return signed, None
        said = fields.amount("foreign_currency_value")
        worked_out = rounded(abs(signed) * self.books.rate(currency) / self.books.rate(document["currency"]))
        value = worked_out if said is None else abs(rounded(said))
        return (-value if signed < 0 else value), value

    def _transferred(self, fields: Fields, gross: Decimal) -> Json:
        self._has_no_tax(fields)
        other = fields.link("transfer_bank_account", "bank_accounts")
        own = fields.link("bank_account", "bank_accounts")
        if other is not None and own is not None and other["url"] == own["url"]:
            fields.say("transfer_bank_account", INVALID)
        address = other["url"] if other else None
        words = "Transfer to Another Account" if gross < 0 else "Transfer from Another Account"
        return {"type": words, "transfer_bank_account": address, "linked_transfer_account": address}

    def _has_no_tax(self, fields: Fields) -> None:
        if (sent_rate(fields) or NOTHING) > 0:
            fields.say("sales_tax_rate", AUTO_ONLY)

    # Keeping

    def as_sent(self, before: Json) -> Json:
        """What was worked out from the amount is worked out again."""
        return {name: value for name, value in before.items() if name != "foreign_currency_value"}

    def create(self, sent: Json) -> Json:
        fields = Fields(self.books, sent)
        record, file = self._checked(fields, None)
        saved = self._with_file(self.books.create(self.kind, self._with_transaction(record)), file)
        return self._linked(saved) if saved.get("transfer_bank_account") else saved

    def _with_transaction(self, record: Json) -> Json:
        if record["bank_transaction"]:
            return record
        made = self.books.create(TRANSACTIONS, _moved(record))
        return {**record, "bank_transaction": made["url"]}

    def _linked(self, saved: Json) -> Json:
        """The other side of a transfer, in the other account's currency."""
        other = self.books.at(saved["transfer_bank_account"]) or {}
        rate = self.books.rate(saved["_currency"]) / self.books.rate(str(other["currency"]))
        side = {
            **{name: saved[name] for name in ("dated_on", "description", "marked_for_review")},
            "bank_transaction": None,
            "bank_account": other["url"],
            "gross_value": rounded(-saved["gross_value"] * rate),
            "type": "Transfer from Another Account" if saved["gross_value"] < 0 else "Transfer to Another Account",
            "transfer_bank_account": saved["bank_account"],
            "linked_transfer_account": saved["bank_account"],
            "linked_transfer_explanation": saved["url"],
            "_currency": other["currency"],
        }
        made = self.books.create(self.kind, self._with_transaction(side))
        return self.books.save(self.kind, {**saved, "linked_transfer_explanation": made["url"]})

    def update(self, before: Json, sent: Json) -> Json:
        saved = Writer.update(self, before, sent)
        moved = self.books.at(saved["bank_transaction"])
        if moved is not None and moved["is_manual"]:
            self.books.save(TRANSACTIONS, {**moved, **_moved(saved)})
        if saved.get("transfer_bank_account"):
            self._drop_side(before)
            return self._linked(saved)
        return saved

    def delete(self, before: Json) -> None:
        Writer.delete(self, before)
        self._drop_transaction(before)
        self._drop_side(before)

    def _drop_side(self, before: Json) -> None:
        side = self.books.at(before.get("linked_transfer_explanation"))
        if side is not None:
            self.books.delete(self.kind, side)
            self._drop_transaction(side)

    def _drop_transaction(self, explanation: Json) -> None:
        moved = self.books.at(explanation["bank_transaction"])
        if self.books.company.get("_keeps_transactions"):
            return
        if moved is not None and moved["is_manual"] and not explaining(self.books, moved):
            self.books.delete(TRANSACTIONS, moved)


def _is_open(category: Json) -> bool:
    return not (category["_system"] or category.get("_is_gone"))


def _in_or_out(gross: Decimal, whom: str) -> str:
    return f"Money Paid to {whom}" if gross < 0 else f"Money Received from {whom}"


def _moved(explanation: Json) -> Json:
    """The manual transaction that an explanation makes."""
    words = str(explanation.get("description") or explanation["type"])
    account, day, gross = explanation["bank_account"], explanation["dated_on"], explanation["gross_value"]
    return transaction(account, day, words, gross, is_manual=True)


def explaining(books: Books, moved: Json) -> list[Json]:
    return [one for one in books.shelf(EXPLANATIONS).values() if one["bank_transaction"] == moved["url"]]


def unexplained(books: Books, moved: Json, besides: str | None = None) -> Decimal:
    explained = sum((one["gross_value"] for one in explaining(books, moved) if one["url"] != besides), NOTHING)
    return Decimal(moved["amount"] - explained)


def presented(books: Books, explanation: Json) -> Json:
    """With what may be done with it: `is_locked`, `locked_reason`, `is_deletable`."""
    is_locked, gross = explanation["dated_on"] <= books.locked_to, explanation["gross_value"]
    return {
        **explanation,
        "is_money_in": gross > 0,
        "is_money_out": gross < 0,
        "is_money_paid_to_user": bool(explanation.get("paid_user")),
        "is_locked": is_locked,
        "locked_reason": books.lock_told if is_locked else None,
        "locked_attributes": ["dated_on", "gross_value", "category"] if is_locked else [],
        "is_deletable": not is_locked,
    }


def transaction_presented(books: Books, moved: Json) -> Json:
    """With what explains it, in full: so the sandbox answered dinoconstantinou87/FreeAgent (2026)."""
    told = [presented(books, one) for one in explaining(books, moved)]
    return {**moved, "unexplained_amount": unexplained(books, moved), "bank_transaction_explanations": told}
