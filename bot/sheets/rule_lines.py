"""Rules as lines of a file, each a JSON object (https://jsonlines.org/): what is read from it is what was written.

`of`, `name`, `label`, and where they are known `tax_number` and `contact`, say whom a rule is for; `says` has its opinions, by
the names and shapes of `Opinions`. Codes are the ledger's; a payment method is named.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import msgspec

from bot.domain.rules import LONGEST_LABEL, Opinions, Rule, RuleOf, Strength, Target
from bot.domain.texts import cleaned

LONGEST_LINE = 100_000
NOTHING: tuple[object, ...] = (None, [], ())
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
"""An amount that somebody writes as a number is never a float."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRule:
    """A rule as it stands in a file."""

    of: RuleOf
    name: str
    says: Opinions
    label: str | None = None
    tax_number: str | None = None
    contact: str | None = None
    strength: Strength = Strength.ALWAYS
    is_active: bool = True

    @property
    def target(self) -> Target:
        name = cleaned(self.name, LONGEST_LABEL) or ""
        label = cleaned(self.label or name, LONGEST_LABEL) or ""
        return Target(of=self.of, name=name, label=label, tax_number=self.tax_number, contact=self.contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A line of a file, counted from 1: the rule, or in a sentence what is wrong with it."""

    number: int
    rule: WrittenRule | None = None
    wrong: str | None = None


def written_rule(rule: Rule, methods: Mapping[str, str]) -> str:
    """One line. `methods` are names of payment methods by our ids."""
    target, says = rule.target, rule.opinions
    if says.payment_method is not None:
        says = replace(says, payment_method=methods.get(says.payment_method, says.payment_method))
    is_method = target.of is RuleOf.PAYMENT_METHOD
    written = WrittenRule(
        of=target.of,
        name=methods.get(target.name, target.name) if is_method else target.name,
        label=target.label,
        tax_number=target.tax_number,
        contact=target.contact,
        strength=rule.strength,
        is_active=rule.is_active,
        says=says,
    )
    return json.dumps(_said(msgspec.to_builtins(written)), ensure_ascii=False) + "\n"


def rule_lines(content: str) -> Iterator[RuleLine]:
    """Those that are not empty."""
    for number, line in enumerate(content.removeprefix("\ufeff").split("\n"), 1):
        if line.strip():
            yield _read(number, line)


def _read(number: int, line: str) -> RuleLine:
    if len(line) > LONGEST_LINE:
        return RuleLine(number=number, wrong="it is too long.")
    try:
        given = _DECODER.decode(line)
        rule = msgspec.convert(given, WrittenRule)
    except (msgspec.DecodeError, RecursionError) as error:
        return RuleLine(number=number, wrong=f"it is no rule as this file has them: {error}.")
    unknown = _unknown(given, _said(msgspec.to_builtins(rule)))
    if unknown is not None:
        return RuleLine(number=number, wrong=f"it says {unknown!r}, which no rule has.")
    return RuleLine(number=number, rule=rule)


def _said(value: Any) -> Any:
    """Without what is no opinion."""
    if isinstance(value, dict):
        return {name: _said(each) for name, each in value.items() if each not in NOTHING}
    return [_said(each) for each in value] if isinstance(value, list | tuple) else value


def _unknown(given: Any, read: Any) -> str | None:
    """The first name that was not read: a name that is spelt otherwise is not to be lost."""
    if isinstance(given, dict) and isinstance(read, dict):
        for name, each in given.items():
            if name not in read:
                if each not in NOTHING:
                    return str(name)
            elif (found := _unknown(each, read[name])) is not None:
                return found
    if isinstance(given, list) and isinstance(read, list):
        pairs = zip(given, read, strict=False)
        return next((found for each, one in pairs if (found := _unknown(each, one)) is not None), None)
    return None
