"""Expense reports: the form that makes one, and taking one apart."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.ids import ChannelId, OrganisationId
from bot.domain.slack import Actor
from bot.services.cards import Cards
from bot.services.choices import NotOfferedError
from bot.services.claimants import Claimants
from bot.services.reports import RatesDoubtedError, RatesMissingError, ReceiptsRefusedError, Reports
from bot.views import items as item_views
from bot.views import reports as views
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_added import added
from bot.views.metadata import FormRef, ItemRef, organisation_of
from bot.views.organisations import choose_modal
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, Whisper
from handlers.routes import Routes
from handlers.stacking import instead, redrawn


@dataclass(frozen=True, slots=True)
class ReportHandlers:
    reports: Reports
    claimants: Claimants
    cards: Cards

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_REPORT, self.open_report)
        routes.view(CallbackId.MAKE_REPORT, self.make_report)
        routes.action(ActionId.TAKE_APART, self.take_apart)
        routes.action(ActionId.LINK_CLAIMANT, self.ask_who_claims)
        routes.view(CallbackId.LINK_CLAIMANT, self.link_claimant)

    async def open_report(self, click: Click) -> Reply:
        """Where it is not said for which organisation: that of the channel which the menu was opened in, else it is asked."""
        if click.value:
            return instead(click, await self._form(click.actor, organisation_of(click.value)))
        is_menu = click.form is not None and click.form.callback_id == CallbackId.EXPLANATION
        channel = click.form.private_metadata if click.form is not None and is_menu else ""
        match await self.reports.where(click.actor, ChannelId(channel) if channel else None):
            case ():
                return Whisper(views.NONE_ABLE)
            case (only,):
                return OpenView(await self._form(click.actor, only.id))
            case found:
                names = {organisation.id: organisation.name for organisation in found}
                return OpenView(choose_modal(names, ActionId.OPEN_REPORT, "Claim here"))

    async def make_report(self, submission: Submission) -> Reply:
        """One form makes one report: what it is known by is the form itself."""
        organisation_id = FormRef.decode(submission.form.private_metadata).organisation_id
        actor = submission.actor
        claim = await read_for(
            lambda: self.reports.opened(actor, organisation_id), lambda: views.read(submission.form.state)
        )
        if isinstance(claim, dict):
            await self.reports.opened(actor, organisation_id)
            return FormErrors(claim)
        try:
            report = await self.reports.make(actor, organisation_id, claim, f"report:{submission.form.view_id}")
        except ReceiptsRefusedError as error:
            return FormErrors(views.refused(error.sentences))
        except RatesDoubtedError as error:
            return FormErrors(views.doubted(error.doubts))
        except RatesMissingError as error:
            page = await self.reports.opened(actor, organisation_id, claim)
            return NextForm(views.form(page, claim, error.receipts))
        except NotOfferedError as error:
            return FormErrors({BlockId.CONTACT: str(error)})
        return NextForm(added(await self.cards.seen(actor, report.id)))

    async def take_apart(self, click: Click) -> Reply:
        """From the menu of its card."""
        ref = ItemRef.decode(click.chosen[0] if click.chosen else click.value)
        report = await self.reports.take_apart(click.actor, ref.item_id, ref.version)

        async def card() -> View:
            return item_views.alone(await self.cards.seen(click.actor, report.id))

        return await redrawn(click, card)

    async def ask_who_claims(self, click: Click) -> Reply:
        """From the card of a report that waits for it."""
        return OpenView(views.link_form(await self.claimants.opened(click.actor, ItemRef.decode(click.value).item_id)))

    async def link_claimant(self, submission: Submission) -> Reply:
        item_id = FormRef.decode(submission.form.private_metadata).item.item_id
        contact = views.read_link(Fields(submission.form.state))
        if contact is None:
            await self.claimants.opened(submission.actor, item_id)
            return FormErrors({BlockId.CONTACT: "Choose a user."})
        try:
            await self.claimants.link(submission.actor, item_id, contact)
        except NotOfferedError as error:
            return FormErrors({BlockId.CONTACT: str(error)})
        return None

    async def _form(self, actor: Actor, organisation_id: OrganisationId) -> View:
        return views.form(await self.reports.opened(actor, organisation_id))
