"""What was approved of a supplier."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_items_counts",
            ["organisation_id", "kind", "supplier_key", "decided_at", "id"],
            sqlite_where=sa.text(
                "decided_at IS NOT NULL AND (state IN ('approved', 'sending', 'unknown', 'published') OR (state = 'archived' AND published_at IS NOT NULL))"
            ),
            postgresql_where=sa.text(
                "decided_at IS NOT NULL AND (state IN ('approved', 'sending', 'unknown', 'published') OR (state = 'archived' AND published_at IS NOT NULL))"
            ),
        )
