"""One try to connect, from the link in Slack to an organisation that the sign-in can see.

A link is bound to the person who asked for it, to the workspace, the provider and the first browser that goes on with
it. Each step is one conditional UPDATE whose row count says who won: select-then-delete let eight callbacks with one
state in, fifty times out of fifty. Only hashes of the link, the cookie, the state and the code are kept.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bot.db.base import dump, load, new_id
from bot.db.sealed import VERIFIER
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import OrganisationChoice
from bot.domain.connections import Attempt, OtherOrganisation, Stage, Stop
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.connect_code import new_code, same_code, send_code, withdraw_code
from bot.services.connect_rows import FLOWS, LIFE, hashed, move, name_of, newest, one, tenant_of
from bot.services.connect_stops import ConnectStops, StoppedError
from bot.services.people import Directory, People
from bot.services.signing_in import Return, SlackSignIn
from bot.services.site import Site
from bot.services.tokens import TokenKeeper
from bot.services.workspaces import Workspaces
from bot.vault import Vault
from providers.base import AccountingProvider, TokenAnswer
from providers.errors import ProviderError
from providers.oauth import code_challenge

MOST_TRIES = 5


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
    def _stops(self) -> ConnectStops:
        return ConnectStops(self.db)

    async def start(
        self,
        actor: Actor,
        provider: str,
        *,
        channel_id: ChannelId | None = None,
        organisation_id: OrganisationId | None = None,
    ) -> str:
        """A link for this person, good for ten minutes and once. Earlier links nobody opened stop working.

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
        return await self.to_slack(provider, cookie)

    async def to_slack(self, provider: str, cookie: str) -> str | None:
        """Slack's sign-in page with a state and nonce of its own; None where codes are sent.

        Raises:
            StoppedError: the try is over.
        """
        if self.sign_in is None:
            return None
        row = await self._stops.of_browser(provider, cookie)
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        async with self.db.write() as tx:
            moved = await move(
                tx,
                (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.OPENED),
                state_hash=hashed(state),
                nonce_hash=hashed(nonce),
            )
        workspace = await self.workspaces.load(WorkspaceId(row.workspace_id))
        if moved is None or workspace is None:
            return None
        return self.sign_in.authorize_url(
            state=state, nonce=nonce, team_id=workspace.team_id, redirect_uri=self.site.signin_redirect
        )

    async def seen(self, provider: str, cookie: str) -> Attempt:
        """The newest try of this browser.

        Raises:
            StoppedError: there is none, or it is over.
        """
        row = await self._stops.of_browser(provider, cookie)
        if row.stage != Stage.FINISHED:
            await self._stops.check_live(row, is_ours=True)
        return await self._attempt(row)

    async def try_code(self, provider: str, cookie: str, code: str) -> bool:
        """Whether this is the code that was sent. Each try counts, right or wrong.

        Raises:
            StoppedError: five were wrong, or the try is over.
        """
        row = await self._stops.of_browser(provider, cookie)
        await self._stops.check_live(row, is_ours=True)
        async with self.db.write() as tx:
            tried = await move(
                tx,
                (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.OPENED, FLOWS.c.code_tries < MOST_TRIES),
                code_tries=FLOWS.c.code_tries + 1,
            )
            if tried is None:
                raise StoppedError(Stop.USED)
            is_right = tried.code_hash is not None and same_code(hashed, tried.code_hash, code)
            is_over = not is_right and tried.code_tries >= MOST_TRIES
            if is_right:
                await move(
                    tx, (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.OPENED), stage=Stage.PROVEN, code_hash=None
                )
            if is_right or is_over:
                await withdraw_code(tx, row)
            if is_over:
                await self._stops.end(tx, row, Stage.FAILED, Stop.TOO_MANY_CODES)
        if is_over:
            raise StoppedError(Stop.TOO_MANY_CODES)
        return is_right

    async def signed_in(self, cookie: str, found: Return) -> str:
        """Slack's answer: the person in the browser must be who started; answers the provider that comes next.

        Raises:
            StoppedError: it is somebody else, or this sign-in was used already.
        """
        async with self.db.write() as tx:
            row = await move(
                tx,
                (
                    FLOWS.c.state_hash == hashed(found.state),
                    FLOWS.c.cookie_hash == hashed(cookie),
                    FLOWS.c.stage == Stage.OPENED,
                ),
                state_hash=None,
            )
        if row is None or self.sign_in is None:
            raise StoppedError(Stop.UNKNOWN)
        who = None
        if not found.error and found.code:
            who = await self.sign_in.who(code=found.code, redirect_uri=self.site.signin_redirect)
        workspace = await self.workspaces.load(WorkspaceId(row.workspace_id))
        if who is None or workspace is None:
            await self._stops.stop(row, Stage.FAILED, Stop.SLACK_FAILED)
        is_starter = (who.team_id, who.user_id) == (workspace.team_id, row.user_id)
        if not is_starter or not hmac.compare_digest(hashed(who.nonce), str(row.nonce_hash)):
            await self._stops.stop(row, Stage.FAILED, Stop.OTHER_PERSON)
        async with self.db.write() as tx:
            await move(tx, (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.OPENED), stage=Stage.PROVEN, nonce_hash=None)
        return str(row.provider)

    async def go_on(self, provider: str, cookie: str) -> str:
        """The provider's sign-in page, with a state and a PKCE challenge of its own; asking again makes new ones.

        Raises:
            StoppedError: the person was not proven, or the try is over.
        """
        row = await self._stops.of_browser(provider, cookie)
        await self._stops.check_live(row, is_ours=True)
        adapter = self.providers[provider]
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        async with self.db.write() as tx:
            moved = await move(
                tx,
                (FLOWS.c.id == row.id, FLOWS.c.stage.in_((Stage.PROVEN, Stage.SENT))),
                stage=Stage.SENT,
                state_hash=hashed(state),
                verifier_sealed=VERIFIER.seal(self.vault, verifier, id=row.id, workspace_id=row.workspace_id),
            )
        if moved is None:
            raise StoppedError(Stop.UNPROVEN if row.stage == Stage.OPENED else Stop.USED)
        challenge = code_challenge(verifier) if adapter.profile.uses_pkce else None
        return adapter.authorize_url(state=state, redirect_uri=self.site.callback(provider), code_challenge=challenge)

    async def came_back(self, provider: str, cookie: str, found: Return) -> None:
        """The provider's answer. The state is used up before anything is asked of the provider.

        Raises:
            StoppedError: denied, expired, used, another browser's, or the provider failed.
        """
        row = await self._consume(provider, cookie, found.state)
        if found.error:
            denied = found.error in ("access_denied", "user_cancelled", "consent_required")
            stage, stop = (Stage.DENIED, Stop.DENIED) if denied else (Stage.FAILED, Stop.PROVIDER_FAILED)
            await self._stops.stop(row, stage, stop)
        is_anothers = found.issuer not in ("", self.providers[provider].profile.issuer)
        if is_anothers or not found.code:  # a code of another sign-in is not for this one to see
            await self._stops.stop(row, Stage.FAILED, Stop.PROVIDER_FAILED)
        try:
            answer, choices = await self._exchange(row, found.code)
        except ProviderError:
            await self._stops.stop(row, Stage.FAILED, Stop.PROVIDER_FAILED)
        if not answer.subject:  # people without a name would share one row of tokens
            await self._stops.stop(row, Stage.FAILED, Stop.PROVIDER_FAILED)
        if not choices:
            await self._stops.stop(row, Stage.FAILED, Stop.NOTHING_GRANTED)
        await self._keep(row, answer, choices)

    async def _consume(self, provider: str, cookie: str, state: str) -> Row[Any]:
        async with self.db.write() as tx:
            row = await move(
                tx,
                (
                    FLOWS.c.state_hash == hashed(state),
                    FLOWS.c.cookie_hash == hashed(cookie),
                    FLOWS.c.provider == provider,
                    FLOWS.c.stage == Stage.SENT,
                ),
                stage=Stage.RETURNED,
                state_hash=None,
            )
        if row is not None:
            return row
        async with self.db.read() as tx:
            known = await one(tx, FLOWS.c.state_hash == hashed(state), FLOWS.c.provider == provider)
        if known is not None:
            await self._stops.check_live(known, is_ours=known.cookie_hash == hashed(cookie))
            raise StoppedError(Stop.UNKNOWN)
        ours = await self._stops.of_browser(provider, cookie)
        if Stage(ours.stage) is Stage.FINISHED:
            await self._stops.tell(ours, Stop.USED)
        raise StoppedError(Stop.USED)

    async def _exchange(self, row: Row[Any], code: str) -> tuple[TokenAnswer, tuple[OrganisationChoice, ...]]:
        adapter = self.providers[row.provider]
        verifier = VERIFIER.open(self.vault, row.verifier_sealed, id=row.id, workspace_id=row.workspace_id)
        answer = await adapter.exchange(
            code=code,
            redirect_uri=self.site.callback(row.provider),
            code_verifier=verifier if adapter.profile.uses_pkce else None,
        )
        return answer, await adapter.organisations(answer)

    async def _keep(self, row: Row[Any], answer: TokenAnswer, choices: tuple[OrganisationChoice, ...]) -> None:
        async with self.db.write() as tx:
            seen = choices
            if row.organisation_id is not None:
                tenant_id = await tenant_of(tx, row)
                choices = tuple(choice for choice in seen if choice.tenant_id == tenant_id)
            if choices:
                token_set_id = await self.tokens.keep(tx, row.provider, answer)
                await move(
                    tx,
                    (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.RETURNED),
                    stage=Stage.GRANTED,
                    token_set_id=token_set_id,
                    grant_id=answer.grant_id,
                    choices=dump(choices),
                    verifier_sealed=None,
                    expires_at=tx.now + LIFE,
                )
            else:
                await self._refuse(tx, row, seen)
        if not choices:
            raise StoppedError(Stop.OTHER_ORGANISATION)

    async def _refuse(self, tx: Tx, row: Row[Any], seen: tuple[OrganisationChoice, ...]) -> None:
        """What was picked is kept with the try, for its page, and told with what was wanted."""
        kept = FLOWS.update().where(FLOWS.c.id == row.id, FLOWS.c.workspace_id == row.workspace_id)
        await tx.execute(kept.values(choices=dump(seen)))
        other = OtherOrganisation(
            wanted=await name_of(tx, row) or "another organisation", picked=tuple(choice.name for choice in seen)
        )
        await self._stops.end(tx, row, Stage.FAILED, Stop.OTHER_ORGANISATION, other)

    async def other_organisation(self, provider: str, cookie: str) -> OtherOrganisation | None:
        """What this browser's try was refused for, if it was because of that."""
        async with self.db.read() as tx:
            row = (await tx.execute(newest(provider, cookie))).one_or_none()
            if row is None or row.organisation_id is None or row.stage != Stage.FAILED or row.choices is None:
                return None
            picked = tuple(choice.name for choice in load(row.choices, tuple[OrganisationChoice, ...]))
            return OtherOrganisation(wanted=await name_of(tx, row) or "another organisation", picked=picked)

    async def _attempt(self, row: Row[Any]) -> Attempt:
        workspace = await self.workspaces.load(WorkspaceId(row.workspace_id))
        if workspace is None:
            raise StoppedError(Stop.UNKNOWN)
        person = await self.directory.person(workspace, UserId(row.user_id))
        async with self.db.read() as tx:
            reconnecting = None if row.organisation_id is None else await name_of(tx, row)
        return Attempt(
            stage=Stage(row.stage),
            provider=row.provider,
            provider_name=self.providers[row.provider].profile.name,
            workspace_name=workspace.name,
            starter=UserId(row.user_id),
            starter_name=person.name if person is not None else row.user_id,
            tries_left=MOST_TRIES - row.code_tries,
            choices=() if row.choices is None else load(row.choices, tuple[OrganisationChoice, ...]),
            reconnecting=reconnecting,
        )
