"""`dext-bot api-keys`: what whoever runs the product does about keys without Slack."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Row, select

from bot.clock import Clock
from bot.db import api_keys, migrate
from bot.db.base import table_of
from bot.db.connections import OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WORKSPACES, is_installed
from bot.domain.api_keys import LONGEST_NAME, ApiKey, NewKey, Scope
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Role
from bot.domain.texts import cleaned
from bot.services.api_keys import TooManyKeysError, make_key, revoke_key
from bot.services.settings import people_with

ORGANISATIONS = table_of(OrganisationRow)


class NoKeyError(Exception):
    """The command cannot be carried out as it was typed; the text says what to type."""


async def create(
    url: str, clock: Clock, *, organisation: str, name: str, scopes: Sequence[str], made_by: str | None
) -> str:
    """The key's text, which is printed once.

    Raises:
        NoKeyError: no such organisation, nobody in whose name it could send, or too many keys.
    """
    called = cleaned(name, LONGEST_NAME)
    if called is None:
        raise NoKeyError("Say what the key is for: --name 'The web shop'.")
    async with _database(url, clock) as db, db.write() as tx:
        found = await _organisation(tx, organisation)
        admin = await _admin(tx, found, made_by)
        new = NewKey(name=called, scopes=frozenset(Scope(scope) for scope in scopes or Scope))
        try:
            return await make_key(
                tx, WorkspaceId(found.workspace_id), OrganisationId(found.id), new, made_by=admin, is_operator=True
            )
        except TooManyKeysError as error:
            raise NoKeyError(str(error)) from error


async def listed(url: str, clock: Clock, organisation: str | None) -> str:
    """Every live key, a line each. Raises: NoKeyError: no such organisation."""
    async with _database(url, clock) as db, db.read() as tx:
        found = await _organisations(tx) if organisation is None else [await _organisation(tx, organisation)]
        lines = [
            f"{key.id}  {_line(key)}  {each.name}"
            for each in found
            for key in await api_keys.keys_of(tx, WorkspaceId(each.workspace_id), OrganisationId(each.id))
        ]
    return "\n".join(lines) or "There is no key. `dext-bot api-keys create --help` says how to make one."


async def revoke(url: str, clock: Clock, named: str) -> str:
    """By the id that the list shows, or by how the key begins (the whole key does, too).

    Raises:
        NoKeyError: no live key, or several, are called so.
    """
    async with _database(url, clock) as db, db.write() as tx:
        meant = [
            (each, key)
            for each in await _organisations(tx)
            for key in await api_keys.keys_of(tx, WorkspaceId(each.workspace_id), OrganisationId(each.id))
            if str(key.id) == named or named.startswith(key.shown)
        ]
        if len(meant) != 1:
            how_many = "No live key is" if not meant else f"{len(meant)} keys are"
            raise NoKeyError(f"{how_many} called so. Type the id that `dext-bot api-keys list` shows.")
        ((each, key),) = meant
        await revoke_key(tx, WorkspaceId(each.workspace_id), OrganisationId(each.id), key.id, by=None)
    return f"{key.shown}… ({key.name}) of {each.name} is revoked: whoever sends with it is refused from now on."


@asynccontextmanager
async def _database(url: str, clock: Clock) -> AsyncIterator[Database]:
    await migrate.require_head(url)
    db = Database(url, clock)
    try:
        yield db
    finally:
        await db.close()


async def _organisations(tx: Tx) -> Sequence[Row[Any]]:
    """Those of every workspace that has the app: whoever runs the product is asked."""
    statement = (
        select(ORGANISATIONS.c.id, ORGANISATIONS.c.name, ORGANISATIONS.c.workspace_id, WORKSPACES.c.name.label("of"))
        .join(WORKSPACES, WORKSPACES.c.id == ORGANISATIONS.c.workspace_id)
        .where(is_installed(ORGANISATIONS.c.workspace_id))
        .order_by(ORGANISATIONS.c.name)
    )
    return (await tx.execute(statement)).all()


async def _organisation(tx: Tx, named: str) -> Row[Any]:
    """By its id or its name."""
    every = await _organisations(tx)
    found = [row for row in every if str(row.id) == named or row.name.casefold() == named.casefold()]
    if len(found) == 1:
        return found[0]
    names = "\n".join(f"  {row.id}  {row.name} (workspace {row.of})" for row in found or every) or "  none"
    how_many = "Several organisations have that name; type the id" if found else "There is no such organisation"
    raise NoKeyError(f"{how_many}. There are:\n{names}")


async def _admin(tx: Tx, organisation: Row[Any], named: str | None) -> UserId:
    admins = await people_with(tx, WorkspaceId(organisation.workspace_id), OrganisationId(organisation.id), Role.ADMIN)
    if not admins:
        raise NoKeyError(f"{organisation.name} has no admin in whose name a key could send.")
    if named is None:
        return admins[0]
    if named not in admins:
        raise NoKeyError(f"{named} is no admin of {organisation.name}. Its admins: {', '.join(admins)}.")
    return UserId(named)


def _line(key: ApiKey) -> str:
    used = "never" if key.last_used_at is None else f"{key.last_used_at:%Y-%m-%d %H:%M}"
    scopes = ",".join(sorted(key.scopes))
    return f"{key.shown}…  {key.name}  {scopes}  by {key.made_by} {key.made_at:%Y-%m-%d}  used {used}"
