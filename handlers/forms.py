"""How forms are answered. Whoever may not send one is told that, and nothing about what is in it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from slack_sdk.models.views import View

from bot.services.saving_settings import StaleFormError
from bot.services.settings_pages import FormRefusedError
from bot.views.fields import Fields, redrawn
from bot.views.metadata import FormRef, NotOursError
from bot.views.settings import STALE
from handlers.payloads import Submission
from handlers.replies import FormErrors, NextForm, Reply

T = TypeVar("T")
Page = TypeVar("Page")
Page_contra = TypeVar("Page_contra", contravariant=True)
NO_BLOCKS: Mapping[str, str] = {}


async def read_for(may_send: Callable[[], Awaitable[object]], read: Callable[[], T]) -> T:
    """What a form says. Rights are asked where it is saved; where it cannot be read it never comes to that, so they are
    asked here, before the form is called outdated.

    Raises:
        NotOursError: it is not as our forms are.
        NotAllowedError, and what else `may_send` raises: that comes first.
    """
    try:
        return read()
    except NotOursError:
        await may_send()
        raise


class FormOf(Protocol[Page_contra]):
    def __call__(self, page: Page_contra, /, *, notice: str | None = None) -> View: ...


async def answered(
    saving: Awaitable[Page],
    opened: Callable[[], Awaitable[Page]],
    form: FormOf[Page],
    saved: Callable[[Page], View],
    block_of: Callable[[str], str] = str,
) -> Reply:
    """To a form of settings: what is saved; or the sentences about its fields, where `block_of` says they stand; or, where
    somebody else saved meanwhile, the form as it is now.
    """
    try:
        return NextForm(saved(await saving))
    except FormRefusedError as refused:
        return FormErrors({block_of(field): sentence for field, sentence in refused.fields.items()})
    except StaleFormError:
        return NextForm(form(await opened(), notice=STALE))


def anew(form: FormOf[Page]) -> FormOf[Page]:
    """The form with nothing left in it of what was entered before it was drawn again; it is read back by `entered`."""

    def drawn(page: Page, /, *, notice: str | None = None) -> View:
        view = form(page, notice=notice)
        return redrawn(view, FormRef.decode(view.private_metadata or ""))

    return drawn


def placed(submission: Submission, blocks: Mapping[str, str] = NO_BLOCKS) -> Callable[[str], str]:
    """Where the sentence about a field stands in the form that was sent, drawn anew or not."""
    found = Fields(submission.form.state)
    return lambda field: found.named(blocks.get(field, field))
