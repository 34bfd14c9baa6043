"""Which organisation: asked where a command could mean several."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, ButtonElement, PlainTextObject, SectionBlock
from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId
from bot.views.ids import ActionId, CallbackId
from bot.views.parts import context
from bot.views.text import escape, mrkdwn

MOST_ORGANISATIONS = 40
"""That can be chosen from at once."""
NOTHING_CONNECTED = (
    "Nothing is connected yet, so there is nothing to do that with. An admin can type `/dext connect` to connect your "
    "accounting software."
)


def choose_modal(names: Mapping[OrganisationId, str], action: ActionId, verb: str, *, metadata: str = "") -> View:
    """A row for each organisation; its button does what was asked, there. `metadata` is kept for it."""
    blocks: list[Block] = [SectionBlock(text=mrkdwn("*Which organisation?*"))]
    blocks += [
        SectionBlock(
            text=mrkdwn(f"*{escape(name)}*"),
            accessory=ButtonElement(action_id=action, text=verb, value=str(organisation_id)),
        )
        for organisation_id, name in names.items()
    ]
    if len(names) >= MOST_ORGANISATIONS:
        blocks.append(
            context("These are the ones that you used last. For another one, do this in a channel of its own.")
        )
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Which organisation?"),
        close=PlainTextObject(text="Close"),
        private_metadata=metadata,
        blocks=blocks,
    )
