"""rounds of following have names of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recodings", schema=None) as batch_op:
        batch_op.drop_column("run")
    with op.batch_alter_table("recodings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("run", sa.Uuid(), nullable=True))

    # one that is under way goes on with its next attempt, under any name that no job has yet
    op.execute("UPDATE recodings SET run = organisation_id")

    with op.batch_alter_table("recodings", schema=None) as batch_op:
        batch_op.alter_column("run", existing_type=sa.Uuid(), nullable=False)
