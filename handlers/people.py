"""Who has which role in an organisation: the button, the form, and taking over where nobody can give roles."""

from dataclasses import dataclass, replace

from bot.services.roles import Roles, RolesRefusedError, StaleRolesError
from bot.services.taking_over import TakingOver
from bot.views import people as views
from bot.views import taking_over
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class PeopleHandlers:
    roles: Roles
    taking_over: TakingOver

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_PEOPLE, self.open_people)
        routes.view(CallbackId.PEOPLE, self.save)
        routes.action(ActionId.TAKE_OVER, self.open_take_over)
        routes.view(CallbackId.TAKE_OVER, self.take_over)

    async def open_people(self, click: Click) -> Reply:
        return OpenView(views.form(await self.roles.opened(click.actor, organisation_of(click.value))))

    async def save(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        form = await read_for(
            lambda: self.roles.opened(submission.actor, about.organisation_id),
            lambda: views.read(submission.form.state, about.version),
        )
        try:
            page = await self.roles.save(submission.actor, about.organisation_id, form)
        except RolesRefusedError as refused:
            return FormErrors(views.errors(refused.roles))
        except StaleRolesError as stale:
            notice = views.changed_meanwhile(stale.page.people, form.people)
            return NextForm(views.form(replace(stale.page, people=form.people), notice=notice))
        return NextForm(views.saved(page))

    async def open_take_over(self, click: Click) -> Reply:
        return OpenView(taking_over.form(await self.taking_over.opened(click.actor, organisation_of(click.value))))

    async def take_over(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        return NextForm(taking_over.done(await self.taking_over.take_over(submission.actor, about.organisation_id)))
