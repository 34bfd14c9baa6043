"""Expense reports: made of a person's own receipts, and taken apart again.

A report is an item as any other from then on: checked, approved by somebody else, published as one bill to whoever paid.
Its receipts are put away as part of it, in the same transaction, and come back as they were when it is taken apart.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.claimants import keep_link
from bot.db.connections import ConnectionRow
from bot.db.items import change_item, change_items, item_from_source, load_items
from bot.db.publications import document_left_behind
from bot.db.reports import claimable_items, forget_receipts, keep_receipts, last_report, receipts_of
from bot.db.same_documents import documents_before
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import Capability
from bot.domain.documents import Door, Facts, ItemKind, Party
from bot.domain.editing import Edit, what_changed
from bot.domain.exchange import far_off
from bot.domain.ids import ChannelId, ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Archived, Item, ItemState
from bot.domain.rates import KnownRate, rate_for
from bot.domain.reports import (
    APART_FROM,
    MOST_RECEIPTS,
    Claim,
    GoneUser,
    LinkedUser,
    ReportPage,
    at_known_rate,
    at_rate,
    lacks_rate,
    report_of,
    why_not,
)
from bot.domain.rights import Deed, Person, decide_taking_apart
from bot.domain.settings import Settings
from bot.domain.slack import Actor
from bot.services import alerts, audit, lists
from bot.services.archiving import as_it_was
from bot.services.asking import hold_books
from bot.services.choosing import choose
from bot.services.claimants import user_of
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show, show_all
from bot.services.default_books import DefaultOf, default_of
from bot.services.entering import NewItem, enter
from bot.services.organisations import Named, Organisations
from bot.services.people import NotAllowedError, People, standing_of
from bot.services.rates import known_rates
from bot.services.recoding import settle
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import NoConnectionError, connected_to
from bot.views.text import mention
from providers.base import AccountingProvider

CONNECTIONS = table_of(ConnectionRow)
MOST_OFFERED = 100
"""Slack shows no more in one field."""
MOST_COMPARED = 10
"""Earlier documents of a supplier that a typed exchange rate is compared with."""
APART = "taken apart"
NO_REPORT = "it is no expense report."
IN_THE_LEDGER = "it stands in the ledger, only otherwise than it was approved. Its alert says what can be done."
NOT_FROM_HERE = (
    "it cannot be taken apart from there. Its approval can be undone, and what is published be withdrawn first."
)

_PROVIDERS = select(CONNECTIONS.c.organisation_id, CONNECTIONS.c.provider).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id")
)


class CannotReportError(Exception):
    """The package takes no expense reports."""

    def __init__(self, ledger: str) -> None:
        super().__init__(f"{ledger} takes no expense reports from here yet. Its receipts are published one by one.")


class ReceiptsRefusedError(Exception):
    """Receipts that cannot be in the report, as a sentence for each. Nothing was made."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(sentences))


class RatesMissingError(Exception):
    """Receipts in other currencies of which no exchange rate is known: whoever claims them can type it. Nothing was made."""

    def __init__(self, receipts: Sequence[Item]) -> None:
        self.receipts = tuple(receipts)
        super().__init__("An exchange rate is missing.")


class RatesDoubtedError(RatesMissingError):
    """Rates that cannot well be right, as a sentence for each receipt."""

    def __init__(self, receipts: Sequence[Item], doubts: Mapping[ItemId, str]) -> None:
        super().__init__(receipts)
        self.doubts = doubts


