"""Steps end with their publication: what was taken back before batches carried steps left its own waiting."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE publication_steps SET state = 'cancelled' WHERE state IN ('waiting', 'planned') AND publication_id IN "
        "(SELECT id FROM publications WHERE state IN ('cancelled', 'refused'))"
    )
