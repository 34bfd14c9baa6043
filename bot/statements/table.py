"""A bank's list of lines as CSV: its columns are known by name, its dates and decimal marks by what can only be read one way."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.bank_statements import Statement, StatementError, StatementLine
from bot.domain.inert import unescaped
from bot.domain.money import to_stored
from bot.domain.texts import cleaned
from bot.sheets.sheet import Row, Sheet, SheetError, read_sheet
from bot.sheets.values import DayOrder, Decimals, day_of, decimals_of, needs_order, number_of, order_of


class Said(StrEnum):
    """What a column says."""

    DAY = "the date"
    AMOUNT = "the amount"
    OUT = "what was paid out"
    IN = "what was paid in"
    TEXT = "what it was for"
    ID = "an id"
    CURRENCY = "the currency"
    ACCOUNT = "the account"


_NAMES: Mapping[Said, tuple[str, ...]] = {
    Said.DAY: (
        *(
            "date",
            "transactiondate",
            "bookingdate",
            "postingdate",
            "posteddate",
            "dateposted",
            "completeddate",
            "entrydate",
        ),
        *("buchungstag", "buchungsdatum", "datum", "fecha", "dateoperation", "valuedate", "starteddate"),
    ),
    Said.AMOUNT: (
        "amount",
        "transactionamount",
        "amountinaccountcurrency",
        "value",
        "betrag",
        "umsatz",
        "montant",
        "importe",
    ),
    Said.OUT: (
        *(
            "debit",
            "debitamount",
            "debits",
            "paidout",
            "moneyout",
            "withdrawal",
            "withdrawals",
            "withdrawalamount",
            "out",
        ),
        *("soll", "spent", "paymentout"),
    ),
    Said.IN: (
        *("credit", "creditamount", "credits", "paidin", "moneyin", "deposit", "deposits", "depositamount", "in"),
        *("haben", "received", "paymentin"),
    ),
    Said.TEXT: (
        *(
            "description",
            "transactiondescription",
            "details",
            "payee",
            "name",
            "counterparty",
            "counterpartyname",
            "merchant",
        ),
        *(
            "narrative",
            "memo",
            "reference",
            "paymentreference",
            "verwendungszweck",
            "auftraggeber/empfänger",
            "libelle",
        ),
    ),
    Said.ID: ("transactionid", "fitid", "uniqueid", "id"),
    Said.CURRENCY: ("currency", "currencycode", "accountcurrency", "währung"),
    Said.ACCOUNT: ("accountnumber", "iban", "account"),
}
"""As banks call them, the likeliest first; compared without case, space, stars, underscores and what stands in brackets."""


class UnsureOrderError(Exception):
    """Dates such as 03/04/2026 have two meanings, and nothing in the list says which."""


def read_table(content: bytes, order: DayOrder | None) -> Statement:
    """`order`: which way round days and months are, where the list does not say it.

    Raises:
        StatementError: it is no list of bank lines, with the reason.
        UnsureOrderError: somebody has to say `order`.
    """
    try:
        sheet = read_sheet(content)
    except SheetError as error:
        raise StatementError(str(error)) from error
    return _Table(sheet, _places(sheet.header), order).statement()


def is_statement(header: tuple[str, ...]) -> bool:
    """Whether a list with these columns is one of bank lines, and no list of documents: it has no supplier and no number."""
    names = set(map(_plain, header))
    has = {said: bool(names.intersection(_NAMES[said])) for said in Said}
    is_of_documents = bool(
        names & {"supplier", "suppliername", "vendor", "contactname", "invoicenumber", "billno", "receiptid"}
    )
    return has[Said.DAY] and (has[Said.AMOUNT] or has[Said.OUT]) and has[Said.TEXT] and not is_of_documents


def _places(header: tuple[str, ...]) -> dict[Said, tuple[int, ...]]:
    """Raises:
    StatementError: a column that is needed is not there.
    """
    names = [_plain(name) for name in header]
    places = {said: tuple(names.index(name) for name in _NAMES[said] if name in names) for said in Said}
    if not places[Said.DAY]:
        raise StatementError(f"No column of it is the date: it has {_listed(header)}.")
    if not (places[Said.AMOUNT] or places[Said.OUT] or places[Said.IN]):
        raise StatementError(f"No column of it is the amount, or what was paid out: it has {_listed(header)}.")
    return places


def _listed(header: tuple[str, ...]) -> str:
    named = ", ".join(filter(None, (cleaned(name, 30) for name in header[:10])))
    return named or "none with a name"


def _plain(name: str) -> str:
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|[\s*_.]", "", name).casefold()


@dataclass(slots=True)
class _Table:
    sheet: Sheet
    places: Mapping[Said, tuple[int, ...]]
    order: DayOrder | None

    def statement(self) -> Statement:
        days = [cell for row in self.sheet.rows if (cell := self._cell(row, Said.DAY))]
        order = self.order or order_of(days)
        if order is None and needs_order(days):
            raise UnsureOrderError
        amounts = [cell for row in self.sheet.rows for said in _AMOUNTS if (cell := self._cell(row, said))]
        decimals = decimals_of(amounts)
        currencies, accounts = self._all(Said.CURRENCY), self._all(Said.ACCOUNT)
        if len(accounts) > 1:
            raise StatementError(f"It has lines of {len(accounts)} accounts. Save each of them to a file of its own.")
        if len(currencies) > 1:
            raise StatementError(
                f"It has lines in several currencies: {', '.join(currencies[:5])}. Save each to a file of its own."
            )
        lines = tuple(line for row in self.sheet.rows if (line := self._line(row, order, decimals)) is not None)
        if not lines:
            raise StatementError("There is no line with an amount in it.")
        return Statement(
            lines=lines,
            account=next(iter(accounts), None),
            currency=next(iter(currencies), "").upper()[:3] or None,
        )

    def _line(self, row: Row, order: DayOrder | None, decimals: Decimals | None) -> StatementLine | None:
        """None: nothing was moved, as where a balance is carried over."""
        try:
            amount = self._amount(row, decimals)
            if not amount:
                return None
            return StatementLine(
                dated_on=day_of(self._cell(row, Said.DAY), order),
                amount=amount,
                text=" · ".join(dict.fromkeys(self._words(row))),
                fitid=self._cell(row, Said.ID) or None,
            )
        except ValueError as error:
            raise StatementError(f"Line {row.number}: {str(error).removesuffix('.')}.") from None

    def _amount(self, row: Row, decimals: Decimals | None) -> Decimal:
        if self.places[Said.AMOUNT]:
            cell = self._cell(row, Said.AMOUNT)
            amount = number_of(cell, decimals) if cell else Decimal(0)
        else:
            out, received = (self._cell(row, said) for said in (Said.OUT, Said.IN))
            spent = abs(number_of(out, decimals)) if out else Decimal(0)
            amount = (abs(number_of(received, decimals)) if received else Decimal(0)) - spent
        to_stored(amount)  # raises where it is finer or larger than is kept
        return amount

    def _words(self, row: Row) -> Iterator[str]:
        for place in self.places[Said.TEXT]:
            if words := cleaned(unescaped(row.cells[place].strip()), 250):
                yield words

    def _cell(self, row: Row, said: Said) -> str:
        places = self.places[said]
        return unescaped(row.cells[places[0]].strip()) if places else ""

    def _all(self, said: Said) -> list[str]:
        return list(dict.fromkeys(cell[:60] for row in self.sheet.rows if (cell := self._cell(row, said))))


_AMOUNTS = (Said.AMOUNT, Said.OUT, Said.IN)
