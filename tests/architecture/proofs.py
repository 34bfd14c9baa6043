"""What shows that a package keeps a rule of `providers.quality`: its profile, and the contract that it passes.

A rule is done exactly where its proof holds; so nothing can be said to be done that no test shows, and nothing that is
shown stays "not yet".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.books import Capability, ListKind
from bot.domain.documents import ItemKind, LineAmounts
from bot.domain.postings import PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.settings import PaymentStatus, statuses_for
from providers.base import Profile
from tests.contract.files import FileContract
from tests.contract.provider import ProviderContract
from tests.contract.test_file_export import TestFileExport
from tests.contract.test_freeagent import TestFreeAgent
from tests.contract.test_provider import TestXero
from tests.contract.test_quickbooks import TestQuickBooks
from tests.contract.test_sage import TestSage

Contract = type[ProviderContract] | type[FileContract]
CONTRACTS: Mapping[str, Contract] = {
    "xero": TestXero,
    "quickbooks": TestQuickBooks,
    "sage": TestSage,
    "freeagent": TestFreeAgent,
    "file_export": TestFileExport,
}
"""The class by which each package passes the contract."""


@dataclass(frozen=True, slots=True)
class Package:
    profile: Profile
    contract: Contract
    folder: Path


Proof = Callable[[Package], bool]


def _lists(kind: ListKind) -> Proof:
    return lambda package: kind in package.profile.lists


def _can(name: Capability) -> Proof:
    return lambda package: name in package.profile.capabilities


def _books(*kinds: PostingKind, by: Capability) -> Proof:
    """It is offered, and written and read back by the contract."""
    return lambda package: by in package.profile.capabilities and set(kinds) <= set(package.contract.KINDS)


def _publishes_as(status: PaymentStatus) -> Proof:
    """A file says none, whatever its documents count as here."""
    return lambda package: (
        status in statuses_for(ItemKind.COST, package.profile.capabilities)
        and Capability.DOWNLOADS not in package.profile.capabilities
    )


def _shown_by(*tests: str) -> Proof:
    """Tests that every package inherits."""
    return lambda package: all(callable(getattr(package.contract, test, None)) for test in tests)


def _refuses(code: ProblemCode) -> Proof:
    return lambda package: code in package.contract.REFUSED.values()


PROOFS: Mapping[str, Proof] = {
    "connect": _shown_by("test_consent_gives_tokens_that_live_a_while"),
    "reconnect": _shown_by("test_a_refresh_gives_a_new_pair_for_the_same_person"),
    "disconnect": lambda package: package.profile.takes_access_back,
    "organisation_choice": _can(Capability.SEVERAL_ORGANISATIONS),
    "chart_of_accounts": _lists(ListKind.ACCOUNTS),
    "tax_rates": _lists(ListKind.TAX_RATES),
    "tracking_categories": _lists(ListKind.TRACKING_CATEGORIES),
    "currencies": _lists(ListKind.CURRENCIES),
    "bank_accounts": _lists(ListKind.BANK_ACCOUNTS),
    "bank_lines": _can(Capability.BANK_LINES),
    "contacts": _lists(ListKind.CONTACTS),
    "products": lambda package: "products" in package.profile.lists,
    "changes_only": lambda package: bool(package.profile.incremental),
    "bills": _books(PostingKind.BILL, by=Capability.BILLS),
    "sales_invoices": _books(PostingKind.SALES_INVOICE, by=Capability.SALES_INVOICES),
    "credit_notes": _books(
        PostingKind.SUPPLIER_CREDIT_NOTE, PostingKind.CUSTOMER_CREDIT_NOTE, by=Capability.CREDIT_NOTES
    ),
    "bank_transactions": _books(PostingKind.SPEND_MONEY, PostingKind.RECEIVE_MONEY, by=Capability.BANK_TRANSACTIONS),
    "payments": _can(Capability.PAYMENTS),
    "expense_reports": lambda package: (
        Capability.EXPENSE_REPORTS in package.profile.capabilities
        and package.profile.claimed_as in package.contract.KINDS
    ),
    "attachments": lambda package: package.profile.files is not None,
    "tracking": _can(Capability.TRACKING),
    "line_products": lambda package: "products" in package.profile.capabilities,
    "customers_of_costs": lambda package: bool(package.contract.FOR_CUSTOMERS),
    "tax_modes": lambda package: set(package.contract.TAX_MODES) == set(LineAmounts),
    "several_currencies": lambda package: len(package.contract.CURRENCIES) > 1,
    "drafts": _publishes_as(PaymentStatus.DRAFT),
    "awaiting_approval": _publishes_as(PaymentStatus.AWAITING_APPROVAL),
    "awaiting_payment": _publishes_as(PaymentStatus.AWAITING_PAYMENT),
    "paid": _publishes_as(PaymentStatus.PAID),
    "idempotent_publish": _shown_by("test_the_same_key_gives_the_first_answer_and_writes_nothing_more"),
    "lost_answers": _shown_by("test_a_lost_answer_leaves_exactly_one_to_be_found"),
    "read_back": _shown_by("test_a_bill_is_written_and_reads_back_as_it_was_sent"),
    "links": _shown_by("test_a_record_has_an_address_of_its_own"),
    "withdraw": _can(Capability.WITHDRAWING),
    "errors_mapped": _shown_by("test_every_known_refusal_is_a_problem_of_its_own"),
    "warnings": lambda package: package.contract.DROPS,
    "locked_periods": lambda package: (
        Capability.LOCK_DATES in package.profile.capabilities and _refuses(ProblemCode.PERIOD_LOCKED)(package)
    ),
    "rate_limits": _shown_by("test_a_limit_says_when_to_come_back_and_writes_nothing"),
    "simulator": lambda package: (package.folder / "simulator.py").is_file(),
    "schema": lambda package: package.contract.SCHEMA,
    "contract": lambda package: issubclass(package.contract, (ProviderContract, FileContract)),
}
