"""Writing a document: what is alike for every kind, from a file that comes with it to a period that is locked.

A kind derives `Writer`: it reads its fields, and gives the record.

Locks are account locks (dev.freeagent.com/docs/account_locks; support article 115001222324), and the day on which FreeAgent was begun
with. What is in a locked period is refused as "Invoice is locked." is (api-discuss.freeagent.com/t/2877); how a new document with
such a date is refused is unverified.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from providers.freeagent.simulated import attachments
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.fields import Fields, goes
from providers.freeagent.simulated.refusals import locked
from providers.freeagent.simulated.taxes import Case
from providers.simulating.numbers import Json

REBILLS = ("cost", "markup", "price")


@dataclass(slots=True)
class Writer(ABC):
    kind: ClassVar[str]
    words: ClassVar[str]
    """What it is called in "… is locked."."""
    takes_file: ClassVar[bool] = True
    takes_more: ClassVar[bool] = False
    """Whether a record may have many files, where the version says so."""

    books: Books
    level: int
    person: str
    """Whose token it is, and how far their access reaches."""
    has_many: bool = False

    @abstractmethod
    def read(self, fields: Fields, before: Json | None) -> Json:
        """The record, without what FreeAgent adds; `before` is what there was."""

    def create(self, sent: Json) -> Json:
        """
        Raises:
            RefusalError: it is refused; nothing was written.
        """  # noqa: D212
        fields = Fields(self.books, sent)
        record, file = self._checked(fields, None)
        saved = self.books.create(self.kind, record)
        return self._with_file(saved, file)

    def update(self, before: Json, sent: Json) -> Json:
        """What is not sent stays as it was."""
        self.may_change(before)
        fields = Fields(self.books, {**self.as_sent(before), **sent})
        record, file = self._checked(fields, before)
        kept = {name: before[name] for name in ("url", "created_at")}
        if isinstance(sent.get("attachment"), dict) and goes(sent["attachment"]):
            attachments.detach(self.books, before)
        return self._with_file(self.books.save(self.kind, {**kept, **record}), file)

    def delete(self, before: Json) -> None:
        self.may_change(before)
        self.may_go(before)
        attachments.detach(self.books, before)
        self.books.delete(self.kind, before)

    def _checked(self, fields: Fields, before: Json | None) -> tuple[Json, attachments.File | None]:
        record = self.read(fields, before)
        file = attachments.read(fields) if self.takes_file else None
        fields.check()
        return record, file

    def _with_file(self, saved: Json, file: attachments.File | None) -> Json:
        if file is not None:
            attachments.attach(self.books, saved, file, is_more=self.takes_more and self.has_many)
        return saved

    # What a kind may say otherwise

    def as_sent(self, before: Json) -> Json:
        """A record as if it were sent again."""
        return dict(before)

    def may_change(self, before: Json) -> None:
        """
        Raises:
            RefusalError: it is locked.
        """  # noqa: D212
        if before["dated_on"] <= self.books.locked_to:
            raise locked(self.words)

    def may_go(self, before: Json) -> None:
        """
        Raises:
            RefusalError: something hangs on it.
        """  # noqa: D212
        del before

    # What several kinds read

    def day(self, fields: Fields, name: str = "dated_on") -> str | None:
        """The day of a document, which has to be open."""
        found = fields.day(name, is_needed=True)
        if found is None:
            return None
        start, closed = str(self.books.company["freeagent_start_date"]), self.books.locked_to
        if found < start:
            fields.say(name, f"must be on or after the FreeAgent start date, {_in_words(start)}")
        elif found <= closed:
            fields.say(name, f"must be after {_in_words(closed)}, the date the accounts are locked to")
        return found

    def case(self, day: str | None, currency: str, status: str) -> Case:
        return Case(
            day=day or self.books.today().isoformat(),
            ec_status=status,
            exchange_rate=self.books.rate(currency),
            is_foreign=currency != self.books.home,
        )

    def rebilled(self, fields: Fields, project: Json | None) -> Json:
        """How a project is charged for it: dev.freeagent.com/docs/bills."""
        rebill = fields.choice("rebill_type", REBILLS)
        if rebill is None:
            return {}
        factor = fields.amount("rebill_factor", is_needed=rebill != "cost")
        if project is None and not fields.has("project"):
            fields.say("project", "can't be blank")
        address = None if project is None else project["url"]
        return {"rebill_type": rebill, "rebill_factor": factor, "rebill_to_project": address}


def _in_words(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}"
