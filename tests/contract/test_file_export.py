"""File export keeps what is relied on in a provider that is published by download."""

from typing import Any, ClassVar, cast

import pytest

from bot.domain.postings import PostingKind
from providers.base import ClientConfig, FileProvider
from providers.file_export.adapter import FileExportProvider
from tests.contract.files import FileContract
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited


class TestFileExport(FileContract):
    KINDS: ClassVar[tuple[PostingKind, ...]] = (
        PostingKind.BILL,
        PostingKind.SALES_INVOICE,
        PostingKind.SUPPLIER_CREDIT_NOTE,
        PostingKind.CUSTOMER_CREDIT_NOTE,
        PostingKind.SPEND_MONEY,
        PostingKind.RECEIVE_MONEY,
    )
    COLUMNS: ClassVar[dict[str, tuple[str, str, str]]] = {
        "xero": ("*Quantity×*UnitAmount", "TaxAmount", ""),
        "xero-sales": ("*Quantity×*UnitAmount", "TaxAmount", ""),
        "quickbooks-credit-notes": ("*ItemAmount", "ItemTaxAmount", "*CreditMemoNo"),
        "quickbooks-sales": ("*ItemAmount", "ItemTaxAmount", ""),
        "quickbooks": ("*LineAmount", "LineTaxAmount", ""),
        "sage-50": ("Net Amount", "Tax Amount", "Type"),
        "other": ("Net", "Tax", ""),
    }
    ENCODINGS: ClassVar[dict[str, str]] = {"sage-50": "cp1252", "other": "utf-8-sig"}

    @pytest.fixture
    def files(self) -> FileProvider:
        nobody = ClientConfig(
            client_id="", client_secret="", auth_url="", token_url="", revoke_url="", api_url="", web_url=""
        )
        return FileExportProvider.build(nobody, cast("Any", None), FakeClock(), Unlimited())
