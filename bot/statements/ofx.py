"""OFX, in both syntaxes, 1.x in SGML and 2.x in XML: read by a scanner of its own, over tags and the text behind them.

The two differ in whether an element of one value is closed, which nothing here depends on; so neither is given to a parser that
knows entities, references or types of documents, and what declares any is refused. Source: "Open Financial Exchange
Specification" 1.6 and 2.2, 11 (banking) and 3.2 (values).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import unescape

from bot.domain.bank_statements import MOST_LINES, Statement, StatementError, StatementLine
from bot.domain.money import to_stored
from bot.domain.texts import cleaned

HEAD = 4096
_BEGINS = re.compile(
    r"\s*(?:OFXHEADER\s*:|<\?OFX\b|(?:<\?xml[^>]{0,200}\?>\s*)?(?:<\?OFX\b[^>]{0,400}\?>\s*)?<OFX>)", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.]{0,63})\s*/?>([^<]{0,4096})")
_CDATA = re.compile(r"<!\[CDATA\[(.{0,4096}?)\]\]>", re.DOTALL)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_AMOUNT = re.compile(r"[-+]?(?:\d{1,15}(?:[.,]\d{0,10})?|[.,]\d{1,10})", re.ASCII)
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_LINE = "STMTTRN"
_ORIGINALS = ("ORIGCURRENCY", "CURRENCY")
LONGEST_ID = 255


def is_ofx(text: str) -> bool:
    """By how it begins."""
    return _BEGINS.match(text[:HEAD]) is not None


@dataclass(slots=True)
class _Account:
    """One statement of the file, as it is met."""

    currency: str | None = None
    bank: str = ""
    number: str = ""
    lines: list[StatementLine] = field(default_factory=list)
    left_out: int = 0


def read_ofx(text: str) -> Statement:
    """Raises:
    StatementError: it is of several accounts, of none, or says something that no statement does.
    """
    body = _CDATA.sub(lambda found: found[1].replace("&", "&amp;").replace("<", "&lt;"), text)
    if "<!" in body:
        raise StatementError(
            "It declares more than a statement of a bank has to. Save it from your bank's pages once more."
        )
    accounts = _accounts(body)
    if not accounts:
        raise StatementError("There is no statement of a bank account or a card in it.")
    called = {(account.bank, account.number) for account in accounts}
    if len(called) > 1:
        raise StatementError(f"It has statements of {len(called)} accounts. Save each of them to a file of its own.")
    first, left_out = accounts[0], sum(account.left_out for account in accounts)
    lines = tuple(line for account in accounts for line in account.lines)
    if not lines:
        others = " but in another currency than the account's" if left_out else ""
        raise StatementError(f"There is no line with an amount in it{others}.")
    return Statement(
        lines=lines,
        account=f"{first.bank} {first.number}".strip() or None,
        currency=first.currency,
        left_out=left_out,
    )


def _accounts(body: str) -> list[_Account]:
    accounts: list[_Account] = []
    line: dict[str, str] | None = None
    inside = ""
    count = 0
    for is_end, name, value in _tags(body):
        if name in _STATEMENTS:
            accounts += [] if is_end else [_Account()]
        elif not accounts:
            continue
        elif name == _LINE:
            if line is not None:
                _keep(accounts[-1], line)
            count += not is_end
            if count > MOST_LINES:
                raise StatementError(f"It has more than {MOST_LINES} lines. Save a shorter period.")
            line, inside = None if is_end else {}, ""
        elif line is not None and name in _ORIGINALS and not value:
            inside = "" if is_end else name
        elif line is not None and not is_end:
            line.setdefault(f"{inside}.{name}" if inside else name, value)
        elif not is_end:
            _of_account(accounts[-1], name, value)
    return accounts


def _tags(body: str) -> Iterator[tuple[bool, str, str]]:
    for found in _TAG.finditer(body):
        yield bool(found[1]), found[2].upper(), unescape(found[3]).strip()


def _of_account(account: _Account, name: str, value: str) -> None:
    """The first of each counts: an account to which money goes has a number as well, inside a line."""
    match name:
        case "CURDEF":
            account.currency = account.currency or value.upper()[:3] or None
        case "BANKID":
            account.bank = account.bank or value[:LONGEST_ID]
        case "ACCTID":
            account.number = account.number or value[:LONGEST_ID]


def _keep(account: _Account, said: dict[str, str]) -> None:
    """Raises:
    StatementError: it has no day or no amount that can be read.
    """
    in_currency = said.get("CURRENCY.CURSYM", "").upper()
    if in_currency and account.currency and in_currency != account.currency:
        account.left_out += 1
        return
    amount = _amount(said.get("TRNAMT", ""))
    if amount:
        account.lines.append(
            StatementLine(
                dated_on=_day(said.get("DTPOSTED") or said.get("DTUSER") or ""),
                amount=amount,
                text=_words(said),
                fitid=said.get("FITID", "")[:LONGEST_ID] or None,
            )
        )


def _words(said: dict[str, str]) -> str:
    parts = dict.fromkeys(filter(None, (said.get("NAME"), said.get("MEMO"), said.get("CHECKNUM"))))
    return cleaned(" · ".join(parts), 500) or ""


def _day(text: str) -> date:
    found = _DAY.match(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else date.fromisoformat(text[:10])
    except ValueError:
        raise StatementError(f"A line has no date that I can read: {text[:20]}.") from None


def _amount(text: str) -> Decimal:
    """With a point or a comma, and nothing between the thousands."""
    try:
        if _AMOUNT.fullmatch(text):
            amount = Decimal(text.replace(",", "."))
            to_stored(amount)
            return amount
    except ValueError:
        """It is finer or larger than is kept."""
    raise StatementError(f"A line has no amount that I can read: {text[:20]}.")
