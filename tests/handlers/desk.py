"""What people do with bills in Slack, over signed requests: type one in, drop one, look at its card, press its buttons."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER, Answer, Message, Submitted, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.connected import Connected, Steps, connected_app
from tests.intake.documents import Row, a_document

SUPPLIER = (
    "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName></cac:Party>"
    "</cac:AccountingSupplierParty>"
)
SEARCHES: dict[str, ActionId] = {
    BlockId.RULE_ACCOUNT: ActionId.FIND_ACCOUNT,
    BlockId.RULE_TAX: ActionId.FIND_TAX_RATE,
    BlockId.ACCOUNT: ActionId.FIND_ACCOUNT,
    BlockId.TAX_RATE: ActionId.FIND_TAX_RATE,
    BlockId.PRODUCT: ActionId.FIND_PRODUCT,
    BlockId.CONTACT: ActionId.FIND_CONTACT,
    BlockId.FOR_CUSTOMER: ActionId.FIND_CUSTOMER,
    BlockId.TRACKING: ActionId.FIND_TRACKING,
}
UNDO_SECONDS = 60
CATEGORY, OTHER_CATEGORY, TAX, OTHER_TAX = "429", "461", "INPUT2", "NONE"
A_BILL: dict[str, object] = {
    BlockId.SUPPLIER: "Paper & Ink Ltd",
    BlockId.NUMBER: "INV-1",
    BlockId.ISSUED_ON: "2026-03-01",
    BlockId.CURRENCY: "GBP",
    BlockId.GROSS: "120.00",
    BlockId.TAX: "20.00",
}


def at(form: View, name: str) -> str:
    """The block with this name, whatever tells it from those of another form."""
    return next(block for each in form.blocks if (block := str(each["block_id"])).partition(":")[0] == name)


def filled(form: View, values: Mapping[str, object]) -> dict[str, object]:
    """What is entered, where it stands in this form."""
    return {at(form, name): value for name, value in values.items()}


class Desk:
    def __init__(self, world: Connected) -> None:
        self.world, self.slack, self.xero = world, world.slack, world.xero

    async def settle(self) -> None:
        await self.world.settle()

    async def form(self, user: str = MEMBER, channel: str = BILLS) -> View:
        await self.slack.command("/dext", "add", user=user, channel=channel)
        return self.modal(user)

    async def add(self, user: str = MEMBER, **changes: object) -> Message:
        """A bill typed into the form; answers its card."""
        values = {**A_BILL, **changes}
        done = await self.slack.submit(await self.form(user), values)
        assert (done.errors, done.error) == ({}, None)
        await self.slack.close_modal(user, everything=True)
        await self.settle()
        return self.card(str(values[BlockId.NUMBER]))

    async def drop(
        self,
        number: str,
        *,
        user: str = MEMBER,
        rows: tuple[Row, ...] = (Row(),),
        extra: str = "",
        totals: tuple[str, str] = ("100.00", "20.00"),
        ending: str = "xml",
    ) -> None:
        """An e-invoice, put into the channel; `totals` are net and tax. It is read whatever its name ends in."""
        net, tax = totals
        gross = str(Decimal(net) + Decimal(tax))
        supplier = SUPPLIER.format(name="Paper &amp; Ink Ltd")
        document = a_document(
            number=number, currency="GBP", rows=rows, extra=extra or supplier, net=net, tax=tax, gross=gross
        )
        await self.slack.upload(document.encode(), f"{number}.{ending}", channel=BILLS, user=user)
        await self.settle()

    async def restore(self, category: str) -> None:
        """A category that was archived in Xero is back there, and known to be."""
        self.xero.restore_account(TRADING, category)
        await self.slack.command("/dext", "sync categories", user=ADMIN)
        await self.settle()

    def card(self, number: str) -> Message:
        messages = self.slack.messages(BILLS)
        found = next((message for message in reversed(messages) if f"*Number*\n{number}" in words(message)), None)
        assert found is not None, [message.text for message in messages]
        return found

    async def press(
        self, card: Message | View, action: ActionId, user: str = APPROVER, *, settled: bool = True
    ) -> Answer:
        answer = await self.slack.click(card, action, user=user)
        if settled:
            await self.settle()
        return answer

    async def approve(self, number: str, user: str = APPROVER) -> Message:
        await self.press(self.card(number), ActionId.APPROVE_ITEM, user)
        return self.card(number)

    async def edit(self, number: str, values: Mapping[str, object], user: str = BOOKKEEPER) -> Submitted:
        await self.press(self.card(number), ActionId.EDIT_ITEM, user)
        form = self.modal(user)
        await self.offered(form, values, user)
        done = await self.slack.submit(form, values)
        await self.settle()
        return done

    async def offered(self, form: View, values: Mapping[str, object], user: str = BOOKKEEPER) -> None:
        """What a person looks through before they choose in these fields."""
        for block in values:
            action = SEARCHES.get(block.split(":")[0])
            if action is not None:
                await self.slack.options(form, action, "", user=user, block_id=block)

    def modal(self, user: str) -> View:
        view = self.slack.view(user)
        assert view is not None
        return view

    def whispers(self, user: str) -> list[str]:
        """What only this person was told in the channel."""
        return [message.text for message in self.slack.ephemerals(user, BILLS)]


@asynccontextmanager
async def a_desk(
    database_url: str,
    *,
    undo_seconds: int = UNDO_SECONDS,
    alerts_apart: bool = False,
    after: Steps | None = None,
) -> AsyncIterator[Desk]:
    """Connected and set up; Priya approves, Ben keeps the books. Alerts have a channel of their own where they are
    `alerts_apart`.
    """
    undo = {"DEXT_UNDO_SECONDS": str(undo_seconds)}
    alerts_channel = ALERTS if alerts_apart else BILLS
    async with connected_app(database_url, more=undo, alerts_channel=alerts_channel, after=after) as world:
        yield Desk(world)


def words(shown: Message | View) -> str:
    """All text of a message or a view, as it was handed to Slack."""
    return "\n".join(_texts(shown.blocks))


def _texts(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for value in part.values() for text in _texts(value)]
    return [text for value in part for text in _texts(value)] if isinstance(part, list) else []


def actions(shown: Message | View) -> list[str]:
    """The buttons there are."""
    buttons = [element for block in shown.blocks for element in block.get("elements", []) if "action_id" in element]
    return [str(button["action_id"]) for button in buttons]


def button_values(shown: Message | View) -> dict[str, str]:
    """What each button would send back, by its action."""
    buttons = [element for block in shown.blocks for element in block.get("elements", []) if "value" in element]
    return {str(button["action_id"]): str(button["value"]) for button in buttons}
