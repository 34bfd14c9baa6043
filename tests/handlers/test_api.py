"""The ingest API over HTTP against the whole product: what is sent becomes one item, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db.ingests import INGESTS
from bot.db.items import ITEMS, item_of
from bot.domain.api_keys import Scope
from bot.domain.coding import Source
from bot.domain.documents import Door, Facts
from bot.domain.ingesting import Sent, Stated
from bot.domain.texts import cleaned
from bot.playground.slack import ADMIN, BILLS
from bot.services.files import FILES
from bot.services.ingesting import KeyEndedError
from bot.views.ids import ActionId
from tests.contract.ingest_document import problems
from tests.fakes.connected import Connected
from tests.handlers.api_client import A_BILL, ApiClient, a_client, a_key
from tests.handlers.desk import OTHER_CATEGORY, OTHER_TAX, SUPPLIER, Desk, a_desk, words
from tests.intake.documents import a_document


@dataclass(slots=True)
class Shop:
    """A web shop's system beside the desk."""

    desk: Desk
    api: ApiClient

    @property
    def world(self) -> Connected:
        return self.desk.world

    async def counts(self) -> tuple[int, int, int]:
        """Items, requests, files."""
        async with self.world.services.db.read() as tx:
            found = [
                (await tx.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (ITEMS, INGESTS, FILES)
            ]
        return found[0], found[1], found[2]


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    async with a_desk(database_url) as desk, a_client(desk.world) as api:
        yield Shop(desk, api)
        assert [heard for heard in api.heard if heard.status >= 500] == []
        assert problems(api.heard) == []
        assert desk.slack.refusals == []


async def test_a_bill_that_is_sent_is_coded_approved_and_published_like_any_other(shop: Shop) -> None:
    sent = await shop.api.send({**A_BILL, "coding": {"category": OTHER_CATEGORY, "tax_rate": "INPUT2"}}, "shop-7")
    await shop.desk.settle()

    assert sent.status == 201
    assert sent.json["state"] == "in_approval"
    assert sent.json["reference"].startswith("B-")
    assert (sent.json["gross"], sent.json["complaints"]) == ("120.00", [])
    assert sent.headers["Location"] == f"/api/v1/items/{sent.json['id']}"
    card = words(shop.desk.card("INV-7"))
    assert f"Sent by another system (The web shop), in the name of <@{ADMIN}>" in card
    async with shop.world.services.db.read() as tx:
        row = (await tx.execute(select(ITEMS))).mappings().one()
    assert (row["door"], row["source_key"], row["submitted_by"]) == (Door.API, "api:shop-7", ADMIN)
    assert f'"value":"{OTHER_CATEGORY}","source":{int(Source.DOOR)}' in row["coding"]
    await shop.desk.approve("INV-7")
    await shop.world.later(120)
    found = await shop.api.get(sent.json["id"])
    assert (found.status, found.json["state"], found.json["says"]) == (200, "published", "published")
    assert found.json["ledger_url"]
    assert found.json["url"].endswith(f"/i/{sent.json['id']}")
    assert [bill["InvoiceNumber"] for bill in shop.desk.xero.bills()] == ["INV-7"]


async def test_whoever_made_the_key_does_not_approve_what_came_with_it(shop: Shop) -> None:
    await shop.world.set_up(approvers=(ADMIN,), alerts_channel=shop.world.channel)
    await shop.api.send()
    await shop.desk.settle()

    await shop.desk.press(shop.desk.card("INV-7"), ActionId.APPROVE_ITEM, ADMIN)

    assert "You submitted this item" in shop.desk.whispers(ADMIN)[-1]


async def test_a_repetition_gets_the_first_answer_and_another_bill_under_its_key_is_refused(shop: Shop) -> None:
    first = await shop.api.send(A_BILL, "k 1")
    reordered = dict(reversed(A_BILL.items()))
    await shop.desk.settle()
    await shop.desk.approve("INV-7")

    again = await shop.api.send(reordered, "k 1")
    quoted = await shop.api.send(A_BILL, '"k 1"')
    other = await shop.api.send({**A_BILL, "gross": "120.01"}, "k 1")

    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert quoted.body == first.body
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert other.headers["Content-Type"] == "application/problem+json"
    assert (await shop.counts())[:2] == (1, 1)


async def test_the_same_request_many_times_at_once_is_one_item(shop: Shop) -> None:
    answers = await asyncio.gather(*(shop.api.send(A_BILL, f"at once {number % 3}") for number in range(24)))

    taken = [answer for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in taken}) == 3
    assert sum("Idempotency-Replayed" not in answer.headers for answer in taken) == 3
    assert (await shop.counts())[:2] == (3, 3)


