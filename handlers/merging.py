"""Merge lists in Slack: opened, gone through list by list, and carried over."""

from dataclasses import dataclass

from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId
from bot.services.carrying_over import CarryingOver, StillBeingReadError
from bot.services.merging import Merging, NoMergeError, NotTakenError, SourceTakenError, StaleMergeError
from bot.views import merging as views
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, MergeRef, NotOursError, organisation_of, place_of
from handlers.forms import read_for
from handlers.payloads import Click, OptionsQuery, Submission
from handlers.replies import Choices, FormErrors, NextForm, OpenView, Reply, UpdateView
from handlers.routes import Routes

OURS = (CallbackId.MERGE, CallbackId.MERGE_LIST, CallbackId.MERGE_SOURCE)


@dataclass(frozen=True, slots=True)
class MergeHandlers:
    merging: Merging
    carrying: CarryingOver

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.OPEN_MERGE, self.open)
        routes.action(ActionId.OPEN_MERGE_LIST, self.open_list)
        routes.action(ActionId.START_MERGE_OVER, self.start_over)
        routes.action(ActionId.CARRY_REST, self.carry_rest)
        routes.options(ActionId.FIND_MERGED, self.find)
        routes.view(CallbackId.MERGE_SOURCE, self.begin)
        routes.view(CallbackId.MERGE_LIST, self.save_list)
        routes.view(CallbackId.MERGE, self.carry_over)

    async def open(self, click: Click) -> Reply:
        """From Manage, and back from a list."""
        return _shown(click, views.overview(await self.merging.opened(click.actor, organisation_of(click.value))))

    async def open_list(self, click: Click) -> Reply:
        ref = MergeRef.decode(click.value)
        try:
            page = await self.merging.list_opened(click.actor, ref.organisation_id, ref.kind, ref.page)
        except NoMergeError as gone:
            return _shown(click, await self._overview(click, ref.organisation_id, str(gone)))
        return _shown(click, views.list_page(page))

    async def start_over(self, click: Click) -> Reply:
        ref = FormRef.decode(click.value)
        try:
            page = await self.merging.start_over(click.actor, ref.organisation_id, ref.version)
        except StaleMergeError:
            return _shown(click, await self._overview(click, ref.organisation_id, views.STALE))
        return _shown(click, views.overview(page))

    async def carry_rest(self, click: Click) -> Reply:
        organisation_id = organisation_of(click.value)
        try:
            page = await self.carrying.carry_rest(click.actor, organisation_id)
        except NoMergeError as gone:
            return _shown(click, await self._overview(click, organisation_id, str(gone)))
        return _shown(click, views.overview(page, notice="They are being carried over now."))

    async def find(self, query: OptionsQuery) -> Choices:
        if query.form is None:
            return Choices()
        try:
            ref, place = MergeRef.decode(query.form.private_metadata), place_of(query.block_id)
        except NotOursError:
            return Choices()
        found = await self.merging.found(query.actor, ref.organisation_id, place, query.text)
        return Choices() if found is None else Choices(views.options(found))

    async def begin(self, submission: Submission) -> Reply:
        actor, organisation_id = submission.actor, FormRef.decode(submission.form.private_metadata).organisation_id
        source_id = await read_for(
            lambda: self.merging.opened(actor, organisation_id), lambda: views.read_source(submission.form.state)
        )
        if source_id is None:
            await self.merging.opened(actor, organisation_id)
            return FormErrors({BlockId.ORGANISATION: views.CHOOSE})
        try:
            page = await self.merging.begin(actor, organisation_id, source_id)
        except SourceTakenError as taken:
            return FormErrors({BlockId.ORGANISATION: str(taken)})
        return NextForm(views.overview(page))

    async def save_list(self, submission: Submission) -> Reply:
        ref, actor = MergeRef.decode(submission.form.private_metadata), submission.actor
        chosen = await read_for(
            lambda: self.merging.opened(actor, ref.organisation_id),
            lambda: views.read_list(submission.form.state, ref.kind),
        )
        try:
            await self.merging.save_list(actor, ref.organisation_id, ref.kind, ref.version, chosen)
            page = await self.merging.list_opened(actor, ref.organisation_id, ref.kind, ref.page + 1)
        except NotTakenError as wrong:
            return FormErrors({views.block_at(place, ref.version): words for place, words in wrong.places.items()})
        except StaleMergeError:
            now = await self.merging.list_opened(actor, ref.organisation_id, ref.kind, ref.page)
            return NextForm(views.list_page(now, notice=views.STALE))
        except NoMergeError as gone:
            return NextForm(await self._overview(submission, ref.organisation_id, str(gone)))
        if page.page == ref.page:  # it was the last one
            return NextForm(await self._overview(submission, ref.organisation_id))
        return NextForm(views.list_page(page))

    async def carry_over(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata)
        try:
            page = await self.carrying.carry_over(submission.actor, ref.organisation_id, ref.version)
        except StaleMergeError:
            return NextForm(await self._overview(submission, ref.organisation_id, views.STALE))
        except (NoMergeError, SourceTakenError, StillBeingReadError) as error:
            return NextForm(await self._overview(submission, ref.organisation_id, str(error)))
        return NextForm(views.overview(page))

    async def _overview(
        self, asked: Click | Submission, organisation_id: OrganisationId, notice: str | None = None
    ) -> View:
        return views.overview(await self.merging.opened(asked.actor, organisation_id), notice=notice)


def _shown(click: Click, view: View) -> Reply:
    """In the place of what is there, where that is of ours."""
    is_ours = click.form is not None and click.form.callback_id in OURS
    return UpdateView(view) if is_ours else OpenView(view)
