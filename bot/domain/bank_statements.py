"""A bank's statement as a file says it, and the lines that it comes to: the same statement again comes to the same ones."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from bot.domain.bank_lines import LONGEST_TEXT, NewLine
from bot.domain.ids import OrganisationId
from bot.domain.texts import folded

LARGEST_STATEMENT = 2 * 1024 * 1024
"""In bytes; a year of a busy account."""
MOST_LINES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """`fitid` is the bank's own id of it, where it gives one. `amount` is less than nothing where money left the account."""

    dated_on: date
    amount: Decimal
    text: str
    fitid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Of one account, which is called `account` there, such as by its number. `left_out` counts lines that are in another
    currency than the account.
    """

    lines: tuple[StatementLine, ...]
    account: str | None = None
    currency: str | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOutcome:
    """What reading a file ended in, as it crosses from the process that read it: a statement, or why there is none."""

    statement: Statement | None = None
    reason: str = ""
    needs_order: bool = False
    """Whether its dates have two meanings, and somebody has to say which."""


class StatementError(Exception):
    """The file is no statement that can be read; the message says why, as a sentence."""


def lines_of(statement: Statement) -> Iterator[NewLine]:
    """By the bank's own ids, beside what they are of because some banks use one again; else by what a line says, and which of
    those that say the same it is.
    """
    seen: Counter[tuple[date, Decimal, str]] = Counter()
    for line in statement.lines:
        said = (line.dated_on, line.amount, folded(line.text))
        of = f"{line.dated_on.isoformat()}:{line.amount.normalize():f}"
        if line.fitid:
            key = f"{BY_ID}{sha256(line.fitid.encode()).hexdigest()[:32]}:{of}"
        else:
            seen[said] += 1
            words = f"{of}:{said[2]}:{seen[said]}"
            key = f"said:{sha256(words.encode()).hexdigest()}"
        yield NewLine(key=key, dated_on=line.dated_on, amount=line.amount, text=line.text[:LONGEST_TEXT])


BY_ID = "fitid:"
"""How keys of lines begin that the bank gave an id."""


def not_there(lines: Sequence[NewLine], there: Iterable[NewLine]) -> tuple[NewLine, ...]:
    """Those of a statement's lines that are not among these of its account and its days. A bank gives a line an id in one format and
    none in another, and writes its words otherwise there: so of one amount of one day no more come in than there are not yet, but
    where either has an id of its own.
    """
    keys, known = {line.key for line in lines}, set[str]()
    otherwise: Counter[tuple[date, Decimal, bool]] = Counter()
    for line in there:
        known.add(line.key)
        if line.key not in keys:
            otherwise[line.dated_on, line.amount, _has_id(line)] += 1
    new = []
    for line in lines:
        if line.key in known:
            continue
        written = [(line.dated_on, line.amount, has_id) for has_id in (True, False) if not (has_id and _has_id(line))]
        other = next((each for each in written if otherwise[each]), None)
        if other is None:
            new.append(line)
        else:
            otherwise[other] -= 1
    return tuple(new)


def _has_id(line: NewLine) -> bool:
    return line.key.startswith(BY_ID)


def account_key(organisation_id: OrganisationId, statement: Statement) -> str | None:
    """By which the next statement of the same account is known, and from which nobody reads a number."""
    if statement.account is None:
        return None
    letters = "".join(filter(str.isalnum, statement.account)).casefold()
    return sha256(f"{organisation_id}:{letters}".encode()).hexdigest() if letters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of a statement that somebody put in; `left_out` as in `Statement`."""

    organisation: str
    account: str
    new: int
    known: int
    left_out: int
    first: date
    last: date
