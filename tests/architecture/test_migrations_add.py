"""A migration only adds, so that processes of the version before go on beside it while they are replaced one by one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db.migrate import MIGRATIONS

STOPPED_UNTIL = "0032"
"""Up to here every process was stopped for a migration; later ones are told apart by what they may do."""
ADDING = {"create_table", "create_index", "add_column", "batch_alter_table", "f", "create_foreign_key"}


def later() -> Iterator[Path]:
    for path in sorted((MIGRATIONS / "versions").glob("[0-9]*_*.py")):
        if path.name.partition("_")[0] > STOPPED_UNTIL:
            yield path


def not_adding(source: str) -> list[str]:
    """What it does that a process of the version before would trip over."""
    return [problem for node in ast.walk(ast.parse(source)) if (problem := _problem(node)) is not None]


def _problem(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if getattr(node.func.value, "id", "") not in ("op", "batch_op"):
        return None
    verb = node.func.attr
    if verb not in ADDING:
        return verb
    is_strict = verb == "create_index" and any(key.arg == "unique" for key in node.keywords)
    return verb if is_strict or (verb == "add_column" and not _can_be_left_out(node)) else None


def _can_be_left_out(added: ast.Call) -> bool:
    """A row that is written without the new column gets something there."""
    (column,) = [argument for argument in added.args if isinstance(argument, ast.Call)]
    given = {key.arg: ast.unparse(key.value) for key in column.keywords}
    return given.get("nullable") == "True" or "server_default" in given


def test_every_later_migration_only_adds() -> None:
    assert {path.name: not_adding(path.read_text()) for path in later() if not_adding(path.read_text())} == {}


@pytest.mark.parametrize(
    ("statement", "problems"),
    [
        ("op.drop_column('items', 'number')", ["drop_column"]),
        ("op.execute('UPDATE items SET number = 1')", ["execute"]),
        ("batch_op.add_column(sa.Column('a', sa.Text(), nullable=False))", ["add_column"]),
        ("batch_op.add_column(sa.Column('a', sa.Text(), nullable=True))", []),
        ("op.add_column('items', sa.Column('a', sa.Text(), nullable=False, server_default='x'))", []),
        ("op.create_index('ix', 'items', ['number'], unique=True)", ["create_index"]),
    ],
)
def test_what_others_would_trip_over_is_seen(statement: str, problems: list[str]) -> None:
    assert not_adding(statement) == problems
