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
    SIGN = "whether it was paid out or in"
    STATE = "what became of it"
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
    Said.SIGN: (
        *("transactiontype", "type", "debit/credit", "credit/debit", "dr/cr", "cr/dr", "drcr", "debitcredit"),
        *("creditdebitindicator", "creditdebit", "indicator", "sign", "soll/haben", "s/h", "afbij", "sens"),
    ),
    Said.STATE: ("state", "status", "transactionstatus"),
    Said.ACCOUNT: ("accountnumber", "iban", "account"),
}
"""As banks call them, the likeliest first; compared without case, space, stars, underscores and what stands in brackets."""


_OUT = frozenset({"debit", "dr", "d", "db", "dbit", "soll", "s", "af", "withdrawal", "out", "débit"})
_IN = frozenset({"credit", "cr", "c", "crdt", "haben", "h", "bij", "deposit", "in", "crédit"})
"""What a column says beside amounts that have no sign of their own."""
_NOT_YET = frozenset({"pending", "vorgemerkt", "authorised", "authorized"})
_NEVER = frozenset({"reverted", "declined", "failed", "cancelled", "canceled", "rejected"})
"""What became of lines that the account does not have."""
_CURRENCIES = frozenset(
    [
        "EUR",
        "GBP",
        "USD",
        "CHF",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "CAD",
        "AUD",
        "NZD",
        "SGD",
        "HKD",
        "JPY",
        "CNY",
        "INR",
        "ZAR",
    ]
)
"""Such as stand in brackets behind the name of a column, where other words of three letters stand, too."""
_IN_BRACKETS = re.compile(r"[(\[]([A-Z]{3})[)\]]")


class UnsureOrderError(Exception):
    """Dates such as 03/04/2026 have two meanings, and nothing in the list says which."""


def read_table(content: bytes, order: DayOrder | None) -> Statement:
    """`order`: which way round days and months are, where the list does not say it.

    Raises:
        StatementError: it is no list of bank lines, with the reason.
        UnsureOrderError: somebody has to say `order`.
    """
    try:
        sheet = read_sheet(content, _has_amounts)
    except SheetError as error:
        raise StatementError(str(error)) from error
    return _Table(sheet, _places(sheet.header), order).statement()


def is_statement(header: tuple[str, ...]) -> bool:
    """Whether a list with these columns is one of bank lines, and no list of documents: it has no supplier and no number."""
    names = set(map(_plain, header))
    is_of_documents = bool(
        names & {"supplier", "suppliername", "vendor", "contactname", "invoicenumber", "billno", "receiptid"}
    )
    return _has_amounts(header) and not names.isdisjoint(_NAMES[Said.TEXT]) and not is_of_documents


def _has_amounts(header: tuple[str, ...]) -> bool:
    """Whether it has days, and what was moved on them."""
    names = set(map(_plain, header))
    has = {said: not names.isdisjoint(_NAMES[said]) for said in (Said.DAY, *_AMOUNTS)}
    return has[Said.DAY] and any(has[said] for said in _AMOUNTS)


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
    turned: frozenset[Said] = frozenset()
    """Columns whose amounts all have a minus although they say in which direction they went."""
    is_signed_beside: bool = False

    def statement(self) -> Statement:
        days = [cell for row in self.sheet.rows if (cell := self._cell(row, Said.DAY))]
        order = self.order or order_of(days)
        if order is None and needs_order(days):
            raise UnsureOrderError
        amounts = [cell for row in self.sheet.rows for said in _AMOUNTS if (cell := self._cell(row, said))]
        decimals = decimals_of(amounts)
        self.turned = frozenset(said for said in (Said.OUT, Said.IN) if self._is_written_with_minus(said, decimals))
        self.is_signed_beside = self._is_signed_beside(decimals)
        currencies, accounts = self._all(Said.CURRENCY), self._all(Said.ACCOUNT)
        if len(accounts) > 1:
            raise StatementError(f"It has lines of {len(accounts)} accounts. Save each of them to a file of its own.")
        if len(currencies) > 1:
            raise StatementError(
                f"It has lines in several currencies: {', '.join(currencies[:5])}. Save each to a file of its own."
            )
        currencies = currencies or self._of_headers()
        lines = tuple(line for row in self.sheet.rows if (line := self._line(row, order, decimals)) is not None)
        if not lines:
            raise StatementError("There is no line with an amount in it.")
        return Statement(
            lines=lines,
            account=next(iter(accounts), None),
            currency=next(iter(currencies), "").upper()[:3] or None,
        )

    def _line(self, row: Row, order: DayOrder | None, decimals: Decimals | None) -> StatementLine | None:
        """None: nothing was moved, as where a balance is carried over, or is not yet."""
        if self._cell(row, Said.STATE).casefold() in _NOT_YET | _NEVER:
            return None
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
            raise StatementError(
                f"Line {row.number}: {str(error).removesuffix('.')}. Nothing was added: correct the file, and add it again."
            ) from None

    def _amount(self, row: Row, decimals: Decimals | None) -> Decimal:
        if self.places[Said.AMOUNT]:
            amount = self._number(row, Said.AMOUNT, decimals)
            is_out = self.is_signed_beside and self._cell(row, Said.SIGN).casefold() in _OUT
            amount = -amount if is_out else amount
        else:
            amount = self._number(row, Said.IN, decimals) - self._number(row, Said.OUT, decimals)
        to_stored(amount)  # raises where it is finer or larger than is kept
        return amount

    def _number(self, row: Row, said: Said, decimals: Decimals | None) -> Decimal:
        cell = self._cell(row, said)
        amount = number_of(cell, decimals) if cell else Decimal(0)
        return -amount if said in self.turned else amount

    def _is_written_with_minus(self, said: Said, decimals: Decimals | None) -> bool:
        """Of what was paid out, or in, all that there is. Where only some of it is less than nothing, that was taken back."""
        found = [amount for row in self.sheet.rows if (amount := _number_if_any(self._cell(row, said), decimals))]
        return bool(found) and all(amount < 0 for amount in found)

    def _is_signed_beside(self, decimals: Decimals | None) -> bool:
        """Whether amounts have no sign, and a column says of each which one it has."""
        signs = {cell.casefold() for cell in self._all(Said.SIGN)}
        if not signs or not signs <= _OUT | _IN:
            return False
        amounts = [_number_if_any(self._cell(row, Said.AMOUNT), decimals) for row in self.sheet.rows]
        return all(amount >= 0 for amount in amounts if amount is not None)

    def _of_headers(self) -> list[str]:
        """The currency as the header of the amounts has it, such as Amount (GBP)."""
        headers = [self.sheet.header[places[0]] for said in _AMOUNTS if (places := self.places[said])]
        found = [code for header in headers for code in _IN_BRACKETS.findall(header) if code in _CURRENCIES]
        return list(dict.fromkeys(found))[:1]

    def _words(self, row: Row) -> Iterator[str]:
        for place in self.places[Said.TEXT]:
            if words := cleaned(unescaped(row.cells[place].strip()), 250):
                yield words

    def _cell(self, row: Row, said: Said) -> str:
        places = self.places[said]
        return unescaped(row.cells[places[0]].strip()) if places else ""

    def _all(self, said: Said) -> list[str]:
        return list(dict.fromkeys(cell[:60] for row in self.sheet.rows if (cell := self._cell(row, said))))


def _number_if_any(cell: str, decimals: Decimals | None) -> Decimal | None:
    """None of a cell that is no amount, which is told with its line."""
    try:
        return number_of(cell, decimals) if cell else None
    except ValueError:
        return None


_AMOUNTS = (Said.AMOUNT, Said.OUT, Said.IN)
