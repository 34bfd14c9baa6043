"""API keys of an organisation: listed, made, revoked, and known when a request comes with one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.db import api_keys
from bot.db.base import new_id, table_of
from bot.db.connections import OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.api_keys import (
    MOST_KEYS,
    SHOWN,
    ApiKey,
    ApiKeyId,
    ApiKeysPage,
    Caller,
    MadeKey,
    NewKey,
    fresh_key,
    hash_of,
    is_well_formed,
)
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Deed, Role
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.namesakes import IS_NAMESAKE, PROVIDER, called
from bot.services.people import OrganisationNotFoundError, People
from bot.services.settings import people_with

ORGANISATIONS = table_of(OrganisationRow)
ITEMS_PATH = "/api/v1/items"


class TooManyKeysError(Exception):
    """As many keys as an organisation may have are live."""

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_KEYS} keys are the most an organisation can have. Revoke one that is not used any more."
        )


@dataclass(frozen=True, slots=True)
class ApiKeys:
    db: Database
    people: People
    public_url: str

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> ApiKeysPage:
        """Raises:
        NotAllowedError: only admins of the organisation see its keys.
        OrganisationNotFoundError: it is no organisation of this workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            page = await _page(tx, actor.workspace.id, organisation_id)
        return await self._with_those_who_left(actor, page)

    async def make(self, actor: Actor, organisation_id: OrganisationId, new: NewKey) -> MadeKey:
        """A key that sends in this person's name. Its text is in the answer, and never again anywhere.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
            TooManyKeysError: one has to be revoked first.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            page = await _page(tx, actor.workspace.id, organisation_id)
            text = await make_key(tx, actor.workspace.id, organisation_id, new, made_by=actor.user_id)
        return MadeKey(
            text=text,
            name=new.name,
            scopes=new.scopes,
            organisation=page.organisation,
            address=f"{self.public_url}{ITEMS_PATH}",
        )

    async def revoke(self, actor: Actor, organisation_id: OrganisationId, key_id: ApiKeyId) -> ApiKeysPage:
        """End a key from the next request on; one that is over already stays so.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            await revoke_key(tx, actor.workspace.id, organisation_id, key_id, by=actor.user_id)
            page = await _page(tx, actor.workspace.id, organisation_id)
        return await self._with_those_who_left(actor, page)

    async def caller(self, text: str) -> Caller | None:
        """Who sends a request with this key; None when it is not live, in whatever process it was revoked."""
        if not is_well_formed(text):
            return None
        async with self.db.read() as tx:
            found = await api_keys.caller_of(tx, hash_of(text))
            now = tx.now
        if found is None:
            return None
        caller, last_used_at = found
        if last_used_at is None or last_used_at <= now - api_keys.NOTED_EVERY:
            with suppress(BusyError):  # of no weight beside the request itself
                async with self.db.write() as tx:
                    await api_keys.note_use(tx, caller)
        return caller

    async def _with_those_who_left(self, actor: Actor, page: ApiKeysPage) -> ApiKeysPage:
        """Slack knows who left, after the transaction."""
        makers = tuple(dict.fromkeys(key.made_by for key in page.keys))
        return replace(page, gone={**page.gone, **await self.people.lost(actor.workspace, makers)})


async def make_key(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    new: NewKey,
    *,
    made_by: UserId,
    is_operator: bool = False,
) -> str:
    """The key's text. `is_operator`: whoever runs the product made it, in the name of `made_by`.

    Raises:
        TooManyKeysError: one has to be revoked first.
    """
    if await api_keys.count_live(tx, workspace_id, organisation_id) >= MOST_KEYS:
        raise TooManyKeysError
    text = fresh_key()
    key = ApiKey(
        id=ApiKeyId(new_id()),
        name=new.name,
        shown=text[:SHOWN],
        scopes=new.scopes,
        made_by=made_by,
        is_operators=is_operator,
        made_at=tx.now,
        last_used_at=None,
    )
    await api_keys.insert_key(tx, workspace_id, organisation_id, key, hash_of(text))
    facts = {"name": new.name, "key": key.shown, "scopes": sorted(new.scopes), "in the name of": made_by}
    await audit.record(
        tx,
        workspace_id,
        key.id,
        "api key made",
        by=None if is_operator else made_by,
        organisation_id=organisation_id,
        facts=facts,
    )
    return text


async def revoke_key(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, key_id: ApiKeyId, *, by: UserId | None
) -> bool:
    """False when it is no live key of the organisation. `by` is None for whoever runs the product."""
    is_revoked = await api_keys.revoke(tx, workspace_id, organisation_id, key_id, by)
    if is_revoked:
        await audit.record(tx, workspace_id, key_id, "api key revoked", by=by, organisation_id=organisation_id)
    return is_revoked


async def _page(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> ApiKeysPage:
    statement = select(ORGANISATIONS.c.name, PROVIDER, IS_NAMESAKE).where(
        ORGANISATIONS.c.workspace_id == workspace_id, ORGANISATIONS.c.id == organisation_id
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise OrganisationNotFoundError
    keys = await api_keys.keys_of(tx, workspace_id, organisation_id)
    gone = await no_admins_now(tx, workspace_id, organisation_id, keys)
    return ApiKeysPage(organisation_id=organisation_id, organisation=called(row), keys=keys, gone=gone)


async def no_admins_now(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, keys: Sequence[ApiKey]
) -> dict[UserId, str]:
    """Makers of these keys who have the role no more, and that they have not."""
    admins = await people_with(tx, workspace_id, organisation_id, Role.ADMIN)
    return {key.made_by: "is no admin any more" for key in keys if key.made_by not in admins}
