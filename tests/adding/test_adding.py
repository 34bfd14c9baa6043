"""docs/adding-a-provider.md, followed to the letter in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_providers import ROOMS
from tests.architecture.tree import ROOT, tracked

COPIED = ("providers", "tests", "README.md", "pyproject.toml", "Makefile")
PROVES = (
    "tests/architecture/test_providers.py",
    "tests/architecture/test_quality.py",
    "tests/contract/test_quarry.py",
    "tests/handlers/test_quarry.py",
    # reads all the code for names, which takes as long as the rest, and nothing here writes any
    "--deselect=tests/architecture/test_providers.py::test_only_the_registry_names_a_package",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the steps change is copied, the rest is there by links."""
    for path in tracked():
        place = path.relative_to(ROOT)
        if place.parts[0] in COPIED:
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, tmp_path / place)
        elif not (tmp_path / place.parts[0]).exists():
            (tmp_path / place.parts[0]).symlink_to(ROOT / place.parts[0])
    return tmp_path


def steps() -> str:
    return (ROOT / "docs" / "adding-a-provider.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", steps(), re.DOTALL)
    assert found is not None
    return found[1]


def additions() -> Iterator[tuple[str, list[str]]]:
    """By file, the lines that the steps have somebody add."""
    for part in block("python").split("# ")[1:]:
        file, *lines = part.rstrip().split("\n")
        yield file, lines


def added(text: str, lines: list[str]) -> str:
    """Imports go to the others, entries to the end of the first table."""
    imports = [line for line in lines if line.startswith("from ")]
    entries = [line for line in lines if not line.startswith("from ")]
    text = text.replace("\nfrom ", "\n" + "\n".join(imports) + "\nfrom ", 1)
    return text.replace("\n}\n", "\n" + "\n".join(entries) + "\n}\n", 1)


def run(copy: Path, *command: str) -> None:
    done = subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_a_provider_that_is_added_by_these_steps_passes_the_rules_and_the_contract_and_takes_a_bill_from_slack(
    copy: Path,
) -> None:
    run(copy, "bash", "-euc", block("bash"))
    for file, lines in additions():
        path = copy / file
        path.write_text(added(path.read_text(encoding="utf-8"), lines), encoding="utf-8")
    run(copy, "ruff", "format", "-q", "providers", "tests/architecture", "tests/contract", "tests/handlers")
    run(copy, "ruff", "check", "-q", "--fix", "providers", "tests/architecture", "tests/contract", "tests/handlers")
    run(copy, "python", "-m", "providers.quality")

    run(copy, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *PROVES)

    table = (copy / "README.md").read_text(encoding="utf-8")
    assert " | Quarry Books |\n| --- |" in table
    assert "Quarry Books takes no files." in table


def test_the_rooms_that_are_told_are_those_that_are_asked_for() -> None:
    assert set(re.findall(r"^\| `([\w.]+)` \|", steps(), re.MULTILINE)) == ROOMS
