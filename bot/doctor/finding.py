"""What a check found: a verdict, a sentence, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works; it is not as it should be, or will not be for long."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    name: str
    verdict: Verdict
    words: str
    remedy: str = ""


def ok(name: str, words: str) -> Finding:
    return Finding(name=name, verdict=Verdict.OK, words=words)


def warning(name: str, words: str, remedy: str) -> Finding:
    return Finding(name=name, verdict=Verdict.WARNING, words=words, remedy=remedy)


def wrong(name: str, words: str, remedy: str) -> Finding:
    return Finding(name=name, verdict=Verdict.WRONG, words=words, remedy=remedy)
