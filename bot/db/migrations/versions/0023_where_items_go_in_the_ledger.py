"""Where items go to in the ledger and what they are paid with; settings of sales beside those of costs."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SETTINGS = sa.table("organisation_settings", sa.column("organisation_id", sa.Uuid()), sa.column("chosen", sa.Text()))
_OF_COSTS = ("destination", "payment_status", "default_account", "default_tax_rate")
_ITEMS = sa.table(
    "items", *(sa.column(name, sa.Text()) for name in ("kind", "state", "coding")), sa.column("id", sa.Uuid())
)
_CODED = ("account", "tax_rate")
_OF_DEFAULTS = (20, 30)
"""Sources of a code: the organisation's defaults."""

_WAITING_SALES = """
SELECT DISTINCT items.organisation_id, items.workspace_id FROM items WHERE items.kind = 'sale' AND items.state = 'to_review'
AND NOT EXISTS (SELECT 1 FROM recodings WHERE recodings.organisation_id = items.organisation_id)
"""
_RECODINGS = sa.table(
    "recodings",
    sa.column("organisation_id", sa.Uuid()),
    sa.column("workspace_id", sa.Uuid()),
    sa.column("run", sa.Uuid()),
    sa.column("attempt", sa.Integer()),
    sa.column("after_at", sa.DateTime(timezone=True)),
    sa.column("after_id", sa.Uuid()),
    sa.column("due_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("publish_to", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("paid_from", sa.String(), nullable=True))
    op.execute("UPDATE items SET publish_to = CASE WHEN kind = 'sale' THEN 'sales' ELSE 'purchases' END")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.alter_column("publish_to", existing_type=sa.String(), nullable=False)
    _settings_by_kind()
    _sales_lose_the_defaults_of_costs()
    _sales_are_judged_again()


def _settings_by_kind() -> None:
    """What was chosen until here is of costs."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_SETTINGS)).all():
        chosen = json.loads(row.chosen)
        costs = {name: chosen[name] for name in _OF_COSTS if name in chosen}
        is_this = _SETTINGS.c.organisation_id == row.organisation_id
        connection.execute(_SETTINGS.update().where(is_this).values(chosen=json.dumps({"costs": costs})))


def _sales_lose_the_defaults_of_costs() -> None:
    """Sales that waited were coded by them. What a person, a rule or a door chose stays."""
    connection = op.get_bind()
    is_waiting = (_ITEMS.c.kind == "sale") & (_ITEMS.c.state == "to_review")
    for row in connection.execute(sa.select(_ITEMS.c.id, _ITEMS.c.coding).where(is_waiting)).all():
        coding = json.loads(row.coding)
        given = {name for name in _CODED if coding.get(name, {}).get("source") in _OF_DEFAULTS}
        if given:
            kept = json.dumps({name: value for name, value in coding.items() if name not in given})
            connection.execute(_ITEMS.update().where(_ITEMS.c.id == row.id).values(coding=kept))


def _sales_are_judged_again() -> None:
    """They waited, because no sale could be published; who follows settings looks at them next."""
    connection = op.get_bind()
    typed = sa.text(_WAITING_SALES).columns(organisation_id=sa.Uuid(), workspace_id=sa.Uuid())
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    at_the_beginning = {"attempt": 1, "after_at": long_ago, "after_id": UUID(int=0), "due_at": long_ago}
    for row in connection.execute(typed).all():
        of = {"organisation_id": row.organisation_id, "workspace_id": row.workspace_id, "run": uuid4()}
        connection.execute(_RECODINGS.insert().values(**of, **at_the_beginning))
