"""Logging: constant messages with facts beside them, what is being worked on bound at the edge, secrets taken out.

Never tokens, headers, bodies or names of people. The filter is the last line of defence, not a licence.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import BaseRequest, RequestPayloadError, StreamResponse

_BOUND: ContextVar[dict[str, str]] = ContextVar("bound", default={})  # noqa: B039 - replaced, never changed

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|dext_[0-9A-Za-z]{20,}|xapp-[\w-]+|Bearer\s+[\w.~+/=-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?<=[?&])(?:code|state|t|ticket)=[^&\s\"']+"
    r"|(?:token|client_secret|signing_secret|id_token|code_verifier)[\"']?\s*[:=]\s*[\"']?[^&\s\"',}]+"
)


QUIETER = {
    "slack_bolt": logging.ERROR,  # warns with the body of what it does not know
    "slack_sdk": logging.ERROR,  # tells each call with its arguments
    "aiosqlite": logging.WARNING,  # tells each statement with its values
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
}
"""Libraries that are never let to say all they would, whatever the level."""


@contextmanager
def bound(**facts: str) -> Iterator[None]:
    """Everything logged inside carries these facts."""
    token = _BOUND.set({**_BOUND.get(), **facts})
    try:
        yield
    finally:
        _BOUND.reset(token)


def redact(text: str) -> str:
    return _SECRETS.sub("[redacted]", text)


class _Formatter(logging.Formatter):
    def __init__(self, *, as_json: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        facts = {**_BOUND.get(), **extra}
        if not self._as_json:
            tail = " ".join(f"{name}={value}" for name, value in facts.items())
            return redact(f"{super().format(record)} {tail}".rstrip())
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: str(value) for name, value in facts.items()},
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        # before quotes are escaped, which would hide what stands between them
        return json.dumps({name: redact(value) for name, value in line.items()})


def configure(level: str, form: str) -> None:
    """Log to standard error, once for the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(as_json=form == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIETER.items():
        logging.getLogger(name).setLevel(least)


class _WithoutWhatCame(logging.Filter):
    """What is no HTTP is answered 400 and told in one line; the error quotes what came, and anybody can send it."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError | RequestPayloadError):
            record.exc_info, record.exc_text = None, None
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "a request that is no HTTP: %s", (type(error).__name__,)
        return True


SERVER = logging.getLogger("bot.server")
SERVER.addFilter(_WithoutWhatCame())


class AccessLog(AbstractAccessLogger):
    """One line a request, without its query: an OAuth answer carries its code there."""

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        facts = {"method": request.method, "path": request.rel_url.raw_path, "status": response.status}
        self.logger.info("answered", extra=facts | {"milliseconds": round(time * 1000, 1)})

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)
