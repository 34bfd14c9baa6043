"""What the ingest API does not take: each is said in words with its field, none has an effect, and none is an error."""

import asyncio
import gzip
import json
import random
import sys
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.db.ingests import INGESTS
from bot.db.items import ITEMS
from bot.domain.api_keys import ApiKeyId
from bot.domain.documents import Facts
from bot.services.files import FILES
from handlers import api_body
from handlers.api_body import MOST_LINES, NotAnItemError, NotJsonError
from handlers.api_pace import AT_ONCE, FORGOTTEN_ABOVE, Pace
from handlers.multipart import BadPartsError, parts_of
from tests.contract.ingest_document import problems
from tests.fakes.clock import FakeClock
from tests.handlers.api_client import A_BILL, ApiClient, a_client, a_key
from tests.handlers.desk import Desk, a_desk
from tests.intake.documents import a_document

SEED, MUTATED = 20260301, 600
JSON, FORM = "application/json", "multipart/form-data; boundary=x"
LINE: dict[str, Any] = {"description": "Paper", "net": "100.00"}


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made


@pytest.fixture
async def api(desk: Desk) -> AsyncIterator[ApiClient]:
    async with a_client(desk.world) as client:
        yield client
        assert problems(client.heard) == []


async def effects(desk: Desk) -> tuple[int, ...]:
    async with desk.world.services.db.read() as tx:
        counted = [select(func.count()).select_from(table) for table in (ITEMS, INGESTS, FILES)]
        return tuple([(await tx.execute(each)).scalar_one() for each in counted])


def rest(desk: Desk) -> None:
    """The key may send at once again as much as it may."""
    clock = desk.world.clock
    assert isinstance(clock, FakeClock)
    clock.move_to(clock.now() + timedelta(minutes=1))


def part(name: str, content: bytes, head: bytes = b"") -> bytes:
    disposition = b'Content-Disposition: form-data; name="' + name.encode() + b'"'
    return b"--x\r\n" + disposition + head + b"\r\n\r\n" + content + b"\r\n"


ITEM, FILE = part("item", b"{}"), part("file", b"%PDF-1.7")
BODIES: list[tuple[str, bytes, int, str]] = [
    (JSON, b"", 400, "not_json"),
    (JSON, b"[]", 400, "not_json"),
    (JSON, b"null", 400, "not_json"),
    (JSON, b"{", 400, "not_json"),
    (JSON, b"\xff\xfe{}", 400, "not_json"),
    (JSON, b'{"net": NaN}', 400, "not_json"),
    (JSON, b'{"net": 1e999}', 400, "not_json"),
    (JSON, b'{"number": "1", "number": "2"}', 400, "not_json"),
    (JSON, b'{"number": "a\\u0000b"}', 400, "not_json"),
    (JSON, b'{"number": "\\ud800"}', 400, "not_json"),
    (JSON, b"[" * 100_000, 400, "not_json"),
    (JSON, b'{"x":' * 15_000 + b"1" + b"}" * 15_000, 400, "not_json"),
    (JSON, b'{"net": ' + b"1" * 5000 + b"}", 400, "not_json"),
    (JSON, b"{}", 422, "not_an_item"),
    (JSON, b" " * 1024 * 1024 + b"{}", 413, "too_large"),
    ("text/plain", b"{}", 415, "type_not_taken"),
    ("application/x-www-form-urlencoded", b"number=1", 415, "type_not_taken"),
    ("application/xml", b"<Invoice/>", 415, "type_not_taken"),
    ("", b"{}", 415, "type_not_taken"),
    (FORM, b"", 400, "not_parts"),
    (FORM, b"--x--\r\n", 400, "not_parts"),
    (FORM, b"preamble" + ITEM + b"--x--", 400, "not_parts"),
    (FORM, ITEM, 400, "not_parts"),
    (FORM, ITEM + ITEM + b"--x--", 400, "not_parts"),
    (FORM, ITEM + FILE + ITEM + b"--x--", 400, "not_parts"),
    (FORM, part("state", b"approved") + b"--x--", 400, "not_parts"),
    (FORM, ITEM + part("state", b"approved") + b"--x--", 400, "not_parts"),
    (FORM, part("item", b"e30=", b"\r\nContent-Transfer-Encoding: base64") + b"--x--", 400, "not_parts"),
    (FORM, part("item", b"{}", b"\r\nContent-Disposition: form-data; name=file") + b"--x--", 400, "not_parts"),
    (FORM, part("item", b"{}", b"\r\nX: " + b"y" * 5000) + b"--x--", 400, "not_parts"),
    (FORM, b"--x\r\n\r\n\r\n--x--", 400, "not_parts"),
    (FORM, part("\xff", b"{}") + b"--x--", 400, "not_parts"),
    ("multipart/form-data", FILE + b"--x--", 400, "not_parts"),
    (f"multipart/form-data; boundary={'x' * 71}", FILE + b"--x--", 400, "not_parts"),
    (FORM, ITEM + b"--x--", 422, "not_an_item"),
    (FORM, part("item", b"{", b"\r\nContent-Type: application/json") + b"--x--", 400, "not_json"),
    (FORM, part("item", b"{}", b"\r\nContent-Type: image/png") + b"--x--", 415, "type_not_taken"),
    (FORM, part("item", b" " * 1024 * 1024 + b"{}") + b"--x--", 413, "too_large"),
    (FORM, part("file", b"") + b"--x--", 415, "type_not_taken"),
    (FORM, part("file", b"PK\x03\x04zip") + b"--x--", 415, "type_not_taken"),
    (FORM, part("file", b"<!DOCTYPE html><html></html>") + b"--x--", 415, "type_not_taken"),
    (FORM, part("file", b"\x00\x01\x02") + b"--x--", 415, "type_not_taken"),
    (FORM, part("file", b"%PDF-" + b"x" * 20 * 1024 * 1024) + b"--x--", 413, "too_large"),
    (FORM, part("file", b"%PDF-" + b"x" * 22 * 1024 * 1024) + b"--x--", 413, "too_large"),
]


