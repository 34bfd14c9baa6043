"""The lines of an item: from page to page, one more, one less, all alike, and back to the item's own form."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.editing import Edit
from bot.domain.forms import ItemPage
from bot.domain.lines import added, merged, removed, totals_taken
from bot.services.drafts import DraftRef, Drafts, LinesDifferError
from bot.services.item_forms import ItemForms
from bot.views import item_form, lines_form
from bot.views.ids import ActionId, CallbackId
from bot.views.lines_form import LAST_PAGE
from bot.views.metadata import FormRef, NotOursError
from handlers.payloads import Click, OpenForm, Submission
from handlers.replies import BackTo, FormErrors, NextForm, OpenView, Reply, UpdateView, Whisper
from handlers.routes import Routes


def same(edit: Edit) -> Edit:
    return edit


@dataclass(frozen=True, slots=True)
class LineHandlers:
    drafts: Drafts
    forms: ItemForms

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.EDIT_LINES, self.edit_lines)
        routes.action(ActionId.ADD_LINE, self.add_line)
        routes.action(ActionId.REMOVE_LINE, self.remove_line)
        routes.action(ActionId.PREVIOUS_LINES, self.turn)
        routes.action(ActionId.NEXT_LINES, self.turn)
        routes.action(ActionId.WORK_OUT_LINES, self.work_out)
        routes.action(ActionId.MERGE_LINES, self.merge_lines)
        routes.action(ActionId.TAKE_TOTALS, self.take_totals)
        routes.action(ActionId.ASK_TO_CODE_LINES, self.ask_to_code)
        routes.view(CallbackId.CODE_LINES, self.code_alike)
        routes.view(CallbackId.LINES, self.finish)

    async def edit_lines(self, click: Click) -> Reply:
        """They are worked on with what is typed above them; what is wrong there would be lost, and is told instead."""
        open_form = _form_of(click)
        ref = FormRef.decode(open_form.private_metadata)
        draft = _draft_of(ref)
        page = await self.forms.editing(click.actor, draft.item_id, form_id=draft.form_id)
        found = item_form.read(open_form.state, page)
        if found.wrong:
            return Whisper(f"Before you open the lines: {next(iter(found.wrong.values()))}")
        return OpenView(lines_form.form(await self.drafts.begin(click.actor, draft, found.edit), ref.version))

    async def add_line(self, click: Click) -> Reply:
        return await self._kept(click, added, LAST_PAGE)

    async def remove_line(self, click: Click) -> Reply:
        place = _number(click.value)
        return await self._kept(click, lambda edit: removed(edit, place))

    async def turn(self, click: Click) -> Reply:
        return await self._kept(click, same, _number(click.value))

    async def work_out(self, click: Click) -> Reply:
        return await self._kept(click, same)

    async def merge_lines(self, click: Click) -> Reply:
        return await self._kept(click, merged, 0)

    async def take_totals(self, click: Click) -> Reply:
        return await self._kept(click, totals_taken)

    async def ask_to_code(self, click: Click) -> Reply:
        """In the place of the lines, as there may be no room over them. What is typed on the page is kept first."""
        open_form = _form_of(click)
        ref = FormRef.decode(open_form.private_metadata)
        page = await self.drafts.opened(click.actor, _draft_of(ref))
        typed = lines_form.read(open_form.state, page, ref)
        if typed.wrong:
            return _wrong(page, ref, typed)
        page = await self.drafts.type(click.actor, _draft_of(ref), typed.lines)
        return UpdateView(lines_form.alike_form(page, ref))

    async def code_alike(self, submission: Submission) -> Reply:
        ref = FormRef.decode(submission.form.private_metadata)
        page = await self.drafts.opened(submission.actor, _draft_of(ref))
        codes = lines_form.read_alike(submission.form.state, page)
        page = await self.drafts.code_alike(submission.actor, _draft_of(ref), codes)
        return NextForm(lines_form.form(page, ref.version, ref.page))

    async def finish(self, submission: Submission) -> Reply:
        ref, state = FormRef.decode(submission.form.private_metadata), submission.form.state
        page = await self.drafts.opened(submission.actor, _draft_of(ref))
        typed = lines_form.read(state, page, ref)
        if typed.wrong:
            return FormErrors(typed.wrong)
        try:
            page = await self.drafts.finish(submission.actor, _draft_of(ref), typed.lines)
        except LinesDifferError as error:
            return FormErrors(lines_form.differ(error.balance, page, ref))
        return BackTo(item_form.form(page, version=ref.version))

    async def _kept(self, click: Click, then: Callable[[Edit], Edit], number: int | None = None) -> Reply:
        """What is typed on the page is kept, and what was pressed done; where something is wrong, it is told and waits."""
        open_form = _form_of(click)
        ref = FormRef.decode(open_form.private_metadata)
        page = await self.drafts.opened(click.actor, _draft_of(ref))
        typed = lines_form.read(open_form.state, page, ref)
        number = ref.page if number is None else number
        if typed.wrong:
            return _wrong(page, ref, typed)
        page = await self.drafts.type(click.actor, _draft_of(ref), typed.lines, then)
        return UpdateView(lines_form.form(page, ref.version, number))


def _wrong(page: ItemPage, ref: FormRef, typed: lines_form.LinesTyped) -> Reply:
    """The page as it is, with what has to be put right on it."""
    return UpdateView(lines_form.form(page, ref.version, ref.page, notice=lines_form.wrong_words(typed)))


def _form_of(click: Click) -> OpenForm:
    if click.form is None:
        raise NotOursError("lines are pressed in their form")
    return click.form


def _draft_of(ref: FormRef) -> DraftRef:
    if ref.item_id is None or ref.form_id is None:
        raise NotOursError("a form with lines, without its draft")
    return DraftRef(item_id=ref.item_id, form_id=ref.form_id, revision=ref.revision)


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise NotOursError(value[:60])
    return int(value)
