"""A bank's statement that somebody put in: its lines are added to those of its account, and the same one again adds nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from bot.db import bank_lines as stored
from bot.db.arrivals import change_arrival, load_arrival
from bot.db.unit_of_work import Database
from bot.domain.arrivals import Arrival, ArrivalState
from bot.domain.bank_lines import NewLine
from bot.domain.bank_match import BankPage
from bot.domain.bank_statements import (
    LARGEST_STATEMENT,
    Added,
    Statement,
    StatementOutcome,
    account_key,
    lines_of,
    not_there,
)
from bot.domain.books import Account
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.arrival_messages import tell
from bot.services.bank_settings import NothingToMatchError, page_of, read_soon
from bot.services.files import file_content
from bot.services.jobs import Jobs
from bot.services.lists import books_of
from bot.services.matching_cards import redraw_matching
from bot.services.people import People
from bot.services.questions import FileNotFoundHereError
from bot.services.typing_lists import HandedIn
from bot.views.statements import words
from bot.views.text import plain
from providers.base import AccountingProvider

LINES_AT_ONCE = 200
"""Of one transaction, so that people's clicks go in between."""
FILE, BANK_ACCOUNT, ORDER = "file", "bank_account", "order"
"""Fields of the form that can be wrong."""
NO_FILE = "Put in the file that you saved from your bank's pages."
NOT_FETCHED = f"Slack did not hand that file over in time, or it is larger than {LARGEST_STATEMENT // 1024**2} MiB. Press Add again."
CHOOSE = "Choose which bank account it is of. The next statement of it is known by its number, where it says one."
OFF = "Bank match is switched off for this organisation, so a statement would be of no use. An admin can switch it on: "


