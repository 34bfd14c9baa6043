"""Alerts as people see them: the reply under the home card, the line in the alerts channel, the ledger's own words."""

from dataclasses import dataclass
from uuid import UUID

from bot.db.items import load_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.alerts import AlertCard
from bot.domain.general import Purpose
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.problems import Mover
from bot.domain.publishing import StepKind
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services.alerts import helpers_of, load_alert
from bot.services.cards import Cards
from bot.services.current import ItemNotFoundError, require_item
from bot.services.messages import POINTER, Drawn, Shown, step_of
from bot.services.people import People
from bot.services.settings import load_settings
from bot.views import alerts as views
from bot.views.alert_outcomes import pointer
from bot.views.private import without_amounts


@dataclass(frozen=True, slots=True)
class AlertMessages:
    db: Database
    people: People
    cards: Cards
    public_url: str

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.ALERT`. What another alert followed is drawn once more, for good, where it was seen."""
        item = await load_item(tx, message.workspace_id, ItemId(UUID(message.subject_id)))
        place, of, number = step_of(message.role)
        found = None if item is None else await self._card(tx, item, of, number)
        if found is None:
            return None
        is_past = found.alert.told_anew_at is not None
        if message.ts is None and (is_past or found.alert.state.is_over):
            return None  # it was over before anybody could see it
        text, blocks = pointer(found) if place == POINTER else views.alert(found)
        if message.user_id is None and await self._hides_amounts(tx, found, is_pointer=place == POINTER):
            text, blocks = without_amounts((text, blocks), note=None)
        comes_back = not is_past and not found.alert.state.is_over
        return Drawn(text=text, blocks=blocks, is_last=is_past, comes_back=comes_back)

    async def _hides_amounts(self, tx: Tx, found: AlertCard, *, is_pointer: bool) -> bool:
        item = found.card.item
        if not is_pointer:
            return found.card.hides_amounts
        return (await load_settings(tx, item.workspace_id, item.organisation_id)).hides_amounts(Purpose.ALERTS)

    async def seen(self, actor: Actor, item_id: ItemId, of: StepKind) -> AlertCard:
        """The alert about this kind of step of an item, with the ledger's own words.

        Raises:
            ItemNotFoundError: no such item, or it has no such alert.
            NotAllowedError: outsiders and guests see nothing.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.SEE, actor, person, item.organisation_id)
            found = await self._card(tx, item, of)
        if found is None:
            raise ItemNotFoundError
        return found

    async def _card(self, tx: Tx, item: Item, of: StepKind, number: int | None = None) -> AlertCard | None:
        alert = await load_alert(tx, item.workspace_id, item.id, of, number=number)
        if alert is None:
            return None
        return AlertCard(
            alert=alert,
            card=await self.cards.card(tx, item),
            helpers=await helpers_of(tx, item, alert.problem.entry.mover),
            admins=await helpers_of(tx, item, Mover.ADMIN) if alert.problem.entry.needs_admins else (),
            link=f"{self.public_url}/i/{item.id}?alert={of}",
        )