async def test_a_refused_request_leaves_its_key_free(shop: Shop) -> None:
    wrong = await shop.api.send({**A_BILL, "coding": {"category": "no such", "tax_rate": "no such"}}, "k")
    lines = [{**A_BILL["lines"][0], "coding": {"category": "no such"}}]
    of_a_line = await shop.api.send({**A_BILL, "lines": lines}, "k")

    right = await shop.api.send({**A_BILL, "coding": {"category": OTHER_CATEGORY, "tax_rate": OTHER_TAX}}, "k")

    assert [error["field"] for error in wrong.json["errors"]] == ["coding.category", "coding.tax_rate"]
    assert [error["field"] for error in of_a_line.json["errors"]] == ["lines[0].coding.category"]
    assert (wrong.status, of_a_line.status, right.status) == (422, 422, 201)
    assert (await shop.counts())[:2] == (1, 1)


async def test_a_crash_before_the_commit_leaves_nothing_and_the_repetition_adds_it_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request's row and the item are one transaction: either both are there, or neither."""
    from bot.db import ingests  # noqa: PLC0415

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(ingests, "settle_ingest", dies)
        broken = await shop.api.send(A_BILL, "k")
        assert await shop.counts() == (0, 0, 0)
        upload = await shop.api.upload(a_document().encode(), key="f")
        assert await shop.counts() == (0, 0, 0)
    again = await shop.api.send(A_BILL, "k")

    assert (broken.status, broken.json["code"]) == (500, "broken")
    assert upload.status == 500
    assert again.status == 201
    assert (await shop.counts())[:2] == (1, 1)
    shop.api.heard.clear()


async def test_a_file_is_kept_read_and_found_where_the_answer_said(shop: Shop) -> None:
    document = a_document(number="E-1").encode()

    sent = await shop.api.upload(document, "../../a\u202ebill.xml")
    waiting = await shop.api.get(sent.json["id"])
    await shop.desk.settle()
    became = await shop.api.get(sent.json["id"])
    again = await shop.api.upload(document)

    assert (sent.status, sent.json["state"], sent.json["says"]) == (202, "reading", "being read")
    assert waiting.json == sent.json
    assert (became.json["id"], became.json["number"]) == (sent.json["id"], "E-1")
    assert became.json["reference"].startswith("B-")
    assert (again.status, again.json["id"]) == (200, sent.json["id"])
    assert (await shop.counts()) == (1, 2, 1)
    async with shop.world.services.db.read() as tx:
        assert (await tx.execute(select(FILES.c.name))).scalar_one() == "abill.xml"


async def test_a_file_that_came_by_another_door_adds_nothing_and_says_where_it_is(shop: Shop) -> None:
    await shop.desk.drop("E-2")
    async with shop.world.services.db.read() as tx:
        row = (await tx.execute(select(ITEMS))).mappings().one()
        content = (await tx.execute(select(FILES.c.content))).scalar_one()

    sent = await shop.api.upload(content)

    assert (sent.status, sent.json["id"], sent.json["reference"]) == (200, str(row["id"]), row["reference"])
    assert await shop.counts() == (1, 1, 1)


async def test_what_the_sender_states_beside_a_file_wins_and_the_file_says_the_rest(shop: Shop) -> None:
    document = a_document(number="E-3", currency="GBP").encode()

    sent = await shop.api.upload(
        document, item={"number": "MINE-3", "supplier": {"name": "Stated Ltd"}, "currency_rate": "1.25"}
    )
    await shop.desk.settle()
    became = (await shop.api.get(sent.json["id"])).json

    assert (became["number"], became["supplier"]) == ("MINE-3", "Stated Ltd")
    assert became["gross"] is not None
    assert (became["currency"], became["currency_rate"]) == ("GBP", "1.25")


