"""items that follow settings."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recodings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("after_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_recodings_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_recodings_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_recodings")),
    )
    with op.batch_alter_table("recodings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recodings_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_recodings_workspace_id"), ["workspace_id"], unique=False)
