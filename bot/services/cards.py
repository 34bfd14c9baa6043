"""Items as people see them: the home card, "Why?", and the form; read in one go, never written here."""

from collections.abc import Mapping, Sequence
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
from bot.db.reports import receipts_of
from bot.db.same_documents import documents_before, like_documents
from bot.db.unit_of_work import Database, Tx
from bot.domain.bank_match import NO_MATCHES
from bot.domain.billing import of_kind
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.booking import taken_by
from bot.domain.books import Books, Capability
from bot.domain.card_accounts import not_on_card
from bot.domain.cards import Explanation, ItemCard, Refusal, Reported
from bot.domain.checks import doubts, in_another_currency, not_switched_on, one_for_several, warned_of
from bot.domain.coding import CodingDefaults, Source
from bot.domain.connections import Health
from bot.domain.default_taxes import shows_no_tax
from bot.domain.documents import Door, ItemKind
from bot.domain.exchange import far_off
from bot.domain.general import Purpose
from bot.domain.ids import ItemId
from bot.domain.items import EDITABLE, Item, ItemState
from bot.domain.products import not_to_stock
from bot.domain.publishing import StepKind
from bot.domain.questions import Question, QuestionKind, open_kinds
from bot.domain.reports import Receipt, receipt_of
from bot.domain.rights import Deed, decide
from bot.domain.settings import Settings, statuses_for
from bot.domain.slack import Actor
from bot.domain.taxing import Kept, disagreement, worked_out_tax
from bot.domain.usual import paid_elsewhere, unusual
from bot.services import lists
from bot.services.additions import shown_additions
from bot.services.alerts import helpers_of, load_alert
from bot.services.choices import usable_defaults
from bot.services.closed_periods import answers_offered, left_to_ledger
from bot.services.code_names import CodeNames, archived_of, names_of
from bot.services.connection_cards import is_downloaded
from bot.services.contact_codes import ContactCodes
from bot.services.crediting import other_side_of
from bot.services.current import require_item
from bot.services.default_rates import ledger_rates
from bot.services.explaining import reasons_of
from bot.services.known_methods import method_of, paid_from
from bot.services.lists import account_label, product_label, tax_rate_label
from bot.services.matched_lines import matched
from bot.services.messages import Drawn, Shown
from bot.services.organisations import has_other_books
from bot.services.people import People, standing_of
from bot.services.previews import preview_of
from bot.services.rates import small_amounts, total_in_own
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

SHOWN_BEFORE, USUAL_OF, MOST_ALIKE = 3, 12, 3
"""Documents of the same supplier that are shown, those that say what is usual, and those alike that are named."""


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
            warnings=await _warnings(tx, item, settings, names, before, own=own, rules=rules)
            if item.state in EDITABLE and item.is_booked
            else (),
            contact=await _suggested_contact(tx, item),
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


async def _warnings(
    tx: Tx,
    item: Item,
    settings: Settings,
    names: CodeNames,
    before: tuple[Item, ...],
    *,
    own: str | None,
    rules: BookRules,
) -> tuple[str, ...]:
    """What an approver looks at. The same supplier and number is asked about instead, and not said twice."""
    rate = names.tax_rates.get(item.coding.tax_rate.value or "")
    small = await small_amounts(tx, item.workspace_id, item.organisation_id, settings.amounts, own)
    found = [
        *(
            f"{name} is archived in the ledger, which will refuse it. Edit changes it."
            for name in archived_of(item, names)
        ),
        *not_to_stock(item, names.products),
        *await _left_without(tx, item, settings.defaults_of(item.kind)),
    ]
    if rules.taxes(item.kind):
        percents = {code: known.percent for code, known in names.tax_rates.items() if known.percent is not None}
        chosen = None if rate is None or item.rates_its_lines else rate.percent
        off = disagreement(item, percents)
        is_small = off is not None and small.takes(off.off, item.facts)
        found += doubts(item.facts, chosen, None if is_small else off)
        found += one_for_several(item, names.tax_rate(item.coding.tax_rate.value))
    odd_ones = (
        paid_elsewhere(item, before),
        None if small.takes_total(item.facts) else unusual(item, before),
        far_off(item.facts, [other.facts for other in before]),
    )
    found += [odd for odd in odd_ones if odd is not None]
    asked_about = {question.about for question in item.questions}
    alike = [other for other in await like_documents(tx, item) if other.id not in asked_about]
    if alike:
        found.append(f"Same supplier, date and total as {_listed(alike)}.")
    found += await _taken_for(tx, item)
    if rules.contact_code is not None:
        found += await _named_by_code(tx, item, rules.contact_code)
    elif rules.knows_contacts_by_name:
        found += await _not_listed(tx, item)
    if own is not None and await lists.lacks_currency(tx, item, own):
        found.append(not_switched_on(item))
    found += left_to_ledger(item, settings, await lists.books_of(tx, item.workspace_id, item.organisation_id))
    return (*found, *await _of_its_account(tx, item), *warned_of(item))