async def test_a_file_that_cannot_be_read_is_refused_where_it_is_asked_for_and_its_keys_maker_is_told(
    shop: Shop,
) -> None:
    broken = a_document(number="E-4").encode()[:-40]

    alone = await shop.api.upload(broken)
    stated = await shop.api.upload(broken + b" ", item=A_BILL)
    await shop.desk.settle()
    refused = (await shop.api.get(alone.json["id"])).json
    became = (await shop.api.get(stated.json["id"])).json

    assert (refused["state"], refused["says"]) == ("not_added", "not added")
    assert "broken or cut off" in refused["complaints"][0]
    assert (became["number"], became["complaints"]) == ("INV-7", [])
    (warning,) = became["warnings"]
    assert "could not be read" in warning
    assert "broken or cut off" in warning
    assert "The file that came with it could not be read" in words(shop.desk.card("INV-7"))
    told = [message.text for message in shop.desk.slack.dms(ADMIN)]
    assert [text for text in told if "with the API key" in text and "was not added" in text]


async def test_what_the_reading_of_a_sent_file_warns_of_is_told_and_stands_on_its_card(shop: Shop) -> None:
    payee = "<cac:PayeeParty><cac:PartyName><cbc:Name>Factor Ltd</cbc:Name></cac:PartyName></cac:PayeeParty>"
    document = a_document(number="E-6", currency="GBP", extra=SUPPLIER.format(name="Paper Ltd") + payee).encode()

    sent = await shop.api.upload(document, item={"description": "Paper"})
    await shop.desk.settle()
    (warning,) = (await shop.api.get(sent.json["id"])).json["warnings"]

    assert "paid to somebody else than the supplier" in warning
    assert warning in words(shop.desk.card("E-6"))


async def test_reading_that_stopped_is_begun_again_and_adds_one_item(shop: Shop) -> None:
    sent = await shop.api.upload(a_document(number="E-5").encode())
    shop.world.jobs.waiting.clear()  # its worker died

    await shop.world.later(120)

    assert (await shop.api.get(sent.json["id"])).json["number"] == "E-5"
    assert (await shop.counts())[0] == 1


async def test_keys_scopes_and_other_organisations_are_kept_apart(shop: Shop) -> None:
    sent = await shop.api.send()
    world, api = shop.world, shop.api
    reader, writer = await a_key(world, Scope.READ_ITEMS), await a_key(world, Scope.WRITE_ITEMS)
    cookie = {"Cookie": f"dext-connect={api.key}; token={api.key}"}

    none = [
        await api.send(A_BILL, Authorization=None),
        await api.send(A_BILL, Authorization=None, **cookie),
        await api.send(A_BILL, Authorization=f"Basic {api.key}"),
        await api.ask("POST", f"/api/v1/items?api_key={api.key}&access_token={api.key}", b"{}", Authorization=None),
    ]
    dead = [
        await api.send(A_BILL, Authorization=f"Bearer {text}")
        for text in ("dext_", api.key[:-1], api.key.swapcase(), "x" * 5000, "dext_" + "0" * 49, "é")
    ]
    lacking = [
        await api.send(A_BILL, Authorization=f"Bearer {reader}"),
        await api.ask("GET", f"/api/v1/items/{sent.json['id']}", Authorization=f"Bearer {writer}"),
    ]
    unknown = [await api.get(item) for item in ("x", "00000000-0000-0000-0000-000000000000", "%00", "..%2f")]

    assert {(answer.status, answer.json["code"]) for answer in none} == {(401, "key_missing")}
    assert {answer.headers["WWW-Authenticate"] for answer in none} == {'Bearer realm="dext"'}
    assert {(answer.status, answer.json["code"]) for answer in dead} == {(401, "key_not_live")}
    assert {(answer.status, answer.json["code"]) for answer in lacking} == {(403, "scope_missing")}
    assert {answer.status for answer in unknown} == {404}
    assert (await api.ask("GET", f"/api/v1/items/{sent.json['id']}", Authorization=f"Bearer {reader}")).status == 200
    assert not [name for answer in api.heard for name in answer.headers if name.lower().startswith("access-control")]
    assert (await shop.counts())[:2] == (1, 1)


