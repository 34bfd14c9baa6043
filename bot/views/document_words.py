"""What a document is called on cards and lists, and what its total is: money owed, or money given back."""

from bot.domain.documents import DocumentType, ItemKind
from bot.domain.items import Item
from bot.views.item_words import type_words
from bot.views.text import amount

SALES = {DocumentType.INVOICE: "Sales invoice", DocumentType.CREDIT_NOTE: "Sales credit note"}


def is_credit(item: Item) -> bool:
    return item.facts.document_type is DocumentType.CREDIT_NOTE


def document_name(item: Item) -> str:
    """As a bookkeeper calls it, with whose it is where that is the question."""
    document_type = item.facts.document_type
    if item.kind is ItemKind.EXPENSE_REPORT and not is_credit(item):
        return "Expense report"
    if document_type is DocumentType.OTHER:
        return "Document"
    return (
        SALES.get(document_type, type_words(document_type)) if item.kind is ItemKind.SALE else type_words(document_type)
    )


def total_words(item: Item) -> str:
    """The amounts of a credit note are written as positive ones: the words say which way the money goes."""
    facts = item.facts
    told = amount(facts.gross, facts.currency)
    return f"Credit of {told}" if is_credit(item) and facts.gross is not None else told
