"""a person's items of one state."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_mine")
        batch_op.create_index(
            "ix_items_mine", ["organisation_id", "submitted_by", "state", "created_at", "id"], unique=False
        )
