"""Calls to the simulated QuickBooks that are sent again, together, too often, or on a bad day; and files."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from providers.quickbooks.simulator import TRADING, Fault
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks.conftest import Bare, Json, Reply, errors, judged

pytestmark = judged

PDF = b"%PDF-1.4 a bill"


# Sent again


async def test_a_call_that_is_sent_again_with_its_requestid_writes_once(bare: Bare) -> None:
    key = str(uuid4())

    first = await bare.post("bill", bare.bill(), requestid=key)
    again = await bare.post("bill", bare.bill(), requestid=key)

    assert first.body == again.body
    assert len(bare.state.bills()) == 1


async def test_a_requestid_is_for_one_request(bare: Bare) -> None:
    await bare.post("bill", bare.bill(), requestid="r-1")

    other = await bare.post("bill", bare.bill("B-2"), requestid="r-1")
    too_long = await bare.post("bill", bare.bill("B-2"), requestid="x" * 51)

    assert (other.errors[0][0], too_long.errors[0][0]) == ("600", "2050")
    assert len(bare.state.bills()) == 1


async def test_a_refusal_leaves_its_requestid_free(bare: Bare) -> None:
    bare.state.set_active(TRADING, "Account", "Office Supplies", is_active=False)
    body = bare.bill("B-1", bare.line(AccountRef={"value": "28"}))
    refused = await bare.post("bill", body, requestid="r-1")
    bare.state.set_active(TRADING, "Account", "Office Supplies", is_active=True)

    taken = await bare.post("bill", body, requestid="r-1")

    assert (refused.errors[0][0], taken.status) == ("2500", 200)


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HALF_ANSWER, Fault.HTML])
async def test_what_was_written_is_found_again_by_its_requestid(bare: Bare, fault: Fault) -> None:
    bare.state.fail_next(fault, method="POST", path="*/bill")

    try:
        lost = await bare.post("bill", bare.bill(), requestid="r-1")
    except aiohttp.ClientError:
        lost = None
    again = await bare.post("bill", bare.bill(), requestid="r-1")

    assert lost is None or lost.status == 500 or lost.body.startswith(b"<!doctype html>")
    assert again.json["Bill"]["Id"] == bare.state.bills()[0]["Id"]
    assert len(bare.state.bills()) == 1


# Together


async def batch(bare: Bare, *items: Json, **query: str) -> Reply:
    return await bare.post("batch", {"BatchItemRequest": list(items)}, **query)


async def test_each_item_of_a_batch_has_its_own_answer(bare: Bare) -> None:
    reply = await batch(
        bare,
        {"bId": "1", "operation": "create", "Bill": bare.bill()},
        {"bId": "2", "operation": "create", "Bill": bare.bill()},
        {"bId": "3", "Query": "select * from Term"},
        {"bId": "4", "operation": "create", "Bill": bare.bill(), "optionsData": "allowduplicatedocnum"},
        {"bId": "5", "operation": "explode", "Bill": bare.bill()},
    )

    first, second, third, fourth, fifth = reply.json["BatchItemResponse"]
    assert reply.status == 200
    assert first["Bill"]["TotalAmt"] == 120
    assert (second["bId"], errors(second)[0][0]) == ("2", "6140")
    assert len(third["QueryResponse"]["Term"]) == 4
    assert fourth["Bill"]["DocNumber"] == "B-1"
    assert errors(fifth)[0][0] == "2170"


async def test_a_batch_deletes_and_changes(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())
    other = await bare.created("Bill", bare.bill("B-2"))

    reply = await batch(
        bare,
        {"bId": "1", "operation": "delete", "Bill": {"Id": bill["Id"], "SyncToken": "0"}},
        {"bId": "2", "operation": "update", "Bill": {**other, "PrivateNote": "seen"}},
    )

    assert reply.json["BatchItemResponse"][0]["Bill"]["status"] == "Deleted"
    assert reply.json["BatchItemResponse"][1]["Bill"]["SyncToken"] == "1"


async def test_a_batch_has_ten_items_at_most(bare: Bare) -> None:
    items = [{"bId": str(number), "Query": "select * from Term"} for number in range(11)]

    assert (await batch(bare, *items)).errors[0][0] == "1040"
    assert (await batch(bare)).errors[0][0] == "2020"


async def test_a_batch_that_is_sent_again_writes_once(bare: Bare) -> None:
    item = {"bId": "1", "operation": "create", "Bill": bare.bill()}

    first = await batch(bare, item, requestid="r-1")
    again = await batch(bare, item, requestid="r-1")

    assert first.body == again.body
    assert len(bare.state.bills()) == 1


# Too often


async def test_calls_are_counted_by_the_minute(bare: Bare, clock: FakeClock) -> None:
    bare.state.meter.limits.per_minute = 2
    replies = [await bare.get("preferences") for _ in range(3)]
    clock.instant += timedelta(seconds=61)
    later = await bare.get("preferences")

    assert [reply.status for reply in replies] == [200, 200, 429]
    assert replies[2].json["fault"]["error"][0]["code"] == "3001"
    assert "Retry-After" not in replies[2].headers
    assert later.status == 200


async def test_the_figures_are_those_of_the_vendor(bare: Bare) -> None:
    limits = bare.state.meter.limits

    assert (limits.per_minute, limits.at_once, bare.state.batches.limits.per_minute) == (500, 10, 40)


async def test_batches_are_counted_for_themselves(bare: Bare) -> None:
    bare.state.batches.limits.per_minute = 1
    item = {"bId": "1", "Query": "select * from Term"}

    first, second = await batch(bare, item), await batch(bare, item)

    assert (first.status, second.status) == (200, 429)


async def test_so_many_calls_are_taken_at_once(bare: Bare) -> None:
    bare.state.meter.limits.at_once = 0

    reply = await bare.get("preferences")

    assert (reply.status, reply.json["fault"]["type"]) == (429, "SERVICE")


# Bad days


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.ERROR_BEFORE, 500), (Fault.UNAVAILABLE, 503), (Fault.TOO_MANY, 429), (Fault.TOO_LARGE, 413)],
)
async def test_nothing_is_written_by_a_call_that_fails_before(bare: Bare, fault: Fault, status: int) -> None:
    bare.state.fail_next(fault)

    reply = await bare.post("bill", bare.bill())

    assert reply.status == status
    assert bare.state.bills() == []


async def test_what_is_never_answered_is_written(bare: Bare) -> None:
    bare.state.fail_next(Fault.HANG_AFTER, method="POST")

    bare.state.released.set()

    with pytest.raises(aiohttp.ClientError):
        await bare.post("bill", bare.bill())

    assert len(bare.state.bills()) == 1


async def test_lists_may_show_new_documents_late(bare: Bare, clock: FakeClock) -> None:
    bare.state.misbehaviour.late_list_seconds = 60
    bill = await bare.created("Bill", bare.bill())

    hidden = await bare.select("select * from Bill")
    read = await bare.get(f"bill/{bill['Id']}")
    clock.instant += timedelta(seconds=61)
    shown = await bare.select("select * from Bill")

    assert (hidden, read.status, len(shown["Bill"])) == ({}, 200, 1)


async def test_what_is_no_json_is_refused(bare: Bare) -> None:
    broken = await bare.send("POST", "bill", b"{", headers={"Content-Type": "application/json"})
    listed = await bare.post("bill", [])
    other = await bare.send("POST", "bill", b"<Bill/>", headers={"Content-Type": "application/xml"})

    assert [reply.errors[0][0] for reply in (broken, listed, other)] == ["2010", "2010", "500"]


JUNK: tuple[Any, ...] = (
    None,
    5,
    -1.5,
    True,
    "x",
    "",
    [],
    ["x"],
    [[]],
    {},
    {"value": {}},
    {"value": 5},
    [{}],
    [{"x": 1}],
    [None],
)


@pytest.mark.parametrize("entity", ["Bill", "Purchase", "Invoice", "BillPayment", "Payment", "Vendor"])
async def test_whatever_is_sent_is_answered(bare: Bare, entity: str) -> None:
    bill = await bare.created("Bill", bare.bill())
    good = {
        "Bill": bare.bill("B-2", TxnTaxDetail={}, CurrencyRef={}, ExchangeRate=1, Id=None, SyncToken="0", sparse=True),
        "Purchase": bare.spend(Credit=False),
        "Invoice": bare.sale(CustomerMemo={}),
        "BillPayment": bare.payment(bill),
        "Payment": {**bare.sale(), "TotalAmt": 5},
        "Vendor": {"DisplayName": "New", "TermRef": {}, "Active": True, "Id": "1", "SyncToken": "0"},
    }[entity]
    bodies = [{**good, name: junk} for name in good for junk in JUNK]
    if "Line" in good:
        line = good["Line"][0]
        bodies += [{**good, "Line": [{**line, name: junk}]} for name in line for junk in JUNK]
        kind = line.get("DetailType", "LinkedTxn")
        detail = line[kind][0] if isinstance(line[kind], list) else line[kind]
        nested = [{**detail, name: junk} for name in (*detail, "ClassRef", "Qty", "TaxInclusiveAmt") for junk in JUNK]
        bodies += [{**good, "Line": [{**line, kind: [one] if kind == "LinkedTxn" else one}]} for one in nested]

    answers = {(await bare.post(entity.lower(), body)).status for body in bodies}
    bare.state.meter.forget()

    assert answers <= {200, 400}


# Files


async def upload(bare: Bare, *files: tuple[str, str, Json], **query: str) -> Reply:
    """Each by its name, its type, and what is said of it."""
    boundary, parts = "a-boundary", []
    for number, (name, kind, told) in enumerate(files, 1):
        for part, more, media, content in (
            ("metadata", "", "application/json", json.dumps(told).encode()),
            ("content", f'; filename="{name}"', kind, PDF),
        ):
            head = f'Content-Disposition: form-data; name="file_{part}_{number:02}"{more}\r\nContent-Type: {media}'
            parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return await bare.send("POST", "upload", body, headers=headers, **query)


def told(bill: Json, name: str = "bill.pdf", kind: str = "Bill") -> Json:
    reference = {"EntityRef": {"type": kind, "value": bill["Id"]}, "IncludeOnSend": False}
    return {"AttachableRef": [reference], "FileName": name, "ContentType": "application/pdf"}


async def test_a_file_hangs_on_its_document(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    reply = await upload(bare, ("bill.pdf", "application/pdf", told(bill)))

    (response,) = reply.json["AttachableResponse"]
    file = response["Attachable"]
    found = await bare.select(
        f"select * from Attachable where AttachableRef.EntityRef.Type = 'bill' and AttachableRef.EntityRef.value = '{bill['Id']}'"
    )
    assert (file["FileName"], file["Size"], file["ContentType"]) == ("bill.pdf", len(PDF), "application/pdf")
    assert [one["Id"] for one in found["Attachable"]] == [file["Id"]]
    assert bare.state.books[TRADING].content(file["Id"]) == PDF


async def test_a_file_that_is_refused_is_told_within_a_good_answer(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    reply = await upload(
        bare,
        ("bill.pdf", "application/octet-stream", told(bill)),
        ("bill.pdf", "application/pdf", told({"Id": "999"})),
        ("bill.pdf", "application/pdf", told(bill, kind="Robot")),
        ("bill.pdf", "application/pdf", told(bill)),
    )

    assert reply.status == 200
    codes = [errors(one)[0][0] if "Fault" in one else None for one in reply.json["AttachableResponse"]]
    assert codes == ["6041", "2500", "2170", None]


async def test_an_upload_that_is_sent_again_is_kept_once(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    first = await upload(bare, ("bill.pdf", "application/pdf", told(bill)), requestid="r-1")
    again = await upload(bare, ("bill.pdf", "application/pdf", told(bill)), requestid="r-1")

    assert first.body == again.body
    assert len(bare.state.books[TRADING].files("Bill", bill["Id"])) == 1


async def test_a_file_is_taken_off_again(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())
    file = (await upload(bare, ("bill.pdf", "application/pdf", told(bill)))).json["AttachableResponse"][0]["Attachable"]

    await bare.post("attachable", {"Id": file["Id"], "SyncToken": "0"}, operation="delete")

    assert bare.state.books[TRADING].files("Bill", bill["Id"]) == []
