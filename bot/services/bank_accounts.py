"""The ledger's bank accounts, as its list was read last. There are few: what is looked for is found among all of them."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec
from sqlalchemy import bindparam, select

from bot.db.base import dump, table_of
from bot.db.connections import ListEntryRow
from bot.db.recodings import begin_again
from bot.db.unit_of_work import Tx
from bot.domain.books import Account, ListKind
from bot.domain.finding import Query, search_text
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import Link

ENTRIES = table_of(ListEntryRow)
MOST_OPTIONS = 100
"""Slack shows no more."""

Standing = tuple[Link, Account]

_BANK_ACCOUNTS = (
    select(ENTRIES.c.entry, ENTRIES.c.is_active)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == ListKind.BANK_ACCOUNTS,
    )
    .order_by(ENTRIES.c.is_active, ENTRIES.c.key)
)
"""Live ones last: one whose code was changed is stored under both, and the last one counts."""
_ACCOUNT = msgspec.json.Decoder(Account)


async def bank_accounts(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Mapping[str, Standing]:
    """All that are known, by the ledger's id, each with whether it can be paid from."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    rows = (await tx.execute(_BANK_ACCOUNTS, of)).all()
    found = ((_ACCOUNT.decode(row.entry), bool(row.is_active)) for row in rows)
    return {account.provider_id: (_link(account, is_listed=is_active), account) for account, is_active in found}


async def find_bank_accounts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, text: str
) -> tuple[Account, ...]:
    """Live ones by what was typed of code, name and currency."""
    found = await bank_accounts(tx, workspace_id, organisation_id)
    live = [account for link, account in found.values() if link is Link.LIVE]
    query = Query.of(text)
    return tuple(account for account in live if query.place_in(_search(account)) is not None)[:MOST_OPTIONS]


async def label(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ledger_id: str | None) -> str:
    """What a bank account is called, for people."""
    if ledger_id is None:
        return "none"
    found = await bank_accounts(tx, workspace_id, organisation_id)
    return found[ledger_id][1].label if ledger_id in found else "one that is not in its list"


async def went_inactive(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ledger_id: str) -> None:
    """The ledger says that it is archived: nothing is paid from it any more, before the next refresh says so too. Items that
    nobody decided on are looked at again.
    """
    found = await bank_accounts(tx, workspace_id, organisation_id)
    if ledger_id not in found or found[ledger_id][0] is not Link.LIVE:
        return  # what is known already has been followed
    archived = replace(found[ledger_id][1], is_active=False)
    await tx.execute(
        ENTRIES.update()
        .where(
            ENTRIES.c.workspace_id == workspace_id,
            ENTRIES.c.organisation_id == organisation_id,
            ENTRIES.c.kind == ListKind.BANK_ACCOUNTS,
            ENTRIES.c.key == (archived.code or ledger_id),
        )
        .values(is_active=False, entry=dump(archived))
    )
    await begin_again(tx, workspace_id, organisation_id)


def _search(account: Account) -> str:
    return search_text(account.known_as, f"{account.name} {account.currency or ''}")


def _link(account: Account, *, is_listed: bool) -> Link:
    """An entry that the list did not have at its last reading says of itself what it was before."""
    if is_listed and account.is_active:
        return Link.LIVE
    return Link.GONE if account.is_active else Link.ARCHIVED
