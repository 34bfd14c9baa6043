"""The currency in an item's form; and its exchange rate, asked for where the books are kept in another one."""

import re
from dataclasses import replace
from decimal import Decimal

from slack_sdk.models.blocks import Block

from bot.domain.documents import Facts
from bot.domain.exchange import is_plausible
from bot.domain.forms import ItemPage
from bot.views import fields
from bot.views.ids import BlockId
from bot.views.reading import Reader, plain_number

LONGEST = 26
_RATE = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,6}|,(?![0-9]{3}$)[0-9]{1,6})?")
NO_CURRENCY = "Type the three letters of a currency, such as GBP or EUR."
WRONG = "Write a rate such as 1.168: more than 0, at most a million, and with at most six decimals, behind a point."
HINT = "As it stands on the document. Leave it empty, and {ledger} takes its own of the day."
NEEDED = "As it stands on the document, or as you book it: by nothing else does its file say that it is in {currency}."


def currency_fields(page: ItemPage) -> list[Block]:
    currency = page.edit.facts.currency or page.currency
    return [fields.text_field(BlockId.CURRENCY, "Currency", currency, longest=3), *_rate_field(page)]


def _rate_field(page: ItemPage) -> list[Block]:
    """In a field of its own for each currency, or Slack would keep what was typed for another."""
    facts, own = page.edit.facts, page.currency
    if facts.currency in (None, own):
        return []
    rate = _shown(facts, own)
    hint = NEEDED if page.rules.foreign_by_rate is not None else HINT
    return [
        fields.text_field(
            f"{BlockId.CURRENCY_RATE}:{facts.currency}",
            f"Exchange rate: {facts.currency} for 1 {own}",
            None if rate is None else plain_number(rate),
            longest=LONGEST,
            hint=hint.format(ledger=page.ledger, currency=facts.currency),
            optional=True,
        )
    ]


def read_currency(reader: Reader, facts: Facts, own: str) -> Facts:
    """`facts` with what was typed. The rate of another currency than before is not known."""
    typed = (reader.fields.text(BlockId.CURRENCY) or "").upper()
    is_currency = len(typed) == 3 and typed.isascii() and typed.isalpha()
    reader.check(BlockId.CURRENCY, is_right=is_currency, otherwise=NO_CURRENCY)
    if is_currency and typed != facts.currency:
        return replace(facts, currency=typed, currency_rate=None, rate_currency=None)
    return _read_rate(reader, facts, own)


def _read_rate(reader: Reader, facts: Facts, own: str) -> Facts:
    block = reader.fields.named(BlockId.CURRENCY_RATE)
    if not reader.fields.has(block):
        return facts
    known, typed = _shown(facts, own), reader.fields.text(block)
    if typed == (None if known is None else plain_number(known)):
        return facts
    rate = None if typed is None else parsed(typed)
    if rate is None and typed is not None:
        reader.wrong[block] = WRONG
        return facts
    return replace(facts, currency_rate=rate, rate_currency=None if rate is None else own)


def parsed(typed: str) -> Decimal | None:
    """A comma before three figures may divide thousands, as in 1,168; a point in a rate does not."""
    if not _RATE.fullmatch(typed):
        return None
    rate = Decimal(typed.replace(",", "."))
    return rate if is_plausible(rate) else None


def _shown(facts: Facts, own: str) -> Decimal | None:
    return facts.currency_rate if facts.rate_currency in (None, own) else None
