"""Files of ours in Slack: uploaded in three steps, <https://docs.slack.dev/messaging/working-with-files#uploading_files>.

Without a channel a file is private to the app. The bytes go to the one host that files come from.
"""

import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import UserId, WorkspaceId
from bot.downloads import SlackFiles
from bot.slack import SlackClients, reason_of

logger = logging.getLogger(__name__)

WAIT_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class SlackUploads:
    clients: SlackClients
    session: aiohttp.ClientSession
    files: SlackFiles

    async def sent(self, client: AsyncWebClient, name: str, content: bytes, **told: Any) -> str | None:
        """The first two steps: Slack's id of a file that is nowhere yet. None: its bytes were not taken."""
        place = await client.files_getUploadURLExternal(filename=name, length=len(content), **told)
        address = str(place.get("upload_url") or "")
        return str(place["file_id"]) if await self._posted(address, content) else None

    async def _posted(self, address: str, content: bytes) -> bool:
        """The address itself is the right to write there, so no token goes along."""
        url = self.files.allowed(address)
        if url is None:
            logger.warning("Slack named another host to upload to")
            return False
        wait = aiohttp.ClientTimeout(total=WAIT_SECONDS)
        async with self.session.post(url, data=content, allow_redirects=False, timeout=wait) as response:
            return response.status == 200


@dataclass(frozen=True, slots=True)
class SlackHands:
    """`bot.services.downloading.Hands`: a file in a person's own messages with the app, which only they can see.

    Words go before it: what posting them answers names the conversation, which a file has to be told by its id.
    """

    uploads: SlackUploads

    async def give(
        self, workspace_id: WorkspaceId, user_id: UserId, *, name: str, content: bytes, words: str
    ) -> str | None:
        client = await self.uploads.clients.of(workspace_id)
        if client is None:
            return None
        try:
            file_id = await self.uploads.sent(client, name, content)
            if file_id is None:
                return None
            posted = await client.chat_postMessage(channel=user_id, text=words, unfurl_links=False)
            await client.files_completeUploadExternal(
                files=[{"id": file_id, "title": name}], channel_id=str(posted["channel"])
            )
        except SlackApiError as error:
            logger.warning("Slack did not take a file", extra={"reason": reason_of(error)})
            return None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a file could not be uploaded", extra={"error": type(error).__name__})
            return None
        return file_id
