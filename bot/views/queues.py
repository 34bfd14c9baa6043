"""One card for what waits at an organisation's ledger, while it waits; then what came of it."""

from bot.domain.queues import Drained, HeldUpBy, Queue
from bot.views.connections import Message
from bot.views.parts import context, section
from bot.views.text import escape, moment, plain

WHY = {
    HeldUpBy.ASKED: "{ledger} takes nothing for now",
    HeldUpBy.SPENT: "{ledger} takes no more requests today",
    HeldUpBy.SILENT: "{ledger} gives no clear answer",
    HeldUpBy.LOST: "the connection to {ledger} has ended",
    HeldUpBy.FULL: "{ledger} takes no more requests for the moment",
    HeldUpBy.MANY: "more is due than {ledger} takes at once",
    HeldUpBy.KEPT: "the last requests that {ledger} takes today are kept for documents",
}

NOT_OF_A_LIMIT = (HeldUpBy.SILENT, HeldUpBy.LOST)
"""What has nothing to do with how much is taken in a day."""


def why(queue: Queue) -> str:
    """In plain words, as part of a sentence."""
    return WHY[queue.by].format(ledger=plain(queue.ledger))


def waiting(queue: Queue) -> Message:
    """How much waits, why, until when, and what today's allowance still takes."""
    reason = why(queue)
    said = f":hourglass: *{escape(reason[:1].upper() + reason[1:])}*\n{_since(queue)}."
    long = f" It has lasted for a day: look whether {escape(queue.ledger)} tells why." if queue.is_long else ""
    return f"{plain(queue.organisation)}: {reason}. {_what(queue)}.", (
        section(f"*{escape(queue.organisation)}*\n{said}"),
        section(
            f"*Who acts next:* {_who(queue)}. {_goes_on(queue)}, and nothing is sent twice. This message will say what came "
            f"of it.{long}"
        ),
        *(() if queue.calls_left is None or queue.by in NOT_OF_A_LIMIT else (context(_allowance(queue)),)),
    )


def in_a_line(queue: Queue) -> str:
    """The same where the connection is shown."""
    return f":hourglass: Publishing is held up: {escape(why(queue))}. {_since(queue)}. {_goes_on(queue)}."


def _who(queue: Queue) -> str:
    return "an admin, who reconnects it" if queue.by is HeldUpBy.LOST else "nobody"


def _goes_on(queue: Queue) -> str:
    if queue.by is HeldUpBy.LOST:
        return "It goes on by itself as soon as it is connected again"
    return (
        "It is tried again by itself" if queue.until is None else f"It goes on by itself, from {moment(queue.until)} on"
    )


def drained(done: Drained) -> Message:
    refused = "" if not done.refused else f", {done.refused} {_were(done.refused)} refused: each has its alert"
    went = f"{_counted(done.published, 'document')} {_were(done.published)} published{refused}"
    if not done.published:
        went = f"files and payments went out{refused}"
    if done.is_lost:
        said = f"The connection to {plain(done.ledger)} has ended; what is left waits until it is back"
        text = f"{plain(done.organisation)}: {said}."
        return text, (section(f"*{escape(done.organisation)}*\n:electric_plug: {escape(said)}. {went} before."),)
    head = f":white_check_mark: *What waited for {escape(done.ledger)} has gone out*"
    times = f"from {moment(done.since)} to {moment(done.ended_at)}"
    text = f"{plain(done.organisation)}: what waited for {plain(done.ledger)} has gone out: {went}."
    return text, (section(f"*{escape(done.organisation)}*\n{head}\n{times[:1].upper()}{times[1:]}, {went}."),)


def _what(queue: Queue) -> str:
    parts = [_counted(queue.documents, "document")] if queue.documents else []
    if queue.others:
        parts.append(_counted(queue.others, "file or payment", "files and payments"))
    number = queue.documents + queue.others
    return f"{' and '.join(parts) or 'Nothing'} {'waits' if number < 2 else 'wait'}"


def _since(queue: Queue) -> str:
    """What is put off again and again for what goes before it has no time that says anything."""
    if queue.by is HeldUpBy.KEPT:
        return _what(queue)
    parts = _what(queue).rpartition(" ")
    return f"{parts[0]} {'has' if parts[2] == 'waits' else 'have'} waited since {moment(queue.since)}"


def _allowance(queue: Queue) -> str:
    left, (documents, others) = queue.calls_left or 0, queue.fits_today
    if (documents, others) == (queue.documents, queue.others):
        return f"Today {escape(queue.ledger)} takes {left:,} more {_requests(left)}: enough for all that waits."
    takes = f"{documents} of {_counted(queue.documents, 'document')}" if queue.documents else ""
    files = f"{others} of {_counted(queue.others, 'file or payment', 'files and payments')}" if queue.others else ""
    named = " and ".join(part for part in (takes, files) if part)
    return (
        f"Today {escape(queue.ledger)} takes {left:,} more {_requests(left)}: enough for {named}. Documents go first, "
        f"up to {queue.together} to a request, and the last {queue.kept} are kept for them; each file takes one."
    )


def _requests(number: int) -> str:
    return "request" if number == 1 else "requests"


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
