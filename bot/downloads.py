"""Files that people shared in Slack, fetched from exactly one host.

The bot token goes only to that host, over https unless it is this machine, without redirects, and the bytes are
counted as they come, as they are: nothing is decompressed. What Slack or the host says of a file's kind is not believed;
its first bytes tell. Slack answers a missing right with a login page and 200, which has another length than the file.
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.domain.arrivals import Arrival, SlackMessage
from bot.domain.documents import Door
from bot.domain.ids import WorkspaceId
from bot.domain.slack import TOKEN_REFUSALS
from bot.domain.texts import cleaned
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE, FileKind, sniff
from bot.services.arrivals import Found, NotFetched
from bot.services.files import LONGEST_NAME
from bot.slack import LOOPBACK, SlackClients, reason_of
from bot.views import fetching as views

logger = logging.getLogger(__name__)

WAIT_SECONDS, SILENCE_SECONDS = 25.0, 10.0
"""For a whole file, and for the next bytes of it: with the reading after it, shorter than what an attempt has."""
CHUNK = 64 * 1024
TOO_LARGE = views.too_large(LARGEST_FILE // MEBIBYTE)
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
GONE = frozenset({"file_deleted", "tombstone", "hidden_by_limit"})
UNSEEN = frozenset({"file_not_found", "not_visible", "access_denied", "no_permission"})
FORM_SECONDS = 1.5
"""Slack waits for three seconds for what comes of a form."""
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
"""Visible ASCII without the backslash, which some parsers read as a slash."""


@dataclass(frozen=True, slots=True)
class SlackFiles:
    """`bot.services.arrivals.FileSource` over `files.info` and the file host."""

    clients: SlackClients
    session: aiohttp.ClientSession
    host: str

    async def look(self, arrival: Arrival) -> Found | NotFetched:
        client = await self.clients.of(arrival.workspace_id)
        if client is None:
            # it may be installed again; until then nobody asks
            return NotFetched(reason=views.NOT_INSTALLED, is_final=False)
        try:
            info: dict[str, Any] = (await client.files_info(file=arrival.slack_file_id)).get("file") or {}
            message = await _answerable(client, arrival, info)
        except SlackApiError as error:
            return _refused(reason_of(error), error.response.status_code, arrival.door)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return NotFetched(reason=views.AWAY, is_final=False)
        size = info.get("size")
        return Found(
            name=cleaned(str(info.get("name") or info.get("title") or ""), LONGEST_NAME) or "file",
            message=message,
            url=str(info.get("url_private_download") or info.get("url_private") or ""),
            size=size if isinstance(size, int) else 0,
            refusal=await self._refusal(arrival.workspace_id, info),
        )

    async def _refusal(self, workspace_id: WorkspaceId, info: dict[str, Any]) -> str | None:
        """Why a file is not fetched at all, by what Slack says of it.

        <https://docs.slack.dev/reference/objects/file-object>
        """
        mode, size = info.get("mode"), info.get("size")
        workspace = await self.clients.workspaces.load(workspace_id)
        if mode in GONE or info.get("is_deleted"):
            return views.HIDDEN if mode == "hidden_by_limit" else views.DELETED
        if info.get("is_external") or mode == "external":
            return views.ELSEWHERE
        if info.get("file_access") == "check_file_info" or mode == "file_access":
            return views.OTHER_COMPANY
        ours = (None, "") if workspace is None else (None, "", workspace.team_id, workspace.enterprise_id)
        if workspace is not None and info.get("user_team") not in ours:
            return views.OTHER_COMPANY
        if info.get("file_access") not in (None, "", "visible"):
            return views.UNSEEN
        if isinstance(size, int) and size > LARGEST_FILE:
            return TOO_LARGE
        return None

    async def fetch(self, workspace_id: WorkspaceId, found: Found) -> bytes | NotFetched:
        client = await self.clients.of(workspace_id)
        if client is None:
            return NotFetched(reason=views.NOT_INSTALLED, is_final=False)
        url = self.allowed(found.url)
        if url is None:
            return NotFetched(reason=views.ELSEWHERE, is_final=True)
        content = await self._bytes(url, str(client.token))
        if isinstance(content, NotFetched) or not found.size or len(content) == found.size:
            return content
        if sniff(content) is FileKind.PAGE:
            return NotFetched(reason=views.NO_RIGHT, is_final=True)
        return NotFetched(reason=views.INCOMPLETE, is_final=False)

    async def handed_in(self, workspace_id: WorkspaceId, address: str, *, most: int) -> bytes | None:
        """`bot.services.typing_lists.HandedIn`: a file of a form, while its person waits. None: it did not come in time, or
        is too large.
        """
        client, url = await self.clients.of(workspace_id), self.allowed(address)
        if client is None or url is None:
            return None
        headers = {"Authorization": f"Bearer {client.token}"}
        wait = aiohttp.ClientTimeout(total=FORM_SECONDS)
        try:
            async with self.session.get(url, headers=headers, allow_redirects=False, timeout=wait) as response:
                content = await response.content.read(most + 1) if response.status == 200 else b""
                while content and len(content) <= most and (more := await response.content.read(most + 1)):
                    content += more
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a file of a form could not be fetched", extra={"error": type(error).__name__})
            return None
        return content if 0 < len(content) <= most else None

    def allowed(self, text: str) -> URL | None:
        """The address, if it is of the one host: parsed once, compared exactly by scheme, host and port."""
        if not _PLAIN.fullmatch(text):
            return None
        try:
            url = URL(text)
        except ValueError:
            return None
        # as it is written: decoding an international name fails on some, and would make others look like ours
        host = url.raw_host
        at = host if url.is_default_port() else f"{host}:{url.port}"
        is_safe = url.scheme == "https" or (url.scheme == "http" and host in LOOPBACK)
        return url if is_safe and at == self.host and url.user is None and url.password is None else None

    async def _bytes(self, url: URL, token: str) -> bytes | NotFetched:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        wait = aiohttp.ClientTimeout(total=WAIT_SECONDS, sock_read=SILENCE_SECONDS)
        try:
            async with (
                asyncio.timeout(WAIT_SECONDS),
                self.session.get(
                    url, headers=headers, allow_redirects=False, auto_decompress=False, timeout=wait
                ) as response,
            ):
                if response.status != 200:
                    return _refused(f"status {response.status}", response.status, Door.FILE)
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    return NotFetched(reason=views.COMPRESSED, is_final=False)
                return await _counted(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a file could not be fetched", extra={"error": type(error).__name__})
            return NotFetched(reason=views.AWAY, is_final=False)


async def _counted(response: aiohttp.ClientResponse) -> bytes | NotFetched:
    """As many bytes as come, and not one chunk more than a file may have."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > LARGEST_FILE:
            return NotFetched(reason=TOO_LARGE, is_final=True)
    return bytes(content)


