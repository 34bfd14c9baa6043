"""Bank transactions and what they are for: both lists are of one bank account, which has to be named."""

from providers.freeagent.simulated import attachments, explanations, listings
from providers.freeagent.simulated.endpoints.records import (
    answered_list,
    found_at,
    listed,
    serve_writing,
    whole,
    writer_of,
)
from providers.freeagent.simulated.endpoints.routing import DONE, Request, serves
from providers.freeagent.simulated.fields import Fields, address_of, goes
from providers.freeagent.simulated.listings import Resource
from providers.freeagent.simulated.refusals import INVALID, malformed, not_found, not_in_this_state
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

_FILES = "/bank_transaction_explanations/{number}/attachments"


def _serve(resource: Resource) -> None:
    @serves("GET", f"/{resource.kind}", resource.level)
    def listing(request: Request) -> Answer:
        """How a list without an account is refused is unverified."""
        if not request.query.get("bank_account"):
            raise malformed("bank_account must be specified")
        if request.books.at(address_of("bank_accounts", request.query["bank_account"])) is None:
            raise not_found()
        return answered_list(request, resource, listed(request, resource.kind))

    @serves("GET", f"/{resource.kind}/{{number}}", resource.level)
    def reading(request: Request, number: str) -> Answer:
        return request.answered(resource.root, whole(request, resource.kind, found_at(request, resource.kind, number)))


_serve(listings.TRANSACTIONS)
_serve(listings.EXPLANATIONS)
serve_writing(listings.EXPLANATIONS)


@serves("DELETE", "/bank_transactions/{number}", listings.TRANSACTIONS.level)
def deleting(request: Request, number: str) -> Answer:
    """Only what nothing explains."""
    moved = found_at(request, "bank_transactions", number)
    if explanations.explaining(request.books, moved):
        raise not_in_this_state("Bank transaction cannot be deleted because it has been explained")
    request.books.delete("bank_transactions", moved)
    return DONE


# Many files of one explanation, in the version of the API that has them


@serves("GET", _FILES, listings.EXPLANATIONS.level)
def files(request: Request, number: str) -> Answer:
    return _told(request, _with_many(request, number), 200)


@serves("POST", _FILES, listings.EXPLANATIONS.level)
def attaching(request: Request, number: str) -> Answer:
    explanation = _with_many(request, number)
    writer_of(request, listings.EXPLANATIONS).may_change(explanation)
    sent = request.rows("attachments")
    fields = Fields(request.books, {})
    found = [attachments.read_one(fields.within("attachments", one)) for one in sent]
    if len(found) + len(attachments.of(request.books, explanation)) > attachments.MOST:
        fields.say("attachments", f"is too long (maximum is {attachments.MOST} attachments)")
    fields.check()
    for file in (one for one in found if one is not None):
        attachments.attach(request.books, explanation, file, is_more=True)
    return _told(request, explanation, 201)


@serves("PUT", _FILES, listings.EXPLANATIONS.level)
def taking_away(request: Request, number: str) -> Answer:
    """Those that `_destroy` is said of."""
    explanation = _with_many(request, number)
    writer_of(request, listings.EXPLANATIONS).may_change(explanation)
    sent, fields = request.rows("attachments"), Fields(request.books, {})
    found = [fields.within("attachments", one).link("url", "attachments", is_needed=True) for one in sent]
    if any(one is not None and one["_of"] != explanation["url"] for one in found):
        fields.say("attachments.url", INVALID)
    fields.check()
    for one, file in zip(sent, found, strict=True):
        if file is not None and goes(one):
            request.books.delete("attachments", file)
    return _told(request, explanation, 200)


def _with_many(request: Request, number: str) -> Json:
    """An older version has no such address, which is unverified."""
    if not request.has_many:
        raise not_found()
    return found_at(request, "bank_transaction_explanations", number)


def _told(request: Request, explanation: Json, status: int) -> Answer:
    """All that there are now; whether only the new ones are answered is unverified."""
    rows = [
        attachments.presented(request.books, one, request.root) for one in attachments.of(request.books, explanation)
    ]
    return Answer.json({"attachments": [request.shown(one) for one in rows]}, status)
