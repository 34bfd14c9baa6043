"""How Xero says no: four shapes of error answer."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from providers.xero.simulated.numbers import Json, dump


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


def titled(status: int, title: str, detail: str) -> RefusalError:
    """The form of 401 and 403."""
    body: Json = {"Title": title, "Status": status, "Detail": detail, "Instance": str(uuid4()), "Extensions": {}}
    return RefusalError(Answer.json(body, status))


def too_large() -> RefusalError:
    """As somebody got it for a file of 14 MB (XeroAPI/Xero-Java, issue 349)."""
    return titled(413, "RequestEntityTooLarge", "PayloadTooLarge")


def numbered(number: int, kind: str, message: str) -> RefusalError:
    """A 400 that is not about one document."""
    return RefusalError(Answer.json({"ErrorNumber": number, "Type": kind, "Message": message}, 400))


def unreadable(message: str) -> RefusalError:
    return numbered(14, "PostDataInvalidException", message)


def invalid(elements: list[Json]) -> RefusalError:
    """The 400 of validation: the refused documents, each with its sentences."""
    return RefusalError(
        Answer.json(
            {
                "ErrorNumber": 10,
                "Type": "ValidationException",
                "Message": "A validation exception occurred",
                "Elements": elements,
            },
            400,
        )
    )


def not_found() -> RefusalError:
    return RefusalError(Answer.text("The resource you're looking for cannot be found", 404))
