"""A credit note that takes back what has to stay in the ledger: of what one can be made, and what stands on it."""

from dataclasses import replace
from datetime import date

from bot.domain.documents import DocumentType, Facts
from bot.domain.editing import Edit, edit_of
from bot.domain.items import Item, ItemState
from bot.domain.questions import Question, QuestionKind
from bot.domain.settings import PaymentStatus


def can_be_credited(item: Item) -> bool:
    """Whether something is owed by it in the ledger. What is booked on a bank account at once owes nobody anything, and
    what takes back a credit note is an invoice.
    """
    is_there = item.state is ItemState.PUBLISHED and not item.publish_to.is_of_bank
    return is_there and item.is_booked and item.facts.document_type is not DocumentType.CREDIT_NOTE


def credit_of(item: Item, today: date) -> Edit:
    """All of it, coded as it is, and dated today: the time of the document may be closed. What was paid is not paid back by
    it; it waits to be set off or refunded.
    """
    is_paid = item.publish_as is PaymentStatus.PAID
    return replace(
        edit_of(item),
        facts=_facts(item, today),
        publish_to=item.publish_to,
        publish_as=PaymentStatus.AWAITING_PAYMENT if is_paid else item.publish_as,
        payment_method=None,
    )


def _facts(item: Item, today: date) -> Facts:
    facts = item.facts
    return replace(
        facts,
        document_type=DocumentType.CREDIT_NOTE,
        issued_on=today if facts.issued_on is None else max(today, facts.issued_on),
        due_on=None,
        payable=None,
        prepaid=None,
        note=f"Credit for {facts.number or 'the document'} ({item.reference})",
        read=frozenset(),
        edited=frozenset(),
        ruled=frozenset(),
        warnings=(),
    )


def question_of(item: Item, ledger: str) -> Question:
    """Somebody looks at it before it is approved: nobody but us has written it."""
    words = (
        f"This credit note was made here of {item.reference}, which stays in {ledger}: the same number, amounts and codes, "
        "dated today. Edit what is otherwise on the other side's own credit note."
    )
    return Question(kind=QuestionKind.CREDITS, words=words, about=item.id)
