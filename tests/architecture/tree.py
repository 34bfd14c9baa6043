"""The code as text and as syntax trees, for rules that no tool has."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from handlers.routes import Routes

ROOT = Path(__file__).resolve().parents[2]
CODE = ("bot", "handlers", "providers")


@dataclasses.dataclass(frozen=True, slots=True)
class Function:
    """`name` is `path:Class.method`; `source` has no comments and no docstrings' layout."""

    name: str
    file: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def source(self) -> str:
        return ast.unparse(self.node)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is in the repository or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file())


def sources(*roots: str) -> Iterator[tuple[Path, ast.Module]]:
    for root in roots:
        path = ROOT / root
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield file, parsed(file)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(*roots: str) -> Iterator[Function]:
    for path, tree in sources(*roots):
        file = path.relative_to(ROOT).as_posix()
        yield from (Function(f"{file}:{name}", file, node) for name, node in _functions(tree, ()))


def _functions(node: ast.AST, outer: tuple[str, ...]) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ".".join((*outer, child.name)), child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*outer, child.name))


def modules(package: str) -> Iterator[ModuleType]:
    found = importlib.import_module(package)
    for entry in pkgutil.walk_packages(found.__path__, f"{package}."):
        yield importlib.import_module(entry.name)


def registered() -> Routes:
    """Routes as all features fill them. A feature is made without its services: registering needs none."""
    routes = Routes(clients=cast("Any", None))
    for module in modules("handlers"):
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__ and _is_feature(value):
                cast("Any", value).register(object.__new__(value), routes)
    return routes


def _is_feature(found: type) -> bool:
    """Pages register too, at the web server's router."""
    register = getattr(found, "register", None)
    return register is not None and "routes" in inspect.signature(register).parameters


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def provider_folders() -> list[str]:
    """All but what simulators are made of."""
    found = {path.parent.name for path in (ROOT / "providers").glob("*/__init__.py")}
    return sorted(found - {"simulating"})
