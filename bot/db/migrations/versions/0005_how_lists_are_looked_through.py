"""how lists are looked through."""

import msgspec
import sqlalchemy as sa
from alembic import op

from bot.domain.books import Account, Contact, Currency, ListKind, TaxRate, TrackingCategory
from bot.domain.finding import Place, found_by, terms

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

EXACT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ENTRY = {
    ListKind.ACCOUNTS: Account,
    ListKind.BANK_ACCOUNTS: Account,
    ListKind.TAX_RATES: TaxRate,
    ListKind.TRACKING_CATEGORIES: TrackingCategory,
    ListKind.CURRENCIES: Currency,
    ListKind.CONTACTS: Contact,
}


def upgrade() -> None:
    op.create_table(
        "list_terms",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("term", EXACT, nullable=False),
        sa.Column("key", EXACT, nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_list_terms_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_list_terms_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "place", "term", "key", name=op.f("pk_list_terms")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("list_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_list_entries_search")
        batch_op.create_index(
            "ix_list_entries_used",
            ["organisation_id", "kind", "used_at"],
            unique=False,
            sqlite_where=sa.text("used_at IS NOT NULL"),
            postgresql_where=sa.text("used_at IS NOT NULL"),
        )
    if op.get_context().dialect.name == "postgresql":
        op.alter_column("list_entries", "key", existing_type=sa.String(), type_=EXACT, existing_nullable=False)
    _look_through_what_is_there()


def _look_through_what_is_there() -> None:
    """Lists that were imported before are found as those that are imported from now on."""
    connection = op.get_bind()
    tables = sa.MetaData()
    entries, found = (sa.Table(name, tables, autoload_with=connection) for name in ("list_entries", "list_terms"))
    for row in connection.execute(sa.select(entries)).mappings().all():
        search = found_by(msgspec.json.decode(row["entry"], type=ENTRY[row["kind"]]))
        of = {name: row[name] for name in ("organisation_id", "kind", "key")}
        which = (entries.c[name] == value for name, value in of.items())
        connection.execute(entries.update().where(*which).values(search=search))
        of_term = {**of, "workspace_id": row["workspace_id"]}
        new = [
            {**of_term, "place": place, "term": term, "search": search if place is Place.WORD else ""}
            for place, term in terms(search)
        ]
        if row["is_active"] and new:
            connection.execute(found.insert(), new)
