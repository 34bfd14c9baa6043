"""What an admin does to set up an organisation, over signed requests: open the form, fill it, save it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, GENERAL, SlackState, Submitted, View
from bot.views.ids import ActionId, BlockId
from tests.fakes.connected import Connected, connected_app
from tests.handlers.desk import at, filled

CATEGORY, OTHER_CATEGORY, TAX = "429", "461", "INPUT2"
FILLED: dict[str, object] = {
    BlockId.PAYMENT_STATUS: "awaiting_payment",
    BlockId.APPROVERS: [APPROVER],
    BlockId.BOOKKEEPERS: [BOOKKEEPER],
    BlockId.APPROVALS_CHANNEL: BILLS,
    BlockId.ALERTS_CHANNEL: ALERTS,
}
SEARCHED = {BlockId.DEFAULT_ACCOUNT: ActionId.FIND_ACCOUNT, BlockId.DEFAULT_TAX: ActionId.FIND_TAX_RATE}


@dataclass(frozen=True, slots=True)
class Office:
    world: Connected

    @property
    def slack(self) -> SlackState:
        return self.world.slack

    async def open(self, user: str = ADMIN, channel: str = BILLS) -> View:
        await self.slack.command("/dext", "settings", user=user, channel=channel)
        return self.modal(user)

    def modal(self, user: str = ADMIN) -> View:
        view = self.slack.view(user)
        assert view is not None
        return view

    async def fill(self, form: View, **changes: object) -> Submitted:
        """Fill the form in as it is usually filled, with these changes, and press Save."""
        values = {**FILLED, **changes}
        for block, action in SEARCHED.items():
            if block in values:
                await self.slack.options(form, action, "", user=form.user, block_id=at(form, block))
        done = await self.slack.submit(form, filled(form, values))
        await self.world.settle()
        return done

    async def save(self, **changes: object) -> Submitted:
        done = await self.fill(await self.open(), **changes)
        if not done.errors:
            await self.slack.close_modal(ADMIN, everything=True)
        return done

    def posts(self, channel: str) -> list[str]:
        """What the app said in a channel because it was chosen for something."""
        return [message.text for message in self.slack.messages(channel) if "chose this channel" in message.text]

    def told(self, user: str, channel: str = GENERAL) -> str:
        """What only this person was told last: in a modal, or in the channel."""
        view = self.slack.view(user)
        return str(view.blocks) if view is not None else self.slack.ephemerals(user, channel)[-1].text


@asynccontextmanager
async def an_office(database_url: str, *, undo_seconds: int = 0) -> AsyncIterator[Office]:
    """Connected and not set up; Adam is its admin."""
    async with connected_app(database_url, more={"DEXT_UNDO_SECONDS": str(undo_seconds)}) as world:
        yield Office(world)
        assert world.slack.refusals == []
