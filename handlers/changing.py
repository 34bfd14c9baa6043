"""Change organisation in Slack: the button in Manage, the form that asks first, and the way out to sign in."""

from dataclasses import dataclass

from bot.services.changing import Changing, WrongNameError
from bot.views import changing as views
from bot.views import connecting
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, organisation_of
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ChangeHandlers:
    changing: Changing

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_CHANGE, self.open)
        routes.view(CallbackId.CHANGE_ORGANISATION, self.begin)

    async def open(self, click: Click) -> Reply:
        return OpenView(views.form(await self.changing.opened(click.actor, organisation_of(click.value))))

    async def begin(self, submission: Submission) -> Reply:
        organisation_id = FormRef.decode(submission.form.private_metadata).organisation_id
        package, typed = views.read(submission.form.state)
        try:
            page, chosen, address = await self.changing.begin(submission.actor, organisation_id, package, typed)
        except WrongNameError as wrong:
            return FormErrors({BlockId.BOOKS_NAME: str(wrong)})
        return NextForm(connecting.change_modal(chosen, address, page.organisation))
