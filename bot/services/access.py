"""What services that call a ledger know of tokens."""

from typing import Protocol

from bot.domain.ids import ConnectionId
from bot.domain.problems import Problem
from providers.base import Access


class Tokens(Protocol):
    """Live access for a connection; refreshes when needed, one at a time for all processes."""

    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        """`to_finish`: even of a connection that was ended, as long as it has a sign-in, to look up what was begun by it.

        Raises:
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
