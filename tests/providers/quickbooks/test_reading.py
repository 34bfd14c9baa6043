"""Reading from the simulated QuickBooks: the company, its lists, the vendor's SQL, and what has changed."""

from datetime import date, timedelta

import pytest

from providers.quickbooks.simulator import AMERICA, TRADING
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks.conftest import Bare, judged

pytestmark = judged

LISTS = ("Account", "TaxCode", "TaxRate", "Vendor", "Customer", "Class", "Department", "Item", "Term")


@pytest.mark.parametrize("realm", [TRADING, AMERICA])
async def test_the_company_and_every_list_can_be_read(bare: Bare, realm: str) -> None:
    bare.realm = realm

    company = (await bare.get(f"companyinfo/{realm}")).json["CompanyInfo"]
    preferences = (await bare.get("preferences")).json["Preferences"]
    counts = {name: (await bare.select(f"select count(*) from {name}"))["totalCount"] for name in LISTS}

    assert company["Country"] == ("GB" if realm == TRADING else "US")
    assert preferences["CurrencyPrefs"]["MultiCurrencyEnabled"] is (realm == TRADING)
    assert min(counts.values()) > 0, counts


async def test_inactive_records_are_left_out_unless_they_are_asked_for(bare: Bare) -> None:
    active = await bare.select("select * from Vendor maxresults 1000")
    everybody = await bare.select("select * from vendor where Active in (true, false) maxresults 1000")

    gone = {one["DisplayName"] for one in everybody["Vendor"]} - {one["DisplayName"] for one in active["Vendor"]}
    assert gone == {"Bluebird Couriers"}


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("AccountType in ('Bank', 'Credit Card') and Name like '%card%'", ["Company Card"]),
        (
            "AccountType = 'Bank' orderby Name desc",
            ["Petty Cash", "Euro Account", "Business Savings Account", "Business Current Account"],
        ),
        ("Name = 'Director\\'s Loan'", ["Director's Loan"]),
        ("AcctNum > '1350' and AcctNum <= '1360' and Active = false", []),
        ("Id in ('1', '2') ORDER BY Name ASC", ["Business Current Account", "Business Savings Account"]),
    ],
)
async def test_conditions_are_joined_and_rows_are_in_order(bare: Bare, where: str, names: list[str]) -> None:
    found = await bare.select(f"select * from Account where {where}")

    assert [one["Name"] for one in found.get("Account", [])] == names


async def test_a_window_is_moved_to_the_end(bare: Bare) -> None:
    whole = await bare.select("select * from Account orderby Name maxresults 1000")
    names = []
    for start in (1, 21, 41):
        page = await bare.select(f"select Id, Name from Account orderby Name startposition {start} maxresults 20")
        names += [one["Name"] for one in page.get("Account", [])]

    assert names == [one["Name"] for one in whole["Account"]]
    assert page == {}


async def test_a_hundred_rows_come_where_nothing_is_said(bare: Bare) -> None:
    for number in range(101):
        await bare.created("Vendor", {"DisplayName": f"Vendor {number}"})

    found = await bare.select("select * from Vendor")

    assert (len(found["Vendor"]), found["maxResults"], found["startPosition"]) == (100, 100, 1)


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        ("", "4000", 'QueryParserError: Encountered "<EOF>"'),
        ("select * from Vendor where DisplayName = 'Cutlery 'R Us'", "4000", "QueryParserError: "),
        ("select * from Vendor where Active = true or Active = false", "4000", 'QueryParserError: Encountered "or"'),
        ("select * from TaxService", "4001", "QueryValidationError: Metadata not found for Entity: TaxService"),
        ("select * from Vendor where Nonsense = '1'", "4001", "QueryValidationError: Property Nonsense not found"),
        ("select * from Bill where PrivateNote = 'x'", "4001", "QueryValidationError: property 'PrivateNote' is not"),
        ("select * from Purchase where EntityRef = '4'", "4001", "QueryValidationError: property 'EntityRef' is not"),
        ("select Id, MetaData from Account", "4001", "QueryValidationError: Property MetaData not found for Entity"),
        ("select * from Account orderby Id", "4001", "QueryValidationError: property 'Id' is not sortable"),
        (
            "select * from Account maxresults 1001",
            "4001",
            "QueryValidationError: value is too large. Max allowed value",
        ),
        ("select * from Account startposition 0", "4001", "QueryValidationError: value is too small"),
    ],
)
async def test_a_statement_is_refused_in_quickbooks_words(bare: Bare, statement: str, code: str, words: str) -> None:
    ((found, detail),) = await bare.refused(statement)

    assert (found, detail[: len(words)]) == (code, words)


