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
from bot.slack import reason_of
from bot.uploads import SlackUploads

logger = logging.getLogger(__name__)

NAME = "page-1.png"


@dataclass(frozen=True, slots=True)
class SlackPictures:
    """`bot.services.previews.Pictures` over Slack's Web API."""

    uploads: SlackUploads

    async def upload(self, workspace_id: WorkspaceId, picture: bytes) -> str | None:
        client = await self.uploads.clients.of(workspace_id)
        if client is None:
            return None
        try:
            slack_file_id = await self.uploads.sent(client, NAME, picture, alt_txt="The first page of a document")
            if slack_file_id is None:
                return None
            await client.files_completeUploadExternal(files=[{"id": slack_file_id, "title": NAME}])
        except SlackApiError as error:
            logger.warning("Slack did not take a picture", extra={"reason": reason_of(error)})
            return None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("a picture could not be uploaded", extra={"error": type(error).__name__})
            return None
        return slack_file_id

    async def is_ready(self, workspace_id: WorkspaceId, slack_file_id: str) -> bool:
        client = await self.uploads.clients.of(workspace_id)
        if client is None:
            return False
        try:
            info: dict[str, Any] = (await client.files_info(file=slack_file_id)).get("file") or {}
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return False
        return bool(info.get("mimetype"))
