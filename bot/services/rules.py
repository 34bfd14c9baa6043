"""An organisation's rules: listed, proposed from an item, saved, switched off and on, deleted, restored.

For screens: `listed` draws the list, `opened`, `new` and `proposed` the form (a `RulePage`, whose `form` is sent back changed),
`preview` says what it would do to what waits, `save` takes it, `switch`, `delete` and `restore` are buttons; each of these
answers the rule as it is then. Rules of suppliers and customers are for bookkeepers and admins; those of people and payment
methods, and what is published by itself, for admins alone.

Whatever changes what waiting items are coded to begins to follow in the same transaction (`bot.services.following`); what
somebody has decided on stays as it was decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.db import rules as stored
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ItemId, OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.rights import Deed, Person
from bot.domain.rule_forms import (
    PER_PAGE,
    TARGET,
    RuleForm,
    RulePage,
    RulePreview,
    RulesPage,
    form_of,
    proposed,
    wrong_in,
)
from bot.domain.rules import NO_OPINIONS, AutoPublish, Opinions, Rule, RuleOf, Target
from bot.domain.slack import Actor
from bot.services.choices import MOST_OPTIONS
from bot.services.current import require_item
from bot.services.known_methods import has_methods
from bot.services.people import NotAllowedError, OrganisationNotFoundError, People
from bot.services.rule_checks import METHOD_GONE, RuleCheck, why_not_free
from bot.services.rule_history import history_of
from bot.services.rule_pages import labelled, names_of, rule_page, said_by, splits_by, target_of
from bot.services.rule_payment import why_unpaid
from bot.services.rule_preview import Previewing
from bot.services.saving_settings import BeginToFollow, StaleFormError
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import connected_to, provider_of
from bot.services.writing_rules import as_saved, at_next_version, hold, record, write
from providers.base import AccountingProvider, Profile

UNKNOWN_PERSON = "I do not know that person. Choose somebody of this workspace."


class RuleRefusedError(Exception):
    """What is wrong with a form, as a sentence by field of `Opinions`, or `rule_forms.TARGET`. Nothing was saved."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))


class RuleNotFoundError(Exception):
    """The organisation has no such rule."""

    def __init__(self) -> None:
        super().__init__("I cannot find that rule any more.")


