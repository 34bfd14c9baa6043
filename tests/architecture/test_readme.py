"""README and the pages beside it say what is there, and nothing that is not."""

import ast
import re

from providers import PROVIDERS
from tests.architecture.tree import ROOT, sources

VARIABLE = re.compile(r"\b(?:SLACK|DEXT)_[A-Z_]+[A-Z]\b")
READ_BY = ("bot/config.py", "bot/playground")
PER_PROVIDER = ("CLIENT_ID", "CLIENT_SECRET", "AUTH_URL", "TOKEN_URL", "REVOKE_URL", "USER_URL", "API_URL", "WEB_URL")
FOR_TESTS = {"DEXT_CHROMIUM", "DEXT_KILLS", "DEXT_NOISY"}


PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def readme() -> str:
    return PAGES[0].read_text(encoding="utf-8")


def everything() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_every_variable_is_told_and_no_other() -> None:
    read = {
        node.value
        for _, tree in sources(*READ_BY)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value)
    }
    told = set(VARIABLE.findall(everything()))
    of_providers = {f"DEXT_{key.upper()}_{name}" for key in PROVIDERS for name in PER_PROVIDER}

    assert read - told - of_providers == set()
    assert told - read - of_providers - FOR_TESTS == set()
    assert {name for name in PER_PROVIDER if f"_{name}" not in everything()} == set()


def test_how_to_get_an_app_at_each_package_is_told() -> None:
    needed = {f"DEXT_{entry.profile.key.upper()}_CLIENT_ID" for entry in PROVIDERS.values() if entry.profile.addresses}

    assert {name for name in needed if name not in everything()} == set()


def test_only_commands_of_make_that_exist_are_named() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"`make ([a-z]+)", everything())) - targets == set()


def test_every_file_that_a_page_points_at_is_there() -> None:
    for page in PAGES:
        pointed = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))

        assert [path for path in pointed if not (page.parent / path).exists()] == []


def test_decisions_are_dated_and_say_what_was_not_chosen() -> None:
    section = readme().partition("## Decisions")[2].partition("\n## ")[0]
    decisions = re.split(r"\n### ", section)[1:]

    assert len(decisions) >= 5
    for decision in decisions:
        assert re.match(r"\d{4}-\d\d-\d\d · ", decision)
        assert "Not chosen:" in decision