async def test_what_is_no_request_is_refused_in_words_and_has_no_effect(desk: Desk, api: ApiClient) -> None:
    for number, (kind, body, status, code) in enumerate(BODIES):
        answer = await api.raw(body, Content_Type=kind)
        assert (answer.status, answer.json["code"]) == (status, code), (number, body[:60], answer.body)
        assert answer.json["title"]
        assert answer.json["detail"].endswith(".")

    for headers in (
        {"Idempotency_Key": None},
        {"Idempotency_Key": ""},
        {"Idempotency_Key": " "},
        {"Idempotency_Key": "x" * 256},
        {"Idempotency_Key": "\u00e9"},
    ):
        answer = await api.ask("POST", "/api/v1/items", json.dumps(A_BILL).encode(), Content_Type=JSON, **headers)
        assert (answer.status, answer.json["code"]) == (400, "idempotency_key_missing"), headers
    for coding, body in (("gzip", gzip.compress(b"{}")), ("deflate", zlib.compress(b"{}")), ("identity", b"{}")):
        answer = await api.raw(body, Content_Encoding=coding)
        assert (answer.status, answer.json["code"]) == (415, "type_not_taken"), coding
    assert await effects(desk) == (0, 0, 0)


FIELDS: list[tuple[dict[str, Any], str, str]] = [
    *(({name: "x"}, name, "decided in Dext") for name in ("state", "approved_by", "organisation_id", "version", "id")),
    ({"colour": "red"}, "colour", "no such field"),
    ({"x" * 5000: 1}, "x" * 100, "no such field"),
    ({"supplier": {"name": "A", "team_id": "T1"}}, "supplier.team_id", "no such field"),
    ({"supplier": []}, "supplier", "Send an object."),
    ({"supplier": {"name": "x" * 501}}, "supplier.name", "at most 500 characters"),
    ({"supplier": {"name": "\u200b\u202e"}}, "supplier.name", "no visible character"),
    ({"supplier": {"country": "gb"}}, "supplier.country", "ISO 3166"),
    ({"number": 7}, "number", "as a string"),
    ({"number": "x" * 201}, "number", "at most 200 characters"),
    ({"number": ""}, "number", "It is empty"),
    ({"issued_on": "31.03.2026"}, "issued_on", "2026-03-31"),
    ({"issued_on": "2026-02-30"}, "issued_on", "2026-03-31"),
    ({"currency": "pounds"}, "currency", "ISO 4217"),
    ({"currency": "gbp"}, "currency", "ISO 4217"),
    ({"gross": 120.0}, "gross", "as a string"),
    ({"gross": 120}, "gross", "as a string"),
    ({"gross": "1,200.00"}, "gross", "such as 1234.50"),
    ({"gross": "1e3"}, "gross", "such as 1234.50"),
    ({"gross": "NaN"}, "gross", "such as 1234.50"),
    ({"gross": "\u0661\u0662"}, "gross", "such as 1234.50"),
    ({"gross": "1.00001"}, "gross", "such as 1234.50"),
    ({"gross": "9" * 15}, "gross", "such as 1234.50"),
    ({"document_type": "bill"}, "document_type", "credit_note"),
    ({"kind": "expense_report"}, "kind", "cost, sale"),
    ({"lines": [LINE, {"description": "x"}]}, "lines[1].net", "missing"),
    ({"lines": [{**LINE, "net": None}]}, "lines[0].net", "not null"),
    ({"number": True}, "number", "Send a string."),
    ({"lines": [{**LINE, "quantity": "2"}]}, "lines[0].unit_price", "Send both"),
    ({"lines": [LINE] * (MOST_LINES + 1)}, "lines", f"at most {MOST_LINES}"),
    ({"lines": [{**LINE, "net": 1.5}]}, "lines[0].net", "as a string"),
    ({"coding": {"category": "no such"}}, "coding.category", "No live category"),
    ({"coding": {"account": "429"}}, "coding.account", "no such field"),
    ({"lines": [{**LINE, "coding": {"tax_rate": "x"}}]}, "lines[0].coding.tax_rate", "No live tax rate"),
]


