"""Files, signing in, links, and what our client makes of bad days, beyond the contract of every provider."""

from typing import Any

import pytest

from bot.domain.books import Books, Login
from bot.domain.postings import USUAL_KINDS, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from providers.errors import OutcomeUnknownError, PersonNeededError, ReconnectNeededError, TryLaterError
from providers.quickbooks.simulator import TRADING, Fault
from tests.contract.quickbooks import QuickBooksFarEnd
from tests.providers.quickbooks.ours import a_file, client_of, the_document

# Files


async def test_a_files_bytes_arrive_as_they_are_under_its_own_name(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("A")
    document = await the_document(quickbooks, bill)
    content = b"\r\n--x\r\n\x00\xff"

    outcome = await quickbooks.attach(a_file(bill, document, "B-1 é 'x'.pdf", "application/pdf"), content)

    assert isinstance(outcome, Accepted)
    (kept,) = quickbooks.books.files("Bill", document.ledger_id)
    assert (kept["FileName"], kept["ContentType"]) == ("B-1 é 'x'.pdf", "application/pdf")
    assert quickbooks.books.content(kept["Id"]) == content


async def test_a_kind_that_the_machine_does_not_know_is_called_what_quickbooks_calls_it(
    quickbooks: QuickBooksFarEnd,
) -> None:
    bill = quickbooks.a_bill("A")
    document = await the_document(quickbooks, bill)

    known = await quickbooks.attach(a_file(bill, document, "B-1.pages", "application/octet-stream"), b"pages")
    unknown = await quickbooks.attach(a_file(bill, document, "B-1.bin", "application/octet-stream"), b"bits")

    assert isinstance(known, Accepted)
    assert isinstance(unknown, Refused)
    assert unknown.problem.code is ProblemCode.FILE_KIND_NOT_TAKEN


# Bad days


async def test_a_company_whose_subscription_ended_takes_nothing_and_says_so(quickbooks: QuickBooksFarEnd) -> None:
    quickbooks.state.set_lapsed(TRADING, is_lapsed=True)

    known = await quickbooks.create(quickbooks.a_bill("A"))
    (unknown,) = await quickbooks.create(quickbooks.a_bill("B", contact_name="Somebody New"))

    assert [outcome.problem.code for outcome in (*known, unknown) if isinstance(outcome, Refused)] == [
        ProblemCode.SUBSCRIPTION_LAPSED,
        ProblemCode.SUBSCRIPTION_LAPSED,
    ]


async def test_who_is_no_admin_any_more_has_to_be_replaced_by_one(quickbooks: QuickBooksFarEnd) -> None:
    quickbooks.state.set_role(TRADING, "dana", "STANDARD")

    with pytest.raises(ReconnectNeededError) as raised:
        await quickbooks.create(quickbooks.a_bill("A"))

    assert raised.value.problem.code is ProblemCode.ACCESS_REMOVED


async def test_too_many_calls_silence_the_organisation_for_a_minute(quickbooks: QuickBooksFarEnd) -> None:
    quickbooks.be_busy(5)

    with pytest.raises(TryLaterError):
        await quickbooks.provider.books(quickbooks.access)

    assert quickbooks.budget.pauses == [(TRADING, 60.0)]


async def test_a_part_of_a_batch_that_stumbled_leaves_all_of_it_to_be_looked_for(
    quickbooks: QuickBooksFarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def batch(*_: Any) -> list[dict[str, Any]]:
        broken = {"Fault": {"Error": [{"code": "10000", "Detail": "System Failure Error"}], "type": "SystemFault"}}
        return [{"Bill": {"Id": "1"}, "bId": "0"}, {**broken, "bId": "1"}]

    monkeypatch.setattr(client_of(quickbooks), "batch", batch)

    with pytest.raises(OutcomeUnknownError):
        await quickbooks.create(quickbooks.a_bill("A"), quickbooks.a_bill("B"))


async def test_a_query_that_is_refused_is_no_reason_to_try_again(quickbooks: QuickBooksFarEnd) -> None:
    with pytest.raises(PersonNeededError):
        await client_of(quickbooks).page(quickbooks.access, "Weather", order="Name")


# Signing in, and links


async def test_nothing_that_is_no_company_is_asked_for(quickbooks: QuickBooksFarEnd) -> None:
    for realm in ("", "../1", "1" * 40, "\u0661\u0662"):
        with pytest.raises(Exception, match="names no company"):
            await quickbooks.signed_in(realmId=realm)


async def test_a_company_has_tokens_of_its_own_also_of_one_person(quickbooks: QuickBooksFarEnd) -> None:
    answer = await quickbooks.signed_in()

    person = quickbooks.state.people["dana"].id
    assert (answer.subject, answer.tenant_id) == (f"{person}@{TRADING}", TRADING)


async def test_who_signed_in_is_told_by_name(quickbooks: QuickBooksFarEnd) -> None:
    answer = await quickbooks.signed_in()

    assert answer.login == Login(name="Dana Admin", email="dana@northwind.example")


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.HTML, Fault.TOO_MANY])
async def test_a_sign_in_is_one_though_nobody_says_whose(quickbooks: QuickBooksFarEnd, fault: Fault) -> None:
    quickbooks.state.fail_next(fault, method="GET", path="*/userinfo")

    answer = await quickbooks.signed_in()

    assert answer.login is None
    assert (await quickbooks.provider.organisations(answer))[0].tenant_id == TRADING


def test_links_open_the_document_in_its_own_company(quickbooks: QuickBooksFarEnd) -> None:
    books = Books(provider_id=TRADING, name="Northwind", base_currency="GBP")
    root = quickbooks.state.public_url

    found = {kind: quickbooks.provider.record_url(books, kind, "145") for kind in USUAL_KINDS}

    assert found[PostingKind.BILL] == f"{root}/app/bill?txnId=145&companyId={TRADING}"
    assert found[PostingKind.SPEND_MONEY] == f"{root}/app/expense?txnId=145&companyId={TRADING}"
    assert len(set(found.values())) == len(USUAL_KINDS)
