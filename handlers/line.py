"""One websocket of Socket Mode: it is read, and what came over it answered, until it ends.

A request is acknowledged after its handler has committed, and not at all when it failed: Slack sends events again, and
the name of the delivery tells that it was here before.
"""

import asyncio
import logging
from dataclasses import dataclass, field

import aiohttp

from handlers.dispatch import Dispatch
from handlers.envelopes import Envelope, Goodbye, Hello, read_message
from handlers.strict import BadBodyError

logger = logging.getLogger(__name__)

LAST_ANSWERS_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class Line:
    socket: aiohttp.ClientWebSocketResponse
    dispatch: Dispatch
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when another one is wanted in its place: Slack said so, or it is broken."""
    _answers: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def is_up(self) -> bool:
        return self.greeted.is_set() and not self.leaving.is_set()

    async def read(self) -> None:
        """Until the websocket ends."""
        try:
            async for message in self.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
        finally:
            self.leaving.set()

    async def finish(self) -> None:
        """Answer what is being answered, and close. Nothing may read it any more."""
        self.leaving.set()
        if self._answers:
            _, late = await asyncio.wait(self._answers, timeout=LAST_ANSWERS_SECONDS)
            for answer in late:
                answer.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.socket.close()

    def _take(self, text: str) -> None:
        try:
            message = read_message(text)
        except BadBodyError:
            logger.info("message refused: not what Slack sends", extra={"characters": len(text)})
            return
        match message:
            case Hello():
                self.greeted.set()
            case Goodbye(reason=reason):
                logger.info("Slack asks for another websocket", extra={"reason": reason[:40]})
                self.leaving.set()
            case Envelope():
                answer = asyncio.create_task(self._answer(message))
                self._answers.add(answer)
                answer.add_done_callback(self._answers.discard)

    async def _answer(self, envelope: Envelope) -> None:
        try:
            answer = await self.dispatch(envelope.body)
            acknowledgement = envelope.acknowledgement(answer)
        except Exception:
            logger.exception("a request failed before it could be answered")
            return
        if acknowledgement is None:
            logger.info("a request was not acknowledged", extra={"status": answer.status})
        elif not await self._send(acknowledgement):
            logger.info("an acknowledgement was lost with its websocket")

    async def _send(self, text: str) -> bool:
        try:
            await self.socket.send_str(text)
        except (aiohttp.ClientError, ConnectionError):
            return False
        return True