async def test_documents_are_found_by_number_day_vendor_and_moment(bare: Bare, clock: FakeClock) -> None:
    first = await bare.created("Bill", bare.bill("O'Neill 1"))
    moment = clock.now() + timedelta(seconds=30)
    clock.instant += timedelta(minutes=1)
    second = await bare.created("Bill", bare.bill("B-2", TxnDate="2026-03-09"))
    vendor = bare.id_of("Vendor", "Central Copiers")

    by_number = await bare.select("select * from Bill where DocNumber = 'O\\'Neill 1'")
    by_day = await bare.select("select * from Bill where TxnDate > '2026-03-05'")
    by_vendor = await bare.select(f"select * from Bill where VendorRef = '{vendor}' and TotalAmt = 120")
    by_moment = await bare.select(f"select * from Bill where MetaData.LastUpdatedTime > '{moment.isoformat()}'")

    assert [one["Id"] for one in by_number["Bill"]] == [first["Id"]]
    assert [one["Id"] for one in by_day["Bill"]] == [second["Id"]]
    assert len(by_vendor["Bill"]) == 2
    assert [one["Id"] for one in by_moment["Bill"]] == [second["Id"]]


async def test_a_long_statement_may_be_sent_as_a_body(bare: Bare) -> None:
    reply = await bare.send("POST", "query", b"select * from Term", headers={"Content-Type": "application/text"})

    assert len(reply.json["QueryResponse"]["Term"]) == 4


async def test_what_changed_is_told_with_what_was_deleted(bare: Bare, clock: FakeClock) -> None:
    await bare.created("Bill", bare.bill("B-0"))
    clock.instant += timedelta(minutes=30)
    since = clock.now().isoformat()
    kept = await bare.created("Bill", bare.bill("B-1"))
    gone = await bare.created("Bill", bare.bill("B-2"))
    await bare.post("bill", gone, operation="delete")

    reply = await bare.get("cdc", entities="Bill,Vendor", changedSince=since)

    bills, vendors = reply.json["CDCResponse"][0]["QueryResponse"]
    assert [(one["Id"], one.get("status")) for one in bills["Bill"]] == [(kept["Id"], None), (gone["Id"], "Deleted")]
    assert vendors == {}


async def test_changes_are_told_for_thirty_days_only_and_not_of_tax(bare: Bare, clock: FakeClock) -> None:
    old = (clock.now() - timedelta(days=31)).isoformat()

    assert (await bare.get("cdc", entities="Bill", changedSince=old)).errors[0][0] == "4001"
    assert (await bare.get("cdc", entities="TaxCode", changedSince=clock.now().isoformat())).errors[0][0] == "4001"


async def test_a_closing_date_may_be_told_or_not(bare: Bare) -> None:
    bare.state.close_books(TRADING, date(2026, 1, 31))
    told = (await bare.get("preferences")).json["Preferences"]["AccountingInfoPrefs"]
    bare.state.set_tells_close_date(TRADING, tells=False)
    silent = (await bare.get("preferences")).json["Preferences"]["AccountingInfoPrefs"]

    assert told["BookCloseDate"] == "2026-01-31"
    assert "BookCloseDate" not in silent


async def test_what_is_not_there_is_told_as_the_vendor_does(bare: Bare) -> None:
    read = await bare.get("bill/999")
    nowhere = await bare.get("nonsense")
    foreign = await bare.get(f"companyinfo/{AMERICA}")

    assert read.errors[0][0] == "610"
    assert nowhere.errors[0][0] == "500"
    assert nowhere.errors[0][1].startswith("Operation Could not find resource for relative : /v3/company/")
    assert foreign.errors[0][0] == "610"


async def test_who_does_not_ask_for_json_gets_xml(bare: Bare) -> None:
    reply = await bare.send("GET", "preferences", headers={"Accept": "*/*"})

    assert (reply.status, reply.headers["Content-Type"].split(";")[0]) == (200, "application/xml")


async def test_every_answer_has_an_id_for_support(bare: Bare) -> None:
    assert (await bare.get("preferences")).headers["intuit_tid"].startswith("1-")
