"""A record of each kind with what is worked out about it, and with its file."""

from providers.freeagent.simulated import attachments, bills, expenses, explanations, lists, sales
from providers.freeagent.simulated.books import Books
from providers.simulating.numbers import Json


def presented(
    books: Books,
    kind: str,
    record: Json,
    root: str,
    *,
    is_alone: bool,
    is_nested: bool = False,
    has_many: bool = False,
) -> Json:
    """`is_alone`: it was asked for by its address; `is_nested`: a list shows its items too; `has_many`: explanations have many files."""
    found = _presented(books, kind, record, is_alone=is_alone, is_nested=is_alone or is_nested)
    files = (
        [attachments.presented(books, one, root) for one in attachments.of(books, record)] if kind in WITH_FILES else []
    )
    if has_many and kind == "bank_transaction_explanations":
        return {**found, "attachments": files}
    return {**found, "attachment": files[-1]} if files else found


WITH_FILES = ("bills", "expenses", "bank_transaction_explanations")


def _presented(books: Books, kind: str, record: Json, *, is_alone: bool, is_nested: bool) -> Json:
    match kind:
        case "bills":
            return bills.presented(books, record, is_nested=is_nested)
        case "invoices" | "credit_notes":
            return sales.presented(books, record, is_nested=is_nested)
        case "expenses":
            return expenses.presented(books, record)
        case "bank_transaction_explanations":
            return explanations.presented(books, record)
        case "bank_transactions":
            return explanations.transaction_presented(books, record)
        case "contacts":
            return lists.contact_presented(books, record)
        case "bank_accounts":
            return lists.bank_account_presented(books, record)
        case "projects":
            return lists.project_presented(books, record, is_alone=is_alone)
        case _:
            return record
