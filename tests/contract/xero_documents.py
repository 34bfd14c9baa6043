"""What the published documents of Xero say about calls that the simulator recorded."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from providers.xero.simulator import Call
from tests.conftest import ROOT
from tests.contract.openapi import Document

FOLDER = ROOT.parent / "shared" / "specs" / "xero"
ENVELOPE = ("Id", "Status", "ProviderName", "DateTimeUTC")
ENVELOPED = (
    "Organisations",
    "Actions",
    "Accounts",
    "TaxRates",
    "TrackingCategories",
    "Currencies",
    "Users",
    "Contacts",
    "Items",
    "Invoices",
    "CreditNotes",
    "BankTransactions",
    "Allocations",
    "Payments",
    "Attachments",
    "HistoryRecords",
)
BEYOND = {
    **dict.fromkeys(ENVELOPED, ENVELOPE),
    "Invoice": ("DateString", "DueDateString"),
    "CreditNote": ("DateString", "DueDateString"),
    "BankTransaction": ("DateString",),
    "Payment": ("DateString",),
    "Allocation": ("DateString",),
}
"""In the document's own examples, and in none of its schemas."""


@cache
def _accounting(path: Path) -> Document:
    return Document.read(path, root="/api.xro/2.0", beyond=BEYOND, refusal="Error")


@cache
def _identity(path: Path) -> Document:
    return Document.read(path, beyond={"AccessToken": ("scope",)})


def are_here() -> bool:
    return FOLDER.is_dir()


def problems(calls: Sequence[Call]) -> list[str]:
    """What is wrong with requests and answers."""
    return [*request_problems(calls), *answer_problems(calls)]


def request_problems(calls: Sequence[Call]) -> list[str]:
    books, links, _ = _sorted(calls)
    return [
        *_accounting(FOLDER / "xero_accounting.yaml").request_problems(books),
        *_identity(FOLDER / "xero-identity.yaml").request_problems(links),
    ]


def answer_problems(calls: Sequence[Call]) -> list[str]:
    books, links, tokens = _sorted(calls)
    identity = _identity(FOLDER / "xero-identity.yaml")
    given = [json.loads(call.answer) for call in tokens if call.status == 200 and call.fault is None]
    return [
        *_accounting(FOLDER / "xero_accounting.yaml").answer_problems(books),
        *identity.answer_problems(links),
        *(problem for answer in given for problem in identity.schema_problems("AccessToken", answer)),
    ]


def _sorted(calls: Sequence[Call]) -> tuple[list[Call], list[Call], list[Call]]:
    """Calls to the books, to the connections, and for tokens."""
    return (
        [call for call in calls if call.path.startswith("/api.xro/")],
        [call for call in calls if call.path.startswith("/connections")],
        [call for call in calls if call.path == "/connect/token"],
    )
