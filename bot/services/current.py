"""The item as it is now, for whoever acts on what a card or form showed them a while ago."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.db.items import load_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ItemId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.services.following import catch_up
from bot.services.homes import redraw_homes_of_item
from bot.services.messages import redraw_item, redraw_items
from bot.views.text import mention, moment

DECIDED = (ItemState.APPROVED, ItemState.REJECTED)


class ItemNotFoundError(Exception):
    """No such item in this workspace."""

    def __init__(self) -> None:
        super().__init__("I cannot find that item any more.")


class StaleItemError(Exception):
    """The item changed after the card or form was drawn; the current one is drawn again."""

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__(
            f"{item.reference} has changed since you opened it: it is {item.state.words} now. "
            "I have refreshed its card; please look again."
        )


class NotNowError(Exception):
    """The item is elsewhere by now: somebody was quicker, or it went on. `consequence` ends the sentence."""

    def __init__(self, item: Item, consequence: str) -> None:
        self.item = item
        super().__init__(f"{item.reference} is {item.state.words}{_by(item)}: {consequence}")


async def require_item(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Item:
    """Raises:
    ItemNotFoundError: unknown, or of another workspace.
    """
    item = await load_item(tx, workspace_id, item_id)
    if item is None:
        raise ItemNotFoundError
    return item


async def show(tx: Tx, item: Item) -> None:
    """Wherever the item is seen, it is drawn again: its card and alert, and the Homes of who sent it in and who may decide."""
    await redraw_item(tx, item.workspace_id, item.id)
    await redraw_homes_of_item(tx, item)


async def show_all(tx: Tx, workspace_id: WorkspaceId, items: Sequence[Item]) -> None:
    """As `show`, of many items of one organisation."""
    await redraw_items(tx, workspace_id, [item.id for item in items])
    for item in {each.submitted_by: each for each in items}.values():
        await redraw_homes_of_item(tx, item)


@asynccontextmanager
async def refreshing(db: Database, workspace_id: WorkspaceId, item_id: ItemId) -> AsyncIterator[None]:
    """Around a deed: whoever pressed what is out of date gets the card drawn as it is now, and the words for it."""
    try:
        yield
    except (StaleItemError, NotNowError):
        async with db.write() as tx:
            await catch_up(tx, workspace_id, item_id)
            await redraw_item(tx, workspace_id, item_id)
        raise


def _by(item: Item) -> str:
    if item.state not in DECIDED or item.decided_by is None or item.decided_at is None:
        return ""
    return f" (by {mention(item.decided_by)}, {moment(item.decided_at)})"
