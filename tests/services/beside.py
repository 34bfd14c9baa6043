"""The product's publishing beside a simulated ledger of any package, by the package's own adapter over HTTP."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.unit_of_work import Database
from bot.domain.ids import ConnectionId
from bot.services.publishing import Publishing
from providers.base import Access
from tests.contract.losing import LosingFarEnd
from tests.services.publishing import LEASE, PUBLIC_URL, StandingTokens, World, a_world


@dataclass(slots=True, kw_only=True)
class SignedIn(StandingTokens):
    """For as long as it takes."""

    far: LosingFarEnd

    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        return self.far.fresh_access()


async def a_world_beside(far: LosingFarEnd, database: Database, clock: Clock) -> World:
    """Its bills are coded to what the far end's books have."""
    provider = far.provider.profile.key
    world = await a_world(database, clock, provider=provider)
    world.codes = far.codes
    tokens = SignedIn(database, far=far)
    world.publishing = Publishing(database, world.jobs, {provider: far.provider}, tokens, clock, PUBLIC_URL, LEASE)

    async def run(_kind: str, key: str) -> None:
        await world.publishing.run(key)

    world.jobs.handler = run
    return world
