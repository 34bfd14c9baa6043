"""Bank lines, the one that an item was paid by, and whether costs are matched with them."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ledger_id", sa.String(), nullable=True),
        sa.Column("statement_account", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("is_recorded", sa.Boolean(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_bank_lines_item_id_items")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_bank_lines_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_bank_lines_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_lines")),
        sa.UniqueConstraint("organisation_id", "bank_account", "key", name=op.f("uq_bank_lines_organisation_id")),
    )
    op.create_index("ix_bank_lines_amount", "bank_lines", ["organisation_id", "amount", "dated_on"])
    op.create_index(op.f("ix_bank_lines_item_id"), "bank_lines", ["item_id"])
    op.create_index(op.f("ix_bank_lines_workspace_id"), "bank_lines", ["workspace_id"])
    op.add_column("items", sa.Column("bank_line", sa.Text(), nullable=True))
    op.add_column(
        "organisation_settings", sa.Column("bank_match", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
