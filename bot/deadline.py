"""How long there is to answer Slack: whatever is waited for on the way shares one limit.

Slack shows an error after three seconds, and a trigger opens nothing after them
(docs.slack.dev/interactivity/handling-user-interaction). Several waits of a second and a half each are more than that.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

ASKING_SECONDS, ANSWER_SECONDS = 2.0, 2.6
"""From the request to the end of all questions, and to the end of showing the answer; the rest is the way there and back."""

STEPS_ASIDE_SECONDS = 0.1
"""What nobody waits for lets answers go first for so long, however many there are."""

_began: ContextVar[float | None] = ContextVar("began", default=None)


@dataclass(slots=True)
class _InHand:
    """Answers that this process is working on, and who waits for their end."""

    number: int = 0
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def ended(self) -> None:
        self.number -= 1
        if not self.number:
            for each in self.waiting:
                if not each.done():
                    each.set_result(None)
            self.waiting.clear()


_in_hand = _InHand()


@contextmanager
def answering() -> Iterator[None]:
    """A request of Slack is answered in here."""
    token = _began.set(asyncio.get_running_loop().time())
    _in_hand.number += 1
    try:
        yield
    finally:
        _in_hand.ended()
        _began.reset(token)


async def stepping_aside() -> None:
    """Until no request of Slack is being answered, or for a little while: one process has one processor."""
    if not _in_hand.number:
        return
    quiet = asyncio.get_running_loop().create_future()
    _in_hand.waiting.append(quiet)
    try:
        await asyncio.wait((quiet,), timeout=STEPS_ASIDE_SECONDS)
    finally:
        # where requests never pause, nobody else would take it out
        if quiet in _in_hand.waiting:
            _in_hand.waiting.remove(quiet)


def is_answering() -> bool:
    """Whether somebody waits in front of Slack for what is done here."""
    return _began.get() is not None


def to_ask(seconds: float) -> asyncio.Timeout:
    """The limit of a question: so long, and no longer than leaves time to show what comes of it."""
    return _within(seconds, ASKING_SECONDS)


def to_show(seconds: float) -> asyncio.Timeout:
    """The limit of showing the answer."""
    return _within(seconds, ANSWER_SECONDS)


def _within(seconds: float, of_request: float) -> asyncio.Timeout:
    began, ends_at = _began.get(), asyncio.get_running_loop().time() + seconds
    return asyncio.timeout_at(ends_at if began is None else min(ends_at, began + of_request))