async def test_every_wrong_field_is_named_with_what_to_send_instead(desk: Desk, api: ApiClient) -> None:
    for changed, field, words in FIELDS:
        answer = await api.send({**A_BILL, **changed})
        assert (answer.status, answer.json["code"]) == (422, "not_an_item"), (changed, answer.body)
        (error,) = answer.json["errors"]
        assert error["field"] == field
        assert words in error["detail"], (field, error)

    assert await effects(desk) == (0, 0, 0)


def mutated(chance: random.Random) -> bytes:
    """A good bill with something wrong in it: bytes changed, cut out, doubled; values of other kinds; other names."""
    if chance.random() < 0.5:
        body = bytearray(json.dumps(A_BILL).encode())
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(body))
            piece = body[place : place + chance.randint(0, 20)]
            new = chance.choice((b"", piece * 3, bytes(chance.randbytes(3)), b"[" * 50, b"\\ud83d", b'"', b"}", b"1e9"))
            body[place : place + len(piece)] = new
        return bytes(body)
    item = json.loads(json.dumps(A_BILL))
    target = chance.choice((item, item["supplier"], item["lines"][0]))
    odd: tuple[Any, ...] = (
        None,
        True,
        -1,
        1.5,
        10**30,
        "",
        "x" * 3000,
        [],
        [[]],
        {},
        {"a": {}},
        "\u202e",
        "<!channel>",
        "-0",
        "0" * 19,
    )
    target[chance.choice((*target, "state", "", "\x00", "\ud800", "__class__"))] = chance.choice(odd)
    return json.dumps(item).encode()


async def test_malformed_bodies_are_no_error_and_only_what_was_taken_has_an_effect(desk: Desk, api: ApiClient) -> None:
    chance, statuses = random.Random(SEED), dict[int, int]()
    for _ in range(MUTATED // 60):
        bodies = [mutated(chance) for _ in range(60)]
        for answer in await asyncio.gather(*(api.raw(body) for body in bodies)):
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
        rest(desk)

    sys.stdout.write(f"{MUTATED} bodies: {statuses}\n")
    taken = statuses.get(201, 0)
    assert set(statuses) <= {201, 400, 422}
    assert sum(statuses.values()) == MUTATED
    assert taken < MUTATED / 4
    assert await effects(desk) == (taken, taken, 0)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*A_BILL, "coding", "buyer", "kind", "state"]), JSONS, max_size=6) | JSONS)
def test_whatever_json_there_is_is_an_item_or_refused(found: object) -> None:
    try:
        stated, _ = api_body.read(json.dumps(found).encode())
    except (NotAnItemError, NotJsonError):
        return
    assert isinstance(stated.facts, Facts)


@settings(max_examples=300)
@given(
    st.binary(max_size=400) | st.binary(max_size=200).map(lambda body: b"--x\r\n" + body + b"\r\n--x--"),
    st.text(max_size=60),
)
def test_whatever_bytes_there_are_are_parts_or_refused(body: bytes, kind: str) -> None:
    for content_type in (FORM, f"multipart/form-data; boundary={kind}"):
        try:
            found = parts_of(content_type, body, 2)
        except BadPartsError:
            continue
        assert len(found) <= 2


