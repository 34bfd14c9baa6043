"""What is decided about amounts: exchange rates that the ledger does not tell, and what cards show by them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.amounts import AmountsForm
from bot.domain.general import GeneralForm
from bot.domain.required import Required, RequiredField
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, Submitted, View
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, at, filled, words
from tests.handlers.test_exchange_rates import drop

pytestmark = pytest.mark.desk(undo_seconds=0)
WHERE = "An admin types one by `/dext settings amounts`"


async def opened(desk: Desk, user: str = ADMIN) -> View:
    await desk.slack.command("/dext", "settings amounts", user=user, channel=BILLS)
    return desk.modal(user)


async def saved(desk: Desk, **values: object) -> Submitted:
    form = await opened(desk)
    done = await desk.slack.submit(form, filled(form, values))
    await desk.settle()
    return done


def typed_in(form: View, block: str) -> object:
    return form.entries[at(form, block)][ActionId.VALUE]["value"]


async def test_a_rate_is_typed_shown_with_who_and_when_and_opened_as_it_was_saved(desk: Desk) -> None:
    await drop(desk, "INV-1", "EUR", "CHF", "0.95")
    assert f"*In GBP*\nnot converted\n_no exchange rate is known. {WHERE}_" in words(desk.card("INV-1"))

    done = await saved(desk, **{BlockId.EXCHANGE_RATES: "eur 1.20\nUSD: 1.27"})

    assert done.errors == {}
    assert "*Exchange rates*: EUR 1.2, USD 1.27 (was: none)" in words(desk.modal(ADMIN))
    today = desk.world.services.db.clock.now()
    told = f"*In GBP*\n100.00 GBP\n_at 1 GBP = 1.2 EUR, typed by a person, {today.day} {today:%b %Y}_"
    assert told in words(desk.card("INV-1"))
    await desk.slack.close_modal(ADMIN, everything=True)
    form = await opened(desk)
    assert typed_in(form, BlockId.EXCHANGE_RATES) == "EUR 1.2\nUSD 1.27"
    assert f"1 GBP = 1.2 EUR, by <@{ADMIN}>" in words(form)
    assert "Xero tells no exchange rates" in words(form)


async def test_a_rate_that_is_older_than_the_document_by_weeks_is_pointed_at(desk: Desk) -> None:
    await saved(desk, **{BlockId.EXCHANGE_RATES: "EUR 1.2"})
    await desk.slack.close_modal(ADMIN, everything=True)
    today = desk.world.services.db.clock.now().date()

    near = await desk.add(**{BlockId.CURRENCY: "EUR", BlockId.ISSUED_ON: (today + timedelta(days=7)).isoformat()})
    far = {BlockId.NUMBER: "INV-2", BlockId.ISSUED_ON: (today + timedelta(days=20)).isoformat()}
    old = await desk.add(**{BlockId.CURRENCY: "EUR", **far})

    assert "older than the document" not in words(near)
    assert ". :warning: It is 20 days older than the document: look whether it still holds_" in words(old)


async def test_the_documents_own_rate_is_above_one_that_was_typed(desk: Desk) -> None:
    await saved(desk, **{BlockId.EXCHANGE_RATES: "EUR 2"})
    await desk.slack.close_modal(ADMIN, everything=True)

    await drop(desk, "INV-1", "EUR", "GBP", "0.8")

    assert "*In GBP*\n96.00 GBP\n_at 1 GBP = 1.25 EUR, the document's own, 1 Mar 2026_" in words(desk.card("INV-1"))


async def test_what_is_in_the_books_own_currency_has_nothing_to_convert(desk: Desk) -> None:
    await desk.add()

    assert "*In GBP*" not in words(desk.card("INV-1"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("EUR", "write a currency and a rate"), ("EUR 1.1\nEUR 1.2", "EUR is there twice"), ("GBP 1", "kept in GBP")],
)
async def test_what_cannot_be_a_rate_is_told_at_its_field_and_nothing_is_saved(
    desk: Desk, typed: str, sentence: str
) -> None:
    done = await saved(desk, **{BlockId.EXCHANGE_RATES: typed})

    assert sentence in " ".join(done.errors.values())
    assert (await desk.world.settings()).amounts.rates == ()


async def test_a_form_sent_twice_saves_once_and_a_stale_one_is_drawn_anew(desk: Desk) -> None:
    amounts, actor, of = desk.world.services.amount_settings, await desk.world.actor(), desk.world.organisation_id
    form = await opened(desk)
    sent = AmountsForm(version=(await amounts.opened(actor, of)).version, rates={"EUR": Decimal("1.2")})
    first, again = [await amounts.save(actor, of, sent, {}) for _ in range(2)]
    assert (first.version, first.before is None) == (again.version, False)

    await desk.slack.submit(form, filled(form, {BlockId.EXCHANGE_RATES: "EUR 1.3"}))

    assert "Somebody else saved these settings" in words(desk.modal(ADMIN))
    assert (await desk.world.settings()).version == first.version
    assert typed_in(desk.modal(ADMIN), BlockId.EXCHANGE_RATES) == "EUR 1.2"


async def test_only_admins_open_it(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings amounts", user=BOOKKEEPER, channel=BILLS)

    assert desk.slack.view(BOOKKEEPER) is None


async def required(desk: Desk, *fields: RequiredField) -> None:
    """What the organisation asks for of costs from now on."""
    general, actor, of = desk.world.services.general_settings, await desk.world.actor(), desk.world.organisation_id
    page = await general.opened(actor, of)
    asked = replace(page.general.required, costs=Required(fields=frozenset(fields)))
    await general.save(actor, of, GeneralForm(version=page.version, general=replace(page.general, required=asked)), {})
    await desk.settle()


async def test_of_small_amounts_no_more_is_asked_than_books_do_and_of_what_cannot_be_converted_everything(
    desk: Desk,
) -> None:
    await required(desk, RequiredField.DUE_ON)
    await desk.add(**{BlockId.GROSS: "12.00", BlockId.TAX: "2.00"})
    await drop(desk, "INV-2", "EUR", "CHF", "0.95")
    asked = "The due date is missing"
    assert asked in words(desk.card("INV-1"))
    assert asked in words(desk.card("INV-2"))

    await saved(desk, **{BlockId.MATERIALITY: "100"})
    assert "*Materiality*: up to 100.00 (was: nothing)" in words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)

    assert asked not in words(desk.card("INV-1"))
    assert asked in words(desk.card("INV-2"))
    await saved(desk, **{BlockId.EXCHANGE_RATES: "EUR 1.2"})
    await desk.slack.close_modal(ADMIN, everything=True)
    assert asked not in words(desk.card("INV-2"))
    form = await opened(desk)
    assert (typed_in(form, BlockId.MATERIALITY), typed_in(form, BlockId.EXCHANGE_RATES)) == ("100", "EUR 1.2")

    await saved(desk, **{BlockId.MATERIALITY: "99.99", BlockId.EXCHANGE_RATES: "EUR 1.2"})

    assert asked not in words(desk.card("INV-1"))
    assert asked in words(desk.card("INV-2"))


async def test_a_card_speaks_of_the_limit_where_one_is_set_and_of_no_other(desk: Desk) -> None:
    await drop(desk, "INV-1", "EUR", "CHF", "0.95")
    await drop(desk, "INV-2", "EUR", "GBP", "0.8")
    assert "counts as" not in words(desk.card("INV-1"))
    assert "counts as" not in words(desk.card("INV-2"))

    await saved(desk, **{BlockId.MATERIALITY: "100"})
    await desk.slack.close_modal(ADMIN, everything=True)

    over = "no exchange rate is known, so it counts as more than 100.00 GBP, up to which amounts are small"
    assert f"*In GBP*\nnot converted\n_{over}. {WHERE}_" in words(desk.card("INV-1"))
    alone = "By a rate that nobody but the document states, nothing counts as less than 100.00 GBP"
    assert f"*In GBP*\n96.00 GBP\n_at 1 GBP = 1.25 EUR, the document's own, 1 Mar 2026. {alone}_" in words(
        desk.card("INV-2")
    )
    await saved(desk, **{BlockId.MATERIALITY: "100", BlockId.EXCHANGE_RATES: "EUR 1.2"})
    assert "counts as" not in words(desk.card("INV-2"))


@pytest.mark.parametrize("typed", ["much", "0", "-5", "1,234"])
async def test_what_is_no_amount_is_told_at_its_field(desk: Desk, typed: str) -> None:
    done = await saved(desk, **{BlockId.MATERIALITY: typed})

    (block,) = done.errors
    assert block.startswith(BlockId.MATERIALITY)
    assert (await desk.world.settings()).amounts.materiality is None
