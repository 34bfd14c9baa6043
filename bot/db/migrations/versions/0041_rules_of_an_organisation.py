"""The rules of an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("sorted_as", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("tax_number", sa.String(), nullable=True),
        sa.Column("tax_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("contact", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("opinions", sa.Text(), nullable=False),
        sa.Column("strength", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earlier", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_rules_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_rules_workspace_id_workspaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("organisation_id", "of", "key", name=op.f("uq_rules_organisation_id")),
    )
    with op.batch_alter_table("rules", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rules_contact",
            ["organisation_id", "of", "contact"],
            sqlite_where=sa.text("contact IS NOT NULL"),
            postgresql_where=sa.text("contact IS NOT NULL"),
        )
        batch_op.create_index("ix_rules_listed", ["organisation_id", "sorted_as", "id"])
        batch_op.create_index(
            "ix_rules_name",
            ["organisation_id", "of", "name_key"],
            sqlite_where=sa.text("name_key IS NOT NULL"),
            postgresql_where=sa.text("name_key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_rules_tax",
            ["organisation_id", "of", "tax_key"],
            sqlite_where=sa.text("tax_key IS NOT NULL"),
            postgresql_where=sa.text("tax_key IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_rules_workspace_id"), ["workspace_id"])
