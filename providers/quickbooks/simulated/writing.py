"""Writing a transaction: what is alike for every kind, from an unknown field to a closed period.

A kind derives `Writer`: it names its fields, reads what is its own, and gives the record; all that is wrong with a call is
collected and told at once.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from providers.quickbooks.simulated import seed, settling
from providers.quickbooks.simulated.books import Books, shown
from providers.quickbooks.simulated.entities import ENTITIES
from providers.quickbooks.simulated.faults import (
    CLOSED,
    LAPSED,
    FaultError,
    Problem,
    fault,
    gone,
    missing,
    too_long,
    unsupported,
)
from providers.quickbooks.simulated.references import References, to
from providers.simulating.numbers import Json, number

LONGEST_NUMBER = 21
LONGEST_NOTE = 4000
SYSTEM = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status", "time"})
COMMON = frozenset(
    {
        "TxnDate",
        "DocNumber",
        "PrivateNote",
        "CurrencyRef",
        "ExchangeRate",
        "DepartmentRef",
        "Line",
        "TotalAmt",
        "LinkedTxn",
    }
    | {"TxnTaxDetail", "GlobalTaxCalculation", "CustomField", "AttachableRef", "Balance", "HomeBalance", "TxnSource"}
    | {"TransactionLocationType", "RecurDataRef", "HomeTotalAmt", "TxnStatus"}
)
"""Fields of every transaction; those that the vendor works out itself are passed over when they are sent."""


@dataclass(slots=True)
class Writer(ABC):
    entity: ClassVar[str]
    fields: ClassVar[frozenset[str]] = frozenset()
    voids: ClassVar[bool] = False

    books: Books
    options: frozenset[str] = frozenset()
    """What `include` says, such as `allowduplicatedocnum`."""
    who: str = ""
    references: References = field(init=False)

    def __post_init__(self) -> None:
        self.references = References(self.books)

    def say(self, problem: Problem) -> None:
        self.references.say(problem)

    # The four operations

    def write(self, sent: Json) -> Json:
        """Create, or change what is there if there is an id.

        Raises:
            FaultError: it is refused; nothing was written.
        """
        self._may_write()
        if not sent.get("Id"):
            return shown(self._keep(self.checked(sent, None), None))
        before = self._current(sent)
        self._is_open(before["TxnDate"])
        if sent.get("sparse"):
            sent = {**{key: value for key, value in shown(before).items() if key not in SYSTEM}, **sent}
        return shown(self._keep(self.checked(sent, before), before))

    def delete(self, sent: Json) -> Json:
        """
        Raises:
            FaultError: it is linked, in a closed period, or changed since.
        """  # noqa: D212
        self._may_write()
        before = self._current(sent)
        self._is_open(before["TxnDate"])
        settling.may_go(self.books, self.entity, before)
        self.books.delete(self.entity, before["Id"])
        settling.settle(self.books, settling.linked_to(before))
        return {"domain": "QBO", "status": "Deleted", "Id": before["Id"]}

    def void(self, sent: Json) -> Json:
        """Everything becomes nothing, and the record stays.

        Raises:
            FaultError: as of deleting; or this kind cannot be voided.
        """
        if not self.voids:
            raise unsupported("void")
        self._may_write()
        before = self._current(sent)
        self._is_open(before["TxnDate"])
        settling.may_go(self.books, self.entity, before)
        nothing = Decimal(0)
        lines = [self._voided(line) for line in before["Line"]]
        note = "\n".join(filter(None, ("Voided", before.get("PrivateNote"))))
        changed = {**before, "Line": lines, "TotalAmt": nothing, "PrivateNote": note, "_voided": True, "LinkedTxn": []}
        changed |= {name: nothing for name in ("Balance", "UnappliedAmt", "HomeBalance") if name in before}
        if "TxnTaxDetail" in before:
            changed["TxnTaxDetail"] = {"TotalTax": nothing}
        saved = self.books.save(self.entity, changed)
        settling.settle(self.books, settling.linked_to(before))
        return shown(saved)

    @staticmethod
    def _voided(line: Json) -> Json:
        kind = line["DetailType"]
        detail = {key: value for key, value in line.get(kind, {}).items() if key not in ("Qty", "UnitPrice")}
        changed = {**line, "Amount": Decimal(0), "LinkedTxn": []}
        return {**changed, kind: detail} if kind in line else changed

    # What is alike

    @abstractmethod
    def own(self, sent: Json) -> Json:
        """The record without what every transaction has; `TotalAmt` and `Line` are in it."""

    def _party(self, sent: Json) -> str | None:
        """What the numbers of such transactions are unique within: a vendor's own, say; None is all."""
        del sent
        return None

    def checked(self, sent: Json, before: Json | None) -> Json:
        for name in sorted(sent.keys() - self.fields - COMMON - SYSTEM):
            self.say(Problem("2010", f"Property Name:{name} specified is unsupported or invalid", name))
        record = self._head(sent)
        own = self.own(sent)
        self.check_number(sent, before)
        if self.references.problems:
            raise FaultError(self.references.problems)
        self._is_open(record["TxnDate"])
        return {**record, **own}

    def _head(self, sent: Json) -> Json:
        currency = self.references.currency(sent)
        record: Json = {"TxnDate": self.day(sent, "TxnDate") or self.books.today().isoformat()}
        for name, longest in (("DocNumber", LONGEST_NUMBER), ("PrivateNote", LONGEST_NOTE)):
            text = str(sent.get(name) or "")
            if len(text) > longest:
                self.say(too_long(name, longest, len(text)))
            if text:
                record[name] = text
        record["CurrencyRef"] = seed.currency(currency)
        if self.books.has_currencies:
            record["ExchangeRate"] = self.rate(sent, currency)
        found = self.references.tracked("Department", sent.get("DepartmentRef"), "DepartmentRef")
        return record if found is None else {**record, "DepartmentRef": to(found)}

    def day(self, sent: Json, name: str) -> str | None:
        """A date of the transaction, or nothing."""
        if not sent.get(name):
            return None
        try:
            return date.fromisoformat(str(sent[name])[:10]).isoformat()
        except ValueError:
            self.say(Problem("2060", f"Invalid Date : {sent[name]}", name))
            return None

    def rate(self, sent: Json, currency: str) -> Decimal:
        """What an app sends; without, one for one: QuickBooks looks its own up for people only."""
        if currency == self.books.home:
            return Decimal(1)
        try:
            rate = number(sent["ExchangeRate"]) if sent.get("ExchangeRate") else Decimal(1)
        except ValueError:
            rate = Decimal(0)
        if rate <= 0:
            self.say(Problem("2090", "Invalid Number : ExchangeRate", "ExchangeRate"))
        return rate

    def check_number(self, sent: Json, before: Json | None) -> None:
        """A number that is used already, where the company wants to be warned; the option takes the warning away."""
        wanted = str(sent.get("DocNumber") or "")
        is_same = before is not None and before.get("DocNumber") == wanted
        if not wanted or is_same or "allowduplicatedocnum" in self.options or not self._warns():
            return
        for found in self.books.shelf(self.entity).values():
            if found.get("DocNumber") == wanted and self._party(found) == self._party(sent):
                words = ENTITIES[self.entity].words
                self.say(
                    Problem(
                        "6140",
                        "Duplicate Document Number Error : You must specify a different number. This number has already "
                        f"been used. DocNumber={wanted} is assigned to TxnType={words} with TxnId={found['Id']}",
                    )
                )
                return

    def _warns(self) -> bool:
        return bool(self.books.company["_warns_of_duplicates"])

    def _keep(self, record: Json, before: Json | None) -> Json:
        """Number the lines, and keep it; what it settles is settled."""
        for place, line in enumerate(record["Line"], 1):
            if line["DetailType"] != "SubTotalLineDetail":
                line |= {"Id": str(place), "LineNum": place}
        if before is None:
            saved = self.books.create(self.entity, {**record, "_author": self.who})
        else:
            kept = {key: before[key] for key in ("domain", "Id", "SyncToken", "MetaData", "_created_at")}
            saved = self.books.save(self.entity, {**kept, **record, "sparse": False, "_author": self.who})
            settling.settle(self.books, {(self.entity, saved["Id"]), *settling.linked_to(before)})
        settling.settle(self.books, settling.linked_to(saved))
        return self.books.shelf(self.entity)[saved["Id"]]

    # Who may write what

    def _may_write(self) -> None:
        if self.books.is_lapsed:
            raise fault("6190", LAPSED)

    def _current(self, sent: Mapping[str, Any]) -> Json:
        """The record that is to be changed, in the version that the client has seen."""
        before = self.books.get(self.entity, str(sent.get("Id", "")))
        if before is None:
            raise gone()
        if sent.get("SyncToken") is None:
            raise FaultError([missing("SyncToken")])
        if str(sent["SyncToken"]) != before["SyncToken"]:
            raise stale(self.entity, before)
        return before

    def _is_open(self, day: str) -> None:
        closed = self.books.close_date
        if closed is not None and date.fromisoformat(day) <= closed:
            raise fault("6210", CLOSED)


def stale(entity: str, before: Json) -> FaultError:
    other = before.get("_author") or "Dana Admin"
    words = (
        f"Stale Object Error : You and {other} were working on this at the same time. "
        f"{other} finished before you did, so your work was not saved. Entity={entity}"
    )
    return fault("5010", words)
