"""Items as people see them: the home card, "Why?", and the form; read in one go, never written here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from bot.db.base import load, table_of
from bot.db.batches import sent_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.db.downloads import note_of
from bot.db.ingests import sender_of_item
from bot.db.items import load_item
from bot.db.publications import USABLE
from bot.db.recodings import UNDECIDED
from bot.db.reports import receipts_of
from bot.db.same_documents import documents_before
from bot.db.unit_of_work import Database, Tx
from bot.domain.bank_match import NO_MATCHES
from bot.domain.billing import of_kind
from bot.domain.book_rules import USUAL_RULES
from bot.domain.booking import taken_by
from bot.domain.books import Books, Capability
from bot.domain.cards import Explanation, ItemCard, Refusal, Reported
from bot.domain.connections import Health
from bot.domain.documents import Door, ItemKind
from bot.domain.general import Purpose
from bot.domain.ids import ItemId
from bot.domain.items import EDITABLE, Item, ItemState
from bot.domain.publishing import StepKind
from bot.domain.reports import Receipt, receipt_of
from bot.domain.rights import Deed, decide
from bot.domain.settings import statuses_for
from bot.domain.slack import Actor
from bot.domain.taxing import Kept, worked_out_tax
from bot.services.additions import shown_additions
from bot.services.alerts import helpers_of, load_alert
from bot.services.auto_publishing import why_not
from bot.services.closed_periods import answers_offered
from bot.services.code_names import names_of
from bot.services.connection_cards import is_downloaded
from bot.services.crediting import other_side_of
from bot.services.current import require_item
from bot.services.default_rates import ledger_rates
from bot.services.explaining import reasons_of
from bot.services.item_warnings import USUAL_OF, suggested_contact, warnings_of
from bot.services.known_methods import method_of, paid_from
from bot.services.matched_lines import matched
from bot.services.messages import Drawn, Shown
from bot.services.organisations import has_other_books
from bot.services.people import People, standing_of
from bot.services.previews import preview_of
from bot.services.rates import total_in_own
from bot.services.settings import load_settings, organisation_name
from bot.services.smaller_files import attached_how
from bot.services.taken_back import approval_taken_back
from bot.views import items as views
from bot.views.connections import Message
from bot.views.private import private, without_amounts
from providers.base import AccountingProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)
_OF_CONNECTION = (
    CONNECTIONS.c.provider,
    CONNECTIONS.c.tenant_id,
    CONNECTIONS.c.health,
    CONNECTIONS.c.token_set_id,
)
_ON_THE_WAY = {
    ItemState.SENDING: StepKind.DOCUMENT,
    ItemState.UNKNOWN: StepKind.DOCUMENT,
    ItemState.WITHDRAWING: StepKind.WITHDRAWAL,
}
"""What is on its way of an item in this state."""

SHOWN_BEFORE = 3
"""Documents of the same supplier that are shown."""


@dataclass(frozen=True, slots=True)
class Cards:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]
    public_url: str

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.ITEM`: the home card."""
        item = await load_item(tx, message.workspace_id, ItemId(UUID(message.subject_id)))
        if item is None:
            return None
        card = await self.card(tx, item)
        text, blocks = _in_channel(card) if message.user_id is None and card.hides_amounts else views.card(card)
        waits = card.is_downloaded and item.state is ItemState.APPROVED and not card.is_ready
        # nothing else happens to it when the time for Undo is over, and then it can be downloaded
        return Drawn(text=text, blocks=blocks, again_at=item.send_after if waits else None)

    async def seen(self, actor: Actor, item_id: ItemId) -> ItemCard:
        """One item, for somebody who asks.

        Raises:
            ItemNotFoundError: unknown, or of another workspace.
            NotAllowedError: outsiders and guests see nothing.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.SEE, actor, person, item.organisation_id)
            standing = await standing_of(tx, actor.workspace.id, item.organisation_id, actor.user_id)
            may_fix = decide(Deed.FIX, person, standing) is None
            return replace(await self.card(tx, item), may_fix=may_fix)

    async def explained(self, actor: Actor, item_id: ItemId) -> Explanation:
        """Why its coding is what it is. Raises: as `seen`."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.SEE, actor, person, item.organisation_id)
            card = await self.card(tx, item)
            reasons = await reasons_of(tx, item, await names_of(tx, item), card.rules, card.ledger)
            return Explanation(card=card, reasons=reasons)

    async def card(self, tx: Tx, item: Item) -> ItemCard:
        workspace_id, organisation_id = item.workspace_id, item.organisation_id
        statement = (
            select(*_OF_CONNECTION, ORGANISATIONS.c.books)
            .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
            .where(CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id)
        )
        connection = (await tx.execute(statement)).one_or_none()
        provider = None if connection is None else self.providers.get(connection.provider)
        settings = await load_settings(tx, workspace_id, organisation_id)
        before = await documents_before(tx, item, limit=USUAL_OF) if item.state in EDITABLE else ()
        names, places = await names_of(tx, item), range(len(item.facts.lines))
        books = None if connection is None else load(connection.books, Books)
        own, rules = (None, USUAL_RULES) if books is None else (books.base_currency, books.rules)
        converted = await total_in_own(tx, item, settings, own)
        bank = await matched(tx, item) if settings.bank_match or item.bank_line is not None else NO_MATCHES
        kept = Kept(own_currency=own, rules=rules, rates=await ledger_rates(tx, [item], rules))
        rules = rules.under(item.tax_policy)
        under_way = _ON_THE_WAY.get(item.state)
        sent = None if under_way is None else await sent_of(tx, workspace_id, item.id, under_way)
        is_ending = (
            connection is not None and connection.health == Health.DISCONNECTED and connection.token_set_id is not None
        )
        is_connected = provider is not None and connection is not None and connection.health in USABLE
        statuses = () if provider is None else statuses_for(item.kind, taken_by(provider.profile.capabilities, rules))
        warnings: tuple[str, ...] = ()
        if item.state in EDITABLE and item.is_booked:
            warnings = await warnings_of(tx, item, settings, names, before, own=own, rules=rules)
        return ItemCard(
            item=item,
            can_withdraw=is_connected and provider is not None and _can_withdraw(item, provider),
            may_be_there=sent is not None,
            is_looked_for=sent is not None and sent.is_looked_for and is_ending,
            organisation=await organisation_name(tx, workspace_id, organisation_id),
            ledger="the ledger" if provider is None else provider.profile.name,
            product=names.product(item.coding.product.value),
            rules=rules,
            worked_out_tax=worked_out_tax(item, kept),
            statuses=statuses,
            closed_answers=answers_offered(item, settings, books, statuses),
            account=names.account(item.coding.account.value),
            tax_rate=names.tax_rate(item.coding.tax_rate.value),
            tracking=names.tracking(item.coding.codes),
            for_customer=names.for_customer(of_kind(item.kind, item.coding.codes)),
            line_codes=tuple(names.words(of_kind(item.kind, item.coding.own_codes(place))) for place in places),
            lines_booked_to=tuple(names.words(of_kind(item.kind, item.coding.codes_at(place))) for place in places),
            approvers=settings.approvers,
            is_set_up=settings.is_set_up,
            steps_done=settings.steps_done,
            is_connected=is_connected,
            is_downloaded=is_downloaded(provider),
            batch=await note_of(tx, workspace_id, item.id) if is_downloaded(provider) else None,
            link=f"{self.public_url}/i/{item.id}",
            is_due=item.send_after is not None and item.send_after <= tx.now,
            refusal=await _refusal(tx, item) if item.state is ItemState.REFUSED else None,
            taken_back=await approval_taken_back(tx, item),
            warnings=warnings,
            not_by_itself=await why_not(
                tx, item, settings, self.providers, has_warnings=bool(warnings or bank.recorded)
            )
            if item.state in UNDECIDED
            else (),
            contact=await suggested_contact(tx, item),
            before=before[:SHOWN_BEFORE],
            has_other_books=await has_other_books(tx, item) if item.state is ItemState.TO_REVIEW else False,
            preview=await preview_of(tx, workspace_id, item.file_id),
            attached=await attached_how(tx, item) if item.state is ItemState.PUBLISHED else None,
            additions=await shown_additions(tx, item, connection, provider),
            payment_method=await method_of(tx, workspace_id, organisation_id, item.coding.payment_method.value),
            paid_from=await paid_from(tx, item),
            bank=bank,
            own_currency=own,
            total_in_own=converted.total,
            own_rate=converted.rate,
            small=converted.small,
            other_side=await other_side_of(tx, item),
            receipts=await self._receipts(tx, item),
            report=await _report(tx, item),
            channel=settings.channel_of(Purpose.APPROVALS),
            quiet_until=None if settings.quiet is None else settings.quiet.end_of_quiet(tx.now),
            hides_amounts=settings.hides_amounts(Purpose.APPROVALS if settings.approvals_channel else Purpose.ALERTS),
            sender=await sender_of_item(tx, workspace_id, item.id) if item.door is Door.API else None,
        )

    async def _receipts(self, tx: Tx, item: Item) -> tuple[Receipt, ...]:
        """Of an expense report."""
        if item.kind is not ItemKind.EXPENSE_REPORT:
            return ()
        found = await receipts_of(tx, item.workspace_id, [item.id])
        converted = {line.receipt: line.rate for line in item.facts.lines if line.rate is not None}
        receipts = [receipt_of(each, f"{self.public_url}/i/{each.id}") for each in found.get(item.id, ())]
        return tuple(replace(each, rate=converted.get(each.reference, each.rate)) for each in receipts)


def _in_channel(card: ItemCard) -> Message:
    """Where amounts are not for everybody who reads it."""
    return without_amounts(views.card(private(card)))


async def _refusal(tx: Tx, item: Item) -> Refusal | None:
    alert = await load_alert(tx, item.workspace_id, item.id)
    if alert is None:
        return None
    if alert.is_let_wait:
        return Refusal(title=alert.problem.title, waits=alert.outcome)
    return Refusal(title=alert.problem.title, asked=await helpers_of(tx, item, alert.problem.entry.mover))


async def _report(tx: Tx, item: Item) -> Reported | None:
    """Of a receipt that was put away as part of one."""
    archived = item.archived
    if archived is None or archived.other is None or not archived.is_moved:
        return None
    other = await load_item(tx, item.workspace_id, archived.other)
    if other is None or other.kind is not ItemKind.EXPENSE_REPORT:
        return None
    return Reported(item_id=other.id, reference=other.reference)


def _can_withdraw(item: Item, provider: AccountingProvider) -> bool:
    is_known = item.ledger_url is not None or is_downloaded(provider)
    is_there = item.state is ItemState.PUBLISHED and is_known
    return is_there and Capability.WITHDRAWING in provider.profile.capabilities
