"""Slack's word on people, at most a minute old. Whatever cannot be learnt in time is unknown, and unknown may nothing."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.domain.ids import UserId
from bot.domain.rights import Person
from bot.domain.slack import Workspace
from bot.slack import SlackClients

logger = logging.getLogger(__name__)

FRESH_SECONDS = 60.0
MOST_KEPT = 5000
WAIT_SECONDS = 1.5
PAGES = 20


@dataclass(slots=True)
class SlackDirectory:
    """`bot.services.people.Directory` over `users.info` and `users.list`."""

    clients: SlackClients
    clock: Clock
    _people: OrderedDict[tuple[str, str], tuple[float, Person]] = field(default_factory=OrderedDict)
    _admins: dict[str, tuple[float, tuple[UserId, ...]]] = field(default_factory=dict)

    async def person(self, workspace: Workspace, user_id: UserId) -> Person | None:
        key = (workspace.team_id, user_id)
        known = self._people.get(key)
        if known is not None and self.clock.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        client = await self.clients.of(workspace.id)
        answer = None if client is None else await self._ask(client, user_id)
        if answer is None:
            return None
        person = _person_of(answer, workspace)
        self._people[key] = (self.clock.monotonic(), person)
        while len(self._people) > MOST_KEPT:
            self._people.popitem(last=False)
        return person

    async def workspace_admins(self, workspace: Workspace) -> tuple[UserId, ...]:
        known = self._admins.get(workspace.team_id)
        if known is not None and self.clock.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        client = await self.clients.of(workspace.id)
        members = [] if client is None else await self._members(client)
        admins = [member["id"] for member in members if _is_admin(member) and not member.get("deleted")]
        if workspace.installer_user_id is not None:
            admins.append(workspace.installer_user_id)
        found = tuple(UserId(user) for user in dict.fromkeys(admins))
        if members:
            self._admins[workspace.team_id] = (self.clock.monotonic(), found)
        return found

    async def _ask(self, client: AsyncWebClient, user_id: str) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                answer = await client.users_info(user=user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("Slack did not say who somebody is", extra={"error": type(error).__name__})
            return None
        user: dict[str, Any] | None = answer.get("user")
        return user

    async def _members(self, client: AsyncWebClient) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                for _ in range(PAGES):
                    answer = await client.users_list(limit=500, cursor=cursor or None)
                    found += answer.get("members") or []
                    cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
                    if not cursor:
                        break
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("Slack did not list its members", extra={"error": type(error).__name__})
        return found


def _is_admin(user: dict[str, Any]) -> bool:
    return bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner"))


def _person_of(user: dict[str, Any], workspace: Workspace) -> Person:
    profile = user.get("profile") or {}
    team = user.get("team_id") or workspace.team_id
    return Person(
        user_id=UserId(user["id"]),
        name=str(
            profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or ""
        ),
        is_of_workspace=team == workspace.team_id and not user.get("is_stranger"),
        is_active=not user.get("deleted"),
        is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == "USLACKBOT"),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_workspace_admin=_is_admin(user) or user["id"] == workspace.installer_user_id,
    )