class StatementRefusedError(Exception):
    """What is wrong, as a sentence by field. Nothing was added."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))


class ReadStatement(Protocol):
    async def __call__(self, content: bytes, order: str | None = None) -> StatementOutcome:
        """What the file says, read in a process of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Statements:
    db: Database
    people: People
    jobs: Jobs
    providers: Mapping[str, AccountingProvider]
    handed_in: HandedIn
    read: ReadStatement

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> BankPage:
        """Raises:
        NotAllowedError: only bookkeepers and admins of the organisation.
        NoConnectionError, NothingToMatchError: as `BankSettings.opened`; nothing is matched, or the ledger tells its lines.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.FIX, actor, person, organisation_id)
            page = await page_of(tx, actor.workspace.id, organisation_id, self.providers)
        if not page.is_on:
            raise NothingToMatchError(f"{OFF}`/dext settings bank`.")
        if page.has_lines:
            raise NothingToMatchError(
                f"{page.ledger} tells the lines of its bank accounts itself, so no statement is needed: `/dext sync bank accounts` "
                "reads them now."
            )
        return page

    async def add(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        address: str | None,
        *,
        bank_account: str | None,
        order: str | None,
    ) -> Added:
        """The statement at Slack's address, of a bank account by the ledger's id; without one, of the account that it names,
        where somebody said of an earlier one which that is.

        Raises:
            NotAllowedError, NoConnectionError, NothingToMatchError: as `opened`.
            StatementRefusedError: with the reasons.
        """
        page = await self.opened(actor, organisation_id)
        if address is None:
            raise StatementRefusedError({FILE: NO_FILE})
        content = await self.handed_in(actor.workspace.id, address, most=LARGEST_STATEMENT)
        if content is None:
            raise StatementRefusedError({FILE: NOT_FETCHED})
        return await self.add_content(actor, page, content, bank_account=bank_account, order=order)

    async def dropped(self, actor: Actor, arrival_id: UUID) -> tuple[BankPage, Arrival]:
        """A file that was dropped, and is asked about.

        Raises:
            FileNotFoundHereError: there is no such statement here.
            And as `opened`.
        """
        async with self.db.read() as tx:
            arrival = await load_arrival(tx, actor.workspace.id, arrival_id)
        if arrival is None or arrival.organisation_id is None:
            await self.people.require_member(actor)
            raise FileNotFoundHereError
        page = await self.opened(actor, arrival.organisation_id)
        if arrival.state not in (ArrivalState.STATEMENT, ArrivalState.ADDED):
            raise FileNotFoundHereError
        return page, arrival

    async def add_dropped(
        self, actor: Actor, arrival_id: UUID, *, bank_account: str | None, order: str | None
    ) -> Added:
        """As `add`, of a file that was dropped; whoever did is told what came of it. Once more it adds nothing.

        Raises: as `dropped`, and as `add`.
        """
        page, arrival = await self.dropped(actor, arrival_id)
        async with self.db.read() as tx:
            content = None
            if arrival.file_id is not None:
                content = await file_content(tx, arrival.workspace_id, arrival.file_id)
        if content is None:
            raise FileNotFoundHereError
        added = await self.add_content(actor, page, content, bank_account=bank_account, order=order)
        async with self.db.write() as tx:
            told = {"state": ArrivalState.ADDED, "reason": words(added)}
            if arrival.state is ArrivalState.STATEMENT and await change_arrival(tx, arrival, **told):
                await tell(tx, arrival)
        return added

    async def add_content(
        self, actor: Actor, page: BankPage, content: bytes, *, bank_account: str | None, order: str | None
    ) -> Added:
        """As `add`, of its bytes; `page` is what was opened."""
        outcome = await self.read(content, order)
        if outcome.statement is None:
            raise StatementRefusedError({ORDER if outcome.needs_order else FILE: outcome.reason})
        statement, of = outcome.statement, (actor.workspace.id, page.organisation_id)
        account = await self._account(*of, page, statement, bank_account)
        key, lines = account_key(page.organisation_id, statement), tuple(lines_of(statement))
        new = await self._kept(*of, account, lines, key)
        async with self.db.write() as tx:
            facts = {"bank account": account.label, "lines": len(lines), "new": new}
            await audit.record(
                tx, *of, "statement added", by=actor.user_id, organisation_id=page.organisation_id, facts=facts
            )
            await read_soon(tx, self.jobs, *of, self.providers)  # some of them may be booked there already
        days = [line.dated_on for line in lines]
        return Added(
            organisation=page.organisation,
            account=account.label,
            new=new,
            known=len(lines) - new,
            left_out=statement.left_out,
            first=min(days),
            last=max(days),
        )

    async def _account(
        self,
        workspace_id: WorkspaceId,
        organisation_id: OrganisationId,
        page: BankPage,
        statement: Statement,
        chosen: str | None,
    ) -> Account:
        """Raises:
        StatementRefusedError: it is not known, not live, or of another currency.
        """
        of, key = (workspace_id, organisation_id), account_key(organisation_id, statement)
        async with self.db.read() as tx:
            known = None if key is None else await stored.account_of_statement(tx, *of, key)
            books = await books_of(tx, *of)
        accounts = {account.provider_id: account for account, _, _ in page.accounts}
        account = accounts.get(chosen or known or "")
        if account is None:
            raise StatementRefusedError({BANK_ACCOUNT: CHOOSE})
        holds = account.currency or (books.base_currency if books else None)
        if statement.currency and holds and statement.currency != holds:
            words = f"It is in {plain(statement.currency, 3)}, and {plain(account.label, 60)} is in {holds}. Choose the account that it is of."
            raise StatementRefusedError({BANK_ACCOUNT: words})
        return account

    async def _kept(
        self,
        workspace_id: WorkspaceId,
        organisation_id: OrganisationId,
        account: Account,
        lines: Sequence[NewLine],
        key: str | None,
    ) -> int:
        """How many are new. Stopped midway, the same statement once more adds the rest."""
        of, new = (workspace_id, organisation_id), 0
        async with self.db.read() as tx:
            books = await books_of(tx, *of)
        currency = account.currency or (books.base_currency if books else "")
        if key is not None:
            async with self.db.write() as tx:
                await stored.forget_elsewhere(tx, *of, key, account.provider_id)
        days = [line.dated_on for line in lines]
        async with self.db.read() as tx:
            there = await stored.lines_of_days(tx, *of, account.provider_id, first=min(days), last=max(days))
        lines = not_there(lines, there)
        for start in range(0, len(lines), LINES_AT_ONCE):
            async with self.db.write() as tx:
                kept = await stored.keep_lines(
                    tx,
                    *of,
                    account.provider_id,
                    currency=currency,
                    lines=lines[start : start + LINES_AT_ONCE],
                    statement_account=key,
                )
                await redraw_matching(tx, *of, kept.new)
            new += len(kept.new)
        return new
