"""Organisations whose software is not called: named in a form, with lists that are typed."""

from dataclasses import dataclass

from bot.domain.ids import ChannelId
from bot.domain.typed_lists import TypedListError
from bot.services.managing import Managing
from bot.services.naming import NameTakenError, Naming
from bot.services.typing_lists import TypingLists
from bot.views import manage
from bot.views import naming as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import ListRef, NamingRef, NotOursError
from handlers.payloads import Click, Submission
from handlers.replies import BackTo, FormErrors, NextForm, OpenView, Reply
from handlers.routes import Routes

SAVED = ":white_check_mark: The list is saved. Lines that were understood: all {lines:,}."


@dataclass(frozen=True, slots=True)
class NamingHandlers:
    naming: Naming
    lists: TypingLists
    managing: Managing

    def register(self, routes: Routes) -> None:
        routes.view(CallbackId.NAME_BOOKS, self.connect)
        routes.action(ActionId.TYPE_LIST, self.open_list)
        routes.view(CallbackId.TYPED_LIST, self.save_list)

    async def connect(self, submission: Submission) -> Reply:
        ref = NamingRef.decode(submission.form.private_metadata)
        page = await self.naming.opened(submission.actor, ref.package, ref.organisation_id)
        try:
            named = views.read(submission.form.state, page)
            organisation_id = await self.naming.connect(
                submission.actor,
                ref.package,
                named,
                channel_id=ChannelId(ref.channel) if ref.channel else None,
                organisation_id=ref.organisation_id,
            )
        except views.NotTypedError as wrong:
            return FormErrors(wrong.fields)
        except NameTakenError as taken:
            return FormErrors({BlockId.BOOKS_NAME: str(taken)})
        return NextForm(views.named(named.name, organisation_id))

    async def open_list(self, click: Click) -> Reply:
        ref = ListRef.decode(click.value)
        if ref.kind is None:
            raise NotOursError(click.value[:60])
        return OpenView(views.list_form(await self.lists.opened(click.actor, ref.organisation_id, ref.kind)))

    async def save_list(self, submission: Submission) -> Reply:
        ref, actor = ListRef.decode(submission.form.private_metadata), submission.actor
        if ref.kind is None:
            raise NotOursError(submission.form.private_metadata[:60])
        await self.lists.opened(actor, ref.organisation_id, ref.kind)
        try:
            address = views.address_of_file(submission.form.state)
            of_file = None if address is None else await self.lists.text_of(actor, address)
            typed = views.read_list(submission.form.state, ref.kind, of_file)
        except views.NotTypedError as wrong:
            return FormErrors(wrong.fields)
        except TypedListError as error:
            return FormErrors({BlockId.LIST_FILE: str(error)})
        await self.lists.save(actor, ref.organisation_id, ref.kind, typed)
        return BackTo(
            manage.page(await self.managing.opened(actor, ref.organisation_id), notice=SAVED.format(lines=typed.lines))
        )
