"""Real e-invoices that lie beside the repository where they may; tests that need them skip elsewhere."""

import json
from pathlib import Path
from typing import TypedDict, cast

import pytest

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "samples" / "einvoices"
needs_samples = pytest.mark.skipif(not FOLDER.is_dir(), reason="the sample e-invoices are not beside this repository")


class Expected(TypedDict):
    """What `expected.json` says of one file, as far as it is compared."""

    syntax: str
    profile: str
    supplier: str
    supplier_vat: str | None
    buyer: str
    number: str
    date: str
    due: str | None
    currency: str
    net: str
    tax: str
    gross: str
    payable: str
    type_code: str
    accounting_kind: str
    lines: int


def expectations() -> dict[str, Expected]:
    """By file name; empty where there are no samples."""
    if not FOLDER.is_dir():
        return {}
    return cast("dict[str, Expected]", json.loads((FOLDER / "expected.json").read_text()))


def content_of(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
