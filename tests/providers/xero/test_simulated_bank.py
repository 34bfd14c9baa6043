"""Money spent and received in the simulated Xero: the bank account rules it."""

from typing import Any

import pytest

from providers.xero.simulator import TRADING, XeroState
from tests.providers.xero.conftest import Bare, judged, wire_line, wire_spend

pytestmark = judged

BANK = "The specified bank account details do not match a known bank account"


async def test_money_spent_is_in_the_accounts_currency(bare: Bare) -> None:
    spent = await bare.created(
        "BankTransactions", wire_spend(BankAccount={"Code": "092"}, Url="https://dext.example/i/1")
    )

    assert (spent["CurrencyCode"], spent["CurrencyRate"], spent["Total"]) == ("EUR", 1.16, 120)
    assert (spent["BankAccount"]["Name"], spent["Status"], spent["IsReconciled"]) == (
        "Euro Account",
        "AUTHORISED",
        False,
    )
    assert (spent["Url"], spent["StatusAttributeString"]) == ("https://dext.example/i/1", "OK")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"BankAccount": {"Code": "094"}}, BANK),
        ({"BankAccount": {"Code": "429"}}, BANK),
        ({"BankAccount": {}}, BANK),
        ({"CurrencyCode": "EUR"}, "The currency of the bank transaction must be that of the bank account, GBP"),
        ({"Type": "ACCPAY"}, "The Type field must be specified as SPEND or RECEIVE"),
        ({"Status": "DRAFT"}, "Bank Transaction not of valid status for creation"),
        ({"Contact": None}, "A Contact must be specified for this type of transaction"),
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"LineItems": [wire_line(AccountCode=None)]}, "Account code must be specified."),
        (
            {"LineItems": [wire_line(UnitAmount=-1)]},
            "The Total for this document must be greater than or equal to zero.",
        ),
        ({"Url": "dext"}, "Url must be a valid absolute url"),
    ],
)
async def test_it_is_refused_in_xeros_words(bare: Bare, changes: dict[str, Any], sentence: str) -> None:
    reply = await bare.create("BankTransactions", wire_spend(**changes))

    assert reply.status == 200
    assert reply.elements[0]["StatusAttributeString"] == "ERROR"
    assert reply.sentences == [sentence]


async def test_an_account_archived_a_moment_ago_pays_no_more(bare: Bare, state: XeroState) -> None:
    await bare.created("BankTransactions", wire_spend())
    state.archive_account(TRADING, "090")

    reply = await bare.create("BankTransactions", wire_spend())

    assert reply.sentences == [BANK]


async def test_it_is_changed_by_id_and_deleted_once(bare: Bare) -> None:
    spent = await bare.created("BankTransactions", wire_spend())
    path = f"BankTransactions/{spent['BankTransactionID']}"

    changed = await bare.post(path, wire_spend(LineItems=[wire_line(Quantity=2)]))
    deleted = await bare.post(path, {**wire_spend(), "Status": "DELETED"})
    again = await bare.post(path, {**wire_spend(), "Status": "DELETED"})

    assert changed.elements[0]["Total"] == 60
    assert deleted.elements[0]["Status"] == "DELETED"
    assert again.sentences == ["Bank Transaction not of valid status for modification"]


async def test_who_may_only_draft_spends_nothing(bare: Bare) -> None:
    bare.person = "ira"

    reply = await bare.create("BankTransactions", wire_spend())

    assert reply.sentences == ["The User specified does not have the correct permissions to perform this action"]


async def test_it_needs_a_scope_of_its_own(bare: Bare, state: XeroState) -> None:
    bare.tokens["dana"] = state.grant("dana", scopes=["accounting.invoices"])["access_token"]

    reply = await bare.create("BankTransactions", wire_spend())

    assert (reply.status, reply.json["Detail"]) == (403, "AuthorizationUnsuccessful")
