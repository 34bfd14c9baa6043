"""whether tokens are good."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token_check_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("token_refused_at", sa.DateTime(timezone=True), nullable=True))
