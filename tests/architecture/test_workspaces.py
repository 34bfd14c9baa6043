"""Every statement on a table of workspaces names the workspace, so that one tenant's id never finds another's row."""

import ast
import importlib
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Delete, Select, Table, Update

from bot.db.migrate import tables
from tests.architecture.tree import ROOT, Function, functions, sources

STATEMENTS = re.compile(r"\bselect\(|\.(?:update|delete)\(")
OF_ANY = re.compile(r"is_installed\([^()]*\)")
"""Asks whether a row's workspace has the app, whichever that is."""
ROOTS = ("bot/db", "bot/services", "bot/worker", "bot/messenger.py", "bot/settling.py", "bot/app.py", "bot/assembly.py")

WORK_OF_ALL = "the worker's and the messenger's look at what is due, whoever's it is"
OWN_ROW = "by the id of a row that the worker's own look found, never by an id that a person sent"
OF_ALL_USERS = "a sign-in is shared by workspaces: whatever happens to it concerns each of them"
OF_ALL_CALLERS = "the provider counts an organisation's calls, whichever workspaces they are for"
UNGUESSABLE = "by the hash of a secret of one browser or link, which is what tells whose it is"

REASONS = {
    "bot/db/arrivals.py:arrival_to_work": OWN_ROW,
    "bot/db/arrivals.py:arrivals_due": WORK_OF_ALL,
    "bot/db/ingests.py:reading": OWN_ROW,
    **dict.fromkeys(
        (f"bot/db/jobs.py:{name}" for name in ("_DONE", "_FORGET", "_HOLD", "_LET_GO", "_OLD", "_OPEN", "_RENEW")),
        WORK_OF_ALL,
    ),
    **dict.fromkeys((f"bot/db/rounds.py:{name}" for name in ("_KNOWN", "_LEASE")), "rounds are the worker's, over all"),
    "bot/db/digests.py:digests_due": WORK_OF_ALL,
    "bot/db/planning.py:bind_steps": OWN_ROW,
    "bot/db/planning.py:_FROZEN": WORK_OF_ALL,
    "bot/db/planning.py:_with_something_due": WORK_OF_ALL,
    "bot/db/batches.py:_that_are_due": WORK_OF_ALL,
    "bot/db/batches.py:next_attempt": OWN_ROW,
    "bot/db/batches.py:live_steps": OWN_ROW,
    "bot/db/batches.py:renew_lease": OWN_ROW,
    "bot/db/batches.py:mark_sent": OWN_ROW,
    "bot/db/batches.py:mark_call_ended": OWN_ROW,
    "bot/db/batches.py:mark_not_sent": OWN_ROW,
    "bot/db/steps.py:set_ledger_ids": OWN_ROW,
    "bot/db/steps.py:end_document": OWN_ROW,
    "bot/db/steps.py:_begin_or_cancel": OWN_ROW,
    "bot/db/steps.py:_end": OWN_ROW,
    "bot/db/batches.py:postpone_batch": OWN_ROW,
    "bot/db/batches.py:end_batch": OWN_ROW,
    "bot/db/batches.py:claim_batch": OWN_ROW,
    "bot/db/steps.py:end_waiting": OWN_ROW,
    "bot/db/batches.py:reload_batch": OWN_ROW,
    "bot/db/batches.py:batch_at": OWN_ROW,
    "bot/db/deaths.py:deaths_of": OWN_ROW,
    "bot/db/deaths.py:count_death": OWN_ROW,
    "bot/db/deaths.py:is_suspect": OWN_ROW,
    "bot/db/deaths.py:must_wait": WORK_OF_ALL,
    **dict.fromkeys(
        (f"bot/db/wrong_clocks.py:{name}" for name in ("_open_batches", "_batches_that_are_over", "_publications")),
        "a clock is wrong for all workspaces",
    ),
    "bot/db/recodings.py:recoding_to_work": OWN_ROW,
    "bot/db/recodings.py:recodings_due": WORK_OF_ALL,
    "bot/services/connect_rows.py:newest": UNGUESSABLE,
    "bot/services/connect_rows.py:move": UNGUESSABLE,
    "bot/services/connect_rows.py:one": UNGUESSABLE,
    "bot/services/previews.py:_waiting": OWN_ROW,
    "bot/db/downloads.py:waiting_download": OWN_ROW,
    "bot/services/downloading.py:Downloading.restart_stuck": WORK_OF_ALL,
    "bot/services/smaller_files.py:_waiting": OWN_ROW,
    "bot/services/queues.py:_of_interest": WORK_OF_ALL,
    "bot/services/health.py:_clock": WORK_OF_ALL,
    "bot/db/batches.py:in_hand": OWN_ROW,
    "bot/services/giving_back.py:GivingBack._still_used": OF_ALL_USERS,
    "bot/services/giving_back.py:_ENDED": WORK_OF_ALL,
    "bot/services/giving_back.py:_UNUSED": OF_ALL_USERS,
    "bot/services/giving_back.py:_forget_unused": OF_ALL_USERS,
    "bot/services/giving_back.py:_users": OF_ALL_USERS,
    "bot/services/keep_alive.py:KeepAlive._used_by": OF_ALL_USERS,
    "bot/services/keep_alive.py:KeepAlive.find_altered": WORK_OF_ALL,
    "bot/services/keep_alive.py:_changed": OF_ALL_USERS,
    "bot/services/keep_alive.py:_users": OF_ALL_USERS,
    "bot/services/linking.py:_is_given_up": OF_ALL_USERS,
    "bot/services/inspection.py:Inspection.overdue": "the operator's look at the whole database",
    "bot/services/importing.py:ListImport.restart_stuck": WORK_OF_ALL,
    "bot/services/importing.py:ListImport._connection": OWN_ROW,
    "bot/services/revoking.py:Revoking._require_nobody_comes": OF_ALL_USERS,
    "bot/services/tokens.py:TokenKeeper._row": OWN_ROW,
    "bot/services/tokens.py:TokenKeeper.sweep": "a sign-in belongs to no workspace; it goes when no connection uses it",
    "bot/services/purging.py:_forget_budgets": "budgets are the provider's, for all workspaces; used ones are kept",
    "bot/services/budgets.py:_HELD": OF_ALL_CALLERS,
    "bot/services/budgets.py:_KEEP": OF_ALL_CALLERS,
    "bot/services/budgets.py:_PAUSE": OF_ALL_CALLERS,
    "bot/services/budgets.py:_TALLY": OF_ALL_CALLERS,
    "bot/services/budgets.py:_ASKED": OF_ALL_CALLERS,
}


