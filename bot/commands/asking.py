"""Questions to whoever sits in front of a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass


class StoppedError(Exception):
    """Nothing was written; the message says why and what to type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks where somebody sits in front; elsewhere says what to type instead."""

    is_asking: bool

    def choose(self, question: str, options: Sequence[str], *, otherwise: str) -> str:
        if not self.is_asking or not options:
            raise StoppedError(f"{question} {otherwise}")
        print(question, *(f"  {number}. {option}" for number, option in enumerate(options, 1)), sep="\n")
        while True:
            answer = input("Number: ").strip()
            if answer.isdecimal() and 1 <= int(answer) <= len(options):
                return options[int(answer) - 1]
            print(f"Type a number from 1 to {len(options)}; Ctrl-C stops, and nothing is written.")

    def agrees(self, question: str) -> bool:
        if not self.is_asking:
            raise StoppedError("Nothing was brought in. Say --yes to do it.")
        return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes")
