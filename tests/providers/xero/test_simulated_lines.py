"""Products, discounts and tracking on the lines of the simulated Xero's documents."""

from tests.providers.xero.conftest import Bare, judged, wire_bill, wire_line, wire_sale

pytestmark = judged


async def test_a_product_fills_what_a_line_leaves_out(bare: Bare) -> None:
    """Bought at one price and account, sold at another."""
    bought = await bare.written(wire_bill(LineItems=[{"ItemCode": "HOSTING", "Quantity": 2}]))
    sold = await bare.written(wire_sale(LineItems=[{"ItemCode": "HOSTING", "UnitAmount": 60}]))

    (line,), (sale,) = bought["LineItems"], sold["LineItems"]
    assert (line["Description"], line["AccountCode"], line["TaxType"]) == ("Web hosting, one month", "463", "INPUT2")
    assert (line["LineAmount"], line["Item"]["Name"], line["ItemCode"]) == (58, "Web hosting, one month", "HOSTING")
    assert (sale["AccountCode"], sale["TaxType"], sale["LineAmount"]) == ("200", "OUTPUT2", 60)


async def test_products_are_listed_and_an_unknown_one_is_refused(bare: Bare) -> None:
    reply = await bare.write(wire_bill(LineItems=[wire_line(ItemCode="GONE")]))
    listed = await bare.get("Items")

    assert reply.sentences == ["Item code 'GONE' is not valid"]
    assert [item["Code"] for item in listed.elements] == ["PAPER-A4", "TONER", "HOSTING", "CONSULT", "BOOK"]
    assert (await bare.read("Items/CONSULT"))["IsPurchased"] is False
    assert (await bare.get("Items/GONE")).status == 404


async def test_a_sale_is_discounted_by_rate_or_by_amount(bare: Bare) -> None:
    own = {"AccountCode": "200", "TaxType": "OUTPUT2"}
    lines = [wire_line(**own, DiscountRate=10), wire_line(**own, DiscountAmount=30)]

    sale = await bare.written(wire_sale(LineItems=lines))

    assert [(line["LineAmount"], line["TaxAmount"]) for line in sale["LineItems"]] == [(90, 18), (70, 14)]
    assert sale["IsDiscounted"] is True


async def test_tracking_is_by_name_or_by_id_and_two_at_most(bare: Bare) -> None:
    region = {"Name": "Region", "Option": "North"}
    department = {"Name": "Department", "Option": "Sales"}

    bill = await bare.written(wire_bill(LineItems=[wire_line(Tracking=[region, department])]))
    tracked = bill["LineItems"][0]["Tracking"]
    ids = [{name: one[name] for name in ("TrackingCategoryID", "TrackingOptionID")} for one in tracked]
    again = await bare.written(wire_bill(LineItems=[wire_line(Tracking=ids)]))
    refused = await bare.write(wire_bill(LineItems=[wire_line(Tracking=[region, department, region])]))

    assert [(one["Name"], one["Option"]) for one in tracked] == [("Region", "North"), ("Department", "Sales")]
    assert again["LineItems"][0]["Tracking"] == tracked
    assert refused.sentences == ["A maximum of 2 tracking categories may be assigned to a line item."]


async def test_a_draft_loses_tracking_that_is_archived_with_a_warning(bare: Bare) -> None:
    line = wire_line(Tracking=[{"Name": "Region", "Option": "Overseas"}])

    bill = await bare.written(wire_bill(Status="DRAFT", LineItems=[line]))

    assert (bill["StatusAttributeString"], bill["LineItems"][0]["Tracking"]) == ("WARNING", [])
    assert bill["Warnings"] == [
        {"Message": "Tracking 'Overseas' has been removed as it does not match an active tracking option"}
    ]


async def test_a_sale_is_marked_as_sent_once_it_is_approved(bare: Bare) -> None:
    draft = await bare.written(wire_sale("A", Status="DRAFT", SentToContact=True))
    approved = await bare.written(wire_sale("B", SentToContact=True))

    assert (draft["SentToContact"], approved["SentToContact"]) == (False, True)


async def test_a_contacts_name_cannot_be_taken_by_way_of_a_document(bare: Bare) -> None:
    reply = await bare.write(wire_bill(Contact={"ContactNumber": "S-77", "Name": "Central Copiers"}))

    assert [words.startswith("The contact name Central Copiers is already assigned") for words in reply.sentences] == [
        True
    ]


async def test_a_sale_without_a_number_gets_the_next_and_a_post_of_that_number_changes_it(bare: Bare) -> None:
    first = await bare.written(wire_sale(InvoiceNumber=None))
    second = await bare.written(wire_sale(InvoiceNumber=""))

    changed = await bare.write(wire_sale("INV-0002", Reference="again"), method="POST")

    assert (first["InvoiceNumber"], second["InvoiceNumber"]) == ("INV-0001", "INV-0002")
    assert changed.elements[0]["InvoiceID"] == second["InvoiceID"]
    assert len(bare.state.books[bare.tenant].invoices) == 2
