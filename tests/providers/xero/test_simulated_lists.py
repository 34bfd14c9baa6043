"""Lists of the simulated Xero: filters, order, pages, and what changed since."""

from datetime import timedelta
from typing import Any

import pytest

from providers.xero.simulator import TRADING, XeroState
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import Bare, Reply, judged, wire_bill, wire_line

pytestmark = judged


def numbers(reply: Reply) -> list[str]:
    return [bill["InvoiceNumber"] for bill in reply.json["Invoices"]]


@pytest.fixture
async def bills(bare: Bare) -> None:
    """Three bills of 30, 60 and 90, the last a draft from somebody else."""
    for number, price, changes in (
        ("A", 10, {}),
        ("B", 20, {"Date": "2026-03-10"}),
        ("C", 30, {"Status": "DRAFT", "Contact": {"Name": "Net Connect"}}),
    ):
        line = wire_line(Quantity=3, UnitAmount=price, TaxType="NONE")
        await bare.written(wire_bill(number, LineItems=[line], **changes))


@pytest.mark.usefixtures("bills")
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('Type=="ACCPAY"', ["A", "B", "C"]),
        ('Status=="DRAFT"', ["C"]),
        ('Status=="DRAFT" OR InvoiceNumber="A"', ["A", "C"]),
        ("Date>=DateTime(2026,3,10)", ["B"]),
        ("Date>=DateTime(2026, 3, 2) AND Date<DateTime(2026, 3, 10) && Total==30", ["A"]),
        ("Total>30.00 && Total<=60", ["B"]),
        ('Contact.Name=="NET CONNECT"', ["C"]),
        ('Contact.Name.StartsWith("Central") AND (Total==60 OR Total==90)', ["B"]),
        ('InvoiceNumber!="A" AND InvoiceNumber.Contains("b")', ["B"]),
        ("FullyPaidOnDate==null", ["A", "B", "C"]),
        ('Contact.ContactID==guid("00000000-0000-0000-0000-000000000000")', []),
    ],
)
async def test_where_filters_as_xeros_does(bare: Bare, where: str, expected: list[str]) -> None:
    assert numbers(await bare.get("Invoices", where=where)) == expected


@pytest.mark.parametrize(
    "where", ["Type=", "Type", '("x"', "Date>=DateTime(2026)", "Date>=DateTime(2026,13,1)", "€", ""]
)
async def test_a_filter_that_cannot_be_read_is_refused(bare: Bare, where: str) -> None:
    reply = await bare.get("Invoices", where=where)

    assert reply.status == (400 if where else 200)
    assert where == "" or reply.json["Type"] == "QueryParseException"


@pytest.mark.usefixtures("bills")
async def test_order_and_pages(bare: Bare) -> None:
    first = await bare.get("Invoices", order="Total DESC", page="1", pageSize="2")
    second = await bare.get("Invoices", order="Total DESC", page="2", pageSize="2")

    assert (numbers(first), numbers(second)) == (["C", "B"], ["A"])
    assert first.json["pagination"] == {"page": 1, "pageSize": 2, "pageCount": 2, "itemCount": 3}


@pytest.mark.usefixtures("bills")
async def test_lines_come_with_a_page_only(bare: Bare) -> None:
    bare_list, page = await bare.get("Invoices"), await bare.get("Invoices", page="1")

    assert "LineItems" not in bare_list.json["Invoices"][0]
    assert page.json["Invoices"][0]["LineItems"]


async def test_a_page_that_is_no_number_is_refused(bare: Bare) -> None:
    assert (await bare.get("Invoices", page="last")).status == 400


@pytest.mark.usefixtures("bills")
async def test_filters_of_their_own(bare: Bare, state: XeroState) -> None:
    ids = [bill["InvoiceID"] for bill in state.bills()]

    assert numbers(await bare.get("Invoices", IDs=",".join(ids[:2]))) == ["A", "B"]
    assert numbers(await bare.get("Invoices", InvoiceNumbers="B,C")) == ["B", "C"]
    assert numbers(await bare.get("Invoices", Statuses="DRAFT,PAID")) == ["C"]
    assert numbers(await bare.get("Invoices", searchTerm="a")) == ["A"]


