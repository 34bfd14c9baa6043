"""Statements of banks: the command, the button, and the form that a file is put in."""

from dataclasses import dataclass

from bot.domain.ids import OrganisationId
from bot.domain.slack import Actor
from bot.services.organisations import Organisations
from bot.services.statements import StatementRefusedError, Statements
from bot.views import statements as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef, arrival_of, organisation_of
from handlers.forms import read_for
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes

OPEN = (ActionId.OPEN_STATEMENT, "Add a statement")


@dataclass(frozen=True, slots=True)
class StatementHandlers:
    statements: Statements
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command("statement", self.command, "add a statement of your bank (OFX or CSV), to match costs with")
        routes.action(ActionId.OPEN_STATEMENT, self.open_statement)
        routes.action(ActionId.ADD_STATEMENT, self.open_dropped)
        routes.view(CallbackId.STATEMENT, self.add)

    async def command(self, command: Command) -> Reply:
        return await where_meant(self.organisations, command, self._form, OPEN)

    async def open_statement(self, click: Click) -> Reply:
        return await self._form(click.actor, organisation_of(click.value))

    async def open_dropped(self, click: Click) -> Reply:
        return OpenView(views.form(*await self.statements.dropped(click.actor, arrival_of(click.value))))

    async def add(self, submission: Submission) -> Reply:
        ref, actor = FormRef.decode(submission.form.private_metadata), submission.actor
        form = await read_for(
            lambda: self.statements.opened(actor, ref.organisation_id), lambda: views.read(submission.form.state)
        )
        try:
            chosen = {"bank_account": form.bank_account, "order": form.order}
            if ref.form_id is not None:
                added = await self.statements.add_dropped(actor, ref.form_id, **chosen)
            else:
                added = await self.statements.add(actor, ref.organisation_id, form.address, **chosen)
        except StatementRefusedError as refused:
            return FormErrors(views.wrong_at(refused.fields, submission.form.state))
        return NextForm(views.added(added))

    async def _form(self, actor: Actor, organisation_id: OrganisationId) -> Reply:
        return OpenView(views.form(await self.statements.opened(actor, organisation_id)))
