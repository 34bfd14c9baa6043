"""who signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("token_sets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("login", sa.Text(), nullable=True))
