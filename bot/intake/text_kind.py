"""What kind of document a page is, by its heading: the largest short text that names one.

"Order no. 4711" on an invoice is not a heading, and is smaller than the word "Invoice"; where two kinds are written
alike, the one that is booked counts, since it is the one that mentions the others.
"""

import re
from collections.abc import Iterator, Sequence

from bot.domain.documents import DocumentType
from bot.intake.pdf_text import Cell, Row
from bot.intake.text_words import BUYER, folded, words

_KINDS: tuple[tuple[DocumentType, re.Pattern[str]], ...] = (
    (DocumentType.INVOICE, words("self-?billed invoice", ".*selbst ausgestellte rechnung", "autofactur\\w*", "self-?billing")),
    (DocumentType.PRO_FORMA, words("pro[- ]?forma(?:[- ]?(?:invoice|rechnung))?", "(?:facture|fattura|factura|factuur) pro[- ]?forma")),
    (
        DocumentType.CREDIT_NOTE,
        words(
            "credit (?:note|memo|invoice)", "gutschrift", "stornorechnung", "rechnungskorrektur", "avoir", "facture d.avoir",
            "note de credit", "nota (?:di|de) credito", "factura rectificativa", "abono", "creditnota", "creditfactuur",
        ),
    ),
    (
        DocumentType.STATEMENT,
        words(
            "statement(?: of account)?", "account statement", "kontoauszug", "releve de compte", "estratto conto",
            "extracto de cuenta", "estado de cuenta", "rekeningoverzicht", "openstaande posten", "offene posten",
        ),
    ),
    (
        DocumentType.DELIVERY_NOTE,
        words(
            "delivery note", "packing (?:slip|list)", "lieferschein", "bon de livraison", "(?:documento|bolla) di (?:trasporto|consegna)",
            "ddt", "albaran(?: de entrega)?", "pakbon", "leveringsbon", "afleverbon",
        ),
    ),
    (
        DocumentType.ORDER,
        words(
            "(?:purchase |sales )?order(?: confirmation)?", "quot(?:e|ation)", "estimate", "bestellung", "auftragsbestatigung",
            "angebot", "kostenvoranschlag", "(?:bon de )?commande", "devis", "ordine(?: di acquisto)?", "preventivo",
            "(?:orden de compra|pedido)", "presupuesto", "bestelling", "inkooporder", "offerte", "orderbevestiging",
        ),
    ),
    (
        DocumentType.INVOICE,
        words(
            "(?:tax |vat |sales )?invoice", "bill", r"\w*rechnung", "(?:mahnung|zahlungserinnerung)", "facture", "fattura", "factura",
            "factuur", "faktura", "fatura",
        ),
    ),
    (
        DocumentType.RECEIPT,
        words("(?:sales |payment )?receipt", "quittung", "kassen(?:bon|beleg)", "recu", "ticket(?: de caisse)?", "ricevuta", "scontrino", "recibo", "kassabon"),
    ),
)  # fmt: skip
_LONGEST_HEADING = 80
_HEAD_OF_A_PAGE = 0.5
_ALIKE = 0.5
"""Points by which letters may differ and still be of one size."""
_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (DocumentType.PRO_FORMA, DocumentType.CREDIT_NOTE, DocumentType.INVOICE, DocumentType.RECEIPT)
    )
}


def kind_of(rows: Sequence[Row]) -> DocumentType | None:
    """The kind of a document by its first page; None when no kind is named anywhere."""
    found = [(cell.size, kind) for cell, kind in _headings(rows)]
    if found:
        largest = max(size for size, _ in found)
        return min(
            (kind for size, kind in found if largest - size < _ALIKE), key=lambda kind: _RANK.get(kind, len(_RANK))
        )
    text = folded(" \n ".join(row.text for row in rows if row.page == 0))
    named = {kind for kind, pattern in _KINDS if pattern.search(text)}
    return min(named, key=lambda kind: _RANK.get(kind, len(_RANK)), default=None)


def names_a_kind(text: str) -> bool:
    """Whether it begins with the name of a kind, as a heading does."""
    return any(pattern.match(folded(text)) for _, pattern in _KINDS)


def _headings(rows: Sequence[Row]) -> Iterator[tuple[Cell, DocumentType]]:
    for row in rows:
        if row.page == 0 and row.depth <= _HEAD_OF_A_PAGE:
            for cell in row.cells:
                text = folded(cell.text)
                kind = next((kind for kind, pattern in _KINDS if pattern.match(text)), None)
                if kind is not None and len(text) <= _LONGEST_HEADING and not BUYER.match(text):
                    yield cell, kind
