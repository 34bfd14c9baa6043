"""how items are found."""

import msgspec
import sqlalchemy as sa
from alembic import op

from bot.domain.parties import name_key, number_key, tax_key

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("supplier_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True)
        )
        batch_op.add_column(sa.Column("supplier_tax", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("number_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("questions", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("archived", sa.Text(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_items_last_used"))
        batch_op.drop_index(batch_op.f("ix_items_number"))
        batch_op.create_index("ix_items_number", ["organisation_id", "number_key", "created_at", "id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_items_state"))
        batch_op.create_index("ix_items_state", ["organisation_id", "state", "created_at", "id"], unique=False)
        batch_op.create_index("ix_items_amount", ["organisation_id", "gross", "created_at", "id"], unique=False)
        batch_op.create_index("ix_items_dated", ["organisation_id", "issued_on", "id"], unique=False)
        batch_op.create_index("ix_items_document", ["organisation_id", "supplier_key", "number_key"], unique=False)
        batch_op.create_index(
            "ix_items_live",
            ["organisation_id", "created_at", "id"],
            unique=False,
            sqlite_where=sa.text("state <> 'archived'"),
            postgresql_where=sa.text("state <> 'archived'"),
        )
        batch_op.create_index("ix_items_person", ["organisation_id", "submitted_by", "created_at", "id"], unique=False)
        batch_op.create_index("ix_items_recent", ["organisation_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_items_supplier", ["organisation_id", "supplier_key", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_items_supplier_dated", ["organisation_id", "supplier_key", "issued_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_items_tax",
            ["organisation_id", "supplier_tax", "number_key"],
            unique=False,
            sqlite_where=sa.text("supplier_tax IS NOT NULL"),
            postgresql_where=sa.text("supplier_tax IS NOT NULL"),
        )
        batch_op.drop_column("supplier_search")

    _find_what_is_there()


def _find_what_is_there() -> None:
    """Items that came in before are found as those that come in from now on."""
    connection = op.get_bind()
    items = sa.Table("items", sa.MetaData(), autoload_with=connection)
    for row in connection.execute(sa.select(items.c.id, items.c.kind, items.c.facts)).all():
        facts = msgspec.json.decode(row.facts)
        party = facts.get("buyer" if row.kind == "sale" else "supplier") or {}
        keys = {
            "supplier_key": name_key(party.get("name")),
            "supplier_tax": tax_key(party.get("tax_number")),
            "number_key": number_key(facts.get("number")),
        }
        connection.execute(items.update().where(items.c.id == row.id).values(**keys))
