"""What services that call a ledger know of tokens."""

from typing import Protocol

from bot.domain.ids import ConnectionId
from bot.domain.problems import Problem
from providers.base import Access


class Tokens(Protocol):
    """Live access for a connection; refreshes when needed, one at a time for all processes."""

    async def access(self, connection_id: ConnectionId) -> Access:
        """Raises:
        ReconnectNeededError: a person has to sign in again.
        TryLaterError: the token endpoint does not answer.
        """
        ...

    async def forget(self, connection_id: ConnectionId, access: Access) -> None:
        """The ledger did not take this access; the next call gets a fresh one."""
        ...

    async def broken(self, connection_id: ConnectionId, problem: Problem) -> None:
        """The ledger says the connection is over; told once."""
        ...
