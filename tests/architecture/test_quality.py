"""What is said of a package is shown, and README says the same."""

from pathlib import Path

import pytest

from providers import PROVIDERS
from providers.quality import BEGIN, README, RULES, QualityError, folder_of, quality_of, with_table
from tests.architecture.proofs import CONTRACTS, PROOFS, Package


def test_every_rule_has_its_proof() -> None:
    assert set(PROOFS) == set(RULES)


@pytest.mark.parametrize("key", PROVIDERS)
def test_a_rule_is_done_where_it_is_shown_and_nowhere_else(key: str) -> None:
    package = Package(PROVIDERS[key].profile, CONTRACTS[key], folder_of(key))

    said = {rule for rule, status in quality_of(folder_of(key)).items() if status.is_done}

    shown = {rule for rule, proof in PROOFS.items() if proof(package)}
    assert said - shown == set(), "said to be done, and nothing shows it"
    assert shown - said == set(), f"done now: write so in providers/{key}/quality.toml, then `make readme`"


def test_the_readme_has_the_table_that_the_command_writes() -> None:
    readme = README.read_text(encoding="utf-8")

    assert readme == with_table(readme), "run `make readme`"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('bills = "done"\n', ""), "bills left out"),
        (('bills = "done"', 'bills = "done"\nbilz = "done"'), "bilz left out, or not a rule"),
        (('bills = "done"', 'bills = "mostly"'), 'bills is "done", "todo" or'),
        (('bills = "done"', 'bills = { exempt = "no" }'), 'bills is "done", "todo" or'),
    ],
)
def test_a_quality_file_with_a_mistake_says_what_to_write(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    text = (folder_of("xero") / "quality.toml").read_text(encoding="utf-8")
    (tmp_path / "quality.toml").write_text(text.replace(*change), encoding="utf-8")

    with pytest.raises(QualityError, match=words):
        quality_of(tmp_path)


def test_a_readme_without_a_place_for_the_table_is_left_alone() -> None:
    with pytest.raises(QualityError, match="no place"):
        with_table(f"# Dext\n\n{BEGIN}\n")
