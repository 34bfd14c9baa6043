"""How a command of the product is named, explained and found."""

import argparse
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - what add_subparsers answers


def add_group(commands: Commands, name: str, does: str, example: str) -> Commands:
    group = commands.add_parser(name, help=does, description=_sentence(does), epilog=f"Example: {example}")
    return group.add_subparsers(metavar="COMMAND", required=True)


def add_command(
    commands: Commands,
    name: str,
    command: Callable[[argparse.Namespace], int],
    does: str,
    example: str,
    *,
    more: str = "",
) -> argparse.ArgumentParser:
    """`command` answers the status of the process; `more` are sentences that its own help has, and no list."""
    description = f"{_sentence(does)} {more}".strip()
    parser = commands.add_parser(name, help=does, description=description, epilog=f"Example: {example}")
    parser.set_defaults(command=command)
    return parser


def words_of(choices: Iterable[StrEnum]) -> list[str]:
    """As people type them: whoever types another one is answered with all of them, in the form that they have there."""
    return [choice.value for choice in choices]


def _sentence(does: str) -> str:
    return f"{does[:1].upper()}{does[1:]}."
