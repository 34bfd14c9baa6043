"""A connection as people see it, from its rows."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import Row

from bot.db.base import load
from bot.domain.books import BILL_RIGHTS, BillRights, Books, Capability, ListKind, Login
from bot.domain.connections import ConnectionCard, Health, ListProgress
from bot.domain.ids import OrganisationId, UserId
from bot.domain.problems import Problem
from bot.domain.typed_lists import lists_typed
from providers.base import AccountingProvider


def card_of(
    row: Row[Any],
    syncs: Iterable[Row[Any]],
    provider: AccountingProvider | None,
    *,
    steps_done: int,
    is_set_up: bool,
    sends_approved: bool,
) -> ConnectionCard:
    """`row` is the connection's with its organisation's name and books, and its sign-in's login; `syncs` are how far its
    lists are. A provider whose credentials were taken away is named by its key.
    """
    books = load(row.books, Books)
    ledger = row.provider if provider is None else _named(provider, books)
    facts = {"ledger": ledger, "organisation": row.name}
    return ConnectionCard(
        organisation_id=OrganisationId(row.organisation_id),
        organisation=row.name,
        books=books,
        provider_name=ledger,
        connected_by=UserId(row.connected_by),
        connected_at=row.connected_at,
        health=Health(row.health),
        problem=_problem(row.trouble, facts),
        lists=_progress(syncs, facts, frozenset() if provider is None else provider.profile.incremental),
        steps_done=steps_done,
        is_set_up=is_set_up,
        access=_access(provider, books),
        login="" if row.login is None else load(row.login, Login).words,
        role="" if provider is None else provider.profile.connect.role,
        sends_approved=sends_approved,
        takes_reports=provider is not None and Capability.EXPENSE_REPORTS in provider.profile.capabilities,
        lapse_told_at=row.lapse_told_at,
        manage_url=None if provider is None else provider.organisation_url(books) or None,
        manage_page="" if provider is None else provider.profile.apps_page,
        is_downloaded=is_downloaded(provider),
        typed=() if provider is None else lists_typed(provider.profile.capabilities, books.rules),
    )


def _named(provider: AccountingProvider, books: Books) -> str:
    """With what its files are for, where there are any."""
    profile = provider.profile
    layout = next((layout for layout in profile.layouts if layout.key == books.layout), None)
    return profile.name if layout is None else f"{profile.name}, {layout.name}"


def is_downloaded(provider: AccountingProvider | None) -> bool:
    """Whether what is approved is published when a person downloads it, and nothing is called."""
    return provider is not None and Capability.DOWNLOADS in provider.profile.capabilities


def _access(provider: AccountingProvider | None, books: Books) -> tuple[str, ...]:
    """What may be done in the ledger; nothing in what is not called."""
    if provider is None or is_downloaded(provider):
        return ()
    connect, rights = provider.profile.connect, books.bill_rights
    if connect.has_bills and rights is BillRights.UNTOLD:
        return connect.access
    return (*connect.access, BILL_RIGHTS[rights])


def _progress(
    syncs: Iterable[Row[Any]], facts: dict[str, str], incremental: AbstractSet[ListKind]
) -> tuple[ListProgress, ...]:
    found = {
        row.kind: ListProgress(
            kind=ListKind(row.kind),
            state=row.state,
            read=row.read,
            expected=row.expected,
            is_of_changes=row.since is not None and row.kind in incremental,
            unreadable=load(row.unreadable, tuple[str, ...]),
            synced_at=row.synced_at,
            trouble=_problem(row.trouble, facts),
        )
        for row in syncs
    }
    return tuple(found[kind] for kind in ListKind if kind in found)


def _problem(trouble: str | None, facts: dict[str, str]) -> Problem | None:
    return None if trouble is None else load(trouble, Problem).with_facts(**facts)
