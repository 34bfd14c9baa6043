"""Bills: dev.freeagent.com/docs/bills. One with less than nothing is a refund, which is how a supplier's credit is kept.

Not known, and so not refused: a reference that was used before, a due date before that of the bill, a contact that is hidden.
Recurring bills, hire purchase, capital assets' depreciation and the Construction Industry Scheme are not simulated.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from providers.freeagent.simulated import settling
from providers.freeagent.simulated.books import Books, name_of
from providers.freeagent.simulated.charts import CURRENCIES
from providers.freeagent.simulated.fields import Fields, address_of, goes
from providers.freeagent.simulated.refusals import BLANK, INVALID, LOCKED_ATTRIBUTE, InvalidError, not_in_this_state
from providers.freeagent.simulated.taxes import Case, Tax, ec_status, on_purchase
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded

MOST_ITEMS = 40
STOCK = "609"
UNITS = (
    *("-no unit-", "Hours", "Days", "Weeks", "Months", "Years"),
    *("Products", "Services", "Training", "Stock"),
)
NOTHING = Decimal("0.00")
_LOCKED = ("contact", "reference", "dated_on", "currency")
"""What a paid bill keeps, beside the amounts of its items: support articles 115001222844 and 6076091754130."""
PAID = "Some parts of this bill are locked and it can't be deleted, because it has payments associated."
"""The sandbox's own words (dinoconstantinou87/FreeAgent, 2026)."""


def is_spending(category: Json) -> bool:
    """Whether money can be spent on it. That income is refused on a purchase is unverified."""
    return not (category["_system"] or category.get("_is_gone") or category["_group"] == "income_categories")


def is_asset(category: Json | None) -> bool:
    return category is not None and "601" <= str(category["nominal_code"])[:3] <= "607"


@dataclass(slots=True)
class Bills(Writer):
    kind: ClassVar[str] = "bills"
    words: ClassVar[str] = "Bill"

    def read(self, fields: Fields, before: Json | None) -> Json:
        contact = fields.link("contact", "contacts", is_needed=True)
        reference = fields.text("reference", is_needed=True)
        day, due = self.day(fields), fields.day("due_on", is_needed=True)
        currency = fields.currency(CURRENCIES)
        status = ec_status(fields, day)
        project = fields.link("project", "projects")
        case = self.case(day, currency, status)
        items = self._items(fields, case, name_of(contact), before)
        return {
            "contact": contact["url"] if contact else None,
            "contact_name": name_of(contact),
            "reference": reference,
            "dated_on": day,
            "due_on": due,
            "currency": currency,
            "exchange_rate": case.exchange_rate,
            "input_total_values_inc_tax": fields.flag("input_total_values_inc_tax", default=case.is_foreign),
            "total_value": sum((one["total_value"] for one in items), NOTHING),
            "net_value": -sum((one["total_value_ex_tax"] for one in items), NOTHING),
            "sales_tax_value": sum((one["sales_tax_value"] for one in items), NOTHING),
            "ec_status": status,
            "comments": fields.text("comments", longest=65535),
            "project": project["url"] if project else None,
            **self.rebilled(fields, project),
            "bill_items": items,
            "is_paid_by_hire_purchase": False,
        }

    def _items(self, fields: Fields, case: Case, payee: str, before: Json | None) -> list[Json]:
        """None are needed: the sandbox took a bill without, and they are added by a change (dinoconstantinou87/FreeAgent, 2026)."""
        sent = fields.sent.get("bill_items") or []
        if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
            fields.say("bill_items", INVALID)
            return []
        if len(sent) > MOST_ITEMS:
            fields.say("bill_items", f"is too long (maximum is {MOST_ITEMS} items)")
        known, so_far = {one["url"]: one for one in (before or {}).get("bill_items", [])}, len(fields.problems)
        items = [self._item(fields.within("bill_items", one), case, payee) for one in _merged(fields, sent, known)]
        if len(fields.problems) > so_far:
            fields.problems.append("bill_items contain errors")
        return items

    def _item(self, fields: Fields, case: Case, payee: str) -> Json:
        category = fields.link("category", "categories", is_needed=True, is_fit=is_spending)
        gross, net = fields.amount("total_value"), fields.amount("total_value_ex_tax")
        if gross is None and net is None and not fields.has("total_value"):
            fields.say("total_value", BLANK)
        tax = on_purchase(fields, case, category, gross=_pennies(gross), net=_pennies(net))
        project = fields.link("project", "projects")
        description = fields.text("description", is_needed=is_asset(category))
        own = address_of("bill_items", fields.sent.get("url")) or f"/v2/bill_items/{self.books.next_id('bill_items')}"
        return {
            "url": own,
            "description": description or payee,
            "category": category["url"] if category else None,
            "quantity": fields.amount("quantity") or Decimal(1),
            "unit": fields.choice("unit", UNITS, UNITS[0]),
            **_amounts(tax, has_net=gross is None),
            "project": project["url"] if project else None,
            **self._stock(fields, category),
        }

    def _stock(self, fields: Fields, category: Json | None) -> Json:
        """What was bought of an item of stock, and how much."""
        if category is None or category["nominal_code"] != STOCK:
            return {}
        item = fields.link("stock_item", "stock_items", is_needed=True)
        quantity = fields.amount("stock_altering_quantity", is_needed=True)
        found: Json = {"unit": "Stock", "stock_altering_quantity": quantity}
        if item is not None:
            found |= {"stock_item": item["url"], "stock_item_description": item["description"]}
        return found

    def as_sent(self, before: Json) -> Json:
        """Without its items, which stay unless a change names them."""
        return {name: value for name, value in before.items() if name != "bill_items"}

    def update(self, before: Json, sent: Json) -> Json:
        self.may_change(before)
        if settling.is_touched(self.books, before):
            self._keeps_what_is_paid(before, sent)
        return Writer.update(self, before, sent)

    def _keeps_what_is_paid(self, before: Json, sent: Json) -> None:
        """
        Raises:
            InvalidError: a change of what is locked by a payment; the words are those of an invoice.
        """  # noqa: D212
        read = self.read(Fields(self.books, {**self.as_sent(before), **sent}), before)
        found = [f"{name} {LOCKED_ATTRIBUTE}" for name in _LOCKED if read[name] != before[name]]
        amounts = [{one["url"]: one["total_value"] for one in bill["bill_items"]} for bill in (read, before)]
        if amounts[0] != amounts[1]:
            found += [f"bill_items.total_value {LOCKED_ATTRIBUTE}", "bill_items contain errors"]
        if found:
            raise InvalidError(found)

    def may_go(self, before: Json) -> None:
        if settling.is_touched(self.books, before):
            raise not_in_this_state(PAID)


