"""What was done to a rule, by whom, and what it said from then on: as the audit log has it."""

import msgspec
from sqlalchemy import bindparam, select

from bot.db.base import load, table_of
from bot.db.unit_of_work import Tx
from bot.db.workspaces import AuditRow
from bot.domain.ids import UserId
from bot.domain.rule_forms import RuleDeed
from bot.domain.rules import NO_OPINIONS, Opinions, Rule

AUDIT = table_of(AuditRow)
MOST_DEEDS = 10
"""That are shown, the newest ones."""

_DONE = (
    select(AUDIT.c.at, AUDIT.c.deed, AUDIT.c.by, AUDIT.c.facts)
    .where(AUDIT.c.workspace_id == bindparam("workspace_id"), AUDIT.c.subject_id == bindparam("subject_id"))
    .order_by(AUDIT.c.sequence.desc())
    .limit(MOST_DEEDS)
)


class _Facts(msgspec.Struct, rename={"is_for_waiting": "for waiting items"}):
    says: Opinions = NO_OPINIONS
    is_for_waiting: bool = False


async def history_of(tx: Tx, rule: Rule) -> tuple[RuleDeed, ...]:
    """The newest first."""
    rows = (await tx.execute(_DONE, {"workspace_id": rule.workspace_id, "subject_id": rule.id})).all()
    told = [(row, load(row.facts, _Facts)) for row in rows]
    return tuple(
        RuleDeed(
            at=row.at,
            deed=row.deed,
            by=None if row.by is None else UserId(row.by),
            says=facts.says,
            is_for_waiting=facts.is_for_waiting,
        )
        for row, facts in told
    )
