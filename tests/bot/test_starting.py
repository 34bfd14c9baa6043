"""What stops a command is told in a line or two, with what to do, and without a secret."""

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.vault import new_key
from tests.fakes.app import environment

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "postgresql+asyncpg://dext:hush-canary@127.0.0.1:1/dext"
UNREACHABLE = "The database cannot be reached (ConnectionRefusedError). See that it runs, and that DEXT_DATABASE_URL leads to it.\n"


class Terminal:
    """Commands that need no process of their own, typed one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.environment, self.capsys = monkeypatch, capsys
        monkeypatch.setenv("DEXT_ENCRYPTION_KEYS", new_key("k1"))

    def type(self, database_url: str, *command: str) -> tuple[int, str]:
        """Answers the exit code and all that was printed."""
        self.environment.setenv("DEXT_DATABASE_URL", database_url)
        code = main(command)
        return code, "".join(self.capsys.readouterr())


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


def test_no_command_at_all_is_answered_with_help_and_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(())

    printed = capsys.readouterr()
    lines = printed.err.splitlines()
    assert (code, printed.out, lines[0]) == (2, "", "usage: dext-bot [-h] COMMAND ...")
    assert any(line.strip().startswith("doctor") for line in lines)
    assert (
        lines[-1] == "Type one of these commands, such as `dext-bot run`; `dext-bot COMMAND --help` tells more of it."
    )


def test_a_database_that_cannot_be_had_is_told_in_one_line(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a database, and long enough for SQLite to read where it begins")
    here = f"sqlite+aiosqlite:///{tmp_path}"

    for command in (("migrate",), ("keys", "rotate")):
        assert terminal.type(NOWHERE, *command) == (2, UNREACHABLE)
    for url, words in {
        f"{here}/file/dext.db": "file is not a folder",
        f"{here}/file": "file is not a database",
        here: "Is a directory",
        "sqlite+aiosqlite:///:memory:": "DEXT_DATABASE_URL names no database",
        "postgresql+asyncpg://dext@hush-canary:hush-canary/dext": "DEXT_DATABASE_URL names no database",
    }.items():
        code, said = terminal.type(url, "migrate")
        assert (code, said.count("\n"), words in said, "canary" in said) == (2, 1, True, False), said


@pytest.mark.postgres
def test_why_the_server_refuses_is_passed_on(terminal: Terminal, postgres_url: str) -> None:
    code, said = terminal.type(postgres_url.replace("/dext_test", "/nosuch"), "migrate")

    assert (code, said.count("\n")) == (2, 1)
    assert 'database "nosuch" does not exist' in said


def test_a_key_that_there_is_not_cannot_be_given_up(terminal: Terminal, sqlite_url: str) -> None:
    said = terminal.type(sqlite_url, "keys", "rotate", "--give-up", "nosuch")

    assert said == (1, "There is no key nosuch; there are: none.\n")


async def test_what_stops_the_product_is_told_in_one_line(sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])

        taken, elsewhere, unreachable = await asyncio.gather(
            run(sqlite_url, DEXT_PORT=port), run(sqlite_url, DEXT_HOST="192.0.2.1"), run(NOWHERE)
        )

    assert taken == (2, f"Port {port} is taken. Choose another one with DEXT_PORT.\n")
    assert elsewhere == (2, "192.0.2.1 is no address of this machine. Choose another one with DEXT_HOST.\n")
    assert unreachable == (2, UNREACHABLE)


async def run(database_url: str, **more: str) -> tuple[int | None, str]:
    """`dext-bot run` in a process of its own, without a Slack that answers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=ROOT,
        env={**environment(database_url, 1, {"DEXT_LOG_LEVEL": "error", **more}), "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()