def _pennies(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else rounded(amount)


def _amounts(tax: Tax, *, has_net: bool) -> Json:
    """As examples have them: what is bought bears less than nothing of tax."""
    found: Json = {"total_value": tax.gross, "total_value_ex_tax": tax.net, "sales_tax_value": -tax.value}
    return {**found, **tax.json, "_has_net": has_net}


def _merged(fields: Fields, sent: list[Json], known: dict[str, Json]) -> list[Json]:
    """The items of a bill after a change: those that are not named stay, and one with `_destroy` goes."""
    left, fresh = {path: entered(item) for path, item in known.items()}, []
    for one in sent:
        path = address_of("bill_items", one.get("url"))
        if not one.get("url"):
            fresh.append({name: value for name, value in one.items() if name != "url"})
        elif path is None or path not in known:
            fields.say("bill_items.url", INVALID)
        elif goes(one):
            left.pop(path, None)
        else:
            left[path] = _changed(known[path], one)
    return [*left.values(), *fresh]


def entered(item: Json) -> Json:
    """An item as it was entered, to be worked out anew."""
    derived = ("sales_tax_value", "total_value" if item["_has_net"] else "total_value_ex_tax")
    return {name: value for name, value in item.items() if name not in derived and not name.startswith("_")}


def _changed(item: Json, change: Json) -> Json:
    found, values = entered(item), ("total_value", "total_value_ex_tax")
    if any(name in change for name in values):
        found = {name: value for name, value in found.items() if name not in values}
    if "sales_tax_rate" in change:
        found["manual_sales_tax_amount"] = None
    return {**found, **change, "url": item["url"]}


def presented(books: Books, bill: Json, *, is_nested: bool) -> Json:
    """With what becomes of it: how much is paid, and what it is called for that."""
    total, left = bill["total_value"], settling.due(books, bill)
    status = _status(bill, left, books.today().isoformat())
    found = {**bill, "paid_value": total - left, "due_value": left, "status": status}
    found |= {"native_due_value": rounded(left * bill["exchange_rate"]), "long_status": status}
    found["paid_on"] = settling.paid_on(books, bill) if status in ("Paid", "Refunded") else None
    if status in ("Open", "Overdue"):
        found["long_status"] = f"{status} - {settling.days_left(bill['due_on'], books.today())}"
    found |= _locks(books, bill)
    items = [{**one, "bill": bill["url"]} for one in bill["bill_items"]]
    return {**found, "bill_items": items if is_nested else None}


def _locks(books: Books, bill: Json) -> Json:
    """How a locked period is told here is unverified."""
    if settling.is_touched(books, bill):
        return {"is_locked": True, "locked_attributes": [*_LOCKED, "bill_items"], "locked_reason": PAID}
    is_locked = bill["dated_on"] <= books.locked_to
    names, reason = (["dated_on", "bill_items"], books.lock_told) if is_locked else ([], None)
    return {"is_locked": is_locked, "locked_attributes": names, "locked_reason": reason}


def _status(bill: Json, left: Decimal, today: str) -> str:
    total = bill["total_value"]
    if not total:
        return "Zero Value"
    if not left:
        return "Paid" if total > 0 else "Refunded"
    return "Overdue" if bill["due_on"] < today else "Open"
