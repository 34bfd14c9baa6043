"""Who took the approval of an item back, for its card while it waits to be approved again."""

from sqlalchemy import bindparam, select

from bot.db.unit_of_work import Tx
from bot.domain.cards import Happening
from bot.domain.ids import UserId
from bot.domain.items import Item, ItemState
from bot.services.approvals import DECISIONS, UNDONE
from bot.services.audit import AUDIT

_LAST = (
    select(AUDIT.c.at, AUDIT.c.deed, AUDIT.c.by)
    .where(
        AUDIT.c.workspace_id == bindparam("workspace_id"),
        AUDIT.c.subject_id == bindparam("subject_id"),
        AUDIT.c.deed.in_((*DECISIONS, UNDONE)),
    )
    .order_by(AUDIT.c.sequence.desc())
    .limit(1)
)


async def approval_taken_back(tx: Tx, item: Item) -> Happening | None:
    """None: nobody did, or somebody has decided since."""
    if item.state is not ItemState.IN_APPROVAL:
        return None
    last = (await tx.execute(_LAST, {"workspace_id": item.workspace_id, "subject_id": item.id})).one_or_none()
    if last is None or last.deed != UNDONE:
        return None
    return Happening(at=last.at, deed=last.deed, by=None if last.by is None else UserId(last.by))
