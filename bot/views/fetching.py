"""Why a file's bytes are not to be had, and what to do. Each is the end of "This file was not added."."""

from bot.views.text import escape

BY_HAND = "or type it in with `/dext add`."

NOT_INSTALLED = "the app is not installed just now"
AWAY = "Slack has trouble of its own"
INCOMPLETE = "it came incomplete"
COMPRESSED = "it came compressed, which Slack's files do not"
"""Of what may pass: parts of a sentence."""

ELSEWHERE = f"It is not stored in Slack itself. Download it and drop the file here, {BY_HAND}"
DELETED = f"It was deleted in Slack. Drop it again, {BY_HAND}"
HIDDEN = f"Slack hides it, because the workspace has reached its plan's limit. Drop it again, {BY_HAND}"
OTHER_COMPANY = f"It is from another company's workspace. Download it and drop the file here yourself, {BY_HAND}"
UNSEEN = f"Slack does not let me see it. Drop it again, {BY_HAND}"
NOT_IN_IT = (
    "Slack does not let me see it, because I am not in that channel, or it was deleted. Type `/invite @Dext` there and "
    "choose *Send to Dext* again, or send me the file in a message of your own."
)
NO_RIGHT = (
    "Slack wants the right to read files. Ask an admin to install the app again, with the scope files:read, then drop it "
    f"again, {BY_HAND}"
)


def not_handed_over(reason: str) -> str:
    """By Slack's word for it."""
    return f"Slack did not hand it over ({escape(reason, 60)}). Drop it again, {BY_HAND}"


def too_large(mebibytes: int) -> str:
    return f"It is larger than {mebibytes} MiB. Send a smaller one, {BY_HAND}"
