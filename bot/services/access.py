"""What services that call a ledger know of tokens."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from bot.domain.ids import ConnectionId
from bot.domain.problems import Problem
from providers.base import Access
from providers.errors import AccessExpiredError, ReconnectNeededError

T = TypeVar("T")


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


async def called(tokens: Tokens, connection_id: ConnectionId, call: Callable[[Access], Awaitable[T]]) -> T:
    """What a reading call answers; access that the ledger does not take any more is renewed once.

    Raises:
        ProviderError: as the call does, and `Tokens.access`.
    """
    access = await tokens.access(connection_id)
    try:
        return await call(access)
    except AccessExpiredError:
        await tokens.forget(connection_id, access)
    try:
        return await call(await tokens.access(connection_id))
    except AccessExpiredError as error:
        raise ReconnectNeededError(error.problem) from error
