"""Facts from the text of a document, marked as read: likely, and looked at by a person before they count.

Lines are not read from text: their columns mean too many things. What is not clear stays empty.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.domain.documents import DocumentType, FactField, Facts, Party
from bot.intake.cards import card_in
from bot.intake.meaning import as_booked
from bot.intake.pdf_text import Row
from bot.intake.text_amounts import amounts_in, percents_in
from bot.intake.text_currency import bare_sign, currency_of, has_dollars
from bot.intake.text_dates import DayMonth, dates_in, order_of
from bot.intake.text_kind import kind_of
from bot.intake.text_labels import behind
from bot.intake.text_numbers import as_number
from bot.intake.text_parties import parties_of
from bot.intake.text_statement import of_statement
from bot.intake.text_totals import totals_of
from bot.intake.text_words import ANY_DATE, DUE, ISSUED, NUMBER, OTHER_DATE, TITLE_WITH_NUMBER, folded


def facts_of(rows: Sequence[Row]) -> Facts:
    """What the rows of a document say."""
    currency = currency_of(rows)
    order = order_of((row.text for row in rows), currency, has_dollars=has_dollars(rows))
    issued_on = _issued_on(rows, order)
    due_on = next(behind(rows, DUE, lambda text: _first_date(text, order)), None)
    supplier, buyer = parties_of(rows)
    amounts = amounts_in(rows)
    totals = totals_of(amounts, percents_in(rows))
    kind = kind_of(rows)
    facts = Facts(
        supplier=supplier,
        buyer=buyer,
        number=_number(rows),
        issued_on=issued_on,
        due_on=due_on if due_on is None or issued_on is None or due_on >= issued_on else None,
        currency=currency,
        currency_sign=bare_sign(rows) if currency is None else None,
        net=totals.net,
        tax=totals.tax,
        gross=totals.gross,
        paid_with=card_in(row.text for row in rows),
    )
    if kind is DocumentType.STATEMENT:
        facts = of_statement(facts, rows, order)
    is_no_bill = kind is None and not amounts
    booked = as_booked(_upright(facts, kind), kind or (DocumentType.OTHER if is_no_bill else DocumentType.INVOICE))
    return replace(booked, read=_read(booked, has_kind=kind is not None or is_no_bill))


def _upright(facts: Facts, kind: DocumentType | None) -> Facts:
    """A credit note may be written with its amounts below zero; it is booked with what is credited."""
    if kind is not DocumentType.CREDIT_NOTE or facts.gross is None or facts.gross >= 0:
        return facts
    return as_booked(facts, DocumentType.INVOICE)


def _read(facts: Facts, *, has_kind: bool) -> frozenset[FactField]:
    found = {
        FactField.DOCUMENT_TYPE: has_kind,
        FactField.SUPPLIER: facts.supplier != Party(),
        FactField.BUYER: facts.buyer != Party(),
        FactField.NUMBER: facts.number is not None,
        FactField.ISSUED_ON: facts.issued_on is not None,
        FactField.DUE_ON: facts.due_on is not None,
        FactField.CURRENCY: facts.currency is not None,
        FactField.AMOUNTS: facts.gross is not None,
    }
    return frozenset(field for field, is_found in found.items() if is_found)


def _first_date(text: str, order: DayMonth) -> date | None:
    return next(iter(dates_in(text, order)), None)


def _issued_on(rows: Sequence[Row], order: DayMonth) -> date | None:
    """By its label; else the date that is not said what of; else the only one there is."""

    def first(text: str) -> date | None:
        return _first_date(text, order)

    labelled = next(behind(rows, ISSUED, first), None)
    if labelled is not None:
        return labelled
    plain = [row for row in rows if not OTHER_DATE.search(folded(row.text)) and not DUE.search(folded(row.text))]
    unnamed = next(behind(plain, ANY_DATE, first), None)
    if unnamed is not None:
        return unnamed
    every = {day for row in rows for day in dates_in(row.text, order)}
    return every.pop() if len(every) == 1 else None


def _number(rows: Sequence[Row]) -> str | None:
    labelled = next(behind(rows, NUMBER, as_number), None)
    return labelled or next(behind(rows, TITLE_WITH_NUMBER, as_number), None)
