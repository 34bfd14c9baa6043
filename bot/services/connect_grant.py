"""At the provider: to its sign-in page and back with a code, which becomes tokens and the organisations they see."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from bot.db.base import dump, load
from bot.db.sealed import VERIFIER
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.books import BillRights, OrganisationChoice
from bot.domain.connecting import EXPLANATIONS, Explanation, OtherOrganisation, RightsLacking, Stage, Stop, Stopped
from bot.services.connect_rights import with_rights
from bot.services.connect_rows import FLOWS, LIFE, hashed, login_of, move, name_of, newest, one, tenant_of
from bot.services.connect_stops import ConnectStops, StoppedError
from bot.services.insisting import NotWrittenError, insist
from bot.services.signing_in import Return
from bot.services.site import Site
from bot.services.tokens import TokenKeeper
from bot.vault import Vault
from providers.base import AccountingProvider, TokenAnswer
from providers.errors import ProviderError
from providers.oauth import code_challenge

ANOTHER = "another organisation"

logger = logging.getLogger(__name__)


class NotTakenError(Exception):
    """Nobody has the new sign-in; `stop` says why the try goes no further."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        super().__init__(stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectGrant:
    db: Database
    vault: Vault
    tokens: TokenKeeper
    providers: Mapping[str, AccountingProvider]
    site: Site
    stops: ConnectStops

    async def go_on(self, provider: str, cookie: str) -> str:
        """The provider's sign-in page, with a state and a PKCE challenge of its own; asking again makes new ones.

        Raises:
            StoppedError: the person was not proven, or the try is over.
        """
        row = await self.stops.of_browser(provider, cookie)
        await self.stops.check_live(row, is_ours=True)
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
            await self.stops.stop(row, stage, stop)
        profile = self.providers[provider].profile
        is_anothers = found.issuer not in ("", profile.issuer)
        is_whole = bool(found.code) and all(found.fields.get(name) for name in profile.callback_fields)
        if is_anothers or not is_whole:  # a code of another sign-in is not for this one to see
            await self.stops.stop(row, Stage.FAILED, Stop.PROVIDER_FAILED)
        await self.tokens.revoking.wait(provider)
        try:
            answer = await self._exchange(row, found)
        except ProviderError:
            await self.stops.stop(row, Stage.FAILED, Stop.PROVIDER_FAILED)
        try:
            await self._take(row, answer)
        except NotTakenError as error:
            await self._give_up(row, answer)
            await self.stops.stop(row, Stage.FAILED, error.stop)

    async def _take(self, row: Row[Any], answer: TokenAnswer) -> None:
        """A new sign-in becomes this try's, with what it sees.

        Raises:
            NotTakenError: it is of no use, or could not be kept.
            StoppedError: it is kept, or somebody's already, and the try is over.
        """
        adapter = self.providers[row.provider]
        if not answer.subject:  # people without a name would share one row of tokens
            raise NotTakenError(Stop.PROVIDER_FAILED)
        try:
            choices = await adapter.organisations(answer)
        except ProviderError:
            raise NotTakenError(Stop.PROVIDER_FAILED) from None
        if answer.tenant_id is not None:
            choices = tuple(choice for choice in choices if choice.tenant_id == answer.tenant_id)
        if not choices:
            raise NotTakenError(Stop.NOTHING_GRANTED)
        async with self.db.read() as tx:
            wanted = None if row.organisation_id is None else await tenant_of(tx, row)
        seen = await with_rights(adapter, answer, choices, only=wanted)
        try:
            await insist(self.db.clock, lambda: self._keep(row, answer, seen))
        except NotWrittenError:
            raise NotTakenError(Stop.NOT_KEPT) from None
        except StoppedError as stopped:
            if stopped.stop is Stop.OTHER_ORGANISATION:
                await self._give_up(row, answer)
            raise

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
            await self.stops.check_live(known, is_ours=known.cookie_hash == hashed(cookie))
            raise StoppedError(Stop.UNKNOWN)
        ours = await self.stops.of_browser(provider, cookie)
        if Stage(ours.stage) is Stage.FINISHED:
            await self.stops.tell(ours, Stop.USED)
        raise StoppedError(Stop.USED)

    async def _exchange(self, row: Row[Any], found: Return) -> TokenAnswer:
        adapter = self.providers[row.provider]
        verifier = VERIFIER.open(self.vault, row.verifier_sealed, id=row.id, workspace_id=row.workspace_id)
        return await adapter.exchange(
            code=found.code,
            redirect_uri=self.site.callback(row.provider),
            code_verifier=verifier if adapter.profile.uses_pkce else None,
            fields=found.fields,
        )

    async def _keep(self, row: Row[Any], answer: TokenAnswer, choices: tuple[OrganisationChoice, ...]) -> None:
        async with self.db.write() as tx:
            seen = choices
            if row.organisation_id is not None:
                tenant_id = await tenant_of(tx, row)
                choices = tuple(choice for choice in seen if choice.tenant_id == tenant_id)
            stop = _stop_of(choices)
            if stop is Stop.OTHER_ORGANISATION:
                await self._refuse(tx, row, seen)
            else:
                token_set_id = await self.tokens.keep(tx, row.provider, answer)
                kept = await move(
                    tx,
                    (FLOWS.c.id == row.id, FLOWS.c.stage == Stage.RETURNED),
                    stage=Stage.GRANTED,
                    token_set_id=token_set_id,
                    grant_id=answer.grant_id,
                    choices=dump(choices),
                    verifier_sealed=None,
                    expires_at=tx.now + LIFE,
                )
                if stop is not None and kept is not None:
                    await self._lacks_rights(tx, kept, choices)
        if stop is not None:
            raise StoppedError(stop)

    async def _give_up(self, row: Row[Any], answer: TokenAnswer) -> None:
        """Nobody has this sign-in now, so it is ended, unless an earlier one of the same person would end with it."""
        try:
            if answer.refresh_token and not await self.tokens.knows(row.provider, answer):
                await self.providers[row.provider].revoke(answer.refresh_token)
        except (ProviderError, BusyError, SQLAlchemyError, OSError) as error:
            logger.warning("a sign-in that was not kept was not ended either", extra={"error": type(error).__name__})

    async def _refuse(self, tx: Tx, row: Row[Any], seen: tuple[OrganisationChoice, ...]) -> None:
        """What was picked is kept with the try, for its page, and told with what was wanted."""
        kept = FLOWS.update().where(FLOWS.c.id == row.id, FLOWS.c.workspace_id == row.workspace_id)
        await tx.execute(kept.values(choices=dump(seen)))
        other = OtherOrganisation(
            wanted=await name_of(tx, row) or ANOTHER, picked=tuple(choice.name for choice in seen)
        )
        await self.stops.end(tx, row, Stage.FAILED, Stopped(stop=Stop.OTHER_ORGANISATION, other=other))

    async def refuse_rights(self, row: Row[Any], choice: OrganisationChoice) -> NoReturn:
        """The login turned out to only read the organisation that was chosen. Raises: StoppedError."""
        async with self.db.write() as tx:
            kept = FLOWS.update().where(FLOWS.c.id == row.id, FLOWS.c.workspace_id == row.workspace_id)
            await tx.execute(kept.values(choices=dump((choice,))))
            await self._lacks_rights(tx, row, (choice,))
        raise StoppedError(Stop.MAY_NOT_WRITE)

    async def _lacks_rights(self, tx: Tx, row: Row[Any], choices: tuple[OrganisationChoice, ...]) -> None:
        """The sign-in is kept, so that it is given back to the provider like any that nothing uses."""
        lacking = await self._lacking(tx, row, choices)
        await self.stops.end(tx, row, Stage.FAILED, Stopped(stop=Stop.MAY_NOT_WRITE, lacking=lacking))

    async def _lacking(self, tx: Tx, row: Row[Any], choices: tuple[OrganisationChoice, ...]) -> RightsLacking:
        profile = self.providers[row.provider].profile
        login = await login_of(tx, row)
        names = tuple(choice.name for choice in choices)
        return RightsLacking(login=login.known_as, organisations=names, ledger=profile.name, role=profile.connect.role)

    async def explanation(self, provider: str, cookie: str, stop: Stop) -> Explanation:
        """Why this browser's try stopped, with what it was refused for where that is known."""
        async with self.db.read() as tx:
            row = (await tx.execute(newest(provider, cookie))).one_or_none()
            if row is None or row.stage != Stage.FAILED or row.choices is None:
                return EXPLANATIONS[stop]
            seen = load(row.choices, tuple[OrganisationChoice, ...])
            match stop:
                case Stop.OTHER_ORGANISATION if row.organisation_id is not None:
                    picked = tuple(choice.name for choice in seen)
                    return OtherOrganisation(wanted=await name_of(tx, row) or ANOTHER, picked=picked).explanation
                case Stop.MAY_NOT_WRITE:
                    return (await self._lacking(tx, row, seen)).explanation
        return EXPLANATIONS[stop]


def _stop_of(choices: tuple[OrganisationChoice, ...]) -> Stop | None:
    """Why none of what the sign-in sees can be connected; None when one can."""
    if not choices:
        return Stop.OTHER_ORGANISATION
    return Stop.MAY_NOT_WRITE if all(choice.bill_rights is BillRights.NONE for choice in choices) else None
