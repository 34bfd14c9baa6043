"""A provider is one folder with the same rooms as every other; what it does not have yet, it says."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.domain.problems import ProblemCode
from providers import LEDGERS, PROVIDERS
from tests.architecture.tree import ROOT, project, provider_folders, sources
from tests.contract.far_ends import FAR_ENDS
from tests.journeys.told_by import TOLD_BY

ROOMS = {
    "__init__.py",
    "oauth.py",
    "client.py",
    "wire.py",
    "mapping.py",
    "errors.py",
    "adapter.py",
    "simulator.py",
    "quality.toml",
}
OF_FILES = {"__init__.py", "mapping.py", "adapter.py", "quality.toml"}
"""Of what is published by download: nothing is called, so there is nothing to sign in to, to refuse or to simulate."""


def test_a_package_whose_simulator_has_pages_goes_through_what_runs_for_every_package() -> None:
    with_pages = {key for key in PROVIDERS if (ROOT / "providers" / key / "simulated" / "templates").is_dir()}

    assert with_pages == set(FAR_ENDS)
    assert with_pages == set(TOLD_BY)


def test_the_registry_lists_every_provider_folder() -> None:
    assert sorted(PROVIDERS) == provider_folders()


@pytest.mark.parametrize("folder", provider_folders())
def test_a_provider_has_the_rooms_of_every_other(folder: str) -> None:
    found = {path.name for path in (ROOT / "providers" / folder).iterdir()}

    assert found >= (ROOMS if folder in LEDGERS else OF_FILES)


@pytest.mark.parametrize("folder", sorted(LEDGERS))
def test_a_provider_says_which_code_each_refusal_is(folder: str) -> None:
    """The table names members of the catalogue, so that no refusal arrives without its sentence."""
    module = __import__(f"providers.{folder}.errors", fromlist=["SENTENCES"])

    assert module.SENTENCES
    assert all(isinstance(code, ProblemCode) for _, code, _ in module.SENTENCES)


@pytest.mark.parametrize("folder", sorted(LEDGERS))
def test_the_simulator_does_not_know_our_mapping(folder: str) -> None:
    """A simulator that shared our code would agree with our mistakes."""
    text = (ROOT / "providers" / folder / "simulator.py").read_text(encoding="utf-8")

    forbidden = [
        line for line in text.splitlines() if "import" in line and (".mapping" in line or "bot.domain" in line)
    ]

    assert forbidden == []


def test_an_import_rule_keeps_each_provider_to_itself() -> None:
    rules = {rule["name"]: rule for rule in project()["tool"]["importlinter"]["contracts"]}

    protected = rules["Only the registry names a provider folder"]["protected_modules"]

    assert sorted(protected) == [f"providers.{folder}" for folder in provider_folders()]


def test_a_provider_is_a_line_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [entry.profile.name for entry in PROVIDERS.values() if entry.profile.name not in readme] == []


@pytest.mark.parametrize("key", sorted(LEDGERS))
def test_what_dext_may_do_there_is_said_of_whoever_signed_in_and_not_of_whoever_reads_it(key: str) -> None:
    assert [said for said in PROVIDERS[key].profile.connect.access if "your" in said.split()] == []


def test_only_the_registry_names_a_package() -> None:
    """A view or service that spoke of one would have to be changed for the next. Templates of lists are known by whose
    they are.
    """
    names = {word.casefold() for key, entry in PROVIDERS.items() for word in (key, entry.profile.name)}
    # as words: one is a part of "message"
    named = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, sorted(names)))})(?![a-z])")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources("bot", "handlers")
        if path.relative_to(ROOT).parts[1] not in ("sheets", "commands")
        for node in _texts(tree)
        if named.search(str(node.value).casefold())
    ]

    assert found == []


def test_what_simulators_are_made_of_names_no_package() -> None:
    names = [entry.profile.name.casefold() for entry in PROVIDERS.values()]
    kit = ROOT / "providers" / "simulating"
    files = [path for pattern in ("*.py", "*.html", "*.css") for path in kit.rglob(pattern)]

    assert files
    assert [path.name for path in files if any(name in path.read_text("utf-8").casefold() for name in names)] == []


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """What is said or compared; docstrings are about the code."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node
