"""What is told of an item in the thread under its home card, or to who sent it in where it has no card."""

from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.items import Item
from bot.services.messages import Place, Surface, home_card, note


async def under_card(tx: Tx, item: Item, role: str) -> Place:
    card = await home_card(tx, item.workspace_id, item.id)
    if card is None:
        return Place(role=role, surface=Surface.DIRECT, user_id=item.submitted_by)
    return replace(card.place, role=role, thread_of=card.id)


async def note_under_card(tx: Tx, item: Item, role: str, words: str) -> None:
    """Told once for this version of the item."""
    await note(tx, item.workspace_id, f"{role}:{item.id}:{item.version}", await under_card(tx, item, role), words)
