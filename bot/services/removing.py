"""Taking a document out of software that is not called: a person does it there, and says so here.

*Withdraw* asked for it (`withdrawals`), and the item waits. What follows is what follows a ledger's own word.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db import steps as rows
from bot.db.batches import LiveStep
from bot.db.steps import StepId
from bot.db.unit_of_work import Database, Tx
from bot.db.withdrawals import published_document, waiting_withdrawals
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.ledger_documents import EndedDocument
from bot.domain.postings import Ending, Withdrawal
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import audit, withdrawn
from bot.services.current import NotNowError, refreshing, require_item
from bot.services.people import People
from bot.services.settings_pages import provider_of
from providers.base import FileProvider

NOTHING_TO_SAY = "nobody has to say whether it was removed."


@dataclass(frozen=True, slots=True)
class Removing:
    db: Database
    people: People
    providers: Mapping[str, FileProvider]

    async def removed(self, actor: Actor, item_id: ItemId) -> Item:
        """It is there no more: the item waits for review, or to be downloaded again where that was wanted.

        Raises:
            NotAllowedError: only bookkeepers and admins.
            NotNowError: nothing of it is to be removed by a person.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, item.organisation_id)
            step, provider = await self._waiting(tx, item)
            document = await published_document(tx, item.workspace_id, item.id)
            if document is None:
                raise NotNowError(item, NOTHING_TO_SAY)
            work = Withdrawal(item_id=item.id, document_id=document.ledger_id, posting=document.posting)
            live = LiveStep(id=step, item_id=item.id, marker=work.marker, work=work, ledger_id=document.ledger_id)
            await audit.record(
                tx,
                item.workspace_id,
                item.id,
                "removal confirmed",
                by=actor.user_id,
                organisation_id=item.organisation_id,
            )
            await rows.begin_by_hand(tx, item.workspace_id, step)
            record = EndedDocument(ledger_id=document.ledger_id, ending=Ending.REMOVED)
            await withdrawn.done(tx, item, live, record, provider.profile)
            return await require_item(tx, item.workspace_id, item.id)

    async def left(self, actor: Actor, item_id: ItemId) -> Item:
        """It stays there after all. Raises: as `removed`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, item.organisation_id)
            step, _ = await self._waiting(tx, item)
            await withdrawn.not_begun(tx, item.workspace_id, step, item.id, by=actor.user_id)
            return await require_item(tx, item.workspace_id, item.id)

    async def _waiting(self, tx: Tx, item: Item) -> tuple[StepId, FileProvider]:
        provider = self.providers.get(await provider_of(tx, item.workspace_id, item.organisation_id) or "")
        found = await waiting_withdrawals(tx, item.workspace_id, item.organisation_id)
        step = next((step for step, item_id in found if item_id == item.id), None)
        if provider is None or step is None or item.state is not ItemState.WITHDRAWING:
            raise NotNowError(item, NOTHING_TO_SAY)
        return step, provider
