"""Questions about an item that only a person answers: it waits in review until somebody has.

Unlike a complaint, which goes when what it complains of is edited, a question goes by an answer, and the answer stands
with who gave it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.ids import ItemId, UserId


class QuestionKind(StrEnum):
    WHOSE_BOOKS = "whose_books"
    """It is addressed to somebody else than the organisation it came in at."""
    SAME_DOCUMENT = "same_document"
    """Another item has its supplier and number."""
    SENT_BACK = "sent_back"
    """An approver wants something put right."""
    WITHDRAWN = "withdrawn"
    """Its document was taken out of the ledger, or is to be: somebody has to look before it goes on."""
    AFTER_ARCHIVE = "after_archive"
    """It was refused by the ledger, archived, and taken out of the archive: somebody has to look before it goes on."""
    NEW_SUPPLIER = "new_supplier"
    """The ledger has nobody of its supplier's name, and would get one when it is published."""
    CONTACT_CODE = "contact_code"
    """A file names whom it is from, or to, by a code, and there is none that is theirs alone. No answer settles that: it goes when
    there is one.
    """
    CREDITS = "credits"
    """It was made here to take another item back: somebody has to look before it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`words` say what is asked, to whoever can answer. `about` is the other item, where there is one."""

    kind: QuestionKind
    words: str
    about: ItemId | None = None
    by: UserId | None = None
    """Who asked; None is Dext."""
    answered_by: UserId | None = None
    goes_on: bool = False
    """Of a withdrawal: it is published again by itself, as soon as the ledger has let its document go."""

    @property
    def is_open(self) -> bool:
        return self.answered_by is None


Questions = tuple[Question, ...]


def asked(questions: Questions, new: Question) -> Questions:
    """With another one; of a kind there is one, the newest."""
    return (*(question for question in questions if question.kind is not new.kind), new)


def asked_once(questions: Questions, question: Question) -> Questions:
    """The same thing is not asked twice: an answer to it stands."""
    is_same = any(known.kind is question.kind and known.words == question.words for known in questions)
    return questions if is_same else asked(questions, question)


def new_supplier(name: str) -> Question:
    words = f"{name[:120]} is not among the ledger's contacts yet. Whoever goes ahead has it created there."
    return Question(kind=QuestionKind.NEW_SUPPLIER, words=words)


def answered(questions: Questions, kinds: frozenset[QuestionKind], by: UserId) -> Questions:
    """Those of these kinds that were open have their answer."""
    return tuple(
        replace(question, answered_by=by) if question.kind in kinds and question.is_open else question
        for question in questions
    )


def without(questions: Questions, kind: QuestionKind) -> Questions:
    return tuple(question for question in questions if question.kind is not kind)


def not_asking(questions: Questions, kinds: frozenset[QuestionKind]) -> Questions:
    """Without those of these kinds that nobody has answered; an answer stands."""
    return tuple(question for question in questions if question.kind not in kinds or not question.is_open)


def open_kinds(questions: Questions) -> frozenset[QuestionKind]:
    return frozenset(question.kind for question in questions if question.is_open)
