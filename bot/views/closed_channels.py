"""A channel takes nothing any more: what is told to an organisation's admins, with the button that chooses another one."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.domain.ids import OrganisationId
from bot.views.ids import ActionId
from bot.views.parts import section
from bot.views.text import escape


def closed(channel: str, reason: str, bot_user_id: str, organisation: str | None) -> str:
    """Why, and what to do; `reason` is Slack's word, or ours."""
    where = f"<#{channel}>{_of(organisation)}"
    match reason:
        case "shared_outside":
            return (
                f"I do not post in {where} any more, because another company reads along there, and what is in the books "
                "is not for them. What is to be shown there waits: choose another channel in the settings "
                "(`/dext channels`), or end the sharing."
            )
        case "is_archived" | "is_inactive":
            return (
                f"I could not post in {where}, because it was archived. What is to be shown there waits: "
                "choose another channel (`/dext channels`), or bring it back."
            )
        case "is_deleted":
            return (
                f"I could not post in {where}, because it was deleted. What is to be shown there waits: choose another channel "
                "(`/dext channels`)."
            )
        case _:
            return (
                f"I could not post in {where}, because I am not in it. Type this line there, and what waits is "
                f"posted within the hour:\n/invite <@{bot_user_id}>"
            )


def is_open(channel: str, organisation: str | None) -> str:
    """It takes messages again."""
    return f":white_check_mark: <#{channel}>{_of(organisation)}: what waited for it goes out again."


def is_replaced(channel: str, organisation: str | None) -> str:
    """Another one was chosen, or it was unbound."""
    return f":white_check_mark: <#{channel}>{_of(organisation)} is not used any more: what waited for it goes where it belongs now."


def _of(organisation: str | None) -> str:
    return "" if organisation is None else f", a channel of *{escape(organisation)}*"


def blocks(text: str, organisation_id: OrganisationId | None) -> tuple[Block, ...]:
    if organisation_id is None:
        return ()
    button = ButtonElement(action_id=ActionId.OPEN_CHANNELS, text="Choose channels", value=str(organisation_id))
    return (section(text), ActionsBlock(elements=[button]))
