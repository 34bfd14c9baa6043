"""A sign-in that is for one organisation, which its callback names beside the code."""

from dataclasses import replace

import pytest

from tests.fakes.connecting import ACME, BETA, FAKE_BOOKS
from tests.handlers.conftest import Connecting, Page, state_of

NAMES_ITS_BOOK = replace(FAKE_BOOKS, callback_fields=("bookId",))


@pytest.fixture
def named(connecting: Connecting) -> Connecting:
    connecting.ledger.profile = NAMES_ITS_BOOK
    connecting.ledger.organisations_seen = (ACME, BETA)
    connecting.ledger.of_tenant = BETA.tenant_id
    return connecting


async def back(connecting: Connecting, query: str) -> Page:
    browser = connecting.browser()
    state = state_of(await connecting.to_provider(browser, await connecting.link()))
    answer = await browser.get(f"/connect/fake/callback?code=c&state={state}{query}")
    return await browser.get(answer.location)


async def test_what_is_declared_of_the_callback_is_handed_over_and_nothing_else(named: Connecting) -> None:
    page = await back(named, "&bookId=tenant-beta&other=x")

    assert named.ledger.fields == {"bookId": "tenant-beta"}
    assert "Beta GmbH" in page.text


async def test_of_what_the_sign_in_sees_only_the_organisation_that_it_is_for_is_offered(named: Connecting) -> None:
    page = await back(named, "&bookId=tenant-beta")

    assert "Which organisation?" not in page.text
    assert "Acme" not in page.text


async def test_an_organisation_that_the_new_sign_in_does_not_see_is_not_connected(named: Connecting) -> None:
    named.ledger.of_tenant = "tenant-of-somebody-else"

    page = await back(named, "&bookId=tenant-of-somebody-else")

    assert "Beta GmbH" not in page.text
    assert len(await named.stops()) == 1
    assert "revoke" in named.ledger.calls


@pytest.mark.parametrize("query", ["", "&bookId=", "&bookId=tenant-beta&bookId=tenant-acme"])
async def test_a_callback_without_it_or_with_two_of_it_is_none_and_its_code_is_not_used(
    named: Connecting, query: str
) -> None:
    await back(named, query)

    assert named.ledger.calls == []
    assert await named.stops() == ["provider_failed"]
