"""Once a day a channel that asked for it is told what was published since, what waits, and what was refused.

What to tell is written with how far it was told, so that whoever dies in between tells nothing twice and leaves nothing out. It is
counted when it is posted, after quiet hours that is. Where nothing was published or refused, nothing is posted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from bot.db import digests as rows
from bot.db.base import load, table_of
from bot.db.connections import ConnectionRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.digests import COUNTED, LARGEST, SETTLED, Digest, Sum, next_digest
from bot.domain.general import Purpose
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.rates import in_own
from bot.domain.settings import Settings
from bot.loops import guarded
from bot.services.lists import books_of
from bot.services.messages import Drawn, Place, Shown, Subject, Surface, want
from bot.services.rates import known_rates
from bot.services.settings import load_settings, organisation_name
from bot.views import digests as views

CONNECTIONS = table_of(ConnectionRow)
_LEDGER = select(CONNECTIONS.c.provider).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
    CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
)
WAITS = (ItemState.READY, ItemState.IN_APPROVAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a digest's row keeps: of which time it tells."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Digests:
    db: Database
    ledger_name: Callable[[str], str]
    """Of a provider's key."""
    public_url: str

    async def look(self) -> int:
        """Tell whoever is to be told by now; answers how many were."""
        async with self.db.read() as tx:
            due = await rows.digests_due(tx)
        return sum([await self._told(row) for row in due])

    async def _told(self, row: Row[Any]) -> bool:
        """What goes wrong over one costs no other its turn."""
        of = str(row.organisation_id)
        return await guarded(partial(self._look_at, row), "telling what was published", organisation=of)

    async def _look_at(self, row: Row[Any]) -> bool:
        of = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
        async with self.db.read() as tx:
            until = max(tx.now - SETTLED, row.told_until)
            has_any = await rows.sums_of(tx, *of, row.told_until, until) or await rows.refused_between(
                tx, *of, row.told_until, until
            )
        async with self.db.write() as tx:
            settings = await load_settings(tx, *of)
            if settings.digest_channel is None:
                await rows.end_digest(tx, *of)
                return False
            if not await rows.go_on(tx, row, until=until, due_at=next_digest(tx.now, _zone(settings, row.zone))):
                return False
            if not has_any:
                return False
            role = f"digest:{until:%Y%m%dT%H%M%S}"
            place = Place(role=role, surface=Surface.CHANNEL, channel_id=settings.digest_channel)
            facts = {"since": row.told_until, "until": until}
            await want(tx, of[0], Subject.DIGEST, of[1], place, facts=facts)
        return True

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.DIGEST`."""
        of = message.workspace_id, OrganisationId(UUID(message.subject_id))
        told, settings = load(message.facts, Told), await load_settings(tx, *of)
        sums = await rows.sums_of(tx, *of, told.since, told.until)
        refused = await rows.refused_between(tx, *of, told.since, told.until)
        if not sums and not refused:
            return None
        key = (await tx.execute(_LEDGER, {"workspace_id": of[0], "organisation_id": of[1]})).scalar_one_or_none()
        found = Digest(
            organisation=await organisation_name(tx, *of),
            ledger="the ledger" if key is None else self.ledger_name(key),
            since=told.since,
            sums=sums,
            largest=await _largest(tx, *of, told, sums=sums, settings=settings),
            refused=refused,
            still_refused=await rows.count_in(tx, *of, (ItemState.REFUSED,), most=COUNTED + 1),
            waiting=await rows.count_in(tx, *of, WAITS, most=COUNTED + 1),
            address=f"{self.public_url}/i/",
        )
        text, blocks = views.digest(found, hides_amounts=settings.hides_amounts(Purpose.DIGEST))
        return Drawn(text=text, blocks=blocks, is_last=True)


def _zone(settings: Settings, chosen: str) -> str:
    return chosen if settings.quiet is None else settings.quiet.zone


async def _largest(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    told: Told,
    *,
    sums: tuple[Sum, ...],
    settings: Settings,
) -> tuple[Item, ...]:
    of = workspace_id, organisation_id
    books = await books_of(tx, *of)
    own = None if books is None else books.base_currency
    currencies = {each.currency for each in sums if each.currency is not None}
    known = await known_rates(tx, *of, settings, currencies - {own})
    found = [
        item
        for currency in sorted(currencies)
        for item in await rows.largest_of(tx, *of, told.since, told.until, currency=currency, limit=LARGEST)
    ]

    def size(item: Item) -> tuple[bool, Decimal]:
        gross = item.facts.gross or Decimal(0)
        converted = in_own(gross, item.facts, own, known)
        return converted is not None, gross if converted is None else converted

    return tuple(sorted(found, key=size, reverse=True)[:LARGEST])
