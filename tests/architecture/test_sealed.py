"""Stored secrets are sealed by the columns of `bot.db.sealed` and by nothing else, so that rotation finds all of them."""

import re

from bot.db.migrate import tables
from bot.db.sealed import SEALED_COLUMNS
from tests.architecture.tree import functions

SEALING = re.compile(r"\bvault\.(?:seal|open)\(")
NOT_STORED = {
    "handlers/install.py:InstallPages._sealed": "a browser's cookie for ten minutes",
    "handlers/install.py:InstallPages._opened": "a browser's cookie for ten minutes",
}


def test_every_sealed_column_is_in_the_list() -> None:
    named = {f"{table.name}.{column.name}" for table in tables().tables.values() for column in table.columns}

    assert {name for name in named if name.endswith("_sealed")} <= {column.name for column in SEALED_COLUMNS}
    assert {column.name for column in SEALED_COLUMNS} <= named


def test_every_sealed_value_is_bound_to_its_row_and_its_workspace() -> None:
    for column in SEALED_COLUMNS:
        assert {"id", "subject_id"} & set(column.bound_to), column.name
        assert ("workspace_id" in column.bound_to) is ("workspace_id" in column.table.columns), column.name


def test_no_two_sealed_columns_share_a_place() -> None:
    assert len({column.name for column in SEALED_COLUMNS}) == len(SEALED_COLUMNS)
    assert len({column.former_place for column in SEALED_COLUMNS}) == len(SEALED_COLUMNS)


def test_nothing_stored_is_sealed_by_hand() -> None:
    found = {function.name for function in functions("bot", "handlers") if SEALING.search(function.source)}
    ours = {name for name in found if name.startswith("bot/db/sealed.py:")}

    assert found - ours == set(NOT_STORED)
