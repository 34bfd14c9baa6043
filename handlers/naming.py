"""Organisations whose software is not called: named in a form, with lists that are typed."""

import asyncio
from dataclasses import dataclass

from bot.domain.books import ListKind
from bot.domain.ids import ChannelId, OrganisationId
from bot.domain.typed_lists import TypedList, TypedListError
from bot.services.managing import Managing
from bot.services.naming import NameTakenError, Naming
from bot.services.typing_lists import TypingLists
from bot.views import manage, typed_lists
from bot.views import naming as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import EntriesRef, ListFileRef, ListRef, NamingRef, NotOursError
from handlers.payloads import Click, Submission
from handlers.replies import BackTo, FormErrors, NextForm, OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes

SAVED = ":white_check_mark: The list is saved. Lines that were understood: all {lines:,}."
FILE_SAVED = ":white_check_mark: The list is saved: {added:,} new, {changed:,} changed, {removed:,} removed."


@dataclass(frozen=True, slots=True)
class NamingHandlers:
    naming: Naming
    lists: TypingLists
    managing: Managing

    def register(self, routes: Routes) -> None:
        routes.view(CallbackId.NAME_BOOKS, self.connect)
        routes.action(ActionId.TYPE_LIST, self.open_list)
        routes.action(ActionId.PREVIOUS_ENTRIES, self.turn_list)
        routes.action(ActionId.NEXT_ENTRIES, self.turn_list)
        routes.action(ActionId.DOWNLOAD_LIST, self.download_list)
        routes.view(CallbackId.TYPED_LIST, self.save_list)
        routes.view(CallbackId.LIST_FILE, self.save_file)

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
        return OpenView(typed_lists.form(await self.lists.opened(click.actor, ref.organisation_id, ref.kind)))

    async def turn_list(self, click: Click) -> Reply:
        ref = EntriesRef.decode(click.value)
        return UpdateView(
            typed_lists.form(await self.lists.opened(click.actor, ref.organisation_id, ref.kind, ref.page))
        )

    async def download_list(self, click: Click) -> Reply:
        ref = EntriesRef.decode(click.value)
        await self.lists.download(click.actor, ref.organisation_id, ref.kind)
        page = await self.lists.opened(click.actor, ref.organisation_id, ref.kind, ref.page)
        return UpdateView(typed_lists.form(page, notice=typed_lists.ON_ITS_WAY))

    async def save_list(self, submission: Submission) -> Reply:
        """What is typed is saved; what a file would do is shown first."""
        ref, actor = ListRef.decode(submission.form.private_metadata), submission.actor
        if ref.kind is None:
            raise NotOursError(submission.form.private_metadata[:60])
        await self.lists.opened(actor, ref.organisation_id, ref.kind)
        address = typed_lists.address_of_file(submission.form.state)
        if address is not None:
            try:
                text = await self.lists.text_of(actor, address)
                typed = await _read(ref.kind, text, is_whole=typed_lists.is_whole(submission.form.state))
                found = await self.lists.previewed(actor, ref.organisation_id, ref.kind, typed, address)
            except TypedListError as error:
                return FormErrors({BlockId.LIST_FILE: str(error)})
            return NextForm(typed_lists.preview(found))
        try:
            typed = typed_lists.read(submission.form.state, ref.kind)
        except views.NotTypedError as wrong:
            return FormErrors(wrong.fields)
        await self.lists.save(actor, ref.organisation_id, ref.kind, typed)
        return await self._saved(submission, ref.organisation_id, SAVED.format(lines=typed.lines))

    async def save_file(self, submission: Submission) -> Reply:
        ref, actor = ListFileRef.decode(submission.form.private_metadata), submission.actor
        await self.lists.opened(actor, ref.organisation_id, ref.kind)
        try:
            text = await self.lists.text_of(actor, ref.address)
            typed = await _read(ref.kind, text, is_whole=ref.is_whole)
            done = await self.lists.save_file(
                actor, ref.organisation_id, ref.kind, typed, ref.address, version=ref.version
            )
        except TypedListError as error:
            return Whisper(f"Nothing is saved. {error}")
        if done.version != ref.version:
            return NextForm(typed_lists.preview(done, notice=typed_lists.CHANGED_MEANWHILE))
        change = done.change
        words = FILE_SAVED.format(added=len(change.added), changed=len(change.changed), removed=len(change.removed))
        return await self._saved(submission, ref.organisation_id, words)

    async def _saved(self, submission: Submission, organisation_id: OrganisationId, notice: str) -> Reply:
        return BackTo(manage.page(await self.managing.opened(submission.actor, organisation_id), notice=notice))


async def _read(kind: ListKind, text: str, *, is_whole: bool) -> TypedList:
    """Of twenty thousand lines that takes half a second, in which others get their answers."""
    return await asyncio.to_thread(typed_lists.read_file, kind, text, is_whole=is_whole)