@dataclass(frozen=True, slots=True)
class Rules:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]
    begin_to_follow: BeginToFollow

    async def listed(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        page: int = 0,
        *,
        deleted: bool = False,
    ) -> RulesPage:
        """By label, those switched off too; or those that were `deleted`.

        Raises:
            NotAllowedError: only bookkeepers and admins see them.
            OrganisationNotFoundError: it is no organisation of this workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            of_books = tx, actor.workspace.id, organisation_id
            total = await stored.number_listed(*of_books, deleted=deleted)
            page = min(max(page, 0), max(0, (total - 1) // PER_PAGE))
            shown = await stored.rules_listed(*of_books, deleted=deleted, limit=PER_PAGE, passed=page * PER_PAGE)
            provider = self.providers.get(await provider_of(*of_books) or "")
            unpaid = await why_unpaid(*of_books, [(rule.target, rule.opinions) for rule in shown])
            return RulesPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(*of_books),
                rules=shown,
                page=page,
                total=total,
                deleted=deleted,
                ledger="" if provider is None else provider.profile.name,
                names=await names_of(*of_books, [rule.opinions for rule in shown]),
                unpaid={rule.id: why for rule, why in zip(shown, unpaid, strict=True) if why is not None},
            )

    async def can_be_for(self, actor: Actor, organisation_id: OrganisationId, of: RuleOf) -> bool:
        """Whether there is anything of the kind that a rule could be of. Raises: as `listed`."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            return of is not RuleOf.PAYMENT_METHOD or await has_methods(tx, actor.workspace.id, organisation_id)

    async def found(self, actor: Actor, organisation_id: OrganisationId, text: str) -> tuple[Rule, ...]:
        """Those whose label has it, by label, as many as a select shows; none for who may not see them."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            try:
                await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            except (NotAllowedError, OrganisationNotFoundError):
                return ()
            return await stored.rules_listed(tx, actor.workspace.id, organisation_id, text=text, limit=MOST_OPTIONS)

    async def opened(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId) -> RulePage:
        """Raises:
        NotAllowedError, OrganisationNotFoundError: as `listed`.
        NoConnectionError: nothing is connected that could say what there is to choose.
        RuleNotFoundError: the organisation has no such rule.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            rule = await _rule(tx, actor.workspace.id, organisation_id, rule_id)
            page = await _with_rule(tx, await self._page(tx, actor, person, organisation_id, form_of(rule)), rule)
        return await self._with_waiting(actor, page)

    async def new(self, actor: Actor, organisation_id: OrganisationId, target: Target) -> RulePage:
        """The form for a rule of it; where there is one already, that one's.

        Raises:
            NotAllowedError, OrganisationNotFoundError, NoConnectionError: as `opened`.
            RuleRefusedError: there is no such payment method.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            named = await labelled(tx, actor.workspace.id, organisation_id, target)
            if named is None:
                raise RuleRefusedError({TARGET: METHOD_GONE})
            page = await self._new(tx, actor, person, organisation_id, proposed(named))
        return await self._with_waiting(actor, page)

    async def proposed(self, actor: Actor, item_id: ItemId, of: RuleOf) -> RulePage:
        """The form for a rule of an item's supplier, customer, sender or payment method, filled in with what the item is coded
        to; where there is a rule already, that one's, as it is.

        Raises:
            NotAllowedError, NoConnectionError: as `opened`.
            ItemNotFoundError: unknown, or of another workspace.
            RuleRefusedError: the item has none that a rule could be of.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            target = await target_of(tx, item, of)
            if target is None:
                raise RuleRefusedError({TARGET: f"{item.reference} has no {of.words} that a rule could be for."})
            page = await self._new(tx, actor, person, item.organisation_id, proposed(target, said_by(item, of)))
            page = replace(page, like=splits_by(item) if of.is_of_party else ())
        return await self._with_waiting(actor, page)

    async def save(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId | None, form: RuleForm) -> Rule:
        """Add one, or change one; a deleted one of the same is taken up again. The same form once more, saved already,
        changes nothing.

        Raises:
            NotAllowedError: only bookkeepers and admins; of people, payment methods and what is published by itself only
                admins.
            OrganisationNotFoundError, RuleNotFoundError, NoConnectionError: as `opened`.
            RuleRefusedError: a sentence for each field that cannot stay as it is.
            StaleFormError: somebody else changed it while the form was open.
        """
        person = await self.people.identify(actor)
        about = await self._person_of(actor, form.target)
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await hold(tx, workspace_id, organisation_id)
            before = None if rule_id is None else await _rule(tx, workspace_id, organisation_id, rule_id)
            said = NO_OPINIONS if before is None else before.opinions
            await self.people.require(tx, deed_of(form.target.of, said, form.opinions), actor, person, organisation_id)
            same = await _with_key(tx, workspace_id, organisation_id, form.target)
            if same is not None and (before is None or same.id == before.id) and form.is_held_by(same):
                return same
            if before is None and same is not None and same.is_deleted:
                before, form = same, replace(form, version=same.version)
            wrong = wrong_in(form) | about | await why_not_free(tx, workspace_id, organisation_id, before, same)
            if before is not None and before.of is not form.target.of:
                wrong[TARGET] = f"This is a rule of a {before.of.words}. Make another one for a {form.target.of.words}."
            if not wrong:
                profile = await self._profile(tx, workspace_id, organisation_id)
                wrong = await RuleCheck(tx, workspace_id, organisation_id, profile, form, said).wrong()
            if wrong:
                raise RuleRefusedError(wrong)
            if before is not None and before.version != form.version:
                raise StaleFormError
            rule = _as_saved(actor, organisation_id, form, before, tx.now)
            await write(tx, rule, before, is_for_waiting=form.is_for_waiting)
            if form.is_for_waiting or (before is not None and before.target != rule.target):
                await self._follow(tx, workspace_id, organisation_id)
            return rule

    async def preview(
        self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId | None, form: RuleForm
    ) -> RulePreview:
        """What `save` would do to what waits, if the form were for waiting items; nothing is saved.

        Raises:
            NotAllowedError, OrganisationNotFoundError, RuleNotFoundError: as `save`.
            RuleRefusedError: what cannot be, whatever the ledger's lists say.
        """
        person = await self.people.identify(actor)
        workspace_id = actor.workspace.id
        async with self.db.read() as tx:
            before = None if rule_id is None else await _rule(tx, workspace_id, organisation_id, rule_id)
            said = NO_OPINIONS if before is None else before.opinions
            await self.people.require(tx, deed_of(form.target.of, said, form.opinions), actor, person, organisation_id)
            if wrong := wrong_in(form):
                raise RuleRefusedError(wrong)
            before = before or await _with_key(tx, workspace_id, organisation_id, form.target)
            (unpaid,) = await why_unpaid(tx, workspace_id, organisation_id, [(form.target, form.opinions)])
            now = tx.now
        rule = _as_saved(actor, organisation_id, replace(form, is_for_waiting=True), before, now)
        return replace(await Previewing(self.db, rule, before).preview(), unpaid=unpaid)

    async def switch(
        self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId, version: int, *, is_active: bool
    ) -> Rule:
        """Off: what it said is taken back from all that nobody has decided on; on: it is said again.

        Raises:
            NotAllowedError, OrganisationNotFoundError, RuleNotFoundError, StaleFormError: as `save`.
        """
        deed = "rule switched on" if is_active else "rule switched off"
        return await self._turned(
            actor, organisation_id, rule_id, version, deed, lambda rule: replace(rule, is_active=is_active)
        )

    async def delete(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId, version: int) -> Rule:
        """As switched off, and gone from the list; `restore` brings it back as it was. Raises: as `switch`."""
        return await self._turned(
            actor, organisation_id, rule_id, version, "rule deleted", lambda rule: replace(rule, is_deleted=True)
        )

    async def restore(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId, version: int) -> Rule:
        """Raises: as `switch`."""
        return await self._turned(
            actor, organisation_id, rule_id, version, "rule restored", lambda rule: replace(rule, is_deleted=False)
        )

    async def _turned(  # noqa: PLR0917 - one deed, whatever is done to the rule
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        rule_id: RuleId,
        version: int,
        deed: str,
        turn: Callable[[Rule], Rule],
    ) -> Rule:
        person = await self.people.identify(actor)
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await hold(tx, workspace_id, organisation_id)
            rule = await _rule(tx, workspace_id, organisation_id, rule_id)
            needed = deed_of(rule.of, NO_OPINIONS, rule.opinions)
            await self.people.require(tx, needed, actor, person, organisation_id)
            turned = turn(rule)
            if turned == rule:
                return rule
            if rule.version != version:
                raise StaleFormError
            turned = at_next_version(turned, actor.user_id, tx.now)
            await stored.change_rule(tx, turned, at_version=rule.version)
            await record(tx, turned, deed)
            await self._follow(tx, workspace_id, organisation_id)
            return turned

    async def _follow(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
        await self.begin_to_follow(
            tx, workspace_id, organisation_id, await load_settings(tx, workspace_id, organisation_id)
        )

    async def _person_of(self, actor: Actor, target: Target) -> dict[str, str]:
        """A sentence where a rule is of somebody whom Slack does not know here."""
        if target.of is not RuleOf.PERSON:
            return {}
        found = await self.people.directory.person(actor.workspace, UserId(target.name))
        return {} if found is not None and found.is_known and found.is_of_workspace else {TARGET: UNKNOWN_PERSON}

    async def _profile(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Profile:
        return (await connected_to(tx, workspace_id, organisation_id, self.providers)).profile

    async def _new(
        self, tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId, form: RuleForm
    ) -> RulePage:
        rule = await _with_key(tx, actor.workspace.id, organisation_id, form.target)
        if rule is None or rule.is_deleted:
            return await self._page(tx, actor, person, organisation_id, form)
        return await _with_rule(tx, await self._page(tx, actor, person, organisation_id, form_of(rule)), rule)

    async def _page(
        self, tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId, form: RuleForm
    ) -> RulePage:
        profile = await self._profile(tx, actor.workspace.id, organisation_id)
        page = await rule_page(tx, actor.workspace.id, organisation_id, profile, form)
        return replace(page, is_admin=await self._may(tx, Deed.SET_UP, actor, person, organisation_id))

    async def _with_waiting(self, actor: Actor, page: RulePage) -> RulePage:
        """With how many items of it nobody has decided on."""
        rule = page.rule or as_saved(
            page.form,
            None,
            workspace_id=actor.workspace.id,
            organisation_id=page.organisation_id,
            by=actor.user_id,
            now=self.db.clock.now(),
        )
        return replace(page, waiting=await Previewing(self.db, rule).waiting())

    async def _may(
        self, tx: Tx, deed: Deed, actor: Actor, person: Person | None, organisation_id: OrganisationId
    ) -> bool:
        try:
            await self.people.require(tx, deed, actor, person, organisation_id)
        except NotAllowedError:
            return False
        return True


def deed_of(of: RuleOf, before: Opinions, after: Opinions) -> Deed:
    """What lets documents out without anybody, and what is of people and cards, is for admins."""
    is_let_out = AutoPublish.ALWAYS in (before.auto_publish, after.auto_publish)
    return Deed.FIX if of.is_of_party and not is_let_out else Deed.SET_UP


def _as_saved(
    actor: Actor, organisation_id: OrganisationId, form: RuleForm, before: Rule | None, now: datetime
) -> Rule:
    return as_saved(
        form,
        before,
        workspace_id=actor.workspace.id,
        organisation_id=organisation_id,
        by=actor.user_id,
        now=now,
    )


async def _rule(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, rule_id: RuleId) -> Rule:
    found = (await stored.rules_by_id(tx, workspace_id, organisation_id, (rule_id,))).get(rule_id)
    if found is None:
        raise RuleNotFoundError
    return found


async def _with_rule(tx: Tx, page: RulePage, rule: Rule) -> RulePage:
    """As it is, with what was done to it."""
    history = await history_of(tx, rule)
    says = [page.form.opinions, *(done.says for done in history)]
    names = await names_of(tx, rule.workspace_id, rule.organisation_id, says)
    return replace(page, rule=rule, history=history, names=names)


async def _with_key(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, target: Target) -> Rule | None:
    key = target.key
    return None if key is None else await stored.rule_with_key(tx, workspace_id, organisation_id, target.of, key)
