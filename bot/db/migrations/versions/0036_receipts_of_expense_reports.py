"""Which receipts an expense report is made of."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_receipts",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["items.id"], name=op.f("fk_report_receipts_receipt_id_items")),
        sa.ForeignKeyConstraint(["report_id"], ["items.id"], name=op.f("fk_report_receipts_report_id_items")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_report_receipts_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_report_receipts")),
    )
    with op.batch_alter_table("report_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_receipts_report_id"), ["report_id"])
        batch_op.create_index(batch_op.f("ix_report_receipts_workspace_id"), ["workspace_id"])
