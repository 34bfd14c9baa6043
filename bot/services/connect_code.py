"""The code that shows, where Slack's own sign-in is not set up, that the browser belongs to the person who started.

It is sent to that person in Slack. This is the weaker way: a starter can pass a code on.
"""

import base64
import hmac
import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectFlowRow
from bot.db.unit_of_work import Tx
from bot.domain.connections import Stage
from bot.domain.ids import UserId, WorkspaceId
from bot.services.messages import Drawn, Place, Shown, Subject, Surface, want
from bot.vault import Vault
from bot.views import connections as views

FLOWS = table_of(ConnectFlowRow)

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which people mix up."""
LENGTH = 8
CODE = "code"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def same_code(hashed: Callable[[str], str], expected: str, typed: str) -> bool:
    """People type codes in small letters, with spaces and dashes."""
    cleaned = "".join(char for char in typed.upper() if char in ALPHABET)[: LENGTH + 1]
    return hmac.compare_digest(hashed(cleaned), expected)


async def send_code(tx: Tx, vault: Vault, flow: Row[Any], code: str) -> None:
    """Told to the person who started, and to nobody else; sealed while it waits to be sent."""
    sealed = base64.b64encode(vault.seal(code, _place_of(flow.id))).decode()
    place = Place(role=CODE, surface=Surface.DIRECT, user_id=UserId(flow.user_id))
    await want(tx, WorkspaceId(flow.workspace_id), Subject.CONNECT_CODE, flow.id, place, facts={"sealed": sealed})


async def withdraw_code(tx: Tx, flow: Row[Any]) -> None:
    """The message no longer shows the code once it is of no use."""
    place = Place(role=CODE, surface=Surface.DIRECT, user_id=UserId(flow.user_id))
    await want(tx, WorkspaceId(flow.workspace_id), Subject.CONNECT_CODE, flow.id, place, facts={})


def code_drawer(vault: Vault, names: Callable[[str], str]) -> Any:
    """The drawer of `Subject.CONNECT_CODE`; `names` gives a provider's name."""

    async def draw(tx: Tx, message: Shown) -> Drawn | None:
        flow = (await tx.execute(select(FLOWS).where(FLOWS.c.id == UUID(message.subject_id)))).one_or_none()
        if flow is None:
            return None
        sealed = load(message.facts, dict[str, str]).get("sealed")
        if flow.stage != Stage.OPENED or sealed is None or flow.expires_at <= tx.now:
            return Drawn(text=views.CODE_OVER)
        code = vault.open(base64.b64decode(sealed), _place_of(flow.id))
        text, blocks = views.code_message(names(flow.provider), f"{code[:4]}-{code[4:]}")
        return Drawn(text=text, blocks=blocks)

    return draw


def _place_of(flow_id: UUID) -> str:
    return f"messages.code:{flow_id}"
