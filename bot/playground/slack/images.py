"""Where the pictures of blocks come from. Slack looks each one up before it takes the blocks, and so does this.

https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
"""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.playground.slack.shapes import Json
from bot.playground.slack.workspace import Workspace

_FILE_ID = "^[F][A-Z0-9]{8,}$"


def images_in(blocks: list[Json], at: str) -> Iterator[tuple[str, Json]]:
    """Every picture, with the JSON pointer to it."""
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        if block.get("type") == "image":
            yield place, block
        accessory = block.get("accessory")
        if isinstance(accessory, dict) and accessory.get("type") == "image":
            yield f"{place}/accessory", accessory
        if block.get("type") == "context":
            elements = enumerate(block["elements"])
            yield from ((f"{place}/elements/{number}", each) for number, each in elements if each["type"] == "image")


def image_problems(blocks: list[Json], at: str, workspace: Workspace) -> list[str]:
    """What Slack would list for pictures it cannot show; the blocks themselves are well formed."""
    found = []
    for place, image in images_in(blocks, at):
        if "slack_file" in image:
            file_id = image["slack_file"].get("id")
            if file_id is not None and not re.search(_FILE_ID, file_id):
                found.append(f"[ERROR] input must match regex pattern: {_FILE_ID} [json-pointer:{place}/slack_file/id]")
            elif not _is_shown(image["slack_file"], workspace):
                found.append(f"[ERROR] invalid slack file [json-pointer:{place}/slack_file]")
        elif not _is_reached(image["image_url"]):
            found.append(f"[ERROR] downloading image failed [json-pointer:{place}/image_url]")
    return found


def _is_shown(slack_file: Json, workspace: Workspace) -> bool:
    """Whether it is a picture that the app may see, and that Slack is done with."""
    file = workspace.files.get(slack_file.get("id", "")) or workspace.file_at(slack_file.get("url", ""))
    return file is not None and file.is_picture and workspace.is_within_reach(file) and workspace.is_processed(file)


def _is_reached(address: str) -> bool:
    """Whether Slack's servers could fetch it: a name in the open network, or a public address."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host
