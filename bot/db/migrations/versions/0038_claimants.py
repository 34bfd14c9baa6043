"""Which user of a ledger somebody in Slack is, who claims what they paid."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claimants",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_claimants_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_claimants_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("organisation_id", "user_id", name=op.f("pk_claimants")),
    )
    with op.batch_alter_table("claimants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claimants_workspace_id"), ["workspace_id"])
