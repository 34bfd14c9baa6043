"""Steps are what batches carry: what a publication had of its document is its first step's from here on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OF_PUBLICATIONS = """
UPDATE publication_steps SET (organisation_id, item_id, due_at, batch_id, place, work, ledger_id) = (
    SELECT organisation_id, item_id, due_at, batch_id, position, bill, ledger_id
    FROM publications WHERE publications.id = publication_steps.publication_id
)
"""


def upgrade() -> None:
    with op.batch_alter_table("publication_steps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("item_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("file_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("work", sa.Text(), nullable=True))

    with op.batch_alter_table("publish_batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("route", sa.String(), nullable=True))

    # until here every step was a bill at Xero
    op.execute(_OF_PUBLICATIONS)
    op.execute("UPDATE publish_batches SET kind = 'document', route = 'Invoices'")

    with op.batch_alter_table("publish_batches", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("route", existing_type=sa.String(), nullable=False)

    with op.batch_alter_table("publication_steps", schema=None) as batch_op:
        batch_op.alter_column("organisation_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("item_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index(batch_op.f("ix_publication_steps_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_publication_steps_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_publication_steps_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_publication_steps_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_publication_steps_batch_id_publish_batches"), "publish_batches", ["batch_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_publication_steps_file_id_files"), "files", ["file_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_publication_steps_item_id_items"), "items", ["item_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_publication_steps_organisation_id_organisations"),
            "organisations",
            ["organisation_id"],
            ["id"],
        )

    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publications_batch_id"))
        batch_op.drop_index(batch_op.f("ix_publications_due"))
        batch_op.drop_constraint(batch_op.f("fk_publications_batch_id_publish_batches"), type_="foreignkey")
        batch_op.drop_column("marker")
        batch_op.drop_column("position")
        batch_op.drop_column("bill")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("due_at")
