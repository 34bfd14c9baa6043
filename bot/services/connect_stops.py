"""Why a try to connect goes no further: said on its page, told to who started it, and recorded."""

from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec
from sqlalchemy import Row

from bot.db.unit_of_work import Database, Tx
from bot.domain.connecting import LIVE, Stage, Stop, Stopped
from bot.domain.ids import UserId, WorkspaceId
from bot.services import audit
from bot.services.connect_rows import FLOWS, newest
from bot.services.messages import Place, Subject, Surface, want

STOPPED = "stopped"
"""The role of the message that says a try went no further, and offers a new one."""


class StoppedError(Exception):
    """The try goes no further; `stop` says why. Shown on the page."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        super().__init__(stop)


@dataclass(frozen=True, slots=True)
class ConnectStops:
    db: Database

    async def of_browser(self, provider: str, cookie: str) -> Row[Any]:
        """The browser's last try. Raises: StoppedError: there is none."""
        async with self.db.read() as tx:
            row = (await tx.execute(newest(provider, cookie))).one_or_none()
        if row is None:
            raise StoppedError(Stop.UNKNOWN)
        return row

    async def check_live(self, row: Row[Any], *, is_ours: bool) -> None:
        """Raises: StoppedError: over, expired or another browser's; whoever started is told."""
        stage = Stage(row.stage)
        if not is_ours:
            await self.tell(row, Stop.OTHER_BROWSER)
            raise StoppedError(Stop.OTHER_BROWSER)
        if stage in LIVE and row.expires_at <= self.db.clock.now():
            await self.stop(row, Stage.EXPIRED, Stop.EXPIRED)
        if stage not in LIVE:
            stop = Stop.EXPIRED if stage is Stage.EXPIRED else Stop.USED
            if stage not in (Stage.DENIED, Stage.FAILED):  # their own reason was told and stays
                await self.tell(row, stop)
            raise StoppedError(stop)

    async def stop(self, row: Row[Any], stage: Stage, stop: Stop) -> NoReturn:
        """End the try. Raises: StoppedError."""
        async with self.db.write() as tx:
            await self.end(tx, row, stage, Stopped(stop=stop))
        raise StoppedError(stop)

    async def end(self, tx: Tx, row: Row[Any], stage: Stage, stopped: Stopped) -> None:
        """The end in a transaction of somebody else's, who raises afterwards."""
        await tx.execute(
            FLOWS.update()
            .where(FLOWS.c.id == row.id, FLOWS.c.stage.in_(LIVE))
            .values(stage=stage, state_hash=None, code_hash=None, nonce_hash=None, verifier_sealed=None)
        )
        await _tell_starter(tx, row, stopped)
        await audit.record(
            tx,
            WorkspaceId(row.workspace_id),
            row.id,
            "connecting stopped",
            by=UserId(row.user_id),
            facts={"why": stopped.stop},
        )

    async def tell(self, row: Row[Any], stop: Stop) -> None:
        """Whoever started hears of it; the try is left as it is."""
        async with self.db.write() as tx:
            await _tell_starter(tx, row, Stopped(stop=stop))


async def _tell_starter(tx: Tx, row: Row[Any], stopped: Stopped) -> None:
    place = Place(role=STOPPED, surface=Surface.DIRECT, user_id=UserId(row.user_id))
    facts = msgspec.to_builtins(stopped)
    await want(tx, WorkspaceId(row.workspace_id), Subject.CONNECTION, row.id, place, facts=facts)
