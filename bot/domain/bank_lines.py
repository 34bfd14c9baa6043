"""Bank lines: what a bank says of an account, read from the ledger or from a statement file, each to be matched with one item."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NewType
from uuid import UUID

from bot.domain.ids import ItemId

BankLineId = NewType("BankLineId", UUID)

LONGEST_TEXT = 500
"""Of what a bank says about a line; the rest says nothing to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line as it was read. `amount` is less than nothing where money left the account. `key` tells it from all others of its
    account, so that reading it again adds nothing.
    """

    key: str
    dated_on: date
    amount: Decimal
    text: str
    ledger_id: str | None = None
    """The ledger's own id, where the ledger has it: what is published then is booked on that very line."""
    is_recorded: bool = False
    """Whether the ledger says already what it was for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPayment:
    """Money that the ledger has as moved on one of its bank accounts, whoever entered it. `amount` is less than nothing where it
    left the account, in the account's own currency; `ledger_id` tells it from all others of its account.
    """

    ledger_id: str
    dated_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A line as it is kept. `bank_account` is the ledger's id of its account, whose currency is `currency`."""

    id: BankLineId
    bank_account: str
    dated_on: date
    amount: Decimal
    currency: str
    text: str
    ledger_id: str | None = None
    is_recorded: bool = False
    item_id: ItemId | None = None
    """The item that has it."""

    @property
    def is_free(self) -> bool:
        return self.item_id is None and not self.is_recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenLine:
    """The line that an item is paid by, as the item keeps it."""

    id: BankLineId
    bank_account: str
    dated_on: date
    amount: Decimal
    currency: str
    text: str
    ledger_id: str | None = None


def taken(line: BankLine) -> TakenLine:
    return TakenLine(
        id=line.id,
        bank_account=line.bank_account,
        dated_on=line.dated_on,
        amount=line.amount,
        currency=line.currency,
        text=line.text,
        ledger_id=line.ledger_id,
    )
