"""doors of slack."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("door", sa.String(), server_default="file", nullable=False))
        batch_op.add_column(sa.Column("message_ts", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("thread_ts", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("answer_in", sa.String(), server_default="alone", nullable=False))
        batch_op.add_column(sa.Column("name", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("is_sure", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("file_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("item_id", sa.Uuid(), nullable=True))
        batch_op.alter_column("organisation_id", existing_type=sa.CHAR(length=32), nullable=True)
        batch_op.create_index("ix_arrivals_message", ["workspace_id", "channel_id", "message_ts"], unique=False)

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("drops", sa.String(), server_default="documents", nullable=False))