HOSTILE = (
    "<!channel> <@U0ADAM001> <https://evil.example|Approved>",
    "*bold* _it_ ~no~ `code` :white_check_mark:",
    "12\u202e00.1\u202c \u200bhid\u200dden\ufeff",
    "line\none\r\n\ttwo\u2028three\x1b[31m\x07",
    "&lt;!here&gt; '; DROP TABLE items; --",
    "{{7*7}} ${x} %s \\u0041 =cmd()",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301\u0301\u0301",
)
FIELDS = ("supplier.name", "supplier.tax_number", "supplier.bank_account", "number", "description", "line")


def hostile_bill(field: str, text: str, number: int) -> dict[str, object]:
    bill: dict[str, Any] = {**A_BILL, "number": f"H-{number}"}
    place, _, name = field.partition(".")
    if name:
        bill[place] = {**bill[place], name: text}
    elif field == "line":
        bill["lines"] = [{**A_BILL["lines"][0], "description": text}]
    else:
        bill[field] = text
    return bill


async def test_hostile_text_in_any_field_is_kept_the_same_everywhere_and_lives_in_no_message(shop: Shop) -> None:
    """What is kept is what `cleaned` makes of it, on either database."""
    expected = []
    for number, (field, text) in enumerate((field, text) for field in FIELDS for text in HOSTILE):
        sent = await shop.api.send(hostile_bill(field, text, number))
        assert sent.status == 201, (field, text, sent.body)
        expected.append((sent.json["id"], field, cleaned(text, 200)))
    await shop.desk.settle()

    async with shop.world.services.db.read() as tx:
        rows = {str(row["id"]): item_of(row) for row in (await tx.execute(select(ITEMS))).mappings().all()}
    for item_id, field, clean in expected:
        facts = rows[item_id].facts
        kept = {
            "supplier.name": facts.supplier.name,
            "supplier.tax_number": facts.supplier.tax_number,
            "supplier.bank_account": facts.supplier.bank_account,
            "number": facts.number,
            "description": facts.note,
            "line": facts.lines[0].description,
        }
        assert kept[field] == clean
    said = [message.text + words(message) for message in shop.desk.slack.messages(BILLS)]
    assert len(said) >= len(expected)
    for text in said:
        assert not [live for live in LIVE if live in text], text


LIVE = ("<!channel>", "<!here>", "<@U0ADAM001> <", "<https://evil", "\u202e", "\u200b", "\x1b", "*bold*", "`code`")


async def test_a_good_bill_with_everything_left_out_waits_for_a_person(shop: Shop) -> None:
    sent = await shop.api.send({"supplier": {"name": "Paper & Ink Ltd"}, "document_type": None, "lines": None})
    sale = await shop.api.send({**A_BILL, "kind": "sale", "buyer": {"name": "Customer Ltd"}})
    statement = await shop.api.send({**A_BILL, "document_type": "statement"})

    assert (sent.json["state"], sent.json["document_type"]) == ("to_review", "invoice")
    assert "The total is missing." in sent.json["complaints"]
    assert (sale.json["kind"], sale.json["buyer"]) == ("sale", "Customer Ltd")
    assert (statement.json["state"], statement.json["document_type"]) == ("to_review", "statement")


async def test_a_key_that_is_revoked_while_its_request_is_on_the_way_adds_nothing(shop: Shop) -> None:
    """It was live when the request came in; what counts is the transaction that decides."""
    keys, actor = shop.world.services.api_keys, await shop.world.actor()
    caller = await keys.caller(shop.api.key)
    assert caller is not None
    await keys.revoke(actor, shop.world.organisation_id, caller.key_id)

    with pytest.raises(KeyEndedError):
        await shop.world.services.ingesting.send(
            caller, Sent(idempotency_key="k", content_hash="h", stated=Stated(facts=Facts(number="1")))
        )

    after = await shop.api.send()
    assert (after.status, after.json["code"]) == (401, "key_not_live")
    assert await shop.counts() == (0, 0, 0)


@pytest.mark.parametrize("rate", ["0", "0.0000001", "-1"])
async def test_a_rate_that_cannot_be_converts_nothing_and_its_card_says_so(shop: Shop, rate: str) -> None:
    sent = await shop.api.send({**A_BILL, "currency": "EUR", "currency_rate": rate})
    await shop.desk.settle()

    assert sent.status == 201
    card = words(shop.desk.card("INV-7"))
    assert "cannot be right: it is not between 0 and a million" in card
    assert "120.00 EUR" in card