def test_a_part_is_taken_byte_for_byte() -> None:
    content = b"\r\n--y\r\n\x00\xff\r\n"

    item, file = parts_of(FORM, ITEM + part("file", content, b'; filename="a b.pdf"') + b"--x--\r\n", 2)

    assert (item.name, item.content) == ("item", b"{}")
    assert (file.name, file.filename, file.content) == ("file", "a b.pdf", content)


async def test_a_key_that_sends_too_fast_waits_as_it_is_told_and_others_do_not(desk: Desk, api: ApiClient) -> None:
    other = await a_key(desk.world)
    answers = [await api.get("x") for _ in range(AT_ONCE + 1)]

    assert [answer.status for answer in answers] == [404] * AT_ONCE + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert (await api.ask("GET", "/api/v1/items/x", Authorization=f"Bearer {other}")).status == 404
    rest(desk)
    assert (await api.get("x")).status == 404


@pytest.mark.usefixtures("short_waits")
async def test_a_busy_database_is_said_and_the_same_request_is_taken_afterwards(desk: Desk, api: ApiClient) -> None:
    async with desk.world.services.db.write():
        busy = await api.send(A_BILL, "k")

    assert (busy.status, busy.json["code"], busy.headers["Retry-After"]) == (503, "busy", "1")
    assert (await api.send(A_BILL, "k")).status == 201


async def test_files_are_taken_in_only_so_many_at_once(desk: Desk, api: ApiClient) -> None:
    """Senders who never end their files hold places, not the memory or the database."""
    ended = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await ended.wait()

    async def slowly() -> int:
        headers = {"Authorization": f"Bearer {api.key}", "Idempotency-Key": "slow", "Content-Type": FORM}
        address = f"{api.base}/api/v1/items"
        async with (
            aiohttp.ClientSession() as session,
            session.post(address, data=slow(), headers=headers) as answer,
        ):
            return answer.status

    senders = [asyncio.create_task(slowly()) for _ in range(3)]
    for _ in range(200):
        refused = await api.upload(a_document().encode())
        if refused.status == 503:
            break
        rest(desk)
    others = await api.send()
    ended.set()

    assert (refused.status, refused.json["code"]) == (503, "busy")
    assert others.status == 201
    assert await asyncio.gather(*senders) == [400, 400, 400]


BROKEN_OFF = "Content-Length: 10\r\n\r\n{}"


async def test_a_body_that_is_no_http_or_breaks_off_is_no_error(
    desk: Desk, api: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    """What no client library sends, but anybody with a socket can."""
    head = (
        f"POST /api/v1/items HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.key}\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\n"
    )
    port = int(api.base.rpartition(":")[2])
    for rest_of_it in (
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}garbage\r\n0\r\n\r\n",
        BROKEN_OFF,
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n<later>zz\r\n{}\r\n",
        "Content-Length: -1\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        now, _, later = rest_of_it.partition("<later>")
        writer.write((head + now).encode())
        if later:
            await asyncio.sleep(0.2)
            writer.write(later.encode())
        answer = b"" if rest_of_it == BROKEN_OFF else await reader.readuntil(b"\r\n")
        writer.close()
        await writer.wait_closed()
        assert answer[:10] in (b"", b"HTTP/1.1 4", b"HTTP/1.0 4"), (rest_of_it, answer)

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    assert await effects(desk) == (0, 0, 0)


def test_no_number_of_other_keys_lets_one_that_is_held_back_go_on() -> None:
    pace, key = Pace(FakeClock(), a_minute=6, at_once=2), ApiKeyId(uuid4())
    assert [pace.wait_seconds(key) for _ in range(3)] == [0, 0, 10]

    for _ in range(3 * FORGOTTEN_ABOVE):
        pace.wait_seconds(ApiKeyId(uuid4()))

    assert pace.wait_seconds(key) == 10


async def test_a_pace_is_kept_for_each_key_and_forgets_who_is_long_gone() -> None:
    clock = FakeClock()
    pace, key = Pace(clock, a_minute=6, at_once=2), ApiKeyId(uuid4())

    assert [pace.wait_seconds(key) for _ in range(3)] == [0, 0, 10]
    await clock.advance(9)
    assert pace.wait_seconds(key) == 1
    await clock.advance(1)
    assert pace.wait_seconds(key) == 0
