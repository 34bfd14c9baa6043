"""Asking for a published item's document to be taken out of the ledger, once more, or not after all.

The decision, the step and what is shown of it are one transaction; the ledger is asked later. Who asks names the
version that the person saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.items import change_item
from bot.db.publications import USABLE
from bot.db.steps import leave_steps
from bot.db.unit_of_work import Database, Tx
from bot.db.withdrawals import is_paid_from_here, open_withdrawal, published_document, told_of
from bot.domain.books import Capability
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import ADDITIONS, StepKind
from bot.domain.questions import Question, QuestionKind, asked
from bot.domain.rights import Deed
from bot.domain.settings import PaymentStatus
from bot.domain.slack import Actor
from bot.domain.withdrawing import PublishedDocument, ToWithdraw
from bot.services import alerts, audit
from bot.services.crediting import other_side_of
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.people import People
from bot.services.settings import organisation_name
from bot.views.text import mention
from providers.base import AccountingProvider

CONNECTIONS = table_of(ConnectionRow)

NOT_PUBLISHED = "only what stands in the ledger can be withdrawn."
NOT_FROM_HERE = "it was not published from here, so it is withdrawn in the ledger itself."
NOT_CONNECTED = "it can be withdrawn as soon as its books are connected again."
CREDITED = "{credit} is its credit note: with both, it would be taken back twice. Archive or reject that one first."
NOTHING_TO_MEND = "nothing is in the way of its withdrawal now."


@dataclass(frozen=True, slots=True)
class Withdrawals:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]

    async def to_withdraw(self, actor: Actor, item_id: ItemId, version: int) -> ToWithdraw:
        """What the confirmation says.

        Raises:
            NotAllowedError: only bookkeepers and admins withdraw.
            NotNowError: it does not stand in a ledger that is connected, or is being withdrawn already.
            StaleItemError: it changed since the card was drawn.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, item.organisation_id)
            document, provider = await self._standing(tx, item, version)
            posting = document.posting
            return ToWithdraw(
                item=item,
                organisation=await organisation_name(tx, item.workspace_id, item.organisation_id),
                ledger=provider.profile.name,
                document=posting.kind.words,
                is_draft=posting.status is PaymentStatus.DRAFT and not posting.kind.is_of_bank,
                ending=provider.ending(posting.kind, posting.status),
                is_paid=await is_paid_from_here(tx, item.workspace_id, document.publication_id),
                differences=await told_of(tx, item.workspace_id, document.publication_id),
            )

    async def withdraw(
        self, actor: Actor, item_id: ItemId, version: int, reason: str | None, *, goes_on: bool = False
    ) -> Item:
        """`goes_on`: it is published again once the ledger has let it go. Raises: as `to_withdraw`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, before.organisation_id)
            document, provider = await self._standing(tx, before, version)
            return await _begin(tx, before, document, actor, _words(provider, reason), goes_on=goes_on)

    async def again(self, actor: Actor, item_id: ItemId) -> Item:
        """Once more, for the reason that was given, because the cause is gone or was looked at.

        Raises:
            NotAllowedError, ItemNotFoundError, StaleItemError: as `to_withdraw`.
            NotNowError: nothing is in the way of its withdrawal.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, before.organisation_id)
            await _require_refused(tx, before)
            document, provider = await self._standing(tx, before, before.version)
            wish = wish_of(before)
            words, goes_on = (_words(provider, None), False) if wish is None else (wish.words, wish.goes_on)
            return await _begin(tx, before, document, actor, words, goes_on=goes_on)

    async def leave(self, actor: Actor, item_id: ItemId) -> Item:
        """It stays in the ledger after all. Raises: as `again`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.WITHDRAW, actor, person, item.organisation_id)
            await _require_refused(tx, item)
            await leave_steps(tx, item.workspace_id, item.id, (StepKind.WITHDRAWAL,))
            await alerts.left(tx, item, f"{mention(actor.user_id)} left it in the ledger.", of=(StepKind.WITHDRAWAL,))
            await _audit(tx, item, "withdrawal left", actor)
            await show(tx, item)
        return item

    async def _standing(self, tx: Tx, item: Item, version: int) -> tuple[PublishedDocument, AccountingProvider]:
        """The document, and the provider to withdraw it by."""
        if item.state is not ItemState.PUBLISHED:
            raise NotNowError(item, NOT_PUBLISHED)
        if item.version != version:
            raise StaleItemError(item)
        statement = select(CONNECTIONS.c.provider).where(
            CONNECTIONS.c.workspace_id == item.workspace_id,
            CONNECTIONS.c.organisation_id == item.organisation_id,
            CONNECTIONS.c.health.in_(USABLE),
        )
        provider = self.providers.get((await tx.execute(statement)).scalar_one_or_none() or "")
        if provider is None:
            raise NotNowError(item, NOT_CONNECTED)
        credit = await other_side_of(tx, item)
        if credit is not None and credit.is_credit:
            raise NotNowError(item, CREDITED.format(credit=credit.reference))
        document = await published_document(tx, item.workspace_id, item.id)
        if document is None or Capability.WITHDRAWING not in provider.profile.capabilities:
            raise NotNowError(item, NOT_FROM_HERE)
        return document, provider


def wish_of(item: Item) -> Question | None:
    """Who wanted it out of the ledger, and why."""
    return next((question for question in item.questions if question.kind is QuestionKind.WITHDRAWN), None)


def _words(provider: AccountingProvider, reason: str | None) -> str:
    return f"Withdrawn from {provider.profile.name}" + (f": {reason}" if reason else "")


async def _begin(tx: Tx, before: Item, document: PublishedDocument, actor: Actor, words: str, *, goes_on: bool) -> Item:
    wish = Question(kind=QuestionKind.WITHDRAWN, words=words, by=actor.user_id, goes_on=goes_on)
    after = replace(before, state=ItemState.WITHDRAWING, questions=asked(before.questions, wish))
    item = await change_item(tx, before, after)
    if item is None:
        raise StaleItemError(before)
    await open_withdrawal(tx, item, document)
    deed = f"{mention(actor.user_id)} withdraws it."
    await alerts.fixed(tx, item, deed, of=StepKind.WITHDRAWAL)
    await alerts.left(tx, item, deed, of=ADDITIONS)
    await _audit(tx, item, "withdrawal asked for", actor, {"why": words, "published again": goes_on})
    await show(tx, item)
    return item


async def _require_refused(tx: Tx, item: Item) -> None:
    alert = await alerts.load_alert(tx, item.workspace_id, item.id, StepKind.WITHDRAWAL)
    is_refused = alert is not None and not alert.state.is_over and alert.is_refusal
    if item.state is not ItemState.PUBLISHED or not is_refused:
        raise NotNowError(item, NOTHING_TO_MEND)


async def _audit(tx: Tx, item: Item, deed: str, actor: Actor, facts: dict[str, object] | None = None) -> None:
    await audit.record(
        tx, item.workspace_id, item.id, deed, by=actor.user_id, organisation_id=item.organisation_id, facts=facts
    )
