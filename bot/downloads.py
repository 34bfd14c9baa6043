"""Files that people dropped in Slack, fetched from exactly one host.

The bot token goes only to that host, over https unless it is this machine, without redirects, and the bytes are
counted as they come. Slack answers a missing right with a login page and 200, so a page is no file.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from yarl import URL

from bot.domain.ids import WorkspaceId
from bot.intake.sniff import LARGEST_FILE
from bot.services.arrivals import Fetched, NotFetched
from bot.slack import SlackClients, reason_of

logger = logging.getLogger(__name__)

WAIT_SECONDS = 60.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_GONE = frozenset({"file_not_found", "file_deleted", "missing_scope", "not_in_channel"})


@dataclass(frozen=True, slots=True)
class SlackFiles:
    """`bot.services.arrivals.FileSource` over `files.info` and the file host."""

    clients: SlackClients
    session: aiohttp.ClientSession
    host: str

    async def fetch(self, workspace_id: WorkspaceId, slack_file_id: str, channel_id: str) -> Fetched | NotFetched:
        client = await self.clients.of(workspace_id)
        if client is None:
            return NotFetched(reason="The app is no longer installed.", is_final=True)
        try:
            info: dict[str, Any] = (await client.files_info(file=slack_file_id)).get("file") or {}
        except SlackApiError as error:
            reason = reason_of(error)
            return NotFetched(reason=f"Slack did not hand it over ({reason}).", is_final=reason in _GONE)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NotFetched(reason=type(error).__name__, is_final=False)
        thread_ts = _shared_in(info, channel_id)
        if int(info.get("size") or 0) > LARGEST_FILE:
            most = LARGEST_FILE // 1048576
            return NotFetched(reason=f"It is larger than {most} MiB.", is_final=True, thread_ts=thread_ts)
        url = self._allowed(str(info.get("url_private_download") or info.get("url_private") or ""))
        if url is None:
            return NotFetched(reason="It is not stored in Slack itself.", is_final=True, thread_ts=thread_ts)
        content = await self._bytes(url, str(client.token))
        if isinstance(content, str):
            return NotFetched(reason=content, is_final=content != "", thread_ts=thread_ts)
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

    async def _bytes(self, url: URL, token: str) -> bytes | str:
        """The bytes, or the reason why not; an empty reason means that trying again may help."""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with (
                asyncio.timeout(WAIT_SECONDS),
                self.session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    return "" if response.status >= 429 else f"Slack answered {response.status}."
                if response.content_type == "text/html":
                    return "Slack wants the right to read files; reinstall the app with the scope files:read."
                chunks, size = [], 0
                async for chunk in response.content.iter_chunked(65536):
                    size += len(chunk)
                    if size > LARGEST_FILE:
                        return f"It is larger than {LARGEST_FILE // 1048576} MiB."
                    chunks.append(chunk)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a file could not be fetched", extra={"error": type(error).__name__})
            return ""
        return b"".join(chunks)


def _shared_in(info: dict[str, Any], channel_id: str) -> str | None:
    """The message a file was shared with, or the one whose thread it was shared in, to answer there."""
    shares = info.get("shares") or {}
    for kind in ("public", "private"):
        for share in (shares.get(kind) or {}).get(channel_id) or []:
            if share.get("ts"):
                return str(share.get("thread_ts") or share["ts"])
    return None
