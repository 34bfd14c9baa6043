"""Every refusal has a sentence, a next step, and a button that somebody serves."""

import ast
import string
from functools import cache

import pytest

from bot.domain.problems import CATALOGUE, Fix, Problem, ProblemCode, placeholders
from bot.views.ids import ActionId
from tests.architecture.tree import CODE, registered, sources

BUTTONS = {
    Fix.CHOOSE_ACCOUNT: ActionId.CHOOSE_ACCOUNT,
    Fix.CHOOSE_TAX_RATE: ActionId.CHOOSE_TAX_RATE,
    Fix.EDIT_ITEM: ActionId.EDIT_ITEM,
    Fix.RECONNECT: ActionId.OPEN_CONNECT,
    Fix.CHOOSE_PAYMENT_METHOD: ActionId.CHOOSE_PAYMENT_METHOD,
    Fix.CHOOSE_BANK_LINE: ActionId.AUTOFILL_PAYMENT,
    Fix.PAY_WITH_ANOTHER: ActionId.PAY_WITH_ANOTHER,
    Fix.CHOOSE_PRODUCT: ActionId.CHOOSE_PRODUCT,
    Fix.CHOOSE_CONTACT: ActionId.CHOOSE_CONTACT,
    Fix.USE_CONTACT: ActionId.USE_CONTACT,
    Fix.CHANGE_NUMBER: ActionId.CHANGE_NUMBER,
    Fix.SAME_DOCUMENT: ActionId.SAME_DOCUMENT,
    Fix.TAKE_AS_IT_IS: ActionId.TAKE_AS_IT_IS,
    Fix.RETRY: ActionId.RETRY_ITEM,
    Fix.PUBLISH_AS_DRAFT: ActionId.PUBLISH_AS_DRAFT,
    Fix.BOOK_ON_OPEN_DAY: ActionId.BOOK_ON_OPEN_DAY,
    Fix.DRAFT_UNTIL_OPEN: ActionId.DRAFT_UNTIL_OPEN,
    Fix.WAIT_FOR_LEDGER: ActionId.WAIT_FOR_LEDGER,
    Fix.LEAVE_STEP: ActionId.LEAVE_STEP,
    Fix.WITHDRAW_AGAIN: ActionId.WITHDRAW_AGAIN,
    Fix.WITHDRAW_ANYWAY: ActionId.WITHDRAW_AGAIN,
    Fix.MAKE_CREDIT_NOTE: ActionId.MAKE_CREDIT_NOTE,
    Fix.LEAVE_PUBLISHED: ActionId.LEAVE_PUBLISHED,
    Fix.OPEN_IN_LEDGER: ActionId.OPEN_IN_LEDGER,
}
LATER_BY_ITSELF = {ProblemCode.LEDGER_BUSY, ProblemCode.LEDGER_DOWN}


@cache
def known_facts() -> frozenset[str]:
    """Names of facts that some line of the product gives: keywords, keys of dicts, and named groups of patterns."""
    found: set[str] = set()
    for _, tree in sources(*CODE):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= {keyword.arg for keyword in node.keywords if keyword.arg}
            elif isinstance(node, ast.Dict):
                found |= {
                    key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {part.split(">")[0] for part in node.value.split("(?P<")[1:]}
    return frozenset(found)


@pytest.mark.parametrize("code", ProblemCode)
def test_a_problem_has_an_entry_whose_placeholders_are_filled(code: ProblemCode) -> None:
    entry = CATALOGUE[code]
    templates = (entry.title, entry.explanation, entry.remedy, entry.field or "")

    wanted = frozenset[str]().union(*(placeholders(template) for template in templates))

    assert wanted - known_facts() == set()


@pytest.mark.parametrize("code", ProblemCode)
def test_what_a_remedy_says_of_a_button_stands_in_it_and_the_button_is_one_of_its_own(code: ProblemCode) -> None:
    entry = CATALOGUE[code]

    for fix, words, instead in entry.without:
        assert fix in entry.fixes
        assert words in entry.remedy
        assert placeholders(instead) <= placeholders(entry.remedy)


@pytest.mark.parametrize("code", ProblemCode)
def test_a_problem_reads_as_sentences_even_with_no_fact_known(code: ProblemCode) -> None:
    problem = Problem(code=code)

    for sentence in (problem.explanation, problem.remedy, problem.remedy_by(())):
        assert "{" not in sentence
        assert sentence[0] in string.ascii_uppercase or sentence.startswith("unknown")
        assert sentence.endswith(".")


@pytest.mark.parametrize("code", [code for code in ProblemCode if code not in LATER_BY_ITSELF])
def test_a_problem_that_does_not_pass_by_itself_has_a_button(code: ProblemCode) -> None:
    assert CATALOGUE[code].fixes


def test_every_fix_is_a_button_that_somebody_serves() -> None:
    served = registered().clicks

    assert set(BUTTONS) == set(Fix)
    assert [fix for fix, action in BUTTONS.items() if action not in served] == []
