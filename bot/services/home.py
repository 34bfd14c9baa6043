"""App Home: what waits for somebody, and how the connections stand."""

from dataclasses import dataclass
from typing import Protocol

from slack_sdk.models.views import View

from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.slack import Actor
from bot.services.messages import Place, Shown, Subject, Surface, forget, place_of, want
from bot.services.people import NotAllowedError, People
from bot.services.statuses import Statuses
from bot.views.home import ItemLine, home, refused

HOME = "home"


class MyWork(Protocol):
    async def mine(self, tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[ItemLine, ...]:
        """What waits for this person, most urgent first."""
        ...


@dataclass(frozen=True, slots=True)
class Home:
    db: Database
    statuses: Statuses
    people: People
    work: MyWork

    async def opened(self, actor: Actor) -> View:
        """Home as it is now. The first time also notes that this person has one, so that it is redrawn on changes.

        Who may see nothing is told why; a Home of theirs from before is redrawn no more.
        """
        workspace_id = actor.workspace.id
        try:
            await self.people.require_member(actor)
        except NotAllowedError as error:
            await self._forget(workspace_id, actor.user_id)
            return refused(error.refusal.reason)
        async with self.db.read() as tx:
            known = await place_of(tx, workspace_id, Subject.HOME, actor.user_id, HOME)
            view = await self._view(tx, workspace_id, actor.user_id)
        if known is None:
            async with self.db.write() as tx:
                place = Place(role=HOME, surface=Surface.HOME, user_id=actor.user_id)
                await want(tx, workspace_id, Subject.HOME, actor.user_id, place)
        return view

    async def _forget(self, workspace_id: WorkspaceId, user_id: UserId) -> None:
        async with self.db.read() as tx:
            known = await place_of(tx, workspace_id, Subject.HOME, user_id, HOME)
        if known is not None:
            async with self.db.write() as tx:
                await forget(tx, workspace_id, Subject.HOME, user_id)

    async def draw(self, tx: Tx, message: Shown) -> View:
        """The drawer of `Subject.HOME`."""
        return await self._view(tx, message.workspace_id, UserId(message.user_id or ""))

    async def _view(self, tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> View:
        work = await self.work.mine(tx, workspace_id, user_id)
        return home(work, await self.statuses.of_workspace(tx, workspace_id, user_id))
