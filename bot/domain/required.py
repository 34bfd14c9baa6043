"""Fields that an organisation asks for on its documents, beside those that no ledger does without."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.coding import Coding
from bot.domain.documents import DocumentType, Facts, ItemKind


class RequiredField(StrEnum):
    NUMBER = "number"
    """Without, a document is published by its reference here."""
    DUE_ON = "due_on"
    DESCRIPTION = "description"
    PAYMENT_METHOD = "payment_method"
    FILE = "file"


NEVER_OF_REPORTS = frozenset({RequiredField.NUMBER, RequiredField.PAYMENT_METHOD, RequiredField.FILE})
"""A report has its own number, is owed to somebody, and has the files of its receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """Of items of a kind. `tracking` are the ledger's ids of tracking categories."""

    fields: frozenset[RequiredField] = frozenset()
    tracking: tuple[str, ...] = ()


ALWAYS_NUMBERED = Required(fields=frozenset({RequiredField.NUMBER}))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredFields:
    """What an organisation decided; until somebody does, costs and sales need a number."""

    costs: Required = ALWAYS_NUMBERED
    sales: Required = ALWAYS_NUMBERED
    reports: Required = field(default_factory=Required)

    @property
    def tracks(self) -> bool:
        """Whether anything that the ledger tracks is asked for."""
        return any(each.tracking for each in (self.costs, self.sales, self.reports))

    def of(self, kind: ItemKind) -> Required:
        match kind:
            case ItemKind.COST:
                return self.costs
            case ItemKind.SALE:
                return self.sales
            case ItemKind.EXPENSE_REPORT:
                return self.reports


USUALLY_REQUIRED = RequiredFields()


def lacking(
    facts: Facts, coding: Coding, required: Required, tracking: Mapping[str, str], *, has_file: bool
) -> tuple[str, ...]:
    """What is asked for and is not there, a sentence for each; `tracking` are the names of the ledger's categories that
    there are now, by their ids.
    """
    described = facts.note is not None or (bool(facts.lines) and all(line.description.strip() for line in facts.lines))
    is_owed = facts.document_type is DocumentType.INVOICE
    wanted = (
        (RequiredField.DUE_ON, facts.due_on is None and is_owed, "The due date is missing"),
        (RequiredField.DESCRIPTION, not described, "A description is missing"),
        (RequiredField.PAYMENT_METHOD, coding.payment_method.value is None, "A payment method is missing"),
        (RequiredField.FILE, not has_file, "It has no file"),
    )
    missing = [words for each, is_missing, words in wanted if each in required.fields and is_missing]
    missing += [
        words
        for category in required.tracking
        if category in tracking and (words := _untracked(facts, coding, category, tracking[category]))
    ]
    return tuple(f"{words}, which this organisation asks for." for words in missing)


def _untracked(facts: Facts, coding: Coding, category: str, name: str) -> str:
    lines = [coding.codes_at(place) for place in range(len(facts.lines))] or [coding.codes]
    without = sum(all(track.category != category for track in codes.tracking) for codes in lines)
    if not without:
        return ""
    return (
        f"{name} is missing" if without == len(lines) else f"{name} is missing on {without} of its {len(lines)} lines"
    )
