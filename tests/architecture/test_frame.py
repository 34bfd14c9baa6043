"""Which way imports point, what the set-up pins, and what may not be left lying about."""

import ast
import re
from pathlib import Path

from tests.architecture.tree import CODE, ROOT, project, provider_folders, sources, tracked

RESCUES = {
    "handlers/errors.py": "the last resort of Slack's requests",
    "handlers/routes.py": "the last resort of Slack's requests",
    "handlers/line.py": "the last resort of a websocket's requests",
    "handlers/pages.py": "the web middleware",
    "handlers/api.py": "the last resort of the API's requests",
    "bot/worker/tasks.py": "the worker's loop over jobs",
    "bot/loops.py": "the loops of the worker, and of its services over many organisations",
    "bot/messenger.py": "the messenger's loop",
    "bot/doctor/examination.py": "a check that fails must not hide what the others find",
}
"""Where anything may be caught: the error handler, the middleware, the worker's loops. Each logs it once."""

LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pragma: no cover")
OTHER_PLACES = re.compile(r"/(?:work|home|root|opt)/[a-z]|pypi\.org|registry\.npmjs|files\.pythonhosted|deb\.debian")
TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".html", ".js", ".css", ".mako", ""}


def texts() -> list[tuple[str, str]]:
    here = Path(__file__)
    files = [path for path in tracked() if path.suffix in TEXT and path != here]
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]


def test_the_contracts_name_every_provider_folder() -> None:
    contracts = {contract["name"]: contract for contract in project()["tool"]["importlinter"]["contracts"]}

    guarded = contracts["Only the registry names a provider folder"]["protected_modules"]

    assert sorted(guarded) == [f"providers.{folder}" for folder in provider_folders()]


def test_nothing_is_left_for_later() -> None:
    found = [(name, match.group()) for name, text in texts() for match in LEFTOVERS.finditer(text)]

    assert found == []


def test_no_file_names_a_place_outside_the_repository() -> None:
    found = [(name, match.group()) for name, text in texts() for match in OTHER_PLACES.finditer(text)]

    assert found == []


def test_everything_is_caught_in_few_places_only() -> None:
    """An error that is caught too early is an error that nobody sees."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path, tree in sources(*CODE)
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node)
    }

    assert found - set(RESCUES) == set()


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """A handler that only cleans up and raises again hides nothing."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    names = {"Exception", "BaseException"}
    return handler.type is None or any(
        isinstance(node, ast.Name) and node.id in names for node in ast.walk(handler.type)
    )


def test_the_pins_carry_a_hash_each_and_no_address() -> None:
    for name in ("runtime", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE)

        assert all("--hash=sha256:" in pin for pin in pins)
        assert "://" not in text
        assert "--index" not in text


def test_the_pins_hold_every_package_the_project_asks_for() -> None:
    asked = project()["project"]
    runtime, dev = (_pinned(name) for name in ("runtime", "dev"))

    assert _names(asked["dependencies"]) - runtime == set()
    assert _names(asked["optional-dependencies"]["dev"]) - dev == set()
    assert runtime - dev == set(), "the checked set holds the one that runs"
    assert "hatchling" in runtime


def _pinned(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {_plain(match.group(1)) for match in re.finditer(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def _names(requirements: list[str]) -> set[str]:
    return {_plain(re.split(r"[\[<>=~! ;]", requirement)[0]) for requirement in requirements}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
