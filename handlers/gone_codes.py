"""What is archived in the ledger, and items that wait or rules say: what is proposed in its place by one press, or another one."""

from dataclasses import dataclass

from bot.domain.gone_codes import Code
from bot.services.choices import NotOfferedError
from bot.services.replacing import NothingGoneError, Replacing
from bot.views import gone_codes as views
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import GoneRef
from handlers.forms import read_for
from handlers.payloads import Click, Submission
from handlers.replies import FormErrors, NextForm, OpenView, Reply, Whisper
from handlers.routes import Routes

CHOOSE_ONE = "Choose what stands in its place."


@dataclass(frozen=True, slots=True)
class GoneCodeHandlers:
    replacing: Replacing

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.USE_INSTEAD, self.use_proposed)
        routes.action(ActionId.USE_SECOND_INSTEAD, self.use_proposed)
        routes.action(ActionId.USE_THIRD_INSTEAD, self.use_proposed)
        routes.action(ActionId.CHOOSE_INSTEAD, self.ask_for_another)
        routes.view(CallbackId.CHOOSE_INSTEAD, self.use_chosen)

    async def use_proposed(self, click: Click) -> Reply:
        ref = GoneRef.decode(click.value)
        try:
            done = await self.replacing.replace(click.actor, ref.organisation_id, _code(ref), ref.by)
        except (NothingGoneError, NotOfferedError) as error:
            return Whisper(str(error))
        return Whisper(views.replaced(done))

    async def ask_for_another(self, click: Click) -> Reply:
        ref = GoneRef.decode(click.value)
        try:
            gone = await self.replacing.asked(click.actor, ref.organisation_id, _code(ref))
        except NothingGoneError as error:
            return Whisper(str(error))
        return OpenView(views.form(ref.organisation_id, _code(ref), gone))

    async def use_chosen(self, submission: Submission) -> Reply:
        ref = GoneRef.decode(submission.form.private_metadata)
        actor, code = submission.actor, _code(ref)
        try:
            chosen = await read_for(
                lambda: self.replacing.asked(actor, ref.organisation_id, code),
                lambda: views.read(submission.form.state, code),
            )
            if chosen is None:
                await self.replacing.asked(actor, ref.organisation_id, code)
                return FormErrors({views.block_of(code): CHOOSE_ONE})
            done = await self.replacing.replace(actor, ref.organisation_id, code, chosen)
        except (NothingGoneError, NotOfferedError) as error:
            return FormErrors({views.block_of(code): str(error)})
        return NextForm(views.done(done))


def _code(ref: GoneRef) -> Code:
    return Code(ref.kind, ref.key, ref.of)
