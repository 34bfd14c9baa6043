"""Since when a card stands that tells of what is held up at an organisation's ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue_told_at", sa.DateTime(timezone=True), nullable=True))
