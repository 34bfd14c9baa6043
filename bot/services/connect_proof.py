"""That the browser belongs to whoever asked for the link: by Slack's own sign-in, or else by a code sent to them in Slack."""

import hmac
import secrets
from dataclasses import dataclass

from bot.db.unit_of_work import Database
from bot.domain.connecting import Stage, Stop, Stopped
from bot.domain.ids import WorkspaceId
from bot.services.connect_code import same_code, withdraw_code
from bot.services.connect_rows import FLOWS, hashed, move
from bot.services.connect_stops import ConnectStops, StoppedError
from bot.services.signing_in import Return, SlackSignIn
from bot.services.site import Site
from bot.services.workspaces import Workspaces

MOST_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectProof:
    db: Database
    workspaces: Workspaces
    site: Site
    stops: ConnectStops
    sign_in: SlackSignIn | None

    async def to_slack(self, provider: str, cookie: str) -> str | None:
        """Slack's sign-in page with a state and nonce of its own; None where codes are sent.

        Raises:
            StoppedError: the try is over.
        """
        if self.sign_in is None:
            return None
        row = await self.stops.of_browser(provider, cookie)
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

    async def try_code(self, provider: str, cookie: str, code: str) -> bool:
        """Whether this is the code that was sent. Each try counts, right or wrong.

        Raises:
            StoppedError: five were wrong, or the try is over.
        """
        row = await self.stops.of_browser(provider, cookie)
        await self.stops.check_live(row, is_ours=True)
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
                await self.stops.end(tx, row, Stage.FAILED, Stopped(stop=Stop.TOO_MANY_CODES))
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
            await self.stops.stop(row, Stage.FAILED, Stop.SLACK_FAILED)
        is_starter = (who.team_id, who.user_id) == (workspace.team_id, row.user_id)
        if not is_starter or not hmac.compare_digest(hashed(who.nonce), str(row.nonce_hash)):
            await self.stops.stop(row, Stage.FAILED, Stop.OTHER_PERSON)
        async with self.db.write() as tx:
            await move(tx, (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.OPENED), stage=Stage.PROVEN, nonce_hash=None)
        return str(row.provider)
