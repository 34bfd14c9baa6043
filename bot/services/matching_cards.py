"""Cards of costs that bank lines may match are drawn again when such lines come in, or are booked, so that somebody sees it."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from bot.db.items import ITEMS
from bot.db.unit_of_work import Tx
from bot.domain.bank_lines import BankLine, NewLine
from bot.domain.documents import ItemKind
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import EDITABLE
from bot.services.messages import redraw_items

AMOUNTS_AT_ONCE = 200
MOST_DRAWN = 500
"""Of one reading; the others show it whenever they are drawn next."""

_OF_AMOUNTS = (
    select(ITEMS.c.id)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.gross.in_(bindparam("amounts", expanding=True)),
        ITEMS.c.kind == ItemKind.COST,
        ITEMS.c.state.in_(EDITABLE),
    )
    .limit(MOST_DRAWN)
)


async def redraw_matching(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, lines: Iterable[NewLine | BankLine]
) -> None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    amounts = sorted({abs(line.amount) for line in lines})
    for start in range(0, len(amounts), AMOUNTS_AT_ONCE):
        wanted = {**of, "amounts": amounts[start : start + AMOUNTS_AT_ONCE]}
        found = [ItemId(each) for each in (await tx.execute(_OF_AMOUNTS, wanted)).scalars()]
        if found:
            await redraw_items(tx, workspace_id, found)
