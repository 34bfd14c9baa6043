"""The files that come with documents at the simulated FreeAgent, and the contacts that documents are of."""

from datetime import timedelta

import pytest

from tests.fakes.clock import FakeClock
from tests.providers.freeagent.conftest import PNG, Bare, Json, judged

pytestmark = judged


async def test_a_file_comes_with_a_bill_and_is_fetched_for_a_while(bare: Bare, clock: FakeClock) -> None:
    bill = await bare.created("bills", bare.bill(attachment=bare.file()))
    told = (await bare.get(bill["attachment"]["url"])).json["attachment"]

    fetched = await bare.get(told["content_src"])
    made_up = await bare.get(f"{told['content_src']}0")
    clock.instant += timedelta(hours=1)
    late = await bare.get(told["content_src"])

    assert (told["file_name"], told["file_size"], told["content_type"]) == ("bill.png", len(PNG), "image/png")
    assert (fetched.body, made_up.status, late.status) == (PNG, 403, 403)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"content_type": "application/pdf"},
            "attachment.content_type must be one of image/png, image/x-png, image/jpeg, image/jpg, image/gif, application/x-pdf",
        ),
        ({"data": "no base64!"}, "attachment.data is invalid"),
        ({"data": None}, "attachment.data can't be blank"),
        ({"file_name": None}, "attachment.file_name can't be blank"),
    ],
)
async def test_a_file_that_is_not_taken_takes_the_bill_with_it(bare: Bare, changes: Json, message: str) -> None:
    assert await bare.refused("bills", bare.bill(attachment=bare.file(**changes))) == [message]
    assert bare.state.bills() == []


async def test_a_file_of_more_than_five_megabytes_is_too_large(bare: Bare) -> None:
    large = bare.file(b"x" * (5 * 1024 * 1024 + 1))

    assert await bare.refused("bills", bare.bill(attachment=large)) == [
        "attachment.data is too large (maximum is 5 MB)"
    ]


async def test_another_file_takes_the_place_of_the_one_before(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(attachment=bare.file()))

    await bare.put(
        bill["url"], {"bill": {"attachment": bare.file(b"%PDF", file_name="b.pdf", content_type="application/x-pdf")}}
    )
    now = await bare.read(bill)

    assert (now["attachment"]["file_name"], now["attachment"]["content_type"]) == ("b.pdf", "application/pdf")
    assert (await bare.get(bill["attachment"]["url"])).status == 404


@pytest.mark.parametrize("said", [1, "true"])
async def test_a_change_takes_a_file_away(bare: Bare, said: object) -> None:
    bill = await bare.created("bills", bare.bill(attachment=bare.file()))

    reply = await bare.put(bill["url"], {"bill": {"attachment": {"_destroy": said}}})

    assert "attachment" not in reply.json["bill"]
    assert (await bare.get(bill["attachment"]["url"])).status == 404


async def test_a_file_asks_for_the_level_of_its_document(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(attachment=bare.file()))

    bare.person = "rae"
    refused = await bare.delete(bill["attachment"]["url"])
    bare.person = "ira"
    gone = await bare.delete(bill["attachment"]["url"])

    assert (refused.status, gone.status) == (403, 200)
    assert "attachment" not in await bare.read(bill)


async def test_a_contact_is_made_and_used(bare: Bare) -> None:
    contact = await bare.created("contacts", {"organisation_name": "New Ltd", "email": "a@new.example"})

    bill = await bare.created("bills", bare.bill(contact=contact["url"]))

    assert (contact["status"], contact["charge_sales_tax"]) == ("Active", "Auto")
    assert bill["contact"] == contact["url"]
    assert (await bare.read(contact))["account_balance"] == "-120.0"


@pytest.mark.parametrize("body", [{}, {"first_name": "A"}, {"organisation_name": "", "last_name": "B"}])
async def test_a_contact_has_a_name(bare: Bare, body: Json) -> None:
    assert await bare.refused("contacts", body) == ["organisation_name can't be blank"]


async def test_a_contact_that_was_used_is_hidden_and_not_deleted(bare: Bare) -> None:
    fresh = await bare.created("contacts", {"first_name": "Ann", "last_name": "New"})
    used = await bare.created("contacts", {"organisation_name": "Used"})
    await bare.created("bills", bare.bill(contact=used["url"]))

    gone, stays = await bare.delete(fresh["url"]), await bare.delete(used["url"])
    hidden = await bare.put(used["url"], {"contact": {"status": "Hidden"}})

    assert [gone.status, stays.status, hidden.status] == [200, 409, 200]
    assert (await bare.read(used))["status"] == "Hidden"


async def test_a_contact_with_a_credit_note_was_used(bare: Bare) -> None:
    contact = await bare.created("contacts", {"organisation_name": "Used"})
    await bare.created("credit_notes", bare.credit_note(contact=contact["url"]))

    assert (await bare.delete(contact["url"])).status == 409


async def test_what_was_used_before_freeagent_counts_as_used(bare: Bare) -> None:
    assert (await bare.delete(bare.url_of("contacts", "Central Copiers"))).status == 409
