"""What is told of files that came in through Slack, and what is asked about them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain import checks
from bot.domain.arrivals import AnswerIn, Arrival, ArrivalState
from bot.domain.documents import DocumentType
from bot.domain.ids import ChannelId, OrganisationId
from bot.views.ids import ActionId
from bot.views.metadata import FilesRef
from bot.views.parts import context
from bot.views.text import escape, moment, mrkdwn

Names = Mapping[OrganisationId, str]

LONGEST_NAME = 60
LONGEST_WARNING = 300
MOST_TOLD = 3
MOST_TO_CHOOSE = 35
"""A message takes fifty blocks, and ten files."""


def read(link: str, channel: ChannelId | None) -> str:
    return f"Read as {link}; its card is in {_where(channel)}."


def read_from_text(link: str, channel: ChannelId | None) -> str:
    """By rules, which may have taken one thing for another."""
    return f"Read from its text as {link}: check it before it is approved. Its card is in {_where(channel)}."


def goes_by_itself(link: str, channel: ChannelId | None) -> str:
    """As `read_from_text`, of what a rule publishes before anybody has to approve it."""
    return (
        f"Read from its text as {link}. It goes to the ledger by itself, if nothing is left to be looked at: check it on its card in "
        f"{_where(channel)}, where *Undo* takes it back."
    )


def kept_unread(link: str, channel: ChannelId | None) -> str:
    return f"Kept as {link}. I can't read pictures yet: press *Fill in* on its card in {_where(channel)}."


def follows(quiet_until: datetime | None) -> str:
    return "" if quiet_until is None else f" It is quiet there until {moment(quiet_until)}: the card follows then."


def never_booked(link: str, channel: ChannelId | None, document_type: DocumentType) -> str:
    """It is kept for people to look up, and there is nothing to approve."""
    return f"Kept as {link}; its card is in {_where(channel)}. {checks.never_booked(document_type)}"


def noticed(words: str, warnings: Sequence[str]) -> str:
    """With what does not agree in the document, so that somebody looks before it is approved."""
    if not warnings:
        return words
    told = " ".join(escape(warning, LONGEST_WARNING) for warning in warnings[:MOST_TOLD])
    more = len(warnings) - MOST_TOLD
    return f"{words} *Please check:* {told}" + (f" And {more} more of this kind." if more > 0 else "")


def known(link: str, state: str) -> str:
    return f"This file is already here as {link} ({state}); nothing was added."


def shared_before(arrival: Arrival) -> str:
    """To whoever shares a file that was shared there before."""
    words = arrival.words or "What is asked about it stands under that message: answer there."
    return f"{file_name(arrival)} was shared here before, so nothing was added. {words}"


def refused(reason: str) -> str:
    return f"This file was not added. {reason}"


def being_read(organisation: str) -> str:
    """After an answer, until it is there."""
    return f"I am reading it for *{escape(organisation)}*."


def declined(user: str) -> str:
    return f"{user} says that this is no bill, so nothing was added."


def answer(
    arrivals: Sequence[Arrival], names: Names, to_choose: Names, unmatched: Collection[OrganisationId] = ()
) -> tuple[str, tuple[Block, ...]]:
    """The files of one message, summed up; with buttons where something is asked. `unmatched`: whose costs are not matched with
    bank lines, so that no statement can be added.
    """
    lines = [_about(arrival, names, unmatched, is_one=len(arrivals) == 1) for arrival in arrivals]
    choosing = [arrival for arrival in arrivals if arrival.state is ArrivalState.CHOOSING]
    text = "\n".join([*_head(arrivals), *lines])
    asked = [arrival for arrival in arrivals if arrival.state is ArrivalState.ASKED]
    statements = [
        arrival
        for arrival in arrivals
        if arrival.state is ArrivalState.STATEMENT and arrival.organisation_id not in unmatched
    ]
    if not choosing and not asked and not statements:
        return text, ()
    blocks: list[Block] = [SectionBlock(text=mrkdwn(line)) for line in text.splitlines()]
    blocks += [_yes_or_no(arrival) for arrival in asked]
    blocks += [_to_add(arrival) for arrival in statements]
    if choosing:
        blocks += _choice(choosing[0], to_choose)
    return text, tuple(blocks)


def _head(arrivals: Sequence[Arrival]) -> Iterator[str]:
    first = arrivals[0]
    files = "the file" if len(arrivals) == 1 else f"the {len(arrivals)} files"
    if not first.is_direct and (first.message is None or first.answer_in is AnswerIn.ALONE):
        yield f"About {files} you sent from <#{first.channel_id}>:"
    elif len(arrivals) > 1:
        yield f"{len(arrivals)} files:"


def _about(arrival: Arrival, names: Names, unmatched: Collection[OrganisationId], *, is_one: bool) -> str:
    words = arrival.words or _question(arrival, names, unmatched)
    return words if is_one else f"• *{file_name(arrival)}*: {words}"


def _question(arrival: Arrival, names: Names, unmatched: Collection[OrganisationId]) -> str:
    match arrival.state:
        case ArrivalState.ASKED:
            organisation = "" if arrival.organisation_id is None else names.get(arrival.organisation_id, "")
            return f"*{escape(organisation)}*: is the picture {file_name(arrival)} a bill? Whoever dropped it, or a bookkeeper, can say."
        case ArrivalState.STATEMENT:
            organisation = "" if arrival.organisation_id is None else names.get(arrival.organisation_id, "")
            if arrival.organisation_id in unmatched:
                return (
                    f"*{escape(organisation)}*: {file_name(arrival)} is a statement of a bank. Bank match is switched off for these "
                    "books, so nothing would look at its lines. An admin of this organisation can switch it on with `/dext settings "
                    "bank`; then *Add the statement* comes here."
                )
            return (
                f"*{escape(organisation)}*: {file_name(arrival)} is a statement of a bank. A bookkeeper can add its lines, so that "
                "costs are matched with them."
            )
        case ArrivalState.CHOOSING:
            return f"Which organisation is {file_name(arrival)} for?"
        case _:
            return "It is being read."


def _yes_or_no(arrival: Arrival) -> Block:
    value = str(arrival.id)
    return ActionsBlock(
        block_id=f"asked:{value}",
        elements=[
            ButtonElement(action_id=ActionId.TAKE_PICTURE, text="Yes, a bill", value=value, style="primary"),
            ButtonElement(action_id=ActionId.LEAVE_PICTURE, text="No", value=value),
        ],
    )


def _to_add(arrival: Arrival) -> Block:
    value = str(arrival.id)
    button = ButtonElement(action_id=ActionId.ADD_STATEMENT, text="Add the statement", value=value, style="primary")
    return ActionsBlock(block_id=f"statement:{value}", elements=[button])


def _choice(arrival: Arrival, to_choose: Names) -> Iterator[Block]:
    subject = arrival.subject
    for organisation_id, name in list(to_choose.items())[:MOST_TO_CHOOSE]:
        ref = FilesRef(organisation_id, subject).encode()
        yield SectionBlock(
            text=mrkdwn(f"*{escape(name)}*"),
            accessory=ButtonElement(action_id=ActionId.SEND_FILES, text="This one", value=ref),
        )
    if len(to_choose) > MOST_TO_CHOOSE:
        yield context("These are the ones that you used last. For another one, drop the file in a channel of its own.")


def file_name(arrival: Arrival) -> str:
    return escape(arrival.name or "the file", LONGEST_NAME)


def _where(channel: ChannelId | None) -> str:
    return "your messages with me" if channel is None else f"<#{channel}>"
