"""A file on its way in, with defaults."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bot.domain.arrivals import AnswerIn, Arrival, ArrivalState
from bot.domain.documents import Door
from bot.domain.ids import ChannelId, UserId, WorkspaceId


def an_arrival(workspace_id: WorkspaceId, slack_file_id: str = "F0BILL001", **changes: Any) -> Arrival:
    made = Arrival(
        id=uuid4(),
        workspace_id=workspace_id,
        organisation_id=None,
        door=Door.FILE,
        slack_file_id=slack_file_id,
        channel_id=ChannelId("C000000001"),
        user_id=UserId("U0MIA0001"),
        state=ArrivalState.WAITING,
        attempt=1,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        name=None,
        message=None,
        answer_in=AnswerIn.ALONE,
        is_sure=True,
        file_id=None,
        item_id=None,
        words=None,
    )
    return replace(made, **changes)
