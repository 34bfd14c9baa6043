"""An alert for each kind of step: those there are get theirs, and their messages are drawn again with it in their buttons."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ALERTS = sa.table(
    "alerts",
    sa.column("item_id", sa.Uuid()),
    sa.column("workspace_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("state", sa.String()),
)
_MESSAGES = sa.table(
    "messages",
    sa.column("workspace_id", sa.Uuid()),
    sa.column("subject", sa.String()),
    sa.column("subject_id", sa.String()),
    sa.column("role", sa.String()),
    sa.column("wanted", sa.Integer()),
    sa.column("is_waiting", sa.Boolean()),
)
_PLACES = ("thread", "pointer")
_OVER = ("resolved", "left")


def upgrade() -> None:
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=True))
    for statement in _KINDS:
        op.execute(statement)
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(), nullable=False)
        batch_op.drop_constraint(op.f("uq_alerts_item_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_alerts_item_id"), ["item_id", "kind"])
    _name_the_step_in_messages()


_KINDS = (
    "UPDATE alerts SET kind = 'document'",
    "UPDATE alerts SET kind = 'attachment' WHERE problem LIKE '{\"code\":\"file%'",
    "UPDATE alerts SET kind = 'withdrawal' WHERE problem LIKE '{\"code\":\"withdrawal%'",
    # trouble that is told of while it is still tried is about what the item is at
    (
        "UPDATE alerts SET kind = 'attachment' WHERE kind = 'document' AND state = 'open' "
        "AND item_id IN (SELECT id FROM items WHERE state = 'published')"
    ),
    (
        "UPDATE alerts SET kind = 'withdrawal' WHERE state IN ('open', 'fixed') "
        "AND item_id IN (SELECT id FROM items WHERE state = 'withdrawing')"
    ),
)


def _name_the_step_in_messages() -> None:
    connection = op.get_bind()
    for alert in connection.execute(sa.select(_ALERTS)).all():
        for place in _PLACES:
            shown = _MESSAGES.update().where(
                _MESSAGES.c.workspace_id == alert.workspace_id,
                _MESSAGES.c.subject == "alert",
                _MESSAGES.c.subject_id == str(alert.item_id),
                _MESSAGES.c.role == place,
            )
            again = {} if alert.state in _OVER else {"wanted": _MESSAGES.c.wanted + 1, "is_waiting": True}
            connection.execute(shown.values(role=f"{place}:{alert.kind}", **again))
