"""Credit cards as bank accounts: offered for what the package books on them, and for nothing else."""

from bot.domain.payment_methods import KnownMethod
from bot.playground.slack import ADMIN, BOOKKEEPER
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, words
from tests.handlers.test_payment_methods import add, change, opened, sent
from tests.handlers.test_quickbooks import beside_quickbooks

CARD, CURRENT = "Company Card", "Business Current Account"


async def offered(desk: Desk) -> list[str]:
    found = await desk.slack.options(desk.modal(ADMIN), ActionId.FIND_BANK_ACCOUNT, "", user=ADMIN)
    return [option["text"]["text"] for option in found]


async def linked_to(desk: Desk, name: str) -> str:
    found = await desk.slack.options(desk.modal(ADMIN), ActionId.FIND_BANK_ACCOUNT, name, user=ADMIN)
    return str(found[0]["value"])


async def known(desk: Desk) -> KnownMethod:
    methods, actor = desk.world.services.payment_methods, await desk.world.actor()
    (found,) = (await methods.listed(actor, desk.world.organisation_id)).methods
    return found


async def test_no_cheque_is_drawn_on_a_credit_card(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, _):
        await opened(desk)
        await add(desk, "Company Visa")
        await change(desk, "Company Visa")
        assert any(CARD in label for label in await offered(desk))

        refused = await sent(
            desk,
            {BlockId.BANK_ACCOUNT: await linked_to(desk, CARD), BlockId.METHOD_DESTINATION: "cheques"},
        )

        assert f"{CARD} is a credit card, and QuickBooks Online takes no cheques from one" in " ".join(
            refused.errors.values()
        )
        assert (await known(desk)).method.bank_account is None
        done = await sent(
            desk,
            {BlockId.BANK_ACCOUNT: await linked_to(desk, CURRENT), BlockId.METHOD_DESTINATION: "cheques"},
        )
        assert done.errors == {}
        await change(desk, "Company Visa")
        assert not any(CARD in label for label in await offered(desk))
        assert any(CURRENT in label for label in await offered(desk))


async def test_a_document_that_would_be_a_cheque_from_a_card_is_warned_of(sqlite_url: str) -> None:
    async with beside_quickbooks(sqlite_url) as (desk, _):
        await opened(desk)
        await add(desk, "Company Visa")
        await change(desk, "Company Visa")
        await sent(desk, {BlockId.BANK_ACCOUNT: await linked_to(desk, CARD)})
        await desk.slack.close_modal(ADMIN, everything=True)
        await desk.add()

        method = str((await known(desk)).method.id)
        await desk.press(desk.card("INV-1"), ActionId.EDIT_ITEM, BOOKKEEPER)
        form = desk.modal(BOOKKEEPER)
        await desk.slack.options(form, ActionId.FIND_PAYMENT_METHOD, "", user=BOOKKEEPER)
        place = next(
            str(each["block_id"])
            for each in form.blocks
            if str(each.get("block_id", "")).startswith(BlockId.PUBLISH_TO)
        )
        done = await desk.slack.submit(form, {place: "cheques", BlockId.PAYMENT_METHOD: method})
        await desk.settle()

        assert done.errors == {}
        assert "is a credit card: the ledger will refuse that" in words(desk.card("INV-1"))