@pytest.mark.usefixtures("bills")
async def test_what_changed_since_is_told_by_the_header(bare: Bare, clock: FakeClock) -> None:
    clock.move_to(clock.now() + timedelta(minutes=1))
    since = clock.now().strftime("%Y-%m-%dT%H:%M:%S")
    clock.move_to(clock.now() + timedelta(minutes=1))
    await bare.written(wire_bill("D"))

    iso = await bare.get("Invoices", headers={"If-Modified-Since": since})
    http = await bare.get("Invoices", headers={"If-Modified-Since": "Mon, 02 Mar 2026 09:01:00 GMT"})
    unreadable = await bare.get("Invoices", headers={"If-Modified-Since": "yesterday"})

    assert (numbers(iso), numbers(http)) == (["D"], ["D"])
    assert len(numbers(unreadable)) == 4


async def test_only_our_own_bills_are_created_by_my_app(bare: Bare, state: XeroState) -> None:
    mine = await bare.written(wire_bill("mine"))
    state.books[TRADING].save_invoice({**mine, "InvoiceID": "x", "InvoiceNumber": "typed in", "_app": "", **OLD})

    assert numbers(await bare.get("Invoices", createdByMyApp="true")) == ["mine"]


OLD: dict[str, Any] = {"_created_at": "2026-01-01T00:00:00+00:00", "Date": "2026-01-01", "DueDate": "2026-01-01"}


async def test_lists_may_be_late_while_a_bill_is_there_by_its_id(
    bare: Bare, state: XeroState, clock: FakeClock
) -> None:
    state.misbehaviour.late_list_seconds = 30
    bill = await bare.written(wire_bill())

    late = numbers(await bare.get("Invoices"))
    by_id = numbers(await bare.get("Invoices", IDs=bill["InvoiceID"]))
    await clock.advance(30)

    assert (late, by_id) == ([], ["B-1"])
    assert numbers(await bare.get("Invoices")) == ["B-1"]


async def test_archived_contacts_and_options_come_when_asked_for(bare: Bare) -> None:
    active, all_of_them = await bare.get("Contacts"), await bare.get("Contacts", includeArchived="true")
    options = await bare.get("TrackingCategories", includeArchived="true")

    assert "Bluebird Couriers" not in active.body.decode()
    assert "Bluebird Couriers" in all_of_them.body.decode()
    assert "Overseas" in options.body.decode()
    assert "Overseas" not in (await bare.get("TrackingCategories")).body.decode()


async def test_archived_accounts_are_in_the_list_with_their_status(bare: Bare) -> None:
    accounts = {account["Code"]: account for account in (await bare.get("Accounts")).json["Accounts"]}

    assert (accounts["462"]["Status"], accounts["429"]["Status"]) == ("ARCHIVED", "ACTIVE")


async def test_contacts_can_be_searched_and_summarised(bare: Bare) -> None:
    found = await bare.get("Contacts", searchTerm="copier", summaryOnly="true", page="1")

    (contact,) = found.json["Contacts"]
    assert contact["Name"] == "Central Copiers"
    assert "Addresses" not in contact


async def test_a_contact_is_created_by_put_and_changed_by_post(bare: Bare) -> None:
    (made,) = (await bare.put("Contacts", {"Contacts": [{"Name": "New & Co"}]})).json["Contacts"]
    taken = await bare.put("Contacts", {"Contacts": [{"Name": "new & co"}]})
    (changed,) = (await bare.post("Contacts", {"Contacts": [{"Name": "New & Co", "TaxNumber": "T1"}]})).json["Contacts"]

    assert "is already assigned to another contact" in taken.sentences[0]
    assert (changed["ContactID"], changed["TaxNumber"]) == (made["ContactID"], "T1")


async def test_what_the_person_may_do_is_told(bare: Bare) -> None:
    bare.person = "ira"

    actions = {found["Name"]: found["Status"] for found in (await bare.get("Organisation/Actions")).json["Actions"]}

    assert (actions["CreateDraftBill"], actions["CreateApprovedBill"]) == ("ALLOWED", "NOT-ALLOWED")


@pytest.mark.parametrize(("path", "status"), [("Bills", 404), ("Invoices/none", 404), ("Accounts/none", 404)])
async def test_an_unknown_path_or_id_is_not_found(bare: Bare, path: str, status: int) -> None:
    assert (await bare.get(path)).status == status


async def test_a_method_that_a_path_does_not_know_is_refused(bare: Bare) -> None:
    assert (await bare.put("Currencies", {})).status == 405


async def test_an_answer_in_xml_is_not_to_be_had(bare: Bare) -> None:
    assert (await bare.get("Accounts", headers={"Accept": "application/xml"})).status == 406
