"""`response_url`: an address that lets the app answer one interaction, five times within half an hour."""

import secrets
from dataclasses import asdict, dataclass, field, replace

from bot.clock import Clock
from bot.playground.slack.blocks import is_too_long, message_problems, with_ids
from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.images import image_problems
from bot.playground.slack.people import BOT_USER
from bot.playground.slack.shapes import Json
from bot.playground.slack.store import Store
from bot.playground.slack.workspace import Message, Workspace, block_ids

USES, SECONDS = 5, 30 * 60


@dataclass(slots=True)
class _Address:
    secret: str
    channel: str
    user: str
    message_ts: str | None
    thread_ts: str | None
    made_at: float
    uses: int = 0


@dataclass(slots=True)
class ResponseUrls:
    workspace: Workspace
    store: Store
    clock: Clock
    public_url: str
    _addresses: dict[str, _Address] = field(default_factory=dict)

    def load(self) -> None:
        self._addresses = {row["secret"]: _Address(**row) for row in self.store.all("response_url")}

    def new(self, channel_id: str, user_id: str, message: Message | None = None) -> str:
        secret = f"{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        address = _Address(
            secret=secret,
            channel=channel_id,
            user=user_id,
            message_ts=message.ts if message else None,
            thread_ts=message.thread_ts if message and message.is_reply else None,
            made_at=self.clock.now().timestamp(),
        )
        self._keep(address)
        return f"{self.public_url}/actions/{secret}"

    def use(self, secret: str, body: object) -> None:
        """What the app posted to such an address.

        Raises:
            SlackRefusalError: `expired_url`, `used_url`, or what is wrong with the message.
        """
        address = self._addresses.get(secret)
        if address is None or self.clock.now().timestamp() - address.made_at > SECONDS:
            raise SlackRefusalError("expired_url")
        if address.uses >= USES:
            raise SlackRefusalError("used_url")
        if not isinstance(body, dict):
            raise SlackRefusalError("invalid_payload")
        address.uses += 1
        self._keep(address)
        self.answer(body, address.channel, address.user, address.message_ts, address.thread_ts)

    def answer(
        self, body: Json, channel_id: str, user_id: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> None:
        """A message described as in an answer to a command or an interaction."""
        original = self.workspace.message(channel_id, message_ts) if message_ts else None
        if body.get("delete_original"):
            if original is not None:
                self.workspace.drop_message(original)
            return
        text, blocks = checked_content(body.get("text"), body.get("blocks"), self.workspace)
        if body.get("replace_original") and original is not None:
            stamp = None if original.only_for else self.workspace.new_ts()
            self.workspace.put_message(replace(original, text=text, blocks=blocks, edited_ts=stamp))
            return
        is_for_all = body.get("response_type") == "in_channel"
        self.workspace.add_message(
            Message(
                channel=channel_id,
                ts=self.workspace.new_ts(),
                user=BOT_USER,
                text=text,
                blocks=blocks,
                thread_ts=body.get("thread_ts") or thread_ts,
                only_for=None if is_for_all else user_id,
            )
        )

    def _keep(self, address: _Address) -> None:
        self._addresses[address.secret] = address
        self.store.put("response_url", address.secret, asdict(address))


def checked_content(text: object, blocks: object, workspace: Workspace) -> tuple[str, list[Json]]:
    """The text and blocks of a message, as Slack would keep them."""
    words = text if isinstance(text, str) else ""
    if blocks is None or blocks == []:
        if not words.strip():
            raise SlackRefusalError("no_text")
        return words, []
    if not isinstance(blocks, list):
        raise SlackRefusalError("invalid_blocks_format")
    problems = message_problems(blocks) or image_problems(blocks, "/blocks", workspace)
    if problems:
        raise SlackRefusalError("invalid_blocks", messages=problems)
    if is_too_long(blocks):
        raise SlackRefusalError("msg_blocks_too_long")
    return words, with_ids(blocks, block_ids())
