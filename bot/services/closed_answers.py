"""What a person chooses for one document that is dated in a closed period: on its card, or on its alert."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.booking import taken_by
from bot.domain.closing import ClosedAnswer, ClosedEffect
from bot.domain.coding import Source
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.rights import Deed
from bot.domain.settings import statuses_for
from bot.domain.slack import Actor
from bot.services.closed_periods import answers_offered
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item
from bot.services.items import apply_edit
from bot.services.lists import books_of
from bot.services.people import People
from bot.services.settings import load_settings
from bot.services.settings_pages import provider_of
from providers.base import AccountingProvider

NOT_ASKED = "nothing has to be chosen for its date now."
NOT_POSSIBLE = "that cannot be chosen for it. Edit changes its date."


@dataclass(frozen=True, slots=True)
class ClosedAnswers:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]

    async def choose(self, actor: Actor, item_id: ItemId, version: int, answer: ClosedAnswer) -> Item:
        """One that waits in review goes on; one that was refused is sent again, and its approval is kept.

        Raises:
            NotAllowedError: only bookkeepers and admins choose.
            NotNowError: nobody has to choose, or this cannot be chosen.
            StaleItemError: somebody else changed it meanwhile.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            if not _is_asked(before):
                raise NotNowError(before, NOT_ASKED)
            if before.version != version:
                raise StaleItemError(before)
            of = tx, before.workspace_id, before.organisation_id
            settings, books = await load_settings(*of, held=True), await books_of(*of)
            provider = self.providers.get(await provider_of(*of) or "")
            can = frozenset() if provider is None or books is None else provider.profile.capabilities
            statuses = statuses_for(before.kind, can if books is None else taken_by(can, books.rules))
            if answer not in answers_offered(before, settings, books, statuses):
                raise NotNowError(before, NOT_POSSIBLE)
            chosen = before.coding.closed.offer(answer, Source.PERSON, by=actor.user_id)
            after = replace(before, coding=replace(before.coding, closed=chosen))
            return await apply_edit(tx, before, after, actor.user_id)


def _is_asked(item: Item) -> bool:
    is_on_card = item.closed is not None and item.closed.effect is ClosedEffect.ASKED
    return item.state is ItemState.REFUSED or (item.state is ItemState.TO_REVIEW and is_on_card)
