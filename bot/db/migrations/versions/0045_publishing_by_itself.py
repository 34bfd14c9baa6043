"""items that may be published by themselves and offers of it."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auto_offers",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_by", sa.String(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_auto_offers_item_id_items")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_auto_offers_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_auto_offers_rule_id_rules")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_auto_offers_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_auto_offers")),
    )
    with op.batch_alter_table("auto_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auto_offers_workspace_id"), ["workspace_id"])

    op.create_table(
        "unattended_items",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_unattended_items_item_id_items")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_unattended_items_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_unattended_items_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_unattended_items")),
    )
    with op.batch_alter_table("unattended_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unattended_items_due_at"), ["due_at"])
        batch_op.create_index(batch_op.f("ix_unattended_items_workspace_id"), ["workspace_id"])
