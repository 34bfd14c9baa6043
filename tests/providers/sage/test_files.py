"""Files of the simulated Sage: base64 in JSON, on one document, of a kind and a size."""

import base64
from typing import Any

import pytest

from providers.sage.simulated.endpoints.files import LARGEST_FILE
from tests.providers.sage.conftest import Bare, Json, Reply, judged

pytestmark = judged

PDF = b"%PDF-1.7 a bill"


# Files


async def attach(bare: Bare, document: Json, **changes: Any) -> Reply:
    body = {
        "file": base64.b64encode(PDF).decode(),
        "file_name": "bill.pdf",
        "mime_type": "application/pdf",
        "attachment_context_type_id": "PURCHASE_INVOICE",
        "attachment_context_id": document["id"],
        **changes,
    }
    return await bare.post(
        "attachments", {"attachment": {key: value for key, value in body.items() if value is not None}}
    )


async def test_a_file_hangs_on_its_document(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())

    made = await attach(bare, invoice)
    key = made.json["id"]
    context = {"attachment_context_id": invoice["id"], "attachment_context_type_id": "PURCHASE_INVOICE"}
    listed = await bare.items("attachments", **context)
    content = await bare.get(f"attachments/{key}/file")

    assert (made.status, made.json["file_size"], made.json["transaction"]["id"]) == (
        201,
        len(PDF),
        invoice["transaction"]["id"],
    )
    assert ([one["id"] for one in listed], content.body) == ([key], PDF)
    assert (listed[0]["displayed_as"], key.count("-")) == (None, 4)
    assert len(await bare.items("purchase_invoices", has_attachments="true")) == 1
    assert (await bare.get("attachments", attachment_context_id=invoice["id"])).status == 422


async def test_a_file_may_name_the_transaction(bare: Bare) -> None:
    spent = await bare.created("other_payments", bare.spend())
    own = {
        "attachment_context_id": None,
        "attachment_context_type_id": None,
        "transaction_id": spent["transaction"]["id"],
    }

    made = await attach(bare, spent, **own)

    assert made.json["attachment_context_type"]["id"] == "OTHER_PAYMENT"


@pytest.mark.parametrize(
    ("changes", "status", "source"),
    [
        ({"file": None}, 422, "attachment[file]"),
        ({"file": "%%%"}, 422, "attachment[file]"),
        ({"file_name": None}, 422, "attachment[file_name]"),
        ({"mime_type": None}, 422, "attachment[mime_type]"),
        ({"mime_type": "image/tiff"}, 422, "mime_type"),
        ({"attachment_context_id": "unknown"}, 404, ""),
        ({"attachment_context_type_id": "SALES_INVOICE"}, 422, "attachment_context_type_id"),
        ({"attachment_context_type_id": "OTHER_PAYMENT"}, 404, ""),
        ({"file": base64.b64encode(b"x" * (LARGEST_FILE + 1)).decode()}, 422, "file_size"),
    ],
)
async def test_a_file_is_refused(bare: Bare, changes: Json, status: int, source: str) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())

    refused = await attach(bare, invoice, **changes)

    assert (refused.status, refused.sources[:1]) == (status, [source])


async def test_the_largest_file_is_taken(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())

    made = await attach(bare, invoice, file=base64.b64encode(b"x" * LARGEST_FILE).decode())

    assert made.json["file_size"] == 2_621_440


async def test_a_file_that_is_sent_again_is_there_twice(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    key = "c3a8adaa26daf36e02f3c672b69e3323"

    first, second = [await attach(bare, invoice, idempotency_id=key) for _ in range(2)]

    assert first.json["id"] != second.json["id"]
    await bare.delete(f"attachments/{first.json['id']}")
    assert [one["id"] for one in await bare.items("attachments")] == [second.json["id"]]
