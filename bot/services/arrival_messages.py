"""What is told of the files of one message: one reply in its thread that sums them up, and one sign on the message.

Both are rows of the outbox that name the message, so many files make one reply, and what was not sent is sent later.
"""

from collections.abc import Sequence
from uuid import UUID

from bot.db.arrivals import arrivals_of_message, change_arrival, load_arrival
from bot.db.unit_of_work import Tx
from bot.domain.arrivals import AnswerIn, Arrival, ArrivalState
from bot.domain.ids import WorkspaceId
from bot.services.messages import Drawn, Place, Reacted, Shown, Subject, Surface, want
from bot.services.organisations import Named, last_used_first
from bot.services.settings import load_settings, organisation_name
from bot.views import arrivals as views

ANSWER, SIGN = "answer", "sign"
"""Roles of the two."""
READING, ASKING, DONE, WARNING = "eyes", "question", "white_check_mark", "warning"
"""Slack's names of the signs."""


async def tell(tx: Tx, arrival: Arrival) -> None:
    """In the thread of the file's message; where that is not to be had, whoever sent it is told alone."""
    await want(tx, arrival.workspace_id, Subject.ARRIVAL, arrival.subject, _place_of_answer(arrival))
    await sign(tx, arrival)


async def sign(tx: Tx, arrival: Arrival) -> None:
    """The sign on its message, as things stand."""
    if arrival.message is None or arrival.answer_in is AnswerIn.ALONE:
        return
    place = Place(role=SIGN, surface=Surface.REACTION, channel_id=arrival.channel_id, thread_ts=arrival.message.ts)
    await want(tx, arrival.workspace_id, Subject.ARRIVAL, arrival.subject, place)


def _place_of_answer(arrival: Arrival) -> Place:
    message = arrival.message
    if message is None or arrival.answer_in is AnswerIn.ALONE:
        return Place(role=ANSWER, surface=Surface.DIRECT, user_id=arrival.user_id)
    if arrival.is_direct:
        # a conversation with us has nobody else in it, and is none that we could ask Slack about
        return Place(
            role=ANSWER,
            surface=Surface.DIRECT,
            channel_id=arrival.channel_id,
            user_id=arrival.user_id,
            thread_ts=message.thread,
        )
    return Place(
        role=ANSWER,
        surface=Surface.CHANNEL,
        channel_id=arrival.channel_id,
        user_id=arrival.user_id,  # who is told alone, if the channel does not take it
        thread_ts=message.thread,
    )


async def tell_alone(tx: Tx, workspace_id: WorkspaceId, subject: str) -> None:
    """From now on, because the channel does not take it any more."""
    for arrival in await arrivals_of(tx, workspace_id, subject):
        await change_arrival(tx, arrival, answer_in=AnswerIn.ALONE)


async def draw(tx: Tx, message: Shown) -> Drawn | Reacted | None:
    """The drawer of `Subject.ARRIVAL`. Nothing is told while a file of the message is being read: that is told at once."""
    found = await arrivals_of(tx, message.workspace_id, message.subject_id)
    if message.role == SIGN:
        return Reacted(name=_sign_of(found))
    if not found or any(arrival.state is ArrivalState.WAITING and arrival.words is None for arrival in found):
        return None
    names = {
        arrival.organisation_id: await organisation_name(tx, arrival.workspace_id, arrival.organisation_id)
        for arrival in found
        if arrival.organisation_id is not None
    }
    to_choose: tuple[Named, ...] = ()
    if any(arrival.state is ArrivalState.CHOOSING for arrival in found):
        to_choose = await last_used_first(tx, message.workspace_id, found[0].user_id)
    unmatched = {
        arrival.organisation_id
        for arrival in found
        if arrival.state is ArrivalState.STATEMENT
        and arrival.organisation_id is not None
        and not (await load_settings(tx, arrival.workspace_id, arrival.organisation_id)).bank_match
    }
    text, blocks = views.answer(
        found, names, {organisation.id: organisation.name for organisation in to_choose}, unmatched
    )
    return Drawn(text=text, blocks=blocks, comes_back=False)


async def arrivals_of(tx: Tx, workspace_id: WorkspaceId, subject: str) -> Sequence[Arrival]:
    """The files that `Arrival.subject` names."""
    channel, is_message, ts = subject.partition(":")
    if is_message:
        return await arrivals_of_message(tx, workspace_id, channel, ts)
    alone = await load_arrival(tx, workspace_id, UUID(subject))
    return () if alone is None else (alone,)


def _sign_of(arrivals: Sequence[Arrival]) -> str | None:
    """One for all files: what is still to come, then what is asked, then what was refused, then what is in."""
    states = {arrival.state for arrival in arrivals}
    if ArrivalState.WAITING in states:
        return READING
    if states & {ArrivalState.ASKED, ArrivalState.CHOOSING, ArrivalState.STATEMENT}:
        return ASKING
    if ArrivalState.REFUSED in states:
        return WARNING
    return DONE if states & {ArrivalState.ITEM, ArrivalState.ADDED} else None
