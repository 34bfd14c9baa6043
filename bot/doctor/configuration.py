"""The environment: every variable that is missing or wrong, and those that nobody reads."""

import difflib
import re
from collections.abc import Mapping

from bot.config import Config, ConfigError, known_variables, read_config
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.vault import KeyRingError, Vault
from providers import LEDGERS

NAME, KEYS = "configuration", "DEXT_ENCRYPTION_KEYS"
OURS = re.compile(r"(?:SLACK|DEXT)_[A-Z_]+")
READ_ELSEWHERE = frozenset({"DEXT_PLAYGROUND_PORT", "DEXT_CHROMIUM", "DEXT_SHOTS"})


def configuration(environment: Mapping[str, str]) -> tuple[Config | None, list[Finding]]:
    """The configuration, where nothing is wrong with it, and what there is to say of it."""
    config, lines = None, []
    try:
        config = read_config(environment, tuple(LEDGERS))
    except ConfigError as error:
        lines += str(error).splitlines()
    lines += _key_ring(environment)
    findings = [_wrong(line) for line in lines] + _unread(environment)
    if lines:
        return None, findings
    count = sum(name in known_variables(tuple(LEDGERS)) for name in environment)
    return config, [ok(NAME, f"{count} variables are set, and all are right"), *findings]


def _key_ring(environment: Mapping[str, str]) -> list[str]:
    """A missing one is said already."""
    text = environment.get(KEYS, "").strip()
    try:
        if text:
            Vault.from_text(text)
    except KeyRingError as error:
        return [f"{KEYS} {error}"]
    return []


def _wrong(line: str) -> Finding:
    words, _, remedy = line.partition(": ")
    return wrong(NAME, words, f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "Correct it.")


def _unread(environment: Mapping[str, str]) -> list[Finding]:
    """Names that look like ours: a slip of the pen leaves the default in force, and says nothing."""
    known = known_variables(tuple(LEDGERS))
    return [
        warning(NAME, f"{name} is set, and nobody reads it", _meant(name, known))
        for name in sorted(environment)
        if OURS.fullmatch(name) and name not in known | READ_ELSEWHERE
    ]


def _meant(name: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Perhaps {near[0]} was meant." if near else "Take it away."
