"""The end of Merge lists: what the old books say is said in the new ones from then on, in one transaction.

Rules, payment methods, settings, roles and channels are copied; the old books keep their own, so that connecting them again takes
all of it up as it was. Items that nobody decided on follow page by page (`bot.services.carried_items`).
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.db import merges
from bot.db import rules as stored
from bot.db.api_keys import move_keys
from bot.db.base import Json, dump, new_id, table_of
from bot.db.claimants import keep_link, links_by_hand, load_link
from bot.db.connections import ChannelRow
from bot.db.digests import move_digest
from bot.db.payment_methods import all_methods, insert_method
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.domain.amounts import USUAL_AMOUNTS, AmountSettings
from bot.domain.books import ListKind
from bot.domain.carrying import Carrying, codes_of_settings
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code, codes_of_rule
from bot.domain.ids import OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.merging import LIST_NAMES, Merge, MergeEntry, MergePage
from bot.domain.payment_methods import PaymentMethodForm, PaymentMethodId
from bot.domain.rights import Role
from bot.domain.settings import USUAL_COSTS, USUAL_SALES, Settings
from bot.domain.slack import Actor
from bot.services import audit, default_books
from bot.services.carried_items import carrying_of, is_disconnected, same_methods
from bot.services.connection_messages import redraw_connection
from bot.services.lists import books_of, live_tracking, load_contact, rules_of, users_of
from bot.services.merging import Merging, NoMergeError, SourceTakenError, StaleMergeError, add_missing, is_being_read
from bot.services.saving_settings import BeginToFollow, chosen_in, next_version, replace_grants
from bot.services.settings import ALERTS, APPROVALS, DIGEST, NEWS, load_settings, people_with
from bot.services.writing_rules import hold

CHANNELS = table_of(ChannelRow)
MOST_TOLD = 30
"""Lines of what is left to do; the audit log has all of it."""

OTHER_CURRENCY = (
    "Exchange rates and the limit of small amounts were not taken over: the books are kept in {new}, not in {old}"
)

NOT_ASKED = "Not asked for any more, as the new books do not have it: {names}"

BeginToCarry = Callable[[Tx, WorkspaceId, OrganisationId], Awaitable[None]]
"""`bot.services.following.Following.begin_to_carry`."""


class StillBeingReadError(Exception):
    """The new lists are not all there yet."""

    def __init__(self) -> None:
        super().__init__("The new lists are still being read. Wait until they are there, and carry it over then.")


@dataclass(frozen=True, slots=True)
class CarryingOver:
    db: Database
    merging: Merging
    begin_to_follow: BeginToFollow
    begin_to_carry: BeginToCarry

    async def carry_over(self, actor: Actor, organisation_id: OrganisationId, version: int) -> MergePage:
        """Do it, once: whoever presses it a second time is told what the first one did.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `Merging.opened`.
            NoMergeError: nothing is merged into these books.
            StillBeingReadError
            StaleMergeError: somebody else changed it, or something came to be in use meanwhile; nothing was done.
            SourceTakenError: the old books were connected again.
        """
        person = await self.merging.people.identify(actor)
        async with self.db.read() as tx:
            merge = await self.merging.allowed(tx, actor, person, organisation_id)
        if merge is None:
            raise NoMergeError
        if not merge.is_done:
            if await add_missing(self.db, merge):
                raise StaleMergeError
            async with self.db.write() as tx:
                await self.merging.allowed(tx, actor, person, organisation_id)
                await self._carry(tx, actor, merge, version)
        return await self.merging.opened(actor, organisation_id)

    async def carry_rest(self, actor: Actor, organisation_id: OrganisationId) -> MergePage:
        """What nobody has decided on in the old books by now comes along, too: such as what was approved then, and taken back
        since. Raises: as `carry_over`.
        """
        person = await self.merging.people.identify(actor)
        async with self.db.write() as tx:
            merge = await self.merging.allowed(tx, actor, person, organisation_id)
            if merge is None or not merge.is_done:
                raise NoMergeError
            await self.begin_to_carry(tx, merge.workspace_id, merge.source_id)
        return await self.merging.opened(actor, organisation_id)

    async def _carry(self, tx: Tx, actor: Actor, merge: Merge, version: int) -> None:
        workspace_id, new, old = merge.workspace_id, merge.organisation_id, merge.source_id
        for organisation_id in sorted((new, old)):  # as who saves rules and settings of either
            await hold(tx, workspace_id, organisation_id)
        now = await merges.merge_of(tx, workspace_id, new)
        if now is None or now.version != version or now.is_done:
            if now is not None and now.is_done:
                return
            raise StaleMergeError
        if await is_being_read(tx, workspace_id, new):
            raise StillBeingReadError
        if not await is_disconnected(tx, workspace_id, old):
            raise SourceTakenError
        entries = await merges.merged_entries(tx, workspace_id, new)
        carrying = await self._carrying(tx, actor, merge, entries)
        report = _Report(entries)
        rules = await _copy_rules(tx, actor, merge, carrying, report)
        await _copy_settings(tx, merge, carrying, report)
        await _copy_people(tx, merge)
        await _move_channels(tx, merge)
        await _copy_links(tx, merge)
        keys = await _move_keys(tx, actor, merge)
        is_default = await default_books.follow(tx, workspace_id, old, new)
        if not await merges.end_merge(tx, now, actor.user_id, report.lines()):
            raise StaleMergeError
        await self.begin_to_carry(tx, workspace_id, old)
        await self.begin_to_follow(tx, workspace_id, new, await load_settings(tx, workspace_id, new))
        await audit.record(
            tx,
            workspace_id,
            new,
            "carried over",
            by=actor.user_id,
            organisation_id=new,
            facts={
                "from": str(old),
                "rules": rules,
                "entries": len(entries),
                "without": report.all_lines(),
                "api keys": keys,
                "default books": is_default,
            },
        )
        await redraw_connection(tx, workspace_id, new, actor.user_id)
        await redraw_connection(tx, workspace_id, old)
        tx.nudge(Nudge.PLANNER)

    async def _carrying(self, tx: Tx, actor: Actor, merge: Merge, entries: Sequence[MergeEntry]) -> Carrying:
        """With the payment methods, which have to be there before rules name them."""
        to = {entry.code: entry.to for entry in entries if entry.to is not None}
        await _copy_methods(tx, actor, merge, Carrying(to=to))
        return await carrying_of(tx, merge, to, self.merging.providers)


class _Report:
    """What became nothing, and who named it."""

    def __init__(self, entries: Iterable[MergeEntry]) -> None:
        self.labels = {entry.code: entry.label for entry in entries}
        self.rules: Counter[Code] = Counter()
        self.defaults: set[Code] = set()
        self.off: list[str] = []
        self.left: list[str] = []
        """What of the settings is to be decided anew, as sentences."""

    def all_lines(self) -> list[str]:
        order = {kind: place for place, kind in enumerate(LIST_NAMES)}
        found = sorted({*self.rules, *self.defaults}, key=lambda code: (order.get(code.kind, 0), self._label(code)))
        lines = [f"{self._label(code)}: {self._users(code)}" for code in found]
        if self.off:
            lines.append(f"Switched off: {', '.join(self.off[:MOST_TOLD])}")
        return [*self.left, *lines]

    def lines(self) -> list[str]:
        found = self.all_lines()
        more = len(found) - MOST_TOLD
        return found if more <= 0 else [*found[:MOST_TOLD], f"and {more} more"]

    def _label(self, code: Code) -> str:
        return self.labels.get(code, code.key)

    def _users(self, code: Code) -> str:
        number = self.rules[code]
        users = [] if not number else ["1 rule" if number == 1 else f"{number} rules"]
        return " and ".join(users + (["the defaults"] if code in self.defaults else []))


async def _copy_methods(tx: Tx, actor: Actor, merge: Merge, carrying: Carrying) -> None:
    """Those whose name the new books do not have yet."""
    known = await same_methods(tx, merge)
    for method in await all_methods(tx, merge.workspace_id, merge.source_id):
        if str(method.id) in known:
            continue
        form = PaymentMethodForm(
            version=0,
            name=method.name,
            last_digits=method.last_digits,
            bank_account=carrying.key(ListKind.BANK_ACCOUNTS, method.bank_account),
            is_active=method.is_active,
        )
        method_id = PaymentMethodId(new_id())
        await insert_method(tx, merge.workspace_id, merge.organisation_id, method_id, form)
        await audit.record(
            tx,
            merge.workspace_id,
            method_id,
            "payment method carried over",
            by=actor.user_id,
            organisation_id=merge.organisation_id,
            facts={"name": form.name, "bank account": form.bank_account, "from": str(method.id)},
        )


async def _copy_rules(tx: Tx, actor: Actor, merge: Merge, carrying: Carrying, report: _Report) -> int:
    """Those of whom the new books have no rule yet; answers how many."""
    there = set()
    async for rules in stored.every_rule(tx, merge.workspace_id, merge.organisation_id):
        there |= {(rule.of, rule.target.key) for rule in rules}
    copied = []
    async for rules in stored.every_rule(tx, merge.workspace_id, merge.source_id):
        for rule in rules:
            carried = replace(
                carrying.rule(rule),
                id=RuleId(new_id()),
                organisation_id=merge.organisation_id,
                version=1,
                changed_by=actor.user_id,
                changed_at=tx.now,
            )
            if rule.is_deleted or (carried.of, carried.target.key) in there:
                continue
            report.rules.update(carrying.lost(codes_of_rule(rule.opinions)))
            if rule.is_active and not carried.is_active:
                report.off.append(rule.target.label)
            copied.append(carried)
    await stored.insert_rules(tx, copied)
    facts = {rule.id: {"of": rule.of, "label": rule.target.label} for rule in copied}
    await audit.record_each(
        tx,
        merge.workspace_id,
        "rule carried over",
        organisation_id=merge.organisation_id,
        facts=facts,
        by=actor.user_id,
    )
    return len(copied)


async def _copy_settings(tx: Tx, merge: Merge, carrying: Carrying, report: _Report) -> None:
    """Where nobody has decided on the new ones yet. They are to be looked at and saved before anything is sent, as always; that
    all is published by itself is to be decided anew.
    """
    old = await load_settings(tx, merge.workspace_id, merge.source_id)
    new = await load_settings(tx, merge.workspace_id, merge.organisation_id)
    if new.general_confirmed_at is not None or new.tax_confirmed_at is not None:
        return
    if old.auto.is_for_all:
        report.off.append("publishing all by itself, in the settings")
    report.defaults |= carrying.lost(codes_of_settings((old.costs, old.sales), old.tax))
    if asked := carrying.not_asked(old.general.required):
        known = await live_tracking(tx, merge.workspace_id, merge.source_id)
        names = sorted(each.name for each in known if each.provider_id in asked) or ["a tracking category"]
        report.left.append(NOT_ASKED.format(names=", ".join(names)))
    carried = replace(_settings(old, carrying), amounts=await _amounts(tx, merge, old.amounts, report))
    is_matched = old.bank_match and _books_on_banks(carrying)
    saved = {"chosen": dump(chosen_in(carried)), "general": dump(carried.general), "bank_match": is_matched}
    if not await next_version(tx, merge.workspace_id, merge.organisation_id, new.version, **saved):
        raise StaleMergeError


def _books_on_banks(carrying: Carrying) -> bool:
    """Whether there is anything to match bank lines with."""
    return any(place.is_of_bank for place in carrying.destinations[ItemKind.COST])


async def _amounts(tx: Tx, merge: Merge, old: AmountSettings, report: "_Report") -> AmountSettings:
    """Rates and limits are to the currency of the books, so they mean nothing in books that are kept in another one."""
    kept_in = [
        None if books is None else books.base_currency
        for books in [await books_of(tx, merge.workspace_id, of) for of in (merge.organisation_id, merge.source_id)]
    ]
    if old == USUAL_AMOUNTS or (kept_in[0] is not None and kept_in[0] == kept_in[1]):
        return old
    report.left.append(OTHER_CURRENCY.format(new=kept_in[0] or "another currency", old=kept_in[1] or "the one before"))
    return USUAL_AMOUNTS


def _settings(old: Settings, carrying: Carrying) -> Settings:
    return replace(
        old,
        costs=carrying.kind_settings(ItemKind.COST, old.costs, USUAL_COSTS),
        sales=carrying.kind_settings(ItemKind.SALE, old.sales, USUAL_SALES),
        report_status=carrying.report_status(old.report_status),
        tax=carrying.tax(old.tax),
        general=carrying.general(old.general),
        auto=replace(old.auto, since=None),
    )


async def _copy_people(tx: Tx, merge: Merge) -> None:
    """Who had a role there has it here, after those who have it already."""
    for role in Role:
        new = await people_with(tx, merge.workspace_id, merge.organisation_id, role)
        old = await people_with(tx, merge.workspace_id, merge.source_id, role)
        everybody = tuple(dict.fromkeys((*new, *old)))
        if everybody != new:
            await replace_grants(tx, merge.workspace_id, merge.organisation_id, role, everybody)


async def _copy_links(tx: Tx, merge: Merge) -> None:
    """Who somebody said that a claimant is among the old ledger's users: the one with the same address in the new one. Where there is
    none, it is asked once more, at their next report.
    """
    new, old = (merge.workspace_id, merge.organisation_id), (merge.workspace_id, merge.source_id)
    if not (await rules_of(tx, *new)).claims_by_user(ItemKind.EXPENSE_REPORT):
        return
    for link in await links_by_hand(tx, *old):
        user_id = UserId(link.user_id)
        user = await load_contact(tx, *old, link.contact_id)
        same = [] if user is None or user.email is None else await users_of(tx, *new, user.email)
        if len(same) == 1 and await load_link(tx, *new, user_id) is None:
            await keep_link(tx, *new, user_id, same[0].provider_id, by=UserId(link.linked_by))


async def _move_keys(tx: Tx, actor: Actor, merge: Merge) -> int:
    """What other systems send comes in at the new books, and what they sent before is found by the same keys."""
    moved = await move_keys(tx, merge.workspace_id, merge.source_id, merge.organisation_id)
    facts: Json = {"from": str(merge.source_id)}
    await audit.record_each(
        tx,
        merge.workspace_id,
        "api key carried over",
        organisation_id=merge.organisation_id,
        facts=dict.fromkeys(moved, facts),
        by=actor.user_id,
    )
    return len(moved)


async def _move_channels(tx: Tx, merge: Merge) -> None:
    """A channel serves one organisation: those that the new books lack are theirs from now on, with all that is posted there."""
    new = await load_settings(tx, merge.workspace_id, merge.organisation_id)
    lacking = [
        purpose
        for purpose, channel in (
            (APPROVALS, new.approvals_channel),
            (ALERTS, new.alerts_channel),
            (NEWS, new.news_channel),
            (DIGEST, new.digest_channel),
        )
        if channel is None
    ]
    of_old = CHANNELS.c.workspace_id == merge.workspace_id, CHANNELS.c.organisation_id == merge.source_id
    if not lacking:
        return
    moved = CHANNELS.update().where(*of_old, CHANNELS.c.purpose.in_(lacking))
    await tx.execute(moved.values(organisation_id=merge.organisation_id))
    if DIGEST in lacking:
        await move_digest(tx, merge.workspace_id, merge.source_id, merge.organisation_id)
    theirs = select(CHANNELS.c.channel_id).where(
        CHANNELS.c.workspace_id == merge.workspace_id, CHANNELS.c.organisation_id == merge.organisation_id
    )
    await tx.execute(CHANNELS.delete().where(*of_old, CHANNELS.c.channel_id.in_(theirs)))
