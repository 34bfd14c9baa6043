"""Pictures of ours in Slack: uploaded in three steps to the app alone, and shown by blocks.

<https://docs.slack.dev/messaging/working-with-files#uploading_files>. A file without a channel is private to the app,
and a block that shows it is seen by whoever sees the message (docs.slack.dev, "Slack file object": whoever posts the
block must have access). Slack looks at it first: until `files.info` names its kind, a block with it is refused
(slackapi/java-slack-sdk#1349).
"""

import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.ids import WorkspaceId
from bot.downloads import SlackFiles
from bot.slack import SlackClients, reason_of

logger = logging.getLogger(__name__)

NAME = "page-1.png"
WAIT_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class SlackPictures:
    """`bot.services.previews.Pictures` over Slack's Web API; bytes go to the one host that files come from."""

    clients: SlackClients
    session: aiohttp.ClientSession
    files: SlackFiles

    async def upload(self, workspace_id: WorkspaceId, picture: bytes) -> str | None:
        client = await self.clients.of(workspace_id)
        if client is None:
            return None
        try:
            place = await client.files_getUploadURLExternal(
                filename=NAME, length=len(picture), alt_txt="The first page of a document"
            )
            if not await self._sent(str(place.get("upload_url") or ""), picture):
                return None
            slack_file_id = str(place["file_id"])
            await client.files_completeUploadExternal(files=[{"id": slack_file_id, "title": NAME}])
        except SlackApiError as error:
            logger.warning("Slack did not take a picture", extra={"reason": reason_of(error)})
            return None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a picture could not be uploaded", extra={"error": type(error).__name__})
            return None
        return slack_file_id

    async def is_ready(self, workspace_id: WorkspaceId, slack_file_id: str) -> bool:
        client = await self.clients.of(workspace_id)
        if client is None:
            return False
        try:
            info: dict[str, Any] = (await client.files_info(file=slack_file_id)).get("file") or {}
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return False
        return bool(info.get("mimetype"))

    async def _sent(self, address: str, picture: bytes) -> bool:
        """The address itself is the right to write there, so no token goes along."""
        url = self.files.allowed(address)
        if url is None:
            logger.warning("Slack named another host to upload to")
            return False
        wait = aiohttp.ClientTimeout(total=WAIT_SECONDS)
        async with self.session.post(url, data=picture, allow_redirects=False, timeout=wait) as response:
            return response.status == 200
