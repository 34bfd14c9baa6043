"""Files that people dropped in Slack, fetched from exactly one host.

The bot token goes only to that host, over https unless it is this machine, without redirects, and the bytes are
counted as they come. Slack answers a missing right with a login page and 200, so a page is no file.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from yarl import URL

from bot.domain.ids import WorkspaceId
from bot.domain.slack import TOKEN_REFUSALS
from bot.intake.sniff import LARGEST_FILE
from bot.services.arrivals import Fetched, NotFetched
from bot.slack import LOOPBACK, SlackClients, reason_of

logger = logging.getLogger(__name__)

WAIT_SECONDS = 60.0
TRANSIENT = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
    }
)
"""Slack's words after which asking again may help; the last two while a company moves to another plan."""
REINSTALL = frozenset({"missing_scope", "not_allowed_token_type"}) | TOKEN_REFUSALS
AWAY = "Slack has trouble of its own"


@dataclass(frozen=True, slots=True)
class SlackFiles:
    """`bot.services.arrivals.FileSource` over `files.info` and the file host."""

    clients: SlackClients
    session: aiohttp.ClientSession
    host: str

    async def fetch(self, workspace_id: WorkspaceId, slack_file_id: str, channel_id: str) -> Fetched | NotFetched:
        client = await self.clients.of(workspace_id)
        if client is None:
            # it may be installed again; until then nobody asks
            return NotFetched(reason="the app is not installed just now", is_final=False)
        try:
            info: dict[str, Any] = (await client.files_info(file=slack_file_id)).get("file") or {}
        except SlackApiError as error:
            return _refused(reason_of(error), error.response.status_code)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return NotFetched(reason=AWAY, is_final=False)
        thread_ts = _shared_in(info, channel_id)
        if int(info.get("size") or 0) > LARGEST_FILE:
            most = LARGEST_FILE // 1048576
            return NotFetched(reason=f"It is larger than {most} MiB.", is_final=True, thread_ts=thread_ts)
        url = self._allowed(str(info.get("url_private_download") or info.get("url_private") or ""))
        if url is None:
            return NotFetched(reason="It is not stored in Slack itself.", is_final=True, thread_ts=thread_ts)
        content = await self._bytes(url, str(client.token))
        if isinstance(content, NotFetched):
            return replace(content, thread_ts=thread_ts)
        return Fetched(name=str(info.get("name") or "file"), content=content, thread_ts=thread_ts)

    def _allowed(self, text: str) -> URL | None:
        """Parsed once, compared exactly: scheme, host and port, no user part."""
        try:
            url = URL(text)
        except ValueError:
            return None
        at = url.host if url.is_default_port() else f"{url.host}:{url.port}"
        is_safe = url.scheme == "https" or (url.scheme == "http" and url.host in LOOPBACK)
        return url if is_safe and at == self.host and url.user is None and url.password is None else None

    async def _bytes(self, url: URL, token: str) -> bytes | NotFetched:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with (
                asyncio.timeout(WAIT_SECONDS),
                self.session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    return _refused(f"status {response.status}", response.status)
                if response.content_type == "text/html":
                    why = "Slack wants the right to read files; reinstall the app with the scope files:read."
                    return NotFetched(reason=why, is_final=True)
                chunks, size = [], 0
                async for chunk in response.content.iter_chunked(65536):
                    size += len(chunk)
                    if size > LARGEST_FILE:
                        return NotFetched(reason=f"It is larger than {LARGEST_FILE // 1048576} MiB.", is_final=True)
                    chunks.append(chunk)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a file could not be fetched", extra={"error": type(error).__name__})
            return NotFetched(reason=AWAY, is_final=False)
        return b"".join(chunks)


def _refused(reason: str, status: int) -> NotFetched:
    """By what Slack said: try again, or a reason and what to do."""
    if reason in TRANSIENT or status in (408, 429) or status >= 500:
        return NotFetched(reason=AWAY, is_final=False)
    help_ = "Drop it again"
    if reason in REINSTALL:
        help_ = "Ask an admin to install the app again, then drop it again"
    return NotFetched(
        reason=f"Slack did not hand it over ({reason}). {help_}, or type it in with `/dext add`.", is_final=True
    )


def _shared_in(info: dict[str, Any], channel_id: str) -> str | None:
    """The message a file was shared with, or the one whose thread it was shared in, to answer there."""
    shares = info.get("shares") or {}
    for kind in ("public", "private"):
        for share in (shares.get(kind) or {}).get(channel_id) or []:
            if share.get("ts"):
                return str(share.get("thread_ts") or share["ts"])
    return None
