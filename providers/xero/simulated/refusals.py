"""How Xero says no: four shapes of error answer."""

from uuid import uuid4

from providers.simulating.answers import Answer, RefusalError
from providers.simulating.numbers import Json


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
