"""smaller versions of files."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "smaller_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("most_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("smaller_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_smaller_files_file_id_files")),
        sa.ForeignKeyConstraint(["smaller_id"], ["files.id"], name=op.f("fk_smaller_files_smaller_id_files")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_smaller_files_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smaller_files")),
        sa.UniqueConstraint("file_id", "most_bytes", name=op.f("uq_smaller_files_file_id")),
    )
    with op.batch_alter_table("smaller_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_smaller_files_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_smaller_files_workspace_id"), ["workspace_id"], unique=False)
