"""How a command of the product is named, explained and found."""

import argparse
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - what add_subparsers answers


def add_group(commands: Commands, name: str, does: str, example: str) -> Commands:
    group = commands.add_parser(name, help=does, description=f"{does.capitalize()}.", epilog=f"Example: {example}")
    return group.add_subparsers(metavar="COMMAND", required=True)


def add_command(
    commands: Commands,
    name: str,
    command: Callable[[argparse.Namespace], int],
    does: str,
    example: str,
) -> argparse.ArgumentParser:
    """`command` answers the status of the process."""
    parser = commands.add_parser(name, help=does, description=does.capitalize() + ".", epilog=f"Example: {example}")
    parser.set_defaults(command=command)
    return parser
