"""Signs that several countries have for their money: of an organisation whose own currency is one of these, it is that."""

from dataclasses import replace

from bot.domain.documents import FactField, Facts

OF_SIGN = {
    "$": frozenset(["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"]),
    "kr": frozenset(["SEK", "NOK", "DKK", "ISK"]),
    "¥": frozenset(("JPY", "CNY")),
}
"""The currencies that each sign may mean: ISO 4217, as https://cldr.unicode.org/ abbreviates them in their countries."""


def in_own_currency(facts: Facts, own: str) -> Facts:
    """The document with the currency that its bare sign means here, as read; else without one, which is a complaint. What states
    its currency, or has it from a person, stays as it is.
    """
    sign = facts.currency_sign
    if sign is None or facts.currency is not None:
        return facts
    if own not in OF_SIGN[sign]:
        return facts
    return replace(facts, currency=own, read=facts.read | {FactField.CURRENCY})
