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

from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow
from bot.db.sealed import CODE as CODE_CELL
from bot.db.unit_of_work import Tx
from bot.domain.connecting import Stage
from bot.domain.ids import UserId, WorkspaceId
from bot.services.messages import Drawn, Place, Shown, Subject, Surface, want
from bot.vault import Vault
from bot.views import connecting as views

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
    sealed = base64.b64encode(CODE_CELL.seal(vault, code, subject_id=flow.id, workspace_id=flow.workspace_id)).decode()
    place = Place(role=CODE, surface=Surface.DIRECT, user_id=UserId(flow.user_id))
    await want(tx, WorkspaceId(flow.workspace_id), Subject.CONNECT_CODE, flow.id, place, facts={"sealed": sealed})


async def withdraw_code(tx: Tx, flow: Row[Any]) -> None:
    """The message no longer shows the code once it is of no use."""
    place = Place(role=CODE, surface=Surface.DIRECT, user_id=UserId(flow.user_id))
    await want(tx, WorkspaceId(flow.workspace_id), Subject.CONNECT_CODE, flow.id, place, facts={})


def code_drawer(vault: Vault, names: Callable[[str], str]) -> Any:
    """The drawer of `Subject.CONNECT_CODE`; `names` gives a provider's name."""

    async def draw(tx: Tx, message: Shown) -> Drawn | None:
        of_message = (FLOWS.c.id == UUID(message.subject_id), FLOWS.c.workspace_id == message.workspace_id)
        flow = (await tx.execute(select(FLOWS).where(*of_message))).one_or_none()
        if flow is None:
            return None
        sealed = CODE_CELL.sealed_in(message.facts)
        if flow.stage != Stage.OPENED or sealed is None or flow.expires_at <= tx.now:
            return Drawn(text=views.CODE_OVER, is_last=True)
        code = CODE_CELL.open(vault, sealed, subject_id=message.subject_id, workspace_id=message.workspace_id)
        text, blocks = views.code_message(names(flow.provider), f"{code[:4]}-{code[4:]}")
        return Drawn(text=text, blocks=blocks, again_at=flow.expires_at)

    return draw
