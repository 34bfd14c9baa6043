"""Calls are counted by when they ended. Those of the last minute are not known so: the first calls go by what the vendor says."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_COUNTS = ("minute_from", "minute_used", "day_from", "day_used", "at_once", "at_once_from")


def upgrade() -> None:
    with op.batch_alter_table("call_budgets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tally", sa.Text(), nullable=True))
    op.execute("UPDATE call_budgets SET tally = '{}'")
    with op.batch_alter_table("call_budgets", schema=None) as batch_op:
        batch_op.alter_column("tally", existing_type=sa.Text(), nullable=False)
        for name in _COUNTS:
            batch_op.drop_column(name)
