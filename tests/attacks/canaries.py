"""Every secret that there is in a running product, and every place where one could lie or be said.

Those of the configuration are given; those handed out on the way are read from what the far ends saw and answered.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from bot.playground.slack import SlackState
from providers.xero.simulator import XeroState
from tests.attacks.jars import Seen

OF_TOKENS = ("access_token", "refresh_token", "id_token")
OF_REQUESTS = ("code", "code_verifier", "refresh_token", "token", "client_secret")
ONE_WAY = ("code", "state", "nonce", "ticket")
"""What travels in addresses, is good once and is stored as a hash, if at all."""
SHORTEST = 6


@dataclass(slots=True)
class Secrets:
    """By value, with what it is. `links` are told to one person, so they stand in that person's view."""

    found: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def add(self, value: object, name: str) -> None:
        if isinstance(value, str) and len(value) >= SHORTEST:
            self.found.setdefault(value, name)

    def of_environment(self, environment: dict[str, str]) -> None:
        for name, value in environment.items():
            if name.endswith(("_SECRET", "_TOKEN")):
                self.add(value, name)
        for entry in environment["DEXT_ENCRYPTION_KEYS"].split(","):
            self.add(entry.partition(":")[2], "an encryption key")
        for prefix in ("SLACK", "DEXT_XERO"):
            pair = ":".join(environment.get(f"{prefix}_{part}", "") for part in ("CLIENT_ID", "CLIENT_SECRET"))
            self.add(base64.b64encode(pair.encode()).decode(), f"{prefix} credentials in a header")

    def of_xero(self, xero: XeroState) -> None:
        for call in xero.calls:
            if "/identity/" in call.path or call.path.startswith("/connect/"):
                self._of_form(call.body.decode(errors="replace"), "sent to Xero")
                self._of_answer(call.answer, "of Xero")

    def of_slack(self, slack: SlackState) -> None:
        for call in slack.calls:
            if call.method in ("oauth.v2.access", "openid.connect.token", "apps.connections.open"):
                for name in OF_REQUESTS:
                    self.add(call.args.get(name), f"{name} sent to Slack")
                for name in OF_TOKENS:
                    self.add(call.answer.get(name), f"{name} of Slack")

    def of_browsers(self, seen: Iterable[Seen]) -> None:
        for page in seen:
            for address in (page.address, page.location):
                for name, values in parse_qs(urlsplit(address).query).items():
                    if name in ONE_WAY:
                        self.add(values[0], f"{name} in an address")
                    elif name == "t":
                        self.links[values[0]] = "a link"
            for cookie in page.cookies:
                value = cookie.partition("=")[2].partition(";")[0].strip('"')
                if value:
                    self.links[value] = "a cookie"

    def _of_form(self, body: str, where: str) -> None:
        for name, values in parse_qs(body).items():
            if name in OF_REQUESTS:
                self.add(values[0], f"{name} {where}")

    def _of_answer(self, body: bytes, where: str) -> None:
        try:
            answer = json.loads(body)
        except ValueError:
            return
        if isinstance(answer, dict):
            for name in OF_TOKENS:
                self.add(answer.get(name), f"{name} {where}")

    @property
    def all(self) -> dict[str, str]:
        return {**self.links, **self.found}


def hits(secrets: dict[str, str], places: Iterable[tuple[str, str | bytes]]) -> list[str]:
    """What is said where it must not be; names of secrets and places, never a value."""
    found = {
        f"{name} in {place}" for place, content in places for value, name in secrets.items() if _has(content, value)
    }
    return sorted(found)


def _has(content: str | bytes, value: str) -> bool:
    return value in content if isinstance(content, str) else value.encode() in content


def said_to_slack(slack: SlackState) -> Iterator[tuple[str, str]]:
    """Messages, views and answers."""
    yield from ((f"a {kind}", json.dumps(payload, ensure_ascii=False)) for kind, payload in slack.drawn)
    for call in slack.calls:
        if not call.method.startswith(("oauth.", "openid.", "auth.", "apps.")):
            yield call.method, json.dumps({name: value for name, value in call.args.items() if name != "token"})
    for entry in slack.delivered:
        yield "an answer to Slack", json.dumps(entry.answer.body)


def shown(seen: Iterable[Seen]) -> Iterator[tuple[str, str]]:
    """Pages, without the addresses they lead to."""
    yield from ((f"the page {urlsplit(page.address).path}", page.source) for page in seen)


def kept(database_url: str) -> Iterator[tuple[str, bytes]]:
    """Everything that a thief of the disk or of a dump has."""
    if database_url.startswith("sqlite"):
        path = Path(database_url.partition("///")[2])
        for file in sorted(path.parent.glob(f"{path.name}*")):
            yield file.name, file.read_bytes()
    else:
        yield from _dumped(database_url)


def _dumped(database_url: str) -> Iterator[tuple[str, bytes]]:
    url = make_url(database_url)
    address = f"host={url.query['host']} user={url.username} dbname={url.database}"
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))).fetchall()
            yield f"{schema}.{table}", b"\n".join(_bytes_of(value) for row in rows for value in row)


def _bytes_of(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
