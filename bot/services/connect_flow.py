"""One try to connect, from the link in Slack to an organisation that the sign-in can see.

A link is bound to the person who asked for it, to the workspace, the provider and the first browser that goes on with
it. Then the person is proven (`connect_proof`), allows access at the provider (`connect_grant`) and finishes (`linking`).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bot.db.base import load, new_id
from bot.db.unit_of_work import Database
from bot.domain.books import OrganisationChoice
from bot.domain.connecting import Attempt, Stage, Stop
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.connect_code import new_code, send_code
from bot.services.connect_grant import ConnectGrant
from bot.services.connect_proof import MOST_TRIES, ConnectProof
from bot.services.connect_rows import FLOWS, LIFE, connected_of, hashed, login_of, move, name_of, one
from bot.services.connect_stops import ConnectStops, StoppedError
from bot.services.people import Directory, People
from bot.services.signing_in import SlackSignIn
from bot.services.site import Site
from bot.services.tokens import TokenKeeper
from bot.services.workspaces import Workspaces
from bot.vault import Vault
from providers.base import AccountingProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectFlows:
    db: Database
    vault: Vault
    people: People
    directory: Directory
    workspaces: Workspaces
    tokens: TokenKeeper
    providers: Mapping[str, AccountingProvider]
    site: Site
    sign_in: SlackSignIn | None = None

    @property
    def proof(self) -> ConnectProof:
        return ConnectProof(
            db=self.db, workspaces=self.workspaces, site=self.site, stops=self._stops, sign_in=self.sign_in
        )

    @property
    def grant(self) -> ConnectGrant:
        return ConnectGrant(
            db=self.db,
            vault=self.vault,
            tokens=self.tokens,
            providers=self.providers,
            site=self.site,
            stops=self._stops,
        )

    @property
    def _stops(self) -> ConnectStops:
        return ConnectStops(self.db)

    async def start(
        self,
        actor: Actor,
        provider: str,
        *,
        channel_id: ChannelId | None = None,
        organisation_id: OrganisationId | None = None,
        replaces_id: OrganisationId | None = None,
    ) -> str:
        """A link for this person, good for ten minutes and once. Earlier links nobody opened stop working. It renews the
        connection of `organisation_id`, or puts what is chosen in the place of `replaces_id`.

        Raises:
            NotAllowedError: names who may connect.
        """
        await self.people.require_connect(actor)
        link, flow_id = secrets.token_urlsafe(32), new_id()
        async with self.db.write() as tx:
            await self.tokens.sweep(tx)
            await tx.execute(
                FLOWS.update()
                .where(
                    FLOWS.c.workspace_id == actor.workspace.id,
                    FLOWS.c.user_id == actor.user_id,
                    FLOWS.c.stage == Stage.OFFERED,
                )
                .values(stage=Stage.EXPIRED)
            )
            await tx.execute(
                FLOWS.insert().values(
                    id=flow_id,
                    workspace_id=actor.workspace.id,
                    user_id=actor.user_id,
                    provider=provider,
                    organisation_id=organisation_id,
                    replaces_id=replaces_id,
                    stage=Stage.OFFERED,
                    link_hash=hashed(link),
                    code_tries=0,
                    channel_id=channel_id,
                    created_at=tx.now,
                    expires_at=tx.now + LIFE,
                )
            )
            await audit.record(
                tx, actor.workspace.id, flow_id, "connect link made", by=actor.user_id, organisation_id=organisation_id
            )
        return self.site.start(provider, link)

    async def look(self, provider: str, link: str, cookie: str) -> Attempt:
        """What a link is for. Looking changes nothing: previews and scanners open links too.

        Raises:
            StoppedError: the link is no longer good, or not here.
        """
        async with self.db.read() as tx:
            row = await one(tx, FLOWS.c.link_hash == hashed(link), FLOWS.c.provider == provider)
        if row is None:
            raise StoppedError(Stop.UNKNOWN)
        is_ours = row.cookie_hash is None or row.cookie_hash == hashed(cookie)
        await self._stops.check_live(row, is_ours=is_ours)
        return await self._attempt(row)

    async def open(self, provider: str, link: str, cookie: str) -> str | None:
        """Bind the link to this browser; answers Slack's sign-in page, or None when a code was sent instead.

        Raises:
            StoppedError: the link is no longer good, or not here.
        """
        code = new_code()
        async with self.db.write() as tx:
            row = await move(
                tx,
                (FLOWS.c.link_hash == hashed(link), FLOWS.c.provider == provider, FLOWS.c.stage == Stage.OFFERED),
                stage=Stage.OPENED,
                cookie_hash=hashed(cookie),
                code_hash=hashed(code) if self.sign_in is None else None,
            )
            if row is not None and self.sign_in is None:
                await send_code(tx, self.vault, row, code)
        if row is None:
            await self.look(provider, link, cookie)
        return await self.proof.to_slack(provider, cookie)

    async def seen(self, provider: str, cookie: str) -> Attempt:
        """The newest try of this browser.

        Raises:
            StoppedError: there is none, or it is over.
        """
        row = await self._stops.of_browser(provider, cookie)
        if row.stage != Stage.FINISHED:
            await self._stops.check_live(row, is_ours=True)
        return await self._attempt(row)

    async def _attempt(self, row: Row[Any]) -> Attempt:
        workspace = await self.workspaces.load(WorkspaceId(row.workspace_id))
        if workspace is None:
            raise StoppedError(Stop.UNKNOWN)
        person = await self.directory.person(workspace, UserId(row.user_id))
        async with self.db.read() as tx:
            reconnecting = None if row.organisation_id is None else await name_of(tx, row)
            login, connected = await login_of(tx, row), await connected_of(tx, row)
        profile = self.providers[row.provider].profile
        return Attempt(
            stage=Stage(row.stage),
            provider=row.provider,
            provider_name=profile.name,
            workspace_name=workspace.name,
            starter=UserId(row.user_id),
            starter_name=person.name if person is not None else row.user_id,
            tries_left=MOST_TRIES - row.code_tries,
            choices=() if row.choices is None else load(row.choices, tuple[OrganisationChoice, ...]),
            connected=connected,
            reconnecting=reconnecting,
            login=login.known_as,
            role=profile.connect.role,
        )
