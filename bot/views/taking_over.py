"""An organisation that nobody can give roles in any more: the offer to become its admin, the form that asks, the news."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId, UserId
from bot.domain.managing import TakeOver
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.text import escape, mention, plain

MOST_NAMED = 5


def offer(organisation_id: OrganisationId, lost: Mapping[UserId, str]) -> list[Block]:
    """On the Manage page of somebody who may."""
    button = ButtonElement(action_id=ActionId.TAKE_OVER, text="Take over", value=str(organisation_id))
    words = f":warning: *Nobody can change its settings and roles.* {_reasons(lost)} You can take over as its admin."
    return [section(words), ActionsBlock(elements=[button])]


def form(found: TakeOver) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.TAKE_OVER,
        title=PlainTextObject(text="Take over"),
        submit=PlainTextObject(text="Take over"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(found.organisation_id).encode(),
        blocks=[
            HeaderBlock(text=plain(found.organisation, 150)),
            section(f"*Why it can be taken over*\n{_reasons(found.lost)}"),
            section(
                "*What will happen*\n• You become its admin: you can change its settings, roles and channels.\n"
                "• Nothing else changes. Whoever has a role keeps it, until you change that under *Change roles*.\n"
                "• It is told where its alerts go, and recorded, with your name."
            ),
        ],
    )


def done(found: TakeOver) -> View:
    """What the form turns into."""
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Taken over"),
        clear_on_close=True,  # the page under it shows how it stood before
        close=PlainTextObject(text="Close"),
        blocks=[
            HeaderBlock(text=plain(found.organisation, 150)),
            section(
                ":white_check_mark: You are its admin now, and others were told. *Manage*, in Dext's Home, has its "
                "settings, roles and channels."
            ),
        ],
    )


def news(found: TakeOver, by: UserId) -> str:
    return (
        f":lock: {mention(by)} took over as admin of *{escape(found.organisation)}*, because nobody could change its "
        f"settings and roles any more. {_reasons(found.lost)}"
    )


def _reasons(lost: Mapping[UserId, str]) -> str:
    if not lost:
        return "It has no admin."
    named = [f"{mention(user)} {reason}" for user, reason in list(lost.items())[:MOST_NAMED]]
    more = f", and {len(lost) - MOST_NAMED} more like these" if len(lost) > MOST_NAMED else ""
    return f"Of its admins, {', '.join(named)}{more}."
