"""Files that Xero answers about otherwise than we asked, and credit notes, which carry no address of ours."""

from dataclasses import replace
from uuid import uuid4

import pytest

from bot.domain.ids import FileId
from bot.domain.postings import Attachment, Posting, PostingKind
from bot.domain.publishing import Accepted
from providers.errors import PersonNeededError, ProviderChangedError
from providers.xero.simulator import TRADING
from tests.contract.far_end import a_bill, a_posting
from tests.contract.xero import XeroFarEnd
from tests.fakes.clock import FakeClock
from tests.providers.xero.test_client import ACCESS, Scripted


def a_file(document_id: str = "d") -> Attachment:
    return Attachment(
        item_id=a_bill("A").item_id,
        kind=PostingKind.BILL,
        document_id=document_id,
        file_id=FileId(uuid4()),
        name="B-1 scan.pdf",
        media_type="application/pdf",
        size=4,
    )


async def test_a_file_that_xero_keeps_under_another_name_is_known_by_the_answer(clock: FakeClock) -> None:
    kept = {"AttachmentID": "7", "FileName": "B-1_scan.pdf", "ContentLength": 4}
    answers = Scripted({"/Invoices/d/Attachments/B-1 scan.pdf": (200, {"Attachments": [kept]})})
    async with answers.provider(clock) as provider:
        outcome = await provider.attach(ACCESS, a_file(), b"%PDF", idempotency_key="k")

    assert isinstance(outcome, Accepted)
    assert outcome.ledger_id == "7"


async def test_an_answer_that_names_only_other_files_leaves_it_open_whether_ours_is_there(clock: FakeClock) -> None:
    others = [{"AttachmentID": str(number), "FileName": f"{number}.pdf", "ContentLength": 1} for number in range(2)]
    for found in (others, []):
        answers = Scripted({"/Invoices/d/Attachments/B-1 scan.pdf": (200, {"Attachments": found})})
        async with answers.provider(clock) as provider:
            with pytest.raises(ProviderChangedError):
                await provider.attach(ACCESS, a_file(), b"%PDF", idempotency_key="k")


async def test_on_a_document_that_is_gone_hangs_no_file(xero: XeroFarEnd) -> None:
    """Asked after a lost answer: what can never be answered otherwise would keep the organisation's batches waiting."""
    file = a_file(str(uuid4()))
    route = xero.provider.route(file)

    assert await xero.provider.find(xero.access, route, [file], since=xero.clock.now()) == {}
    assert await xero.provider.read(xero.access, route, ["7"]) == {}
    with pytest.raises(PersonNeededError):
        await xero.attach(file, b"%PDF")


def a_credit(xero: XeroFarEnd, supplier: int, **changes: object) -> Posting:
    contacts = [one for one in xero.state.books[TRADING].contacts.values() if one["ContactStatus"] == "ACTIVE"]
    contact = contacts[supplier]
    of = {"contact_id": contact["ContactID"], "contact_name": contact["Name"]}
    marker = f"https://dext.example/i/{uuid4()}"
    return a_posting(PostingKind.SUPPLIER_CREDIT_NOTE, "1", **{**of, "marker": marker, **changes})


async def test_credit_notes_of_two_suppliers_that_say_the_same_are_told_apart(xero: XeroFarEnd) -> None:
    notes = [a_credit(xero, supplier) for supplier in range(2)]
    written = [outcome.ledger_id for outcome in await xero.create(*notes) if isinstance(outcome, Accepted)]

    for asked in (notes, notes[::-1]):
        found = await xero.find(*asked)
        assert [found[credit.marker].ledger_id for credit in notes] == written

    missing = a_credit(xero, 2)
    assert set(await xero.find(missing)) == set()


async def test_a_supplier_that_was_renamed_meanwhile_has_its_credit_still(xero: XeroFarEnd) -> None:
    credit = a_credit(xero, 0)
    await xero.create(credit)

    assert set(await xero.find(replace(credit, contact_name="As it was called"))) == {credit.marker}


async def test_of_one_suppliers_credits_that_say_the_same_each_is_the_one_coded_so(xero: XeroFarEnd) -> None:
    paper = a_credit(xero, 0)
    print_line = replace(paper.lines[0], account_code="461")
    printing = a_credit(xero, 0, lines=(print_line,))
    written = [outcome.ledger_id for outcome in await xero.create(paper, printing) if isinstance(outcome, Accepted)]
    assert len(written) == 2

    for asked in ((paper, printing), (printing, paper)):
        found = await xero.find(*asked)
        assert [found[credit.marker].ledger_id for credit in (paper, printing)] == written
