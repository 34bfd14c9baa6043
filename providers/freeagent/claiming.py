"""Expense reports as FreeAgent keeps them: an expense of the claimant's user for each line ("Expenses").

They go in one call as an array ("Batch create"), of which the page says neither what is answered nor whether all are kept or
none; so neither is relied on. Each expense has the marker of its line as the last word of its description. Before anything is
sent, what stands there already is looked for: it stays where it says the same, only what is missing is sent, and of a
report that is refused nothing stays. A report is there when all of its expenses are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.ledger_documents import EndedDocument, Found, LedgerDocument, changes
from bot.domain.postings import Ending, Posting, PostingLine, Withdrawal
from bot.domain.problems import GONE, LEFT, Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from bot.domain.texts import dated
from providers.base import Access
from providers.errors import OutcomeUnknownError, PersonNeededError
from providers.freeagent.client import FreeAgentClient, is_id
from providers.freeagent.completing import linked
from providers.freeagent.documents import Json, Link, claim_of, line_marked
from providers.freeagent.gone import Gone
from providers.freeagent.resources import AND, EXPENSES, id_of
from providers.refusals import mapped_errors, once_written

_SAME = ("user", "category", "project")
"""Records that an expense of ours names."""
MOVED_BY = timedelta(days=62)
"""By more than this nobody dates a report otherwise than any day that is known of it (`Posting.days`). A wider look costs a call for each hundred
expenses of everybody.
"""
_AS_SENT = ("sales_tax_status", "ec_status", "currency")
_AMOUNTS_AS_SENT = ("sales_tax_rate", "manual_sales_tax_amount")
"""What is said of its tax and currency; of these what is sent has to stand there."""


@dataclass(frozen=True, slots=True)
class Claims:
    client: FreeAgentClient
    gone: Gone
    link: Link

    # Writing

    async def create(self, access: Access, draft: Json) -> Outcome:
        """All expenses of a report.

        Raises:
            OutcomeUnknownError: some may be there.
        """
        if "records" not in draft:
            return Refused(problem=Problem(code=ProblemCode(draft["code"]), facts=dict(draft["facts"])))
        marker, records = draft["marker"], [linked(record, self.client.root) for record in draft["records"]]
        days = _days(draft, records)
        there = await self._agreeing(access, marker, records, days)
        missing = [place for place in range(len(records)) if place not in there]
        if missing:
            try:
                made = await self._sent(access, [records[place] for place in missing])
            except PersonNeededError as error:
                with once_written():
                    await self._take_back(access, marker, days)
                return Refused(problem=await self.gone.told(access, records, _of_its_day(error.problem, records)))
            there |= _by_line(marker, made)
        if len(there) < len(records):
            with once_written():
                there |= _by_line(marker, await self._around(access, days))
        if len(there) < len(records):
            raise OutcomeUnknownError("an answer without all expenses that were sent")
        return self._accepted([there[place] for place in range(len(records))])

    async def _sent(self, access: Access, records: Sequence[Json]) -> list[Json]:
        """As they are answered; none, where the answer to several has none."""
        if len(records) == 1:
            return [await self.client.create(access, EXPENSES.path, EXPENSES.root, records[0])]
        answer = await self.client.write(access, "POST", EXPENSES.path, {EXPENSES.path: records})
        found = answer.get(EXPENSES.path)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    async def _agreeing(
        self, access: Access, marker: str, records: Sequence[Json], days: Sequence[date]
    ) -> dict[int, Json]:
        """What stands there of it, by its line. What says something else is of an earlier form of the report, and goes."""
        standing: dict[int, Json] = {}
        for place, row in _marked(marker, await self._around(access, days)):
            if place < len(records) and place not in standing and _says(row, records[place]):
                standing[place] = row
            else:
                await self._delete(access, row)
        return standing

    async def _take_back(self, access: Access, marker: str, days: Sequence[date]) -> None:
        for _, row in _marked(marker, await self._around(access, days)):
            await self._delete(access, row)

    async def _around(self, access: Access, days: Sequence[date]) -> list[Json]:
        """All expenses of these days, and of those near them."""
        query = {"from_date": (min(days) - MOVED_BY).isoformat(), "to_date": (max(days) + MOVED_BY).isoformat()}
        return await self.client.whole(access, EXPENSES.path, query)

    async def _delete(self, access: Access, row: Json) -> None:
        with mapped_errors():
            number = id_of(row["url"])
        await self.client.delete(access, f"{EXPENSES.path}/{number}")

    # Looking

    async def find(self, access: Access, postings: Sequence[Posting], *, since: datetime) -> dict[str, Found]:
        """Those of which every expense is there."""
        rows = await self.client.documents(access, EXPENSES, since=since)
        found: dict[str, Found] = {}
        for posting in postings:
            there = _by_line(posting.marker, rows)
            if there.keys() >= set(range(len(posting.lines))):
                found[posting.marker] = self._document([there[place] for place in range(len(posting.lines))])
        return found

    async def read(self, access: Access, ledger_ids: Iterable[str]) -> dict[str, Found]:
        """With what stands of each; none of which all are gone."""
        found: dict[str, Found] = {}
        for ledger_id in ledger_ids:
            standing = await self._standing(access, ledger_id)
            if standing:
                found[ledger_id] = replace(self._document(list(standing.values())), ledger_id=ledger_id)
        return found

    async def _standing(self, access: Access, ledger_id: str) -> dict[int, Json]:
        """By their lines."""
        found = {}
        for place, number in enumerate(ledger_id.split(AND)):
            row = await self.client.one(access, EXPENSES.path, number, EXPENSES.root)
            if row is not None:
                found[place] = row
        return found

    def _document(self, rows: Sequence[Json]) -> LedgerDocument:
        with mapped_errors():
            return claim_of(rows, self.link)

    def _accepted(self, rows: Sequence[Json]) -> Accepted:
        document = self._document(rows)
        return Accepted(ledger_id=document.ledger_id, record=document)

    # Taking back

    async def withdraw(self, access: Access, withdrawal: Withdrawal) -> Outcome:
        """One after the other; the oldest first, as what is locked is refused before any is gone. What is refused names those
        that are gone by then, in this try or an earlier one, and those that still stand.
        """
        standing = await self._standing(access, withdrawal.document_id)
        if not standing:
            ended = _ended(withdrawal.document_id)
            return Accepted(ledger_id=withdrawal.document_id, record=ended)
        left = _of_lines(withdrawal.posting, standing)
        changed = changes(left, self._document(list(standing.values())))
        if changed and changed != withdrawal.known:
            problem = Problem(code=ProblemCode.WITHDRAWAL_CHANGED, facts={"differences": changed})
            return _kept(withdrawal.posting, problem, standing)
        oldest_first = sorted(standing, key=lambda place: str(standing[place].get("dated_on")))
        for number, place in enumerate(oldest_first):
            try:
                with once_written(is_written=number > 0):
                    await self._delete(access, standing[place])
            except PersonNeededError as error:
                problem = error.problem.with_facts(date=dated(_day(withdrawal.posting, place)))
                return _kept(withdrawal.posting, problem, standing.keys() - oldest_first[:number])
        return Accepted(ledger_id=withdrawal.document_id)

    async def ended(self, access: Access, ledger_id: str) -> dict[str, EndedDocument]:
        """It stands no more when none of its expenses does."""
        return {} if await self._standing(access, ledger_id) else {ledger_id: _ended(ledger_id)}


def _days(draft: Json, records: Sequence[Json]) -> list[date]:
    """Those that expenses are sent with, and all others that are known of the report; none are in a draft of a version before."""
    return [date.fromisoformat(day) for day in (*draft.get("days", ()), *(record["dated_on"] for record in records))]


def _of_its_day(problem: Problem, records: Sequence[Json]) -> Problem:
    """Where a day is locked, it is that of an expense, and the first of all are."""
    if problem.code is not ProblemCode.PERIOD_LOCKED:
        return problem
    return problem.with_facts(date=dated(date.fromisoformat(min(record["dated_on"] for record in records))))


def _ended(ledger_id: str) -> EndedDocument:
    """What is no number is no address of one."""
    was_there = all(is_id(number) for number in ledger_id.split(AND))
    return EndedDocument(ledger_id=ledger_id, ending=Ending.DELETED if was_there else Ending.GONE)


def _kept(posting: Posting, problem: Problem, standing: Collection[int]) -> Refused:
    """`standing` are the lines whose expenses stay; where that is not all of them, what is gone is told by its receipt."""
    gone = [line for place, line in enumerate(posting.lines) if place not in standing]
    if not gone:
        return Refused(problem=problem)
    left = [line for place, line in enumerate(posting.lines) if place in standing]
    return Refused(problem=problem.with_facts(**{GONE: _named_each(gone), LEFT: _named_each(left)}))


def _named_each(lines: Iterable[PostingLine]) -> str:
    return ", ".join(f"{line.receipt or line.description} ({line.net + line.tax})" for line in lines)


def _day(posting: Posting, place: int) -> date:
    return posting.lines[place].dated_on or posting.issued_on


def _of_lines(posting: Posting, standing: Mapping[int, Json]) -> Posting:
    """The posting of what stands still: an earlier try may have taken some of it back."""
    lines: tuple[PostingLine, ...] = tuple(line for place, line in enumerate(posting.lines) if place in standing)
    net, tax = sum((line.net for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0))
    return replace(posting, lines=lines, net=net, tax=tax, gross=net + tax)


def _marked(marker: str, rows: Iterable[Json]) -> list[tuple[int, Json]]:
    """Those of a report, with the line that each is of."""
    found = ((line_marked(row, marker), row) for row in rows)
    return [(place, row) for place, row in found if place is not None]


def _by_line(marker: str, rows: Iterable[Json]) -> dict[int, Json]:
    return dict(_marked(marker, rows))


def _says(row: Json, record: Json) -> bool:
    """Whether an expense that is there says what is to be sent."""
    with mapped_errors():
        is_same = (
            Decimal(row["gross_value"]) == Decimal(record["gross_value"]) and row["dated_on"] == record["dated_on"]
        )
        names_same = all(_named(row, name) == _named(record, name) for name in _SAME)
        said = all(row.get(name) == record[name] for name in _AS_SENT if name in record)
        summed = all(
            name in row and Decimal(str(row[name])) == Decimal(str(record[name]))
            for name in _AMOUNTS_AS_SENT
            if name in record
        )
        return is_same and names_same and said and summed


def _named(record: Mapping[str, Any], name: str) -> str:
    return id_of(record.get(name) or "")
