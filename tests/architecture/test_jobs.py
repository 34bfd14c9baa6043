"""Every kind of job has somebody who does it."""

import ast

from bot.services.jobs import JobKind
from tests.architecture.tree import sources


def test_every_kind_of_job_has_a_task() -> None:
    keys = {
        key.attr
        for _, tree in sources("bot/app.py", "bot/worker")
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id == "JobKind"
    }

    assert keys == set(JobKind.__members__)
