"""What becomes of a document's tax in the ledger, and how a ledger works tax out of an amount that has it."""

from decimal import Decimal
from enum import StrEnum

from bot.domain.money import WIDE, to_cents

HUNDRED = Decimal(100)


class TaxPolicy(StrEnum):
    """By whom the tax of a document is worked out that goes to the ledger."""

    DOCUMENT = "document"
    """The amount that the document states goes there, always."""
    LEDGER = "ledger"
    """The rate goes there without an amount, and the ledger works it out of the total, which stays what it is."""
    EXCEPTIONS = "exceptions"
    """As the document states it, but where it states none, or where the category's own rate is 0 %: then as the ledger does."""
    NONE = "none"
    """There is no tax: the list of tax rates is switched off."""


class TaxMethod(StrEnum):
    """Which part of an amount with tax in it a ledger rounds to the cent, line by line; the other one is the rest."""

    ROUNDS_TAX = "rounds_tax"
    ROUNDS_NET = "rounds_net"

    def tax_within(self, gross: Decimal, percent: Decimal) -> Decimal:
        """The tax in an amount, in cents."""
        whole = HUNDRED + percent
        match self:
            case TaxMethod.ROUNDS_TAX:
                return to_cents(WIDE.divide(WIDE.multiply(gross, percent), whole))
            case TaxMethod.ROUNDS_NET:
                return gross - to_cents(WIDE.divide(WIDE.multiply(gross, HUNDRED), whole))
