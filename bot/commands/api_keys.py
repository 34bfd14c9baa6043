"""`dext-bot api-keys`: what whoever runs the product does about keys without Slack."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.clock import SystemClock
from bot.commands.asking import StoppedError
from bot.commands.parsing import Commands, add_command, add_group, words_of
from bot.config import database_url_of
from bot.db import api_keys, migrate
from bot.db.unit_of_work import Database
from bot.domain.api_keys import LONGEST_NAME, ApiKey, NewKey, Scope
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.texts import cleaned
from bot.services.api_keys import TooManyKeysError, make_key, no_admins_now, revoke_key
from bot.services.named_books import admins_of, organisations, the_one

CREATE_EXAMPLE = "dext-bot api-keys create --organisation 'Northwind Trading Ltd' --name 'The web shop'"


def register(commands: Commands) -> None:
    keys = add_group(commands, "api-keys", "keys that other systems send bills with", "dext-bot api-keys list")
    create = add_command(keys, "create", create_key, "make a key and print it, once", CREATE_EXAMPLE)
    create.add_argument("--organisation", required=True, help="its name, or its id")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument(
        "--scope", action="append", choices=words_of(Scope), help="what it may do; again for more (all)"
    )
    create.add_argument("--by", metavar="USER", help="the admin in whose name it sends, by Slack user id (the first)")
    listing = add_command(keys, "list", list_keys, "show the live keys", "dext-bot api-keys list")
    listing.add_argument("--organisation", help="only of this one, by name or id")
    revoke = add_command(
        keys, "revoke", end_key, "end a key, from the next request on", "dext-bot api-keys revoke dext_Ab3d"
    )
    revoke.add_argument("key", help="its id, or how it begins")


def create_key(chosen: argparse.Namespace) -> int:
    """The key alone goes to standard output, so that it can be piped to where it is kept."""
    print(asyncio.run(_create(chosen)))
    print("This is the only time that the key is shown.", file=sys.stderr)
    return 0


def list_keys(chosen: argparse.Namespace) -> int:
    print(asyncio.run(_listed(chosen.organisation)))
    return 0


def end_key(chosen: argparse.Namespace) -> int:
    print(asyncio.run(_revoke(chosen.key)))
    return 0


async def _create(chosen: argparse.Namespace) -> str:
    """The key's text. It may do everything where no scope is named."""
    called = cleaned(chosen.name, LONGEST_NAME)
    if called is None:
        raise StoppedError("Say what the key is for: --name 'The web shop'.")
    new = NewKey(name=called, scopes=frozenset(Scope(scope) for scope in chosen.scope or Scope))
    async with _database() as db, db.write() as tx:
        found = the_one(await organisations(tx), chosen.organisation)
        admin = _admin(await admins_of(tx, found), chosen.by, found.name)
        of = WorkspaceId(found.workspace_id), OrganisationId(found.id)
        try:
            return await make_key(tx, *of, new, made_by=admin, is_operator=True)
        except TooManyKeysError as error:
            raise StoppedError(str(error)) from error


def _admin(admins: tuple[UserId, ...], named: str | None, organisation: str) -> UserId:
    if named is None:
        return admins[0]
    if named not in admins:
        raise StoppedError(f"{named} is no admin of {organisation}. Its admins: {', '.join(admins)}.")
    return UserId(named)


async def _listed(organisation: str | None) -> str:
    """Every live key, a line each."""
    lines = []
    async with _database() as db, db.read() as tx:
        found = await organisations(tx)
        for each in found if organisation is None else [the_one(found, organisation)]:
            of = WorkspaceId(each.workspace_id), OrganisationId(each.id)
            keys = await api_keys.keys_of(tx, *of)
            gone = await no_admins_now(tx, *of, keys)
            lines += [f"{key.id}  {_line(key, gone)}  {each.name}" for key in keys]
    return "\n".join(lines) or "There is no key. `dext-bot api-keys create --help` says how to make one."


async def _revoke(named: str) -> str:
    """By the id that the list shows, or by how the key begins (the whole key does, too)."""
    async with _database() as db, db.write() as tx:
        meant = [
            (each, key)
            for each in await organisations(tx)
            for key in await api_keys.keys_of(tx, WorkspaceId(each.workspace_id), OrganisationId(each.id))
            if str(key.id) == named or named.startswith(key.shown)
        ]
        if len(meant) != 1:
            how_many = "No live key is" if not meant else f"{len(meant)} keys are"
            raise StoppedError(f"{how_many} called so. Type the id that `dext-bot api-keys list` shows.")
        ((each, key),) = meant
        await revoke_key(tx, WorkspaceId(each.workspace_id), OrganisationId(each.id), key.id, by=None)
    return f"{key.shown}… ({key.name}) of {each.name} is revoked: whoever sends with it is refused from now on."


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    url = database_url_of(os.environ)
    await migrate.require_head(url)
    db = Database(url, SystemClock())
    try:
        yield db
    finally:
        await db.close()


def _line(key: ApiKey, gone: Mapping[UserId, str]) -> str:
    used = "never" if key.last_used_at is None else f"{key.last_used_at:%Y-%m-%d %H:%M}"
    scopes = ",".join(sorted(key.scopes))
    how = "on the command line for" if key.is_operators else "by"
    maker = f"{key.made_by} (who {gone[key.made_by]})" if key.made_by in gone else key.made_by
    return f"{key.shown}…  {key.name}  {scopes}  {how} {maker} {key.made_at:%Y-%m-%d}  used {used}"
