"""Where each package takes documents, and what each of its refusals leads to: as tables, by which gaps are seen."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from bot.domain.book_rules import BookRules
from bot.domain.booking import kind_of
from bot.domain.books import Capability
from bot.domain.documents import DocumentType, ItemKind
from bot.domain.postings import PostingKind
from bot.domain.problems import CATALOGUE, Fix, ProblemCode
from bot.domain.settings import Destination, PaymentStatus, destinations_for, statuses_for
from providers import PROVIDERS
from tests.architecture.proofs import CONTRACTS
from tests.architecture.tree import ROOT


class Outside(StrEnum):
    """Why a refusal cannot be resolved from here. There is no fifth reason."""

    PLAN = "the plan"
    RIGHT = "a right in the ledger"
    LOCK_DATE = "moving a lock date"
    OUTAGE = "an outage"


OUTSIDE: dict[ProblemCode, Outside] = {
    ProblemCode.SUBSCRIPTION_LAPSED: Outside.PLAN,
    ProblemCode.LEDGER_BUSY: Outside.OUTAGE,
    ProblemCode.LEDGER_DOWN: Outside.OUTAGE,
}
"""Of those that have no fix."""
NEEDS = {
    Fix.PUBLISH_AS_DRAFT: Capability.DRAFT_BILLS,
    Fix.DRAFT_UNTIL_OPEN: Capability.DRAFT_BILLS,
    Fix.CHOOSE_PAYMENT_METHOD: Capability.BANK_TRANSACTIONS,
    Fix.CHOOSE_BANK_LINE: Capability.BANK_LINES,
    Fix.PAY_WITH_ANOTHER: Capability.PAYMENTS,
    Fix.CHOOSE_PRODUCT: Capability.PRODUCTS,
    Fix.MAKE_CREDIT_NOTE: Capability.CREDIT_NOTES,
}
"""What a package has to have for a button."""
ONLY_AGAIN = {Fix.RETRY, Fix.WAIT_FOR_LEDGER, Fix.OPEN_IN_LEDGER, Fix.WITHDRAW_AGAIN}
"""Buttons that send the same again, or look."""
SIDES = {
    "a cost": (ItemKind.COST, DocumentType.INVOICE),
    "a supplier's credit note": (ItemKind.COST, DocumentType.CREDIT_NOTE),
    "an expense report": (ItemKind.EXPENSE_REPORT, DocumentType.RECEIPT),
    "a sale": (ItemKind.SALE, DocumentType.INVOICE),
    "a credit note to a customer": (ItemKind.SALE, DocumentType.CREDIT_NOTE),
}


def test_wherever_documents_can_go_is_shown_by_the_contract(record_property: Any) -> None:
    packages = {key: dict(_goes(key)) for key in PROVIDERS}
    rows = dict.fromkeys(row for goes in packages.values() for row in goes)

    lines = [("", "", *(PROVIDERS[key].profile.name for key in packages))]
    lines += [(*row, *(_words(key, goes.get(row), SIDES[row[0]][0]) for key, goes in packages.items())) for row in rows]

    record_property("table", f"where documents go\n{_drawn(lines)}")
    unshown = [(key, kind) for key, goes in packages.items() for kind in goes.values() if not _is_shown(key, kind)]
    assert unshown == []


def test_whatever_a_package_refuses_has_a_fix_or_one_of_four_reasons_why_not(record_property: Any) -> None:
    packages = {key: Counter(_codes(key)) for key in PROVIDERS}
    codes = [code for code in ProblemCode if any(code in found for found in packages.values())]

    lines = [("problem", *(PROVIDERS[key].profile.name for key in packages), "what is offered")]
    lines += [
        (code, *(_told(key, code, found[code]) for key, found in packages.items()), _offered(code)) for code in codes
    ]

    record_property("table", f"refusals, in how many places, and what is offered\n{_drawn(lines)}")
    told = [(key, code) for key, found in packages.items() for code in found if code not in OUTSIDE]
    assert [(key, code) for key, code in told if not set(_fixes(key, code)) - ONLY_AGAIN] == []


@pytest.mark.parametrize("code", OUTSIDE)
def test_a_problem_that_is_left_to_others_has_no_fix_and_passes_or_is_tried_again(code: ProblemCode) -> None:
    fixes = CATALOGUE[code].fixes

    assert set(fixes) <= ONLY_AGAIN, "it has a fix, so that it needs no reason"
    assert fixes or OUTSIDE[code] is Outside.OUTAGE


def _goes(key: str) -> Iterator[tuple[tuple[str, str], PostingKind]]:
    """By what it is and where it goes, what it becomes there."""
    for (words, (kind, document_type)), destination in product(SIDES.items(), Destination):
        if destination in destinations_for(kind, PROVIDERS[key].profile.capabilities):
            yield (words, destination.words), kind_of(kind, document_type, destination, rules_of(key))


def rules_of(key: str) -> BookRules:
    """What its books ask of expense reports, as its profile says."""
    return BookRules(pays_users=PROVIDERS[key].profile.claimed_as is PostingKind.EXPENSES)


def _words(key: str, kind: PostingKind | None, of: ItemKind) -> str:
    """What it becomes, and as what it can be published."""
    if kind is None:
        return "–"
    profile = PROVIDERS[key].profile
    if kind.is_of_bank:
        return kind.words
    statuses = statuses_for(of, profile.capabilities)
    can = [status for status in statuses if status is not PaymentStatus.PAID or kind in profile.pays]
    return f"{kind.words}: {', '.join(status.replace('_', ' ') for status in can)}"


def _is_shown(key: str, kind: PostingKind) -> bool:
    return kind in CONTRACTS[key].KINDS


def _codes(key: str) -> Iterator[ProblemCode]:
    """Each time that one of the package's rooms names a problem."""
    for path in sorted((ROOT / "providers" / key).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="P" | "ProblemCode"), attr=name) if (
                    name in ProblemCode.__members__
                ):
                    yield ProblemCode[name]


def _fixes(key: str, code: ProblemCode) -> list[Fix]:
    """Those that the package has what is needed for."""
    can = PROVIDERS[key].profile.capabilities
    return [fix for fix in CATALOGUE[code].fixes if fix not in NEEDS or NEEDS[fix] in can]


def _told(key: str, code: ProblemCode, places: int) -> str:
    """In how many places, and which of the buttons are not for this package."""
    lacks = [fix.replace("_", " ") for fix in CATALOGUE[code].fixes if fix not in _fixes(key, code)]
    return ", not ".join([str(places), *lacks]) if places else ""


def _offered(code: ProblemCode) -> str:
    fixes = ", ".join(fix.replace("_", " ") for fix in CATALOGUE[code].fixes)
    return f"{fixes} ({OUTSIDE[code]})" if code in OUTSIDE else fixes


def _drawn(lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ["  ".join(f"{cell:{wide}}" for cell, wide in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(rows)
