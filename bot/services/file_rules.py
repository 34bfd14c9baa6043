"""What files have a place for changes with a version of Dext: organisations that were named before follow by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Row, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import is_installed
from bot.domain.books import Books
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.loops import guarded
from bot.services import lists
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings
from providers.base import FileProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)


@dataclass(frozen=True, slots=True)
class FileRules:
    db: Database
    providers: Mapping[str, FileProvider]
    begin_to_follow: BeginToFollow

    async def follow(self) -> bool:
        """Those whose rules are of another version have this one's, and what waits is looked at by them; whether all have.
        Of two who do it at once the second finds nothing to do.
        """
        done = [await guarded(partial(self._one, row), "following what files take") for row in await self._others()]
        return all(done)

    async def _others(self) -> Sequence[Row[Any]]:
        if not self.providers:
            return ()
        statement = (
            select(CONNECTIONS.c.workspace_id, CONNECTIONS.c.organisation_id, CONNECTIONS.c.provider)
            .add_columns(ORGANISATIONS.c.books)
            .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
            .where(CONNECTIONS.c.provider.in_(tuple(self.providers)), is_installed(CONNECTIONS.c.workspace_id))
        )
        async with self.db.read() as tx:
            rows = (await tx.execute(statement)).all()
        return [row for row in rows if self._renewed(row, load(row.books, Books)) is not None]

    def _renewed(self, row: Row[Any], books: Books) -> Books | None:
        """With this version's rules; None where it has them."""
        rules = self.providers[row.provider].rules(books)
        return None if rules == books.rules else replace(books, rules=rules)

    async def _one(self, row: Row[Any]) -> bool:
        of = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
        async with self.db.write() as tx:
            books = await lists.books_of(tx, *of)
            renewed = None if books is None else self._renewed(row, books)
            if renewed is not None:
                await lists.keep_books(tx, *of, renewed, has_rules_followed=True)
                await self.begin_to_follow(tx, *of, await load_settings(tx, *of))
        return True
