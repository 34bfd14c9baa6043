"""What is archived in the ledger is replaced in all that waits for it: the items that nobody decided on, and the rules.

What was decided on stays as it was decided: only its own card and alert change it. Each item is an edit of whoever replaces,
with all that follows from one; rules go on as they were, for what they were for. Whoever presses twice does the rest.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.db import rules as stored
from bot.db.recodings import undecided_items
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import ListKind, TaxRate
from bot.domain.documents import ItemKind
from bot.domain.editing import edit_of
from bot.domain.gone_codes import Code, codes_of, codes_of_rule
from bot.domain.ids import OrganisationId, RuleId, WorkspaceId
from bot.domain.items import Item
from bot.domain.replacing import REPLACED, Gone, Replaced, edit_with, opinions_with
from bot.domain.rights import Deed, Person
from bot.domain.rules import Rule
from bot.domain.slack import Actor
from bot.services import gone_codes, lists
from bot.services.choices import ACCOUNT, GONE, TAX_RATE, NotOfferedError
from bot.services.current import NotNowError, StaleItemError
from bot.services.items import Items
from bot.services.people import NotAllowedError, People
from bot.services.proposing import Proposed, proposed
from bot.services.rules import deed_of
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings, organisation_name
from bot.services.writing_rules import at_next_version, hold, write

PAGE = 100
LONGEST_SECONDS = 1.2
"""Whoever presses waits for it; of thousands the rest is for another press."""
BACK = "It is in use in the ledger again, so nothing was changed."


class NothingGoneError(Exception):
    """There is nothing to replace: it is back, or not of a list whose entries can stand for each other."""


@dataclass(frozen=True, slots=True)
class Replacing:
    db: Database
    people: People
    items: Items
    begin_to_follow: BeginToFollow

    async def asked(self, actor: Actor, organisation_id: OrganisationId, code: Code) -> Gone:
        """What a form to choose another one is drawn from.

        Raises:
            NotAllowedError: only bookkeepers and admins replace.
            OrganisationNotFoundError: it is no organisation of this workspace.
            NothingGoneError
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            of = tx, actor.workspace.id, organisation_id
            entry = await _gone(*of, code)
            return Gone(
                organisation=await organisation_name(*of),
                label=entry.label,
                proposed=await proposed(*of, code),
                is_of_sale=isinstance(entry, TaxRate) and not entry.goes_with_costs,
            )

    async def replace(self, actor: Actor, organisation_id: OrganisationId, code: Code, by: str) -> Replaced:
        """Have all that waits say `by` in its place.

        Raises:
            NotOfferedError: `by` is not live; and as `asked`.
        """
        person = await self.people.identify(actor)
        of = actor.workspace.id, organisation_id
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            await _gone(tx, *of, code)
            now = await _live(tx, *of, code.kind, by)
            meant = await _ruled(tx, *of, code)
        rules, left_to_admins = await self._rules(actor, person, organisation_id, code, by, meant) if meant else (0, 0)
        items, left = await self._items(actor, organisation_id, code, now)
        await gone_codes.look(self.db, *of)
        return Replaced(label=now.label, items=items, rules=rules, left=left, left_to_admins=left_to_admins)

    async def _rules(  # noqa: PLR0917 - one deed of one person
        self,
        actor: Actor,
        person: Person | None,
        organisation_id: OrganisationId,
        code: Code,
        by: str,
        meant: Collection[RuleId],
    ) -> tuple[int, int]:
        """How many say it now, and how many were left for an admin."""
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await hold(tx, workspace_id, organisation_id)
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            known = (await stored.rules_by_id(tx, workspace_id, organisation_id, meant)).values()
            say_it = [rule for rule in known if _says(rule, code)]
            may_all = await self._may(tx, Deed.SET_UP, actor, person, organisation_id)
            ours = [rule for rule in say_it if may_all or deed_of(rule.of, rule.opinions, rule.opinions) is Deed.FIX]
            for rule in ours:
                await write(tx, _rule_with(rule, code, by, actor, tx), rule, is_for_waiting=True)
            if ours:
                settings = await load_settings(tx, workspace_id, organisation_id)
                await self.begin_to_follow(tx, workspace_id, organisation_id, settings)
        return len(ours), len(say_it) - len(ours)

    async def _items(self, actor: Actor, organisation_id: OrganisationId, code: Code, now: Proposed) -> tuple[int, int]:
        """How many say it now, and how many are left."""
        done, left, until = 0, 0, self.db.clock.monotonic() + LONGEST_SECONDS
        for item in await self._waiting(actor.workspace.id, organisation_id, code):
            if self.db.clock.monotonic() >= until or not _goes_with(now, item.kind):
                left += 1
                continue
            is_done = await self._edited(actor, item, code, now.code)
            done, left = done + is_done, left + (not is_done)
        return done, left

    async def _edited(self, actor: Actor, item: Item, code: Code, by: str) -> bool:
        """False where somebody else was quicker."""
        try:
            await self.items.edit(actor, item.id, item.version, edit_with(edit_of(item), code, by))
        except (StaleItemError, NotNowError, NotOfferedError):
            return False
        return True

    async def _waiting(self, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> list[Item]:
        found: list[Item] = []
        page: Collection[Item] = await self._page(workspace_id, organisation_id, None)
        while page:
            found += [item for item in page if code in codes_of(item)]
            page = () if len(page) < PAGE else await self._page(workspace_id, organisation_id, [*page][-1])
        return found

    async def _page(
        self, workspace_id: WorkspaceId, organisation_id: OrganisationId, last: Item | None
    ) -> Collection[Item]:
        after = None if last is None else (last.created_at, last.id)
        async with self.db.read() as tx:
            return await undecided_items(tx, workspace_id, organisation_id, after, limit=PAGE)

    async def _may(
        self, tx: Tx, deed: Deed, actor: Actor, person: Person | None, organisation_id: OrganisationId
    ) -> bool:
        try:
            await self.people.require(tx, deed, actor, person, organisation_id)
        except NotAllowedError:
            return False
        return True


async def _ruled(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> list[RuleId]:
    """All are looked through, so nobody's writing waits for it."""
    every = stored.every_rule(tx, workspace_id, organisation_id)
    return [rule.id async for some in every for rule in some if _says(rule, code)]


def _says(rule: Rule, code: Code) -> bool:
    return rule.is_in_force and code in codes_of_rule(rule.opinions)


def _rule_with(rule: Rule, code: Code, by: str, actor: Actor, tx: Tx) -> Rule:
    """What it said to items that came in earlier, too."""
    earlier = tuple(replace(each, opinions=opinions_with(each.opinions, code, by)) for each in rule.earlier)
    changed = replace(rule, opinions=opinions_with(rule.opinions, code, by), earlier=earlier)
    return at_next_version(changed, actor.user_id, tx.now)


def _goes_with(entry: Proposed, kind: ItemKind) -> bool:
    return not isinstance(entry, TaxRate) or entry.goes_with(kind)


async def _gone(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> Proposed:
    entry = await _entry(tx, workspace_id, organisation_id, code.kind, code.key)
    if entry is None or entry.is_active:
        raise NothingGoneError(BACK)
    return entry


async def _live(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, key: str
) -> Proposed:
    entry = await _entry(tx, workspace_id, organisation_id, kind, key)
    is_usable = entry is not None and entry.is_active and (isinstance(entry, TaxRate) or entry.is_codable)
    if entry is None or not is_usable:
        field = ACCOUNT if kind is ListKind.ACCOUNTS else TAX_RATE
        raise NotOfferedError({field: GONE[field]})
    return entry


async def _entry(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, key: str
) -> Proposed | None:
    if kind not in REPLACED:
        return None
    load = lists.load_account if kind is ListKind.ACCOUNTS else lists.load_tax_rate
    return await load(tx, workspace_id, organisation_id, key)
