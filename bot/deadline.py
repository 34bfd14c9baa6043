"""How long there is to answer Slack: whatever is waited for on the way shares one limit.

Slack shows an error after three seconds, and a trigger opens nothing after them
(docs.slack.dev/interactivity/handling-user-interaction). Several waits of a second and a half each are more than that.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ASKING_SECONDS, ANSWER_SECONDS = 2.0, 2.6
"""From the request to the end of all questions, and to the end of showing the answer; the rest is the way there and back."""

_began: ContextVar[float | None] = ContextVar("began", default=None)


@contextmanager
def answering() -> Iterator[None]:
    """A request of Slack is answered in here."""
    token = _began.set(asyncio.get_running_loop().time())
    try:
        yield
    finally:
        _began.reset(token)


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
