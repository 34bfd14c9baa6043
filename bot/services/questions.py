"""Answers to what is asked about files that came in through Slack: whose they are, and whether a picture is a bill."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.db.arrivals import change_arrival, load_arrival
from bot.db.unit_of_work import Database, Tx
from bot.domain.arrivals import Arrival, ArrivalState
from bot.domain.ids import OrganisationId
from bot.domain.rights import Person, decide_answer
from bot.domain.slack import Actor
from bot.services.arrival_messages import ANSWER, arrivals_of, sign, tell
from bot.services.arrivals import MOVING_FOR, enqueue
from bot.services.jobs import Jobs
from bot.services.messages import Subject, place_of
from bot.services.people import NotAllowedError, People, standing_of
from bot.services.settings import organisation_name
from bot.views import arrivals as views
from bot.views.text import mention


class FileNotFoundHereError(Exception):
    """No such file in this workspace."""

    def __init__(self) -> None:
        super().__init__("I cannot find that file any more. Send it again.")


@dataclass(frozen=True, slots=True)
class Questions:
    db: Database
    people: People
    jobs: Jobs

    async def choose(self, actor: Actor, subject: str, organisation_id: OrganisationId) -> str:
        """The files of a message that wait for an organisation are for this one; answers its name. A second choice
        changes nothing.

        Raises:
            NotAllowedError: only whoever sent them, or who keeps that organisation's books, chooses.
            FileNotFoundHereError: there is no such message here.
            OrganisationNotFoundError: the workspace has no such organisation.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            files = await arrivals_of(tx, actor.workspace.id, subject)
            await _require(tx, actor, person, organisation_id, files)
            if not files:
                raise FileNotFoundHereError
            name = await organisation_name(tx, actor.workspace.id, organisation_id)
            for arrival in files:
                if arrival.state is ArrivalState.CHOOSING:
                    await self._go_on(tx, arrival, organisation_id, name)
        return name

    async def take(self, actor: Actor, arrival_id: UUID) -> None:
        """A picture is a bill, and is taken in. Raises: as `leave`."""
        await self._answer(actor, arrival_id, self._taken)

    async def leave(self, actor: Actor, arrival_id: UUID) -> None:
        """A picture is no bill.

        Raises:
            NotAllowedError: only whoever dropped it, or who keeps the books, says so.
            FileNotFoundHereError: no such file.
        """

        async def left(tx: Tx, arrival: Arrival) -> None:
            if await change_arrival(
                tx, arrival, state=ArrivalState.DECLINED, reason=views.declined(mention(actor.user_id))
            ):
                await tell(tx, arrival)

        await self._answer(actor, arrival_id, left)

    async def _taken(self, tx: Tx, arrival: Arrival) -> None:
        assert arrival.organisation_id is not None
        name = await organisation_name(tx, arrival.workspace_id, arrival.organisation_id)
        await self._go_on(tx, arrival, arrival.organisation_id, name)

    async def _answer(self, actor: Actor, arrival_id: UUID, act: Callable[[Tx, Arrival], Awaitable[None]]) -> None:
        person = await self.people.require_member(actor)
        async with self.db.write() as tx:
            arrival = await load_arrival(tx, actor.workspace.id, arrival_id)
            if arrival is None or arrival.organisation_id is None:
                raise FileNotFoundHereError
            await _require(tx, actor, person, arrival.organisation_id, [arrival])
            if arrival.state is ArrivalState.ASKED:
                await act(tx, arrival)
            else:
                await tell(tx, arrival)

    async def _go_on(self, tx: Tx, arrival: Arrival, organisation_id: OrganisationId, name: str) -> None:
        values: dict[str, Any] = {
            "organisation_id": organisation_id,
            "state": ArrivalState.WAITING,
            "is_sure": True,
            "attempt": arrival.attempt + 1,
            "due_at": tx.now + MOVING_FOR,
            "at": tx.now,
            "reason": None,
        }
        is_asked_there = await place_of(tx, arrival.workspace_id, Subject.ARRIVAL, arrival.subject, ANSWER) is not None
        if is_asked_there:
            values["reason"] = views.being_read(name)
        if await change_arrival(tx, arrival, **values):
            await enqueue(tx, self.jobs, arrival.id, arrival.attempt + 1, organisation_id)
            await (tell if is_asked_there else sign)(tx, arrival)


async def _require(
    tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId, files: Sequence[Arrival]
) -> None:
    """Raises:
    OrganisationNotFoundError: it is no organisation of the workspace that the request came from.
    NotAllowedError: neither did this person send the files, nor keeps it these books.
    """
    standing = await standing_of(tx, actor.workspace.id, organisation_id, person.user_id if person else None)
    for sent_by in {arrival.user_id for arrival in files} or {actor.user_id}:
        refusal = decide_answer(person, standing, sent_by)
        if refusal is not None:
            raise NotAllowedError(refusal)
