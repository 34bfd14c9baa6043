"""Modals of "Send to Dext"."""

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, PlainTextObject, SectionBlock
from slack_sdk.models.views import View

from bot.domain.arrivals import MOST_FILES, Arrival
from bot.domain.ids import OrganisationId
from bot.views.arrivals import file_name
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import FilesRef
from bot.views.text import escape, mrkdwn


def which_organisation(names: Mapping[OrganisationId, str], subject: str, known: Sequence[Arrival], left: int) -> View:
    """A row for each organisation; its button sends the files there."""
    blocks: list[Block] = [SectionBlock(text=mrkdwn("*Which organisation are these files for?*"))]
    blocks += [
        SectionBlock(
            text=mrkdwn(f"*{escape(name)}*"),
            accessory=ButtonElement(
                action_id=ActionId.SEND_FILES, text="This one", value=FilesRef(organisation_id, subject).encode()
            ),
        )
        for organisation_id, name in names.items()
    ]
    return _modal([*blocks, *_notes(known, left)])


def here_already(organisation: str | None, known: Sequence[Arrival], left: int) -> View:
    """What is not taken of a message, and why."""
    head: list[Block] = [] if organisation is None else [SectionBlock(text=mrkdwn(f"*{escape(organisation)}*"))]
    return _modal([*head, *_notes(known, left)])


def chosen(organisation: str) -> View:
    """They are taken: where an answer will stand, for whoever may see no sign of it at the message."""
    words = f"*{escape(organisation)}*\n:white_check_mark: I am reading what you sent. What becomes of it is told in the thread of the message, or in your messages with me where I cannot write."
    return _modal([SectionBlock(text=mrkdwn(words))])


def _notes(known: Sequence[Arrival], left: int) -> Iterator[Block]:
    for arrival in known:
        words = arrival.words or "It is being read already."
        yield SectionBlock(text=mrkdwn(f"*{file_name(arrival)}*: {words}"))
    if left:
        files = "1 more file" if left == 1 else f"{left} more files"
        words = f"I take {MOST_FILES} files of a message, and this one has {files}. Send those in another message."
        yield SectionBlock(text=mrkdwn(f":warning: {words}"))


def _modal(blocks: Sequence[Block]) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Send to Dext"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )
