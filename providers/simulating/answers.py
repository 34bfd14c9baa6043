"""An answer as bytes, and the exception that carries one which says no.

A vendor writes functions of its own that make its shapes of refusal, and raises what they give from wherever it is.
"""

from dataclasses import dataclass, field
from typing import Any

from providers.simulating.numbers import dump


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> "Answer":
        return cls(status=status, body=dump(value).encode())

    @classmethod
    def text(cls, words: str, status: int) -> "Answer":
        return cls(status=status, body=words.encode(), content_type="text/plain")


class RefusalError(Exception):
    """The whole call is refused; carries its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.decode())
        self.answer = answer
