"""A provider is one folder with the same rooms as every other; what it does not have yet, it says."""

import pytest

from bot.domain.problems import ProblemCode
from providers import PROVIDERS
from tests.architecture.tree import ROOT, functions, project, provider_folders

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


def test_the_registry_lists_every_provider_folder() -> None:
    assert sorted(PROVIDERS) == provider_folders()


@pytest.mark.parametrize("folder", provider_folders())
def test_a_provider_has_the_rooms_of_every_other(folder: str) -> None:
    found = {path.name for path in (ROOT / "providers" / folder).iterdir()}

    assert found >= ROOMS


@pytest.mark.parametrize("folder", provider_folders())
def test_a_provider_says_which_code_each_refusal_is(folder: str) -> None:
    """The table names members of the catalogue, so that no refusal arrives without its sentence."""
    module = __import__(f"providers.{folder}.errors", fromlist=["SENTENCES"])

    assert module.SENTENCES
    assert all(isinstance(code, ProblemCode) for _, code, _ in module.SENTENCES)


@pytest.mark.parametrize("folder", provider_folders())
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


def test_only_the_registry_asks_for_a_provider_by_name() -> None:
    """A view or service that asked for "xero" would have to be changed for the next package."""
    found = [
        function.name
        for function in functions("bot/domain", "bot/services", "bot/views", "bot/worker", "handlers")
        for key in PROVIDERS
        if f"'{key}'" in function.source
    ]

    assert found == []
