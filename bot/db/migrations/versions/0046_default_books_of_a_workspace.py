"""default books of a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("items_organisation", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("claims_organisation", sa.Uuid(), nullable=True))
