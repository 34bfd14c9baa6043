"""Batches that are downloaded: the button, what is answered at once, and what goes with the file."""

from slack_sdk.models.blocks import ButtonElement

from bot.domain.downloads import BatchNote, Download
from bot.views.ids import ActionId
from bot.views.metadata import BatchRef
from bot.views.text import escape, mention, moment


def button(ref: BatchRef, label: str = "Download", *, is_first: bool = True) -> ButtonElement:
    return ButtonElement(
        action_id=ActionId.DOWNLOAD_BATCH, text=label, value=ref.encode(), style="primary" if is_first else None
    )


def answer(done: Download) -> str:
    name = f"*{escape(done.organisation)}*"
    if done.number is None:
        return f"{name}: nothing of what is due can be put into a file. The cards of those items say why."
    again = ", again" if done.is_again else ""
    published = "" if done.is_again else "; what is in it is published when you have it"
    documents = "1 document" if done.documents == 1 else f"{done.documents:,} documents"
    return (
        f":inbox_tray: {name} · *Batch {done.number}*{again}: {documents}. The file comes to your messages with "
        f"me{published}."
    )


def handed_over(organisation: str, number: int, advice: str, *, is_again: bool) -> str:
    """What stands over the file in the messages of whoever asked for it; `advice` is where it is imported."""
    advice = f"\n{escape(advice)}"
    again = (
        "\n:warning: It was downloaded before: import it only if that was not done yet, or everything is there twice."
        if is_again
        else ""
    )
    return f"*{escape(organisation)}* · *Batch {number}*{again}{advice}"


def came_to_nothing(organisation: str) -> str:
    return (
        f":warning: *{escape(organisation)}*: the file that you asked for could not be put here, and nothing was published by "
        "that. Press *Download* again."
    )


def exported(note: BatchNote) -> str:
    """Of a document that is in somebody's hands."""
    by = "" if note.by is None else f" by {mention(note.by)}"
    at = "" if note.at is None else f", {moment(note.at)}"
    return f":white_check_mark: *Exported* in batch {note.number}{by}{at}"


def in_batch(note: BatchNote | None) -> str:
    number = "a batch" if note is None else f"batch {note.number}"
    return f":inbox_tray: *In {number}*, and published when a bookkeeper or an admin has downloaded it."


READY_NOW = "Ready now"
"""The button that leaves out what is left of the time for Undo."""
READY = ":inbox_tray: *Ready for download*: a bookkeeper or an admin presses *Download*, and then it is published."