def _refused(reason: str, status: int, door: Door) -> NotFetched:
    """By what Slack said: try again, or a reason and what to do."""
    if reason in TRANSIENT or status in (408, 429) or status >= 500:
        return NotFetched(reason=views.AWAY, is_final=False)
    if reason in GONE:
        return NotFetched(reason=views.DELETED, is_final=True)
    if reason in UNSEEN:
        return NotFetched(reason=views.NOT_IN_IT if door is Door.MESSAGE else views.UNSEEN, is_final=True)
    words = views.NO_RIGHT if reason in REINSTALL else views.not_handed_over(reason)
    return NotFetched(reason=words, is_final=True)


async def _answerable(client: AsyncWebClient, arrival: Arrival, info: dict[str, Any]) -> SlackMessage | None:
    """The message to answer to. A dropped file's event proves that we are there; of a message that somebody chose, Slack
    is asked. Of conversations with us it is not: it would want another right for that.
    """
    message = arrival.message or _shared_in(info, arrival)
    if message is None or arrival.door is not Door.MESSAGE:
        return message
    try:
        channel = (await client.conversations_info(channel=arrival.channel_id)).get("channel") or {}
    except SlackApiError as error:
        if error.response.status_code == 429 or reason_of(error) in TRANSIENT:
            raise
        return None
    is_shared = channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")
    return message if channel.get("is_member") and not is_shared else None


def _shared_in(info: dict[str, Any], arrival: Arrival) -> SlackMessage | None:
    """The message a file was shared with there, with the thread that this was in."""
    shares = info.get("shares") or {}
    for kind in ("public", "private"):
        for share in (shares.get(kind) or {}).get(arrival.channel_id) or []:
            if share.get("ts"):
                ts, thread_ts = str(share["ts"]), share.get("thread_ts")
                return SlackMessage(
                    channel_id=arrival.channel_id, ts=ts, thread_ts=None if thread_ts in (None, ts) else str(thread_ts)
                )
    return None
