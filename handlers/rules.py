"""Rules in Slack: the list of an organisation, one made from a document or anew, changed, tried out, switched off, deleted."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId, RuleId
from bot.domain.rule_forms import RulePage, RulesPage
from bot.domain.rules import RuleOf, Target
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.services.rules import RuleRefusedError, Rules
from bot.services.saving_settings import StaleFormError
from bot.views import rule_form, rule_preview
from bot.views import rules as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import NotOursError, RuleRef, RulesRef, rule_of
from handlers.forms import read_for
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, OptionsQuery, Submission
from handlers.replies import Choices, FormErrors, NextForm, OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes

OPEN = (ActionId.OPEN_RULES, "Rules")
SAVED, OFF, ON = "The rule is saved.", "The rule is switched off.", "The rule is switched on."
DELETED, RESTORED = "The rule is deleted.", "The rule is restored."


@dataclass(frozen=True, slots=True)
class RuleHandlers:
    rules: Rules
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command("rules", self.command, "what suppliers, customers, people and payment methods are coded to")
        routes.action(ActionId.OPEN_RULES, self.open_list)
        routes.action(ActionId.PREVIOUS_RULES, self.turn)
        routes.action(ActionId.NEXT_RULES, self.turn)
        routes.action(ActionId.GO_TO_RULE, self.open_found)
        routes.options(ActionId.GO_TO_RULE, self.find)
        routes.action(ActionId.ADD_RULE, self.ask_whose)
        routes.action(ActionId.NEW_RULE, self.make)
        routes.action(ActionId.CHANGE_RULE, self.open_one)
        routes.action(ActionId.PREVIEW_RULE, self.preview)
        routes.action(ActionId.SWITCH_RULE, self.switch)
        routes.action(ActionId.DELETE_RULE, self.delete)
        routes.action(ActionId.RESTORE_RULE, self.restore)
        routes.view(CallbackId.RULE_TARGET, self.named)
        routes.view(CallbackId.RULE, self.save)

    async def command(self, command: Command) -> Reply:
        return await where_meant(self.organisations, command, self._list, OPEN)

    async def open_list(self, click: Click) -> Reply:
        """From Manage and from a question which organisation is meant; in the list, the deleted ones; back from forms."""
        view = views.page(await self._page(click.actor, RulesRef.decode(click.value)))
        is_of_rules = click.form is not None and views.is_of_rules(click.form.callback_id, click.form.private_metadata)
        return UpdateView(view) if is_of_rules else OpenView(view)

    async def turn(self, click: Click) -> Reply:
        return UpdateView(views.page(await self._page(click.actor, RulesRef.decode(click.value))))

    async def find(self, query: OptionsQuery) -> Choices:
        if query.form is None:
            return Choices()
        organisation_id = RulesRef.decode(query.form.private_metadata).organisation_id
        return Choices(views.rule_options(await self.rules.found(query.actor, organisation_id, query.text)))

    async def open_found(self, click: Click) -> Reply:
        organisation_id, chosen = _chosen(click)
        return UpdateView(_form(await self.rules.opened(click.actor, organisation_id, rule_of(chosen))))

    async def ask_whose(self, click: Click) -> Reply:
        organisation_id, chosen = _chosen(click)
        if chosen not in set(RuleOf):
            raise NotOursError(chosen[:60])
        of = RuleOf(chosen)
        there_are = await self.rules.can_be_for(click.actor, organisation_id, of)
        return UpdateView(views.target_form(organisation_id, of, there_are=there_are))

    async def named(self, submission: Submission) -> Reply:
        """Whom a new rule is for; who may make none learns nothing of what is wrong with it."""
        ref = RuleRef.decode(submission.form.private_metadata)
        try:
            target = await read_for(
                lambda: self.rules.listed(submission.actor, ref.organisation_id),
                lambda: views.read_target(submission.form.state, ref.of),
            )
            return NextForm(_form(await self.rules.new(submission.actor, ref.organisation_id, target)))
        except views.TargetUnreadableError as unreadable:
            await self.rules.listed(submission.actor, ref.organisation_id)
            return FormErrors(unreadable.fields)
        except RuleRefusedError as refused:
            return FormErrors({BlockId.RULE_NAME: str(refused)})

    async def make(self, click: Click) -> Reply:
        """From a document, filled in with what that is coded to."""
        ref = RuleRef.decode(click.value)
        try:
            return OpenView(_form(await self._opened(click.actor, ref), ref))
        except RuleRefusedError as refused:
            return Whisper(str(refused))

    async def open_one(self, click: Click) -> Reply:
        ref = RuleRef.decode(click.value)
        return UpdateView(_form(await self._opened(click.actor, ref)))

    async def preview(self, click: Click) -> Reply:
        """What the form says by now, tried out on what waits."""
        ref = RuleRef.decode(click.value)
        if click.form is None:
            raise NotOursError("a preview without its form")
        page = await self._opened(click.actor, ref)
        try:
            form = rule_form.read(click.form.state, ref, page)
            would = await self.rules.preview(click.actor, ref.organisation_id, ref.rule_id, form)
        except rule_form.RuleUnreadableError as unreadable:
            return Whisper(str(unreadable))
        except RuleRefusedError as refused:
            return Whisper(str(refused))
        return OpenView(rule_preview.preview(page, would))

    async def switch(self, click: Click) -> Reply:
        ref = RuleRef.decode(click.value)
        rule_id = _known(ref)
        page = await self.rules.opened(click.actor, ref.organisation_id, rule_id)
        is_active = page.rule is None or not page.rule.is_active
        try:
            await self.rules.switch(click.actor, ref.organisation_id, rule_id, ref.version, is_active=is_active)
        except StaleFormError:
            return await self._stale(click.actor, ref)
        return await self._back(click.actor, ref, ON if is_active else OFF)

    async def delete(self, click: Click) -> Reply:
        ref = RuleRef.decode(click.value)
        try:
            await self.rules.delete(click.actor, ref.organisation_id, _known(ref), ref.version)
        except StaleFormError:
            return await self._stale(click.actor, ref)
        return await self._back(click.actor, ref, DELETED)

    async def restore(self, click: Click) -> Reply:
        ref = RuleRef.decode(click.value)
        try:
            await self.rules.restore(click.actor, ref.organisation_id, _known(ref), ref.version)
        except StaleFormError:
            return UpdateView(views.page(await self._page(click.actor, RulesRef(ref.organisation_id, deleted=True))))
        return await self._back(click.actor, ref, RESTORED)

    async def save(self, submission: Submission) -> Reply:
        ref = RuleRef.decode(submission.form.private_metadata)
        actor, state = submission.actor, submission.form.state
        page = await self._opened(actor, ref)
        if ref.name not in ("", page.form.target.name):  # the document is of somebody else by now
            return NextForm(_form(page, ref, notice=rule_form.STALE))
        try:
            form = rule_form.read(state, ref, page)
            await self.rules.save(actor, ref.organisation_id, ref.rule_id, form)
        except rule_form.RuleUnreadableError as unreadable:
            return FormErrors(unreadable.fields)
        except RuleRefusedError as refused:
            return FormErrors(rule_form.wrong_at(refused.fields, state))
        except StaleFormError:
            return NextForm(_form(await self._opened(actor, ref), ref, notice=rule_form.STALE))
        return NextForm(views.page(await self._page(actor, RulesRef(ref.organisation_id)), notice=SAVED))

    async def _opened(self, actor: Actor, ref: RuleRef) -> RulePage:
        """The form that `ref` was drawn for, as it is drawn now."""
        if ref.rule_id is not None:
            return await self.rules.opened(actor, ref.organisation_id, ref.rule_id)
        if ref.item_id is not None:
            return await self.rules.proposed(actor, ref.item_id, ref.of)
        return await self.rules.new(actor, ref.organisation_id, Target(of=ref.of, name=ref.name, label=ref.name))

    async def _page(self, actor: Actor, ref: RulesRef) -> RulesPage:
        return await self.rules.listed(actor, ref.organisation_id, ref.page, deleted=ref.deleted)

    async def _list(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.page(await self._page(actor, RulesRef(organisation_id))))

    async def _stale(self, actor: Actor, ref: RuleRef) -> Reply:
        return UpdateView(_form(await self._opened(actor, ref), notice=rule_form.STALE))

    async def _back(self, actor: Actor, ref: RuleRef, notice: str) -> Reply:
        return UpdateView(views.page(await self._page(actor, RulesRef(ref.organisation_id)), notice=notice))


def _form(page: RulePage, made_from: RuleRef | None = None, *, notice: str | None = None) -> View:
    rule, target = page.rule, page.form.target
    item_id = None if made_from is None else made_from.item_id
    ref = RuleRef(page.organisation_id, target.of, item_id=item_id, name=target.name)
    if rule is not None:
        ref = RuleRef(page.organisation_id, target.of, rule.version, rule.id)
    return rule_form.form(page, ref, notice=notice)


def _chosen(click: Click) -> tuple[OrganisationId, str]:
    """Of a select in the list, whose metadata says of which organisation."""
    if click.form is None or not click.chosen:
        raise NotOursError("a select without its form")
    return RulesRef.decode(click.form.private_metadata).organisation_id, click.chosen[0]


def _known(ref: RuleRef) -> RuleId:
    if ref.rule_id is None:
        raise NotOursError("a rule without its id")
    return ref.rule_id