@dataclass(frozen=True, slots=True)
class Reports:
    db: Database
    people: People
    organisations: Organisations
    providers: Mapping[str, AccountingProvider]

    async def where(self, actor: Actor, channel_id: ChannelId | None) -> tuple[Named, ...]:
        """The organisations that it may be for, as `Organisations.meant`: those whose packages take expense reports; where there
        are several, the default for claims.

        Raises:
            NotAllowedError: outsiders and guests are told of none.
        """
        found = await self.organisations.meant(actor, channel_id)
        async with self.db.read() as tx:
            rows = (await tx.execute(_PROVIDERS, {"workspace_id": actor.workspace.id})).all()
            usual = await default_of(tx, actor.workspace.id, DefaultOf.CLAIMS) if len(found) > 1 else None
        able = {OrganisationId(row.organisation_id) for row in rows if self._is_able(row.provider)}
        meant = tuple(organisation for organisation in found if organisation.id in able)
        return tuple(organisation for organisation in meant if organisation.id == usual) or meant

    async def opened(self, actor: Actor, organisation_id: OrganisationId, claim: Claim | None = None) -> ReportPage:
        """What a form is drawn from; or is drawn anew from, with the claim that was filled in.

        Raises:
            NotAllowedError: outsiders and guests claim nothing.
            NoConnectionError: it is not connected any more.
            CannotReportError: the package takes none.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            of = tx, actor.workspace.id, organisation_id
            provider, currency = await self._books(*of)
            last = await last_report(*of, actor.user_id)
            chosen = None if last is None else last.coding.contact.value
            chosen = chosen if claim is None else claim.contact
            contact = None if chosen is None else await lists.load_contact(*of, chosen)
            name = None if last is None else last.facts.supplier.name
            is_by_user = (await lists.rules_of(*of)).claims_by_user(ItemKind.EXPENSE_REPORT)
            linked = await user_of(*of, actor.user_id, _email(person)) if is_by_user else None
            return ReportPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(*of),
                ledger=provider.profile.name,
                currency=currency,
                receipts=await claimable_items(*of, actor.user_id, limit=MOST_OFFERED),
                claimant=(name or _name(person)) if claim is None else claim.claimant,
                contact=contact if contact is not None and contact.is_active and not is_by_user else None,
                is_by_user=is_by_user,
                user=linked.user if isinstance(linked, LinkedUser) else None,
                gone=linked if isinstance(linked, GoneUser) else None,
            )

    async def make(self, actor: Actor, organisation_id: OrganisationId, claim: Claim, source_key: str) -> Item:
        """The report; the same form again answers the one there is.

        Raises:
            NotAllowedError, NoConnectionError, CannotReportError: as `opened`.
            NotOfferedError: the contact is not live in the ledger's list.
            ReceiptsRefusedError: a sentence for each receipt that cannot be in it.
            RatesMissingError: of some receipts an exchange rate is to be typed, or typed otherwise.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            of = tx, actor.workspace.id, organisation_id
            provider, own = await self._books(*of)
            # in the order of everybody who needs several of these
            settings = await load_settings(*of, held=True)
            await hold_books(*of)
            known = await item_from_source(*of, source_key)
            if known is not None:
                return known
            receipts = await _receipts(tx, actor, organisation_id, claim)
            _require_room(receipts, provider)
            known_at = await _known_rates(tx, receipts, settings, own)
            receipts = await _rated(tx, actor, receipts, claim, own, known_at)
            at_rates = [
                at_known_rate(receipt, known_at[receipt.id], own) if receipt.id in known_at else receipt
                for receipt in receipts
            ]
            claim = await _claimed_by(tx, actor, organisation_id, person, claim)
            ledger = provider.profile.name
            sources = {item_id: rate.source_in_words(ledger) for item_id, rate in known_at.items()}
            facts, coding = report_of(at_rates, claim, own=own, today=tx.now.date(), by=actor.user_id, sources=sources)
            report, _ = await enter(
                tx,
                NewItem(
                    workspace_id=actor.workspace.id,
                    organisation_id=organisation_id,
                    submitted_by=actor.user_id,
                    door=Door.REPORT,
                    source_key=source_key,
                    facts=facts,
                    kind=ItemKind.EXPENSE_REPORT,
                    coding=coding,
                    edited_by=tuple(dict.fromkeys(user for receipt in receipts for user in receipt.edited_by)),
                ),
            )
            await keep_receipts(tx, report, receipts)
            await _put_in(tx, actor, report, receipts)
        return report

    async def take_apart(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Its receipts come back as they were; the report stays in the archive.

        Raises:
            NotAllowedError: only whoever claims it, bookkeepers and admins.
            NotNowError: it is approved, in the ledger, or no report.
            StaleItemError: it changed since the card was drawn.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            standing = await standing_of(
                tx, actor.workspace.id, before.organisation_id, person.user_id if person else None
            )
            refusal = decide_taking_apart(person, standing, before.submitted_by)
            if refusal is not None:
                raise NotAllowedError(refusal)
            _require_whole(before, version)
            if await document_left_behind(tx, before.workspace_id, before.id) is not None:
                raise NotNowError(before, IN_THE_LEDGER)
            await load_settings(tx, before.workspace_id, before.organisation_id, held=True)
            await hold_books(tx, before.workspace_id, before.organisation_id)
            receipts = (await receipts_of(tx, before.workspace_id, [before.id])).get(before.id, ())
            archived = Archived(from_state=before.state, by=actor.user_id, at=tx.now, why=APART, is_moved=True)
            report = await _put_away(tx, before, archived)
            await forget_receipts(tx, report)
            await _take_out(tx, actor, report, receipts)
            if before.state is ItemState.REFUSED:
                deed = f"{mention(actor.user_id)} took it apart; it will not be published."
                await alerts.fixed(tx, before, deed)
            await show(tx, report)
        return report

    async def _books(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
    ) -> tuple[AccountingProvider, str]:
        """The package, and the currency that the books are kept in."""
        provider = await connected_to(tx, workspace_id, organisation_id, self.providers)
        books = await lists.books_of(tx, workspace_id, organisation_id)
        if books is None:
            raise NoConnectionError
        if Capability.EXPENSE_REPORTS not in provider.profile.capabilities:
            raise CannotReportError(provider.profile.name)
        return provider, books.base_currency

    def _is_able(self, key: str) -> bool:
        provider = self.providers.get(key)
        return provider is not None and Capability.EXPENSE_REPORTS in provider.profile.capabilities


async def _receipts(tx: Tx, actor: Actor, organisation_id: OrganisationId, claim: Claim) -> tuple[Item, ...]:
    """Those chosen, held, oldest first.

    Raises:
        ReceiptsRefusedError: none, too many, or some of them cannot be in a report.
    """
    if len(claim.receipts) > MOST_RECEIPTS:
        raise ReceiptsRefusedError([f"Choose at most {MOST_RECEIPTS} receipts."])
    loaded = await load_items(tx, actor.workspace.id, claim.receipts, held=True)
    found = [item for item in loaded.values() if item.organisation_id == organisation_id]
    if not found or len(found) < len(set(claim.receipts)):
        raise ReceiptsRefusedError(["Choose receipts of yours that are here."])
    wrong = [sentence for item in found if (sentence := why_not(item, actor.user_id)) is not None]
    if wrong:
        raise ReceiptsRefusedError(wrong)
    return tuple(
        sorted(found, key=lambda item: (item.facts.issued_on or tx.now.date(), len(item.reference), item.reference))
    )


async def _known_rates(tx: Tx, receipts: Sequence[Item], settings: Settings, own: str) -> dict[ItemId, KnownRate]:
    """Of the receipts that state none: those of the ledger's list, or that an admin typed."""
    lacking = [receipt for receipt in receipts if lacks_rate(receipt, own)]
    if not lacking:
        return {}
    of = tx, lacking[0].workspace_id, lacking[0].organisation_id
    known = await known_rates(*of, settings, {receipt.facts.currency or "" for receipt in lacking})
    found = {receipt.id: rate_for(receipt.facts, own, known) for receipt in lacking}
    return {item_id: rate for item_id, rate in found.items() if rate is not None}


async def _rated(  # noqa: PLR0917 - what is claimed, and what is known of it
    tx: Tx,
    actor: Actor,
    receipts: Sequence[Item],
    claim: Claim,
    own: str,
    known_at: Container[ItemId],
) -> tuple[Item, ...]:
    """With the exchange rates that were typed, of those that none is known of here; they stay with the receipts.

    Raises:
        RatesMissingError: of some none is known yet, and none was typed.
        RatesDoubtedError: one is far from what it was before.
    """
    lacking = [receipt for receipt in receipts if lacks_rate(receipt, own) and receipt.id not in known_at]
    missing = [receipt for receipt in lacking if receipt.id not in claim.rates]
    if missing:
        raise RatesMissingError(lacking)
    rated = {receipt.id: at_rate(receipt, claim.rates[receipt.id], own, actor.user_id) for receipt in lacking}
    stated = [receipt.facts for receipt in receipts if receipt.id not in rated]
    doubts = {}
    for receipt in rated.values():
        earlier = [other.facts for other in await documents_before(tx, receipt, limit=MOST_COMPARED)]
        doubt = far_off(receipt.facts, [*stated, *earlier])
        if doubt is not None:
            doubts[receipt.id] = doubt
    if doubts:
        raise RatesDoubtedError(lacking, doubts)
    changed = await change_items(tx, [(receipt, rated[receipt.id]) for receipt in lacking])
    facts = {after.id: dict(what_changed(before, after)) for before, after in zip(lacking, changed, strict=True)}
    if changed:
        of = lacking[0].organisation_id
        await audit.record_each(tx, actor.workspace.id, "edited", by=actor.user_id, organisation_id=of, facts=facts)
    current = {receipt.id: receipt for receipt in changed}
    return tuple(current.get(receipt.id, receipt) for receipt in receipts)


def _require_room(receipts: Sequence[Item], provider: AccountingProvider) -> None:
    """Raises:
    ReceiptsRefusedError: more files than the ledger takes on one bill.
    """
    rules = provider.profile.files
    files = len({receipt.file_id for receipt in receipts} - {None})
    if rules is not None and rules.most_files is not None and files > rules.most_files:
        words = f"{provider.profile.name} takes {rules.most_files} files on one bill, and these receipts have {files}"
        raise ReceiptsRefusedError([f"{words}: make several reports of them."])


async def _claimed_by(
    tx: Tx, actor: Actor, organisation_id: OrganisationId, person: Person | None, claim: Claim
) -> Claim:
    """In books that pay users, nobody says of themselves which one they are.

    Raises:
        NotOfferedError: as `_named`.
    """
    of = tx, actor.workspace.id, organisation_id
    if not (await lists.rules_of(*of)).claims_by_user(ItemKind.EXPENSE_REPORT):
        return await _named(*of, claim)
    linked = await user_of(*of, actor.user_id, _email(person))
    if not isinstance(linked, LinkedUser):
        return replace(claim, claimant=_name(person) or actor.user_id, contact=None)
    if linked.is_new:
        await keep_link(*of, actor.user_id, linked.user.provider_id, by=None)
    return replace(claim, claimant=linked.user.name, contact=linked.user.provider_id, chosen_by=linked.by)


def _name(person: Person | None) -> str:
    return "" if person is None else person.real_name or person.name


def _email(person: Person | None) -> str | None:
    return None if person is None else person.email


async def _named(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, claim: Claim) -> Claim:
    """Of a contact the name is the ledger's.

    Raises:
        NotOfferedError: the ledger's list does not have it, or not any more.
    """
    wanted = Edit(facts=Facts(supplier=Party(name=claim.claimant)), kind=ItemKind.EXPENSE_REPORT, contact=claim.contact)
    chosen = await choose(tx, workspace_id, organisation_id, wanted)
    return replace(claim, claimant=chosen.facts.supplier.name or claim.claimant)


async def _put_in(tx: Tx, actor: Actor, report: Item, receipts: Sequence[Item]) -> None:
    """Nobody has to approve them any more: what is decided on is the report."""
    await audit.record(
        tx,
        report.workspace_id,
        report.id,
        "made of receipts",
        by=actor.user_id,
        organisation_id=report.organisation_id,
        facts={"how": ", ".join(receipt.reference for receipt in receipts)},
    )
    asked = [receipt for receipt in receipts if receipt.state is ItemState.IN_APPROVAL]
    taken = await change_items(tx, [(receipt, replace(receipt, state=ItemState.TO_REVIEW)) for receipt in asked])
    current = {receipt.id: receipt for receipt in (*receipts, *taken)}
    why = f"part of expense report {report.reference}"

    def put(receipt: Item) -> Item:
        was = ItemState.READY if receipt.state is ItemState.IN_APPROVAL else receipt.state
        archived = Archived(from_state=was, by=actor.user_id, at=tx.now, why=why, other=report.id, is_moved=True)
        return replace(current[receipt.id], state=ItemState.ARCHIVED, archived=archived)

    put_away = await change_items(tx, [(current[receipt.id], put(receipt)) for receipt in receipts])
    await _told(tx, actor, "put into an expense report", put_away, why)


async def _take_out(tx: Tx, actor: Actor, report: Item, receipts: Sequence[Item]) -> None:
    """Each as it was, by today's settings: what is complete is to be approved by itself again."""
    back = [(receipt, await as_it_was(tx, receipt)) for receipt in receipts]
    changed = await change_items(tx, back)
    settled = [await settle(tx, receipt) or receipt for receipt in changed]
    why = f"expense report {report.reference} was taken apart"
    await _told(tx, actor, "taken out of an expense report", settled, why)
    references = ", ".join(receipt.reference for receipt in receipts)
    of = report.workspace_id, report.id, APART
    await audit.record(tx, *of, by=actor.user_id, organisation_id=report.organisation_id, facts={"how": references})


async def _told(tx: Tx, actor: Actor, deed: str, receipts: Sequence[Item], why: str) -> None:
    if not receipts:
        return
    facts = {receipt.id: {"is": receipt.state, "why": why} for receipt in receipts}
    of = receipts[0].organisation_id
    await audit.record_each(tx, actor.workspace.id, deed, by=actor.user_id, organisation_id=of, facts=facts)
    await show_all(tx, actor.workspace.id, receipts)


def _require_whole(item: Item, version: int) -> None:
    if item.kind is not ItemKind.EXPENSE_REPORT:
        raise NotNowError(item, NO_REPORT)
    if item.state not in APART_FROM:
        raise NotNowError(item, NOT_FROM_HERE)
    if item.version != version:
        raise StaleItemError(item)


async def _put_away(tx: Tx, before: Item, archived: Archived) -> Item:
    """Raises:
    StaleItemError: somebody else was quicker.
    """
    current: Item | None = before
    if before.state is ItemState.IN_APPROVAL:
        current = await change_item(tx, before, replace(before, state=ItemState.TO_REVIEW))
    after = None if current is None else replace(current, state=ItemState.ARCHIVED, archived=archived)
    report = None if current is None or after is None else await change_item(tx, current, after)
    if report is None:
        raise StaleItemError(before)
    return report
