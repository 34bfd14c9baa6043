"""The whole examination, from the environment to the report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from bot.assembly import called_of
from bot.clock import Clock
from bot.config import ConfigError, database_url_of
from bot.doctor import ledgers, machine, public, slack, storage
from bot.doctor.configuration import KEYS, configuration
from bot.doctor.examination import Check, examine
from bot.doctor.finding import Finding, Verdict, warning
from bot.doctor.setup import Setup, opened

ENDINGS = ("_SECRET", "_TOKEN")
SHORTEST_SECRET = 6
WIDTH = 9


@dataclass(frozen=True, slots=True)
class Report:
    findings: Sequence[Finding]
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Taken out wherever they stand, as the last line of defence: no check should say one."""

    @property
    def is_well(self) -> bool:
        return not any(finding.verdict is Verdict.WRONG for finding in self.findings)

    def text(self) -> str:
        """A line each, the remedy under it."""
        lines = []
        for finding in self.findings:
            lines.append(f"{finding.verdict:<{WIDTH}}{finding.name}: {finding.words}")
            if finding.remedy:
                lines.append(f"{'':<{WIDTH}}→ {finding.remedy}")
        counted = {verdict: sum(each.verdict is verdict for each in self.findings) for verdict in Verdict}
        lines.append(", ".join(f"{count} {verdict}" for verdict, count in counted.items()))
        return self._without_secrets("\n".join(lines))

    def json(self) -> str:
        found = [{name: self._without_secrets(value) for name, value in asdict(each).items()} for each in self.findings]
        return json.dumps({"is_well": self.is_well, "findings": found}, ensure_ascii=False, indent=2)

    def _without_secrets(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "[redacted]")
        return text


async def diagnose(environment: Mapping[str, str], clock: Clock) -> Report:
    """Look at everything that can be looked at; where the configuration is wrong, that is said first."""
    config, findings = configuration(environment)
    findings.append(machine.version())
    if config is None:
        findings += await _without_configuration(environment)
    else:
        async with opened(config, clock) as setup:
            findings += await examine(checks(setup), setup)
    return Report(findings, _secrets(environment))


async def _without_configuration(environment: Mapping[str, str]) -> list[Finding]:
    rest = warning(
        "everything else", "it is looked at when the configuration is right", "Correct it, and run this again."
    )
    try:
        return [await storage.database_at(database_url_of(environment)), rest]
    except ConfigError:
        return [rest]


def checks(setup: Setup) -> Sequence[Check]:
    of_slack = (
        Check("clock against Slack", slack.clock),
        Check(slack.BOT, slack.bot_token, (Check(slack.BARE, slack.without_token),)),
        Check(slack.APP, slack.app_token),
        Check(slack.CLIENT, slack.client),
    )
    of_database = (
        Check(storage.WORKER, storage.worker),
        Check(storage.QUEUE, storage.queue),
        Check(storage.KEY_RING, storage.key_ring),
        Check("workspaces", slack.workspace_tokens),
        Check("connections", ledgers.connections),
    )
    there = Check(public.REACHES, public.reaches_us, (Check(public.SECRET, public.signing_secret),))
    return (
        Check(storage.DATABASE, storage.database, of_database),
        Check(machine.ROOM, machine.room),
        Check(slack.REACHABLE, slack.reachable, of_slack),
        Check(public.ADDRESS, public.address, (there,)),
        Check(public.REDIRECTS, public.redirects),
        *_of_ledgers(setup),
    )


def _of_ledgers(setup: Setup) -> Sequence[Check]:
    known = [ledgers.credentials_of(key, provider.profile.name) for key, provider in called_of(setup.providers).items()]
    return known or [Check(ledgers.SOFTWARE, ledgers.none_set)]


def _secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What variables that hold one hold; longest first, as one may be part of another."""
    values = [value.strip() for name, value in environment.items() if name.endswith(ENDINGS)]
    keys = [entry.rpartition(":")[2].strip() for entry in environment.get(KEYS, "").split(",")]
    password = urlsplit(environment.get("DEXT_DATABASE_URL", "")).password or ""
    found = {*values, *keys, password}
    return tuple(sorted((secret for secret in found if len(secret) >= SHORTEST_SECRET), key=len, reverse=True))
