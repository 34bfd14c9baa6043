"""Slack's word on people, at most a minute old. Whatever cannot be learnt in time is unknown, and unknown may nothing.

Questions about one person that come at once are one call, so that a crowd of clicks does not use up Slack's limit.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import deadline
from bot.clock import Clock
from bot.domain.ids import UserId
from bot.domain.rights import Person
from bot.domain.slack import Workspace
from bot.slack import SlackClients, reason_of

logger = logging.getLogger(__name__)

T = TypeVar("T")
FRESH_SECONDS = 60.0
MOST_KEPT = 5000
WAIT_SECONDS = 1.5
PAGE, PAGES = 500, 20
TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


@dataclass(slots=True)
class _Kept(Generic[T]):
    """Answers for a minute, bounded; None is not kept, so that the next question asks again."""

    clock: Clock
    _answers: OrderedDict[str, tuple[float, T]] = field(default_factory=OrderedDict)
    _asking: dict[str, asyncio.Task[T | None]] = field(default_factory=dict)

    async def get(self, key: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        known = self._answers.get(key)
        if known is not None and self.clock.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key, ask))
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            async with deadline.to_ask(WAIT_SECONDS):
                # whoever asked first may give up; the others still want to know
                return await asyncio.shield(asking)
        except TimeoutError:
            return None

    async def _ask(self, key: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                answer = await ask()
        except TROUBLE as error:
            logger.warning("Slack did not say who somebody is", extra={"error": _name(error)})
            return None
        if answer is not None:
            self._answers.pop(key, None)
            self._answers[key] = (self.clock.monotonic(), answer)
            while len(self._answers) > MOST_KEPT:
                self._answers.popitem(last=False)
        return answer


class SlackDirectory:
    """`bot.services.people.Directory` over `users.info` and `users.list`."""

    def __init__(self, clients: SlackClients, clock: Clock) -> None:
        self._clients = clients
        self._people: _Kept[Person] = _Kept(clock)
        self._admins: _Kept[tuple[UserId, ...]] = _Kept(clock)

    async def person(self, workspace: Workspace, user_id: UserId) -> Person | None:
        async def ask() -> Person | None:
            client = await self._clients.of(workspace.id)
            if client is None:
                return None
            try:
                user = (await client.users_info(user=user_id)).get("user")
            except SlackApiError as error:
                if reason_of(error) != "user_not_found":
                    raise
                return _gone(user_id)
            return None if user is None else person_of(user, workspace)

        return await self._people.get(f"{workspace.id}:{user_id}", ask)

    async def workspace_admins(self, workspace: Workspace) -> tuple[UserId, ...]:
        async def ask() -> tuple[UserId, ...] | None:
            client = await self._clients.of(workspace.id)
            return None if client is None else await _admins(client)

        found = await self._admins.get(str(workspace.id), ask) or ()
        if workspace.installer_user_id is not None:
            found = (*found, workspace.installer_user_id)
        return tuple(dict.fromkeys(found))


async def _admins(client: AsyncWebClient) -> tuple[UserId, ...]:
    found: list[UserId] = []
    cursor = ""
    for _ in range(PAGES):
        answer = await client.users_list(limit=PAGE, cursor=cursor or None)
        members: list[dict[str, Any]] = answer.get("members") or []
        found += [UserId(member["id"]) for member in members if is_admin(member) and not member.get("deleted")]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return tuple(found)


def person_of(user: dict[str, Any], workspace: Workspace) -> Person:
    """`users.info`'s answer. Whoever is of other teams only is an outsider, whatever else it says.

    In an Enterprise organisation somebody can be of several workspaces, and `team_id` names one of them.
    <https://docs.slack.dev/reference/objects/user-object>
    """
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    teams = {user.get("team_id") or workspace.team_id, *((user.get("enterprise_user") or {}).get("teams") or ())}
    return Person(
        user_id=UserId(user["id"]),
        name=str(next((name for name in names if name), "")),
        real_name=str(next((name for name in (*names[1:], names[0]) if name), "")),
        email=str(profile["email"]) if profile.get("email") else None,
        zone=str(user["tz"]) if user.get("tz") else None,
        is_of_workspace=workspace.team_id in teams and not user.get("is_stranger"),
        is_active=not user.get("deleted"),
        is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == "USLACKBOT"),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_workspace_admin=is_admin(user) or user["id"] == workspace.installer_user_id,
    )


def _gone(user_id: UserId) -> Person:
    """Whom the workspace does not have, or not any more: that is an answer, unlike Slack's silence."""
    return Person(user_id=user_id, name="Somebody", is_of_workspace=True, is_known=False, is_active=False)


def is_admin(user: dict[str, Any]) -> bool:
    """Owner or admin of the workspace, by an object of `users.info` or `users.list`."""
    return bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner"))


def _name(error: BaseException) -> str:
    return reason_of(error) if isinstance(error, SlackApiError) else type(error).__name__
