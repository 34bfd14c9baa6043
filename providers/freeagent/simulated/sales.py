"""Invoices and credit notes: dev.freeagent.com/docs/invoices and credit_notes.

Both begin as drafts and become something by being sent; then they keep what they say (api-discuss.freeagent.com/t/819 and 3486). A
credit note is of less than nothing, as its examples are; that others are refused is unverified. Prices are rounded to pennies
before anything else (api-discuss 510, of 2012).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from providers.freeagent.simulated import settling
from providers.freeagent.simulated.books import Books, name_of
from providers.freeagent.simulated.charts import CURRENCIES
from providers.freeagent.simulated.fields import Fields, goes
from providers.freeagent.simulated.refusals import (
    INVALID,
    LOCKED_ATTRIBUTE,
    TAKEN,
    InvalidError,
    not_in_this_state,
    refused,
)
from providers.freeagent.simulated.taxes import Case, ec_status, on_sale
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
DRAFT, SENT, SCHEDULED, CANCELLED = "draft", "sent", "scheduled", "cancelled"
TIMES = ("Hours", "Days", "Weeks", "Months", "Years")
TYPES = (
    *TIMES,
    "Products",
    "Services",
    "Training",
    "Expenses",
    "Comment",
    "Bills",
    "Discount",
    "Credit",
    "VAT",
    "Stock",
)
_LOCKED = ("contact", "dated_on", "reference", "currency", "payment_terms_in_days", "ec_status", "discount_percent")
_ITEM_LOCKED = ("description", "item_type", "quantity", "price", "sales_tax_rate", "category")
_FIRST = "/v2/categories/001"


def is_income(category: Json) -> bool:
    """dev.freeagent.com/docs/price_list_items has "Income accounting category"; of invoices it is unverified."""
    return bool(category["_group"] == "income_categories" and not category.get("_is_gone"))


@dataclass(slots=True)
class Sales(Writer):
    takes_file: ClassVar[bool] = False
    items: ClassVar[str]

    def read(self, fields: Fields, before: Json | None) -> Json:
        contact = fields.link("contact", "contacts", is_needed=True)
        day, terms = self.day(fields), fields.whole("payment_terms_in_days", is_needed=True)
        due = self._due(fields, day, terms)
        currency = fields.currency(CURRENCIES)
        project = fields.link("project", "projects")
        if project is not None and project["currency"] != currency:
            fields.say("currency", f"must be {project['currency']}, the currency of the project")
        case = self.case(day, currency, ec_status(fields, day))
        reference = self._reference(fields, before)
        items = self._items(fields, case, contact, before)
        bank = fields.link("bank_account", "bank_accounts") or self._primary()
        return {
            "contact": contact["url"] if contact else None,
            "contact_name": name_of(contact),
            "project": project["url"] if project else None,
            "reference": reference,
            "dated_on": day,
            "due_on": due,
            "payment_terms_in_days": terms,
            "currency": currency,
            "exchange_rate": case.exchange_rate,
            "net_value": sum((one["_net"] for one in items), NOTHING),
            "sales_tax_value": sum((one["_tax"] for one in items), NOTHING),
            "total_value": sum((one["_net"] + one["_tax"] for one in items), NOTHING),
            "involves_sales_tax": any(one["_tax"] for one in items),
            "is_interim_uk_vat": False,
            "ec_status": case.ec_status,
            "comments": fields.text("comments", longest=65535),
            "discount_percent": fields.amount("discount_percent"),
            "omit_header": fields.flag("omit_header", default=False),
            "bank_account": bank["url"] if bank else None,
            self.items: items,
            "_state": before["_state"] if before else DRAFT,
            "_written_off_on": before["_written_off_on"] if before else None,
        }

    def _due(self, fields: Fields, day: str | None, terms: int | None) -> str | None:
        """Whatever was sent as `due_on`."""
        if day is None or terms is None:
            return None
        try:
            return (date.fromisoformat(day) + timedelta(days=terms)).isoformat()
        except OverflowError:
            fields.say("payment_terms_in_days", INVALID)
            return None

    def _primary(self) -> Json | None:
        return next((one for one in self.books.shelf("bank_accounts").values() if one["is_primary"]), None)

    def _reference(self, fields: Fields, before: Json | None) -> str | None:
        """One of its own, among invoices and credit notes; the next of the sequence, if none was sent."""
        if not fields.has("reference"):
            return self._next_reference()
        found = fields.text("reference")
        own = before["url"] if before else None
        for kind in ("invoices", "credit_notes"):
            for one in self.books.shelf(kind).values():
                if one["reference"] == found and one["url"] != own:
                    fields.say("reference", TAKEN)
                    return found
        return found

    def _next_reference(self) -> str:
        used = [one["reference"] for kind in ("invoices", "credit_notes") for one in self.books.shelf(kind).values()]
        numbers = [int(match[0]) for one in used if (match := re.search(r"\d+$", str(one)))]
        return f"{max(numbers, default=0) + 1:03d}"

    def _items(self, fields: Fields, case: Case, contact: Json | None, before: Json | None) -> list[Json]:
        sent = fields.sent.get(self.items) or []
        if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
            fields.say(self.items, INVALID)
            return []
        known = {one["url"]: one for one in (before or {}).get(self.items, [])}
        discount = fields.amount("discount_percent") or NOTHING
        so_far, rows = len(fields.problems), self._merged(fields, sent, known)
        found = [
            self._item(fields.within(self.items, one), case, contact, discount) | {"position": place}
            for place, one in enumerate(rows, 1)
        ]
        if len(fields.problems) > so_far:
            fields.problems.append(f"{self.items} contain errors")
        return found

    def _merged(self, fields: Fields, sent: list[Json], known: dict[str, Json]) -> list[Json]:
        """By `id`, or by address; those that are not named stay, and one with `_destroy` goes."""
        left, fresh = dict(known), []
        for one in sent:
            number = str(one.get("id") or one.get("url") or "").rsplit("/", 1)[-1]
            path = f"/v2/invoice_items/{number}"
            if not number:
                fresh.append(one)
            elif path not in known:
                fields.say(f"{self.items}.id", INVALID)
            elif goes(one):
                left.pop(path, None)
            else:
                left[path] = {**known[path], **one, "url": path}
        return [*left.values(), *fresh]

    def _item(self, fields: Fields, case: Case, contact: Json | None, discount: Decimal) -> Json:
        description = fields.text("description", is_needed=True, longest=65535)
        kind = fields.choice("item_type", TYPES)
        price = fields.amount("price", is_needed=kind not in TIMES)
        quantity = fields.amount("quantity") or NOTHING
        category = fields.link("category", "categories", is_fit=is_income) or self.books.at(_FIRST)
        project = fields.link("project", "projects")
        price = rounded(price or NOTHING)
        net = rounded(quantity * price * (100 - discount) / 100)
        tax = on_sale(fields, case, category, contact, net)
        return {
            "url": fields.sent.get("url") or f"/v2/invoice_items/{self.books.next_id('invoice_items')}",
            "description": description,
            "item_type": kind,
            "price": price,
            "quantity": quantity,
            "sales_tax_rate": tax.rate,
            "sales_tax_status": tax.status,
            "category": category["url"] if category else None,
            "project": project["url"] if project else None,
            "_net": net,
            "_tax": tax.value,
        }

    # Changing

    def as_sent(self, before: Json) -> Json:
        return {name: value for name, value in before.items() if name != self.items}

    def update(self, before: Json, sent: Json) -> Json:
        self.may_change(before)
        if before["_state"] != DRAFT:
            self._keeps_what_it_says(before, sent)
        return Writer.update(self, before, sent)

    def _keeps_what_it_says(self, before: Json, sent: Json) -> None:
        """
        Raises:
            InvalidError: a change of what a sent document says.
        """  # noqa: D212
        read = self.read(Fields(self.books, {**self.as_sent(before), **sent}), before)
        found = [
            f"{'contact_id' if name == 'contact' else name} {LOCKED_ATTRIBUTE}"
            for name in _LOCKED
            if read[name] != before[name]
        ]
        items = {name for one in sent.get(self.items) or [] if isinstance(one, dict) for name in one}
        told = [f"{self.items}.{name} {LOCKED_ATTRIBUTE}" for name in _ITEM_LOCKED if name in items]
        found += [*told, f"{self.items} contain errors"] if told else []
        if found:
            raise InvalidError(found)

    def may_go(self, before: Json) -> None:
        """Only a draft: support article 4404644275218."""
        if before["_state"] != DRAFT:
            raise not_in_this_state(f"{self.words} cannot be deleted because it is not a draft")

    def move(self, before: Json, to: str) -> Json:
        """A transition.

        Raises:
            RefusalError: it is locked, empty, paid, or not far enough for it; but for the lock, the words are unverified. That what
                has no items is not sent is of a credit note (dinoconstantinou87/FreeAgent, 2026).
        """
        self.may_change(before)
        if to in (SENT, SCHEDULED) and not before[self.items]:
            raise refused(403, f"{self.words} has no items")
        if to in (DRAFT, SCHEDULED) and settling.is_touched(self.books, before):
            raise InvalidError([f"{self.words} cannot be marked as {to} because it has been paid"])
        if to == CANCELLED and (before["_state"] != SENT or before["due_on"] >= self.books.today().isoformat()):
            raise InvalidError([f"{self.words} must be sent and have a due date in the past to be marked as cancelled"])
        day = self.books.today().isoformat() if to == CANCELLED else None
        return self.books.save(self.kind, {**before, "_state": to, "_written_off_on": day})


@dataclass(slots=True)
class Invoices(Sales):
    kind: ClassVar[str] = "invoices"
    words: ClassVar[str] = "Invoice"
    items: ClassVar[str] = "invoice_items"


@dataclass(slots=True)
class CreditNotes(Sales):
    kind: ClassVar[str] = "credit_notes"
    words: ClassVar[str] = "Credit note"
    items: ClassVar[str] = "credit_note_items"

    def read(self, fields: Fields, before: Json | None) -> Json:
        record = Sales.read(self, fields, before)
        if record["total_value"] > 0:
            fields.say("total_value", "must be less than or equal to 0")
        return record


def presented(books: Books, document: Json, *, is_nested: bool) -> Json:
    """With what became of it."""
    is_credit = "credit_note_items" in document
    left = settling.due(books, document)
    status = _status(document, left, books.today().isoformat(), is_credit=is_credit)
    found: Json = {**document, "due_value": left, "status": status, "long_status": status}
    found["refunded_value" if is_credit else "paid_value"] = document["total_value"] - left
    if status in ("Open", "Overdue"):
        found["long_status"] = f"{status} – {settling.days_left(document['due_on'], books.today())}"
    day = settling.paid_on(books, document) if status in ("Paid", "Overpaid", "Refunded") else None
    if day:
        found["long_status"] = f"{status} on – {date.fromisoformat(day):%-d %b %y}"
    if is_credit:
        found["refunded_on"] = day
    else:
        found |= {"paid_on": day, "written_off_date": document["_written_off_on"], "always_show_bic_and_iban": False}
        found |= dict.fromkeys(("send_new_invoice_emails", "send_reminder_emails", "send_thank_you_emails"), False)
        found["payment_methods"] = {}
    items = "credit_note_items" if is_credit else "invoice_items"
    return found if is_nested else {**found, items: None}


def _status(document: Json, left: Decimal, today: str, *, is_credit: bool) -> str:
    total, state = document["total_value"], document["_state"]
    if state == DRAFT:
        return "Draft"
    if state == SCHEDULED:
        return "Scheduled To Email"
    if state == CANCELLED:
        return "Written-off" if left == total else "Part written-off"
    if not total:
        return "Zero Value"
    if not left:
        return "Refunded" if is_credit or total < 0 else "Paid"
    if left * total < 0:
        return "Overpaid"
    return "Overdue" if document["due_on"] < today else "Open"
