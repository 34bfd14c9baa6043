"""What is decided for sales, in a simulated Slack: beside what is decided for costs, and with what goes with sales."""

from bot.domain.settings import Destination, KindSettings, PaymentStatus
from bot.playground.slack import ADMIN, BILLS, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import Desk, filled, words

SALES, OUTPUT = "200", "OUTPUT2"


async def opened(desk: Desk) -> View:
    await desk.slack.command("/dext", "settings sales", user=ADMIN, channel=BILLS)
    return desk.modal(ADMIN)


async def offered(desk: Desk, action: ActionId) -> list[str]:
    found = await desk.slack.options(desk.modal(ADMIN), action, "", user=ADMIN)
    return [str(option["value"]) for option in found]


async def test_sales_have_their_own_place_status_category_and_tax_and_costs_keep_theirs(desk: Desk) -> None:
    costs = (await desk.world.settings()).costs
    await opened(desk)
    rates = await offered(desk, ActionId.FIND_TAX_RATE)
    await offered(desk, ActionId.FIND_ACCOUNT)
    chosen: dict[str, object] = {
        BlockId.PAYMENT_STATUS: "awaiting_approval",
        BlockId.DEFAULT_ACCOUNT: SALES,
        BlockId.DEFAULT_TAX: OUTPUT,
    }

    done = await desk.slack.submit(desk.modal(ADMIN), chosen)

    assert (OUTPUT in rates, "INPUT2" in rates) == (True, False)
    assert done.errors == {}
    assert "Approved sales invoices go to Xero as *Awaiting approval*" in words(desk.modal(ADMIN))
    settings = await desk.world.settings()
    assert settings.costs == costs
    assert settings.sales == KindSettings(
        destination=Destination.SALES,
        payment_status=PaymentStatus.AWAITING_APPROVAL,
        default_account=SALES,
        default_tax_rate=OUTPUT,
    )


async def test_a_stale_form_is_drawn_anew_and_a_category_archived_meanwhile_is_not_taken(desk: Desk) -> None:
    form = await opened(desk)
    await offered(desk, ActionId.FIND_ACCOUNT)
    desk.xero.archive_account(TRADING, SALES)
    await desk.slack.command("/dext", "sync categories", user=ADMIN)
    await desk.settle()
    gone = await desk.slack.submit(form, {BlockId.DEFAULT_ACCOUNT: SALES})
    await desk.world.set_up(alerts_channel=BILLS)

    await desk.slack.submit(form, {BlockId.PAYMENT_STATUS: "awaiting_payment", BlockId.DEFAULT_ACCOUNT: "260"})

    assert "not in the ledger's list any more" in gone.errors[BlockId.DEFAULT_ACCOUNT]
    assert "Somebody else saved these settings" in words(desk.modal(ADMIN))
    again = desk.modal(ADMIN)
    await desk.slack.submit(again, filled(again, {BlockId.PAYMENT_STATUS: "awaiting_payment"}))
    assert (await desk.world.settings()).sales.payment_status is PaymentStatus.AWAITING_PAYMENT


async def test_what_the_plan_allows_is_told_where_its_status_is_chosen(desk: Desk) -> None:
    assert "This plan of Xero" not in words(await opened(desk))
    await desk.slack.close_modal(ADMIN, everything=True)
    desk.xero.set_plan(TRADING, "IGNITE")
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()

    sales = words(await opened(desk))
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "settings", user=ADMIN, channel=BILLS)

    assert "This plan of Xero takes 5 bills and 20 sales invoices a month" in sales
    assert "This plan of Xero takes 5 bills" in words(desk.modal(ADMIN))
    assert "Sales have settings of their own" in words(desk.modal(ADMIN))


async def test_the_settings_of_costs_are_found_by_their_name_and_unknown_ones_are_told(desk: Desk) -> None:
    for meant in ("costs", "expense reports", ""):
        await desk.slack.command("/dext", f"settings {meant}", user=ADMIN, channel=BILLS)
        assert "*Costs*" in words(desk.modal(ADMIN)), meant
        await desk.slack.close_modal(ADMIN, everything=True)

    answer = await desk.slack.command("/dext", "settings weather", user=ADMIN, channel=BILLS)

    assert "There are `costs`, `sales`, `tax`" in answer.text