async def _suggested_contact(tx: Tx, item: Item) -> str | None:
    """By its name; one that was chosen is named by the document."""
    contact = item.coding.contact
    if contact.value is None or contact.source is not Source.SUGGESTION:
        return None
    found = await lists.load_contact(tx, item.workspace_id, item.organisation_id, contact.value)
    return "a contact that is gone" if found is None else found.name


async def _taken_for(tx: Tx, item: Item) -> tuple[str, ...]:
    """Whoever approves it confirms whom it is from, or to."""
    name, likeness = await _suggested_contact(tx, item), item.coding.contact.likeness
    if name is None or likeness is None:
        return ()
    return (
        f"The ledger has nobody of just this name, and it is taken for {name}: {likeness.words}. Edit chooses another.",
    )


async def _not_listed(tx: Tx, item: Item) -> tuple[str, ...]:
    """A file names whom the list has by a reference, which its software may insist on."""
    name, of = item.counterparty.name, (tx, item.workspace_id, item.organisation_id)
    is_told = name is not None and item.coding.contact.value is None and await lists.has_contacts(*of)
    if not is_told or await lists.contact_named(*of, name or "", item.kind) is not None:
        return ()
    return (
        f"{name} is not in the list of suppliers, so a file has no reference for it. An admin adds it under Manage.",
    )


async def _named_by_code(tx: Tx, item: Item, longest: int) -> tuple[str, ...]:
    """A code that is proposed is to be one that the software has. What cannot be named by one yet is asked about, or is told
    where another one has taken its code since.
    """
    name, of = item.counterparty.name, (tx, item.workspace_id, item.organisation_id)
    if name is None or item.coding.contact.value is not None or item.publish_to.is_of_bank:
        return ()
    if await lists.contact_named(*of, name, item.kind) is not None:
        return ()
    code = await ContactCodes(*of, longest).code(None, name, item.kind)
    if isinstance(code, Question):
        return () if QuestionKind.CONTACT_CODE in open_kinds(item.questions) else (code.words,)
    if not await lists.has_contacts(*of):
        return ()
    said = f"{name} is not in the list of suppliers and customers: a file names it {code}"
    return (f"{said}. If it has another code in the software, an admin types that under Manage.",)


def _listed(others: Sequence[Item]) -> str:
    """Each is told from the next by what it is at."""
    named = [f"{other.reference} ({other.state.words})" for other in others[:MOST_ALIKE]]
    more = len(others) - MOST_ALIKE
    *first, last = (*named, f"{more} more") if more > 0 else named
    return f"{', '.join(first)} and {last}" if first else last


async def _of_its_account(tx: Tx, item: Item) -> tuple[str, ...]:
    account = await paid_from(tx, item)
    books = None if account is None else await lists.books_of(tx, item.workspace_id, item.organisation_id)
    if books is None:
        return ()
    return (*in_another_currency(item, account, books.base_currency), *not_on_card(item, account, books.rules))


async def _left_without(tx: Tx, item: Item, defaults: CodingDefaults) -> tuple[str, ...]:
    """Why a bill has not got a default that there is: the ledger is known not to take it."""
    of, codes = (tx, item.workspace_id, item.organisation_id), item.coding.codes
    lacking = CodingDefaults(
        account=defaults.account if codes.account is None else None,
        tax_rate=defaults.tax_rate if codes.tax_rate is None else None,
        untaxed_rate=defaults.untaxed_rate if codes.tax_rate is None and shows_no_tax(item.facts) else None,
        product=defaults.product if codes.product is None else None,
    )
    if lacking == CodingDefaults():
        return ()
    usable = await usable_defaults(*of, lacking, item.kind)
    found = []
    if lacking.account is not None and usable.account is None:
        found.append(f"The default category, {await account_label(*of, lacking.account)}, {_NOT_GIVEN}")
    if lacking.tax_rate is not None and usable.tax_rate is None:
        found.append(f"The default tax rate, {await tax_rate_label(*of, lacking.tax_rate)}, {_NOT_GIVEN}")
    if lacking.untaxed_rate is not None and usable.untaxed_rate is None:
        name = await tax_rate_label(*of, lacking.untaxed_rate)
        found.append(f"The default tax rate of what shows no tax, {name}, {_NOT_GIVEN}")
    if lacking.product is not None and usable.product is None:
        found.append(f"The default product, {await product_label(*of, lacking.product)}, {_NOT_GIVEN}")
    return tuple(found)


_NOT_GIVEN = "is archived or gone in the ledger, so this bill did not get it."