def test_every_statement_on_a_workspaces_table_names_the_workspace() -> None:
    assert sorted(_silent() - set(REASONS)) == []


def test_no_exception_is_kept_that_is_not_needed() -> None:
    assert sorted(set(REASONS) - _silent()) == []


def _silent() -> set[str]:
    in_functions = {function.name for function in functions(*ROOTS) if _is_silent(function)}
    return in_functions | {name for name, statement in _prepared() if not _names_workspace(statement)}


def _prepared() -> Iterator[tuple[str, Select[Any] | Update | Delete]]:
    """Statements that are built once, when their file is imported."""
    for path, _ in sources(*ROOTS):
        file = path.relative_to(ROOT).as_posix()
        if "migrations" not in file and path.name != "__init__.py":
            for name, value in vars(importlib.import_module(_module(file))).items():
                if isinstance(value, (Select, Update, Delete)):
                    yield f"{file}:{name}", value


def _names_workspace(statement: Select[Any] | Update | Delete) -> bool:
    return "workspace_id" in str(statement.whereclause)


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _is_silent(function: Function) -> bool:
    """It queries such a table, and neither it nor a condition it calls in its own file says whose rows."""
    if not STATEMENTS.search(function.source) or "workspace_id" in OF_ANY.sub("", function.source):
        return False
    if not _tables_of(function):
        return False
    called = {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in _callees(function)}
    return not any(other in called for other in _conditions(function.file))


def _callees(function: Function) -> list[ast.expr]:
    return [node.func for node in ast.walk(function.node) if isinstance(node, ast.Call)]


def _conditions(file: str) -> set[str]:
    """Functions of a file that build a condition with the workspace in it."""
    return {
        function.node.name
        for function in functions(file)
        if "workspace_id ==" in function.source and not STATEMENTS.search(function.source)
    }


def _tables_of(function: Function) -> set[str]:
    module = importlib.import_module(_module(function.file))
    used = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
    named = {value.name for name, value in vars(module).items() if name in used and isinstance(value, Table)}
    return {name for name in named if "workspace_id" in tables().tables[name].columns}
