"""Bank transactions and what they are for: both lists are of one bank account, which has to be named."""

from providers.freeagent.simulated import explanations, listings
from providers.freeagent.simulated.endpoints.records import answered_list, found_at, listed, serve_writing, whole
from providers.freeagent.simulated.endpoints.routing import DONE, Request, serves
from providers.freeagent.simulated.fields import path_of
from providers.freeagent.simulated.listings import Resource
from providers.freeagent.simulated.refusals import malformed, not_found
from providers.freeagent.simulated.writing import may_not_go
from providers.simulating.answers import Answer


def _serve(resource: Resource) -> None:
    @serves("GET", f"/{resource.kind}", resource.level)
    def listing(request: Request) -> Answer:
        """How a list without an account is refused is unverified."""
        if not request.query.get("bank_account"):
            raise malformed("bank_account must be specified")
        if request.books.at(path_of(request.query["bank_account"])) is None:
            raise not_found()
        return answered_list(request, resource, listed(request, resource.kind))

    @serves("GET", f"/{resource.kind}/{{number}}", resource.level)
    def reading(request: Request, number: str) -> Answer:
        return request.answered(resource.root, whole(request, resource.kind, found_at(request, resource.kind, number)))


_serve(listings.TRANSACTIONS)
_serve(listings.EXPLANATIONS)
serve_writing(listings.EXPLANATIONS, answers_changes=True)


@serves("DELETE", "/bank_transactions/{number}", listings.TRANSACTIONS.level)
def deleting(request: Request, number: str) -> Answer:
    """Only what nothing explains."""
    moved = found_at(request, "bank_transactions", number)
    if explanations.explaining(request.books, moved):
        raise may_not_go("Bank transaction cannot be deleted because it has been explained")
    request.books.delete("bank_transactions", moved)
    return DONE
