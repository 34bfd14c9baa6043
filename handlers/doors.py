"""The doors in Slack's own menus and conversations: a dropped file, "Send to Dext", "New item", and what they ask."""

from dataclasses import dataclass

from bot.domain.documents import Facts
from bot.domain.editing import Edit
from bot.domain.ids import ChannelId, OrganisationId
from bot.domain.slack import Actor
from bot.services.doors import Doors
from bot.services.item_forms import ItemForms
from bot.services.organisations import Organisations
from bot.services.questions import Questions
from bot.views import doors as views
from bot.views import item_form
from bot.views.ids import ActionId, ShortcutId
from bot.views.message_text import as_typed
from bot.views.metadata import FilesRef, arrival_of, organisation_of
from bot.views.organisations import NOTHING_CONNECTED
from handlers.organisations import where_meant
from handlers.payloads import Click, Command, Event, Shortcut
from handlers.replies import OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class DoorHandlers:
    doors: Doors
    questions: Questions
    forms: ItemForms
    organisations: Organisations

    def register(self, routes: Routes) -> None:
        routes.command("add", self.add, "type a bill into a form; or drop a file in the approvals channel")
        routes.shortcut(ShortcutId.NEW_ITEM, self.new_item)
        routes.action(ActionId.OPEN_ADD_ITEM, self.open_add_item)
        routes.event("file_shared", self.file_shared)
        routes.shortcut(ShortcutId.SEND_MESSAGE, self.send_message)
        routes.action(ActionId.SEND_FILES, self.send_files)
        routes.action(ActionId.TAKE_PICTURE, self.take_picture)
        routes.action(ActionId.LEAVE_PICTURE, self.leave_picture)

    async def add(self, command: Command) -> Reply:
        return await self._ask(command)

    async def new_item(self, shortcut: Shortcut) -> Reply:
        return await self._ask(shortcut)

    async def open_add_item(self, click: Click) -> Reply:
        """Where it was asked which organisation, the words that the form is to begin with have travelled along."""
        words = click.form.private_metadata if click.form is not None else ""
        return await self._form(click.actor, organisation_of(click.value), words)

    async def file_shared(self, event: Event) -> Reply:
        channel, file = event.event.get("channel_id"), event.event.get("file_id")
        if channel and file:
            await self.doors.dropped(event.actor, ChannelId(str(channel)), str(file))
        return None

    async def send_message(self, shortcut: Shortcut) -> Reply:
        """Its files; of a message without any, its words are what a new item is described by."""
        message = shortcut.message
        if message is None or not shortcut.file_ids:
            return await self._ask(shortcut, as_typed(shortcut.text))
        sent = await self.doors.send(shortcut.actor, message, shortcut.file_ids)
        if not sent.is_anything_connected:
            return Whisper(NOTHING_CONNECTED)
        if sent.to_choose:
            names = {organisation.id: organisation.name for organisation in sent.to_choose}
            return OpenView(views.which_organisation(names, sent.subject, sent.known, sent.left))
        if sent.known or sent.left:
            return OpenView(views.here_already(sent.organisation, sent.known, sent.left))
        if sent.is_unbound and sent.organisation is not None:
            return OpenView(views.chosen(sent.organisation))
        return None

    async def send_files(self, click: Click) -> Reply:
        ref = FilesRef.decode(click.value)
        name = await self.questions.choose(click.actor, ref.subject, ref.organisation_id)
        return None if click.form is None else UpdateView(views.chosen(name))

    async def take_picture(self, click: Click) -> Reply:
        await self.questions.take(click.actor, arrival_of(click.value))
        return None

    async def leave_picture(self, click: Click) -> Reply:
        await self.questions.leave(click.actor, arrival_of(click.value))
        return None

    async def _ask(self, request: Command | Shortcut, words: str = "") -> Reply:
        async def form(actor: Actor, organisation_id: OrganisationId) -> Reply:
            return await self._form(actor, organisation_id, words)

        return await where_meant(
            self.organisations, request, form, (ActionId.OPEN_ADD_ITEM, "Add here"), metadata=words
        )

    async def _form(self, actor: Actor, organisation_id: OrganisationId, words: str = "") -> Reply:
        typed = Edit(facts=Facts(note=words)) if words else None
        return OpenView(item_form.form(await self.forms.new(actor, organisation_id, typed)))
