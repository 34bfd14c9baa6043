"""Batches that a person downloads: their numbers, and who asked for which."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publish_batches", sa.Column("number", sa.Integer(), nullable=True))
    op.create_table(
        "batch_downloads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slack_file_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["publish_batches.id"], name=op.f("fk_batch_downloads_batch_id_publish_batches")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_batch_downloads_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_batch_downloads_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_downloads")),
    )
    op.create_index(op.f("ix_batch_downloads_batch_id"), "batch_downloads", ["batch_id"])
    op.create_index("ix_batch_downloads_due", "batch_downloads", ["state", "due_at"])
