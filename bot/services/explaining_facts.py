"""Why facts are what they are of which rules say something: where the rule counts, and where it does not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.cards import Reason
from bot.domain.coding import CodedValue
from bot.domain.documents import FactField
from bot.domain.due import Due
from bot.services.rule_names import Told
from bot.views.text import day


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    of: FactField
    said: CodedValue
    """By rules."""
    stands: str | None
    words: Callable[[str], str] = str
    """Of what a rule says."""


def reasons_of_facts(told: Told) -> Iterator[Reason]:
    facts, coding = told.item.facts, told.item.coding
    due = None if facts.due_on is None else day(facts.due_on)
    lines = f"{len(facts.lines)} lines" if facts.lines else None
    said = (
        _Fact("Due date", FactField.DUE_ON, coding.due, due, lambda code: Due.of(code).words),
        _Fact("Currency", FactField.CURRENCY, coding.currency, facts.currency),
        _Fact("Description", FactField.NOTE, coding.description, facts.note),
        _Fact("Lines", FactField.LINES, coding.split, lines, lambda number: f"split into {number} lines"),
    )
    return (_reason(told, fact) for fact in said if fact.said.value is not None)


def _reason(told: Told, fact: _Fact) -> Reason:
    facts, value = told.item.facts, fact.said
    beaten = tuple((fact.words(lost.value or ""), told.words_of(lost)) for lost in value.beaten)
    said = fact.words(value.value or "")
    if fact.of in facts.ruled:
        shown = said if fact.stands in (None, said) else f"{fact.stands}: {said}"
        source, evidence = told.words_of(value), value.evidence
        return Reason(field=fact.name, value=shown, source=source, beaten=beaten, evidence=evidence)
    source = "the document's own"
    if fact.of in facts.edited:
        source = "changed by a person"
    elif fact.stands is None:
        source = "not stated, and the rule does not fit it"
    return Reason(field=fact.name, value=fact.stands, source=source, beaten=((said, told.words_of(value)), *beaten))
