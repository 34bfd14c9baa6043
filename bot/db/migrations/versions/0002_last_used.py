"""items by who used an organisation last."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_items_last_used", ["workspace_id", "organisation_id", "submitted_by", "created_at"], unique=False
        )
