"""books that take the place of others."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_entries",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("of", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("new_of", sa.String(), nullable=False),
        sa.Column("new_key", sa.String(), nullable=True),
        sa.Column("is_decided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_merged_entries_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_merged_entries_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "place", name=op.f("pk_merged_entries")),
        sa.UniqueConstraint("organisation_id", "kind", "of", "key", name=op.f("uq_merged_entries_organisation_id")),
    )
    with op.batch_alter_table("merged_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merged_entries_workspace_id"), ["workspace_id"])

    op.create_table(
        "merges",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_merges_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["organisations.id"], name=op.f("fk_merges_source_id_organisations")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_merges_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_merges")),
        sa.UniqueConstraint("source_id", name=op.f("uq_merges_source_id")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_workspace_id"), ["workspace_id"])

    with op.batch_alter_table("connect_flows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.Uuid(), nullable=True))
