"""A refusal after something was done about the last one is an alert of its own: each has its number."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("told_anew_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE alerts SET number = 1")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(op.f("uq_alerts_item_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_alerts_item_id"), ["item_id", "kind", "number"])
