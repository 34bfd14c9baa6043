"""API keys in Slack: the list of an organisation, making one, revoking one."""

from dataclasses import dataclass

from bot.services.api_keys import ApiKeys, TooManyKeysError
from bot.views import api_keys as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, KeyRef, organisation_of
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, UpdateView
from handlers.routes import Routes

REVOKED = ":white_check_mark: The key is revoked: whoever sends with it is refused from now on."


@dataclass(frozen=True, slots=True)
class ApiKeyHandlers:
    keys: ApiKeys

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_API_KEYS, self.open_api_keys)
        routes.action(ActionId.MAKE_API_KEY, self.open_form)
        routes.view(CallbackId.MAKE_API_KEY, self.make)
        routes.action(ActionId.REVOKE_API_KEY, self.revoke)

    async def open_api_keys(self, click: Click) -> Reply:
        return OpenView(views.page(await self.keys.opened(click.actor, organisation_of(click.value))))

    async def open_form(self, click: Click) -> Reply:
        return OpenView(views.form(await self.keys.opened(click.actor, organisation_of(click.value))))

    async def make(self, submission: Submission) -> Reply:
        about = FormRef.decode(submission.form.private_metadata)
        try:
            new = await read_for(
                lambda: self.keys.opened(submission.actor, about.organisation_id),
                lambda: views.read(submission.form.state),
            )
            return NextForm(views.made(await self.keys.make(submission.actor, about.organisation_id, new)))
        except views.KeyRefusedError as refused:
            await self.keys.opened(submission.actor, about.organisation_id)
            return FormErrors(refused.fields)
        except TooManyKeysError as error:
            return FormErrors({BlockId.KEY_NAME: str(error)})

    async def revoke(self, click: Click) -> Reply:
        ref = KeyRef.decode(click.value)
        view = views.page(await self.keys.revoke(click.actor, ref.organisation_id, ref.key_id), notice=REVOKED)
        return UpdateView(view) if click.form is not None else OpenView(view)
