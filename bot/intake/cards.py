"""The card that something was paid with: of its number, documents show the last four digits."""

import re
from collections.abc import Iterable

from bot.domain.documents import PaidWith
from bot.intake.text_words import folded

_NETWORKS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "master card": "Mastercard",
    "american express": "American Express",
    "amex": "American Express",
    "maestro": "Maestro",
    "diners club": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "girocard": "girocard",
    "v pay": "V Pay",
}
_NETWORK = re.compile(rf"(?<![a-z])(?:{'|'.join(_NETWORKS)})(?![a-z])")
_CARD = re.compile(
    r"(?<![a-z])(?:(?:credit|debit|bank|payment|kredit|debit|giro|ec-?)?(?:card|karte|kaart)|carte|carta|tarjeta)(?![a-z])"
)
_HIDDEN = "[*x\u2022\u00b7\u25cf#]"
_MASKED = re.compile(rf"(?<![a-z0-9])(?:\d{{4,6}}[ -]?)?{_HIDDEN}{{2}}(?:{_HIDDEN}|[ -]){{0,24}}(\d{{4}})(?![\d.,]*\d)")
"""Signs in the place of digits, with the last four behind them."""
_ENDING = re.compile(
    r"(?:ending(?: in| with)?|ends (?:in|with)|endet auf|endziffern?|finissant par|terminata in|terminada en|eindigend op)[: ]*(\d{4})(?!\d)"
)
_ACCOUNT = re.compile(r"(?<![a-z])(?:iban|konto|account|compte|conto|cuenta|rekening)(?![a-z])")
"""Of a bank: what is hidden in such a row is no card."""
_LAST = re.compile(r"(\d{4})$")


def card_of(number: str | None, network: str | None) -> PaidWith | None:
    """As an e-invoice states it. A number without four digits at its end is none that could be told from others."""
    found = None if number is None else _LAST.search(number.strip())
    return None if found is None else PaidWith(last_digits=found[1], network=_network(folded(network or "")))


def card_in(texts: Iterable[str]) -> PaidWith | None:
    """The one that the rows of a page name; None where they name none, or several."""
    rows = [folded(text) for text in texts]
    found = {(digits, network) for row in rows for digits, network in _cards(row)}
    digits = {each for each, _ in found}
    if len(digits) != 1:
        return None
    networks = {network for _, network in found if network is not None}
    return PaidWith(last_digits=digits.pop(), network=networks.pop() if len(networks) == 1 else None)


def _cards(row: str) -> list[tuple[str, str | None]]:
    network = _network(row)
    if network is None and (_CARD.search(row) is None or _ACCOUNT.search(row) is not None):
        return []
    return [(digits, network) for pattern in (_MASKED, _ENDING) for digits in pattern.findall(row)]


def _network(text: str) -> str | None:
    found = _NETWORK.search(text)
    return None if found is None else _NETWORKS[found[0]]
