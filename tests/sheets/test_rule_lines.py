"""What is written of rules is what is read, and what cannot be read is told with its line."""

from dataclasses import replace

from hypothesis import given

from bot.domain.rules import Opinions, Rule, RuleOf
from bot.sheets.rule_lines import rule_lines, written_rule
from tests.domain.test_coded import CARD, RULES, a_rule

METHODS = {CARD: "Visa"}


@given(RULES)
def test_every_rule_is_read_as_it_was_written(rules: list[Rule]) -> None:
    content = "".join(written_rule(rule, {}) for rule in rules)

    found = list(rule_lines(content))

    assert [line.wrong for line in found] == [None] * len(rules)
    assert [line.number for line in found] == list(range(1, len(rules) + 1))
    read = [line.rule for line in found if line.rule is not None]
    assert [(each.target, each.says, each.strength, each.is_active) for each in read] == [
        (rule.target, rule.opinions, rule.strength, rule.is_active) for rule in rules
    ]


def test_payment_methods_are_named_and_what_is_no_opinion_is_not_written() -> None:
    line = written_rule(a_rule(account="429", payment_method=CARD), METHODS)
    assert '"says": {"account": "429", "payment_method": "Visa"}' in line
    method = a_rule(RuleOf.PAYMENT_METHOD, account="429")
    assert '"name": "Visa"' in written_rule(method, METHODS)


def test_each_wrong_line_is_told_and_the_others_are_read() -> None:
    good = written_rule(replace(a_rule(), opinions=Opinions(account="429")), {})
    content = f"{{\n\n{good}[1]\n" + good.replace('"account"', '"acount"') + good.replace("supplier", "cousin")

    found = {line.number: line.wrong for line in rule_lines("\ufeff" + content)}

    assert [number for number, wrong in found.items() if wrong is None] == [3]
    assert "no rule as this file has them" in str(found[1])
    assert "Expected `object`" in str(found[4])
    assert "it says 'acount', which no rule has" in str(found[5])
    assert "cousin" in str(found[6])
