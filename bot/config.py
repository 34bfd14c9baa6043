"""The environment, read once into one frozen value; everything wrong is named at once, with what to write."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")
SLACK_API = "https://slack.com/api/"
SLACK_WEB = "https://slack.com"
SLACK_FILES = "files.slack.com"
DATABASE = "sqlite+aiosqlite:///var/dext.db"
LONGEST_LEASE_SECONDS = 3600.0
"""Processes of one database may be set differently, while they are restarted one after another for instance: what is held
for longer than anybody may be set to was written by a clock that was wrong.
"""
PARAMETERS = frozenset({"host", "port", "sslmode"})
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""libpq's; without one it is `prefer`. What a certificate is held against, both drivers read from PGSSLROOTCERT."""


NO_WORKSPACE = (
    "SLACK_BOT_TOKEN is missing: write the bot token, `xoxb-…` (OAuth & Permissions), for one workspace; or set "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET (Basic Information), and workspaces install the app at /slack/install"
)


class ConfigError(Exception):
    """Every missing or wrong variable, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """How we are known at one provider. `addresses` are those that differ from the vendor's."""

    client_id: str
    client_secret: str = field(repr=False)
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    signing_secret: str | None = field(repr=False)
    """None only where Slack's requests come over a websocket (`app_token`), which needs no signatures."""
    app_token: str | None = field(repr=False)
    bot_token: str | None = field(repr=False)
    """Of one workspace. None where workspaces install the app by OAuth."""
    slack_client_id: str | None
    slack_client_secret: str | None = field(repr=False)
    slack_api_url: str
    slack_url: str
    slack_files_host: str
    public_url: str
    host: str
    port: int
    database_url: str
    encryption_keys: str = field(repr=False)
    providers: Mapping[str, ProviderSettings]
    log_level: str
    log_format: str
    is_worker: bool
    lease_seconds: float
    poll_seconds: float
    undo_seconds: float
    sync_hours: float

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


ADDRESSES = ("auth_url", "token_url", "revoke_url", "user_url", "api_url", "web_url")


def read_config(environment: Mapping[str, str], provider_keys: Sequence[str]) -> Config:
    """Raises:
    ConfigError: names every variable that is missing or wrong, and what to write.
    """
    reader = _Reader(environment)
    config = _read(reader, provider_keys)
    if reader.wrong:
        raise ConfigError("\n".join(reader.wrong))
    return config


def known_variables(provider_keys: Sequence[str]) -> frozenset[str]:
    """Every variable that is read."""
    reader = _Reader({})
    _read(reader, provider_keys)
    return frozenset(reader.asked)


def _read(reader: "_Reader", provider_keys: Sequence[str]) -> Config:
    config = Config(
        signing_secret=reader.signing_secret(),
        app_token=reader.app_token(),
        bot_token=reader.optional("SLACK_BOT_TOKEN"),
        slack_client_id=reader.optional("SLACK_CLIENT_ID"),
        slack_client_secret=reader.optional("SLACK_CLIENT_SECRET"),
        slack_api_url=reader.address("SLACK_API_URL", SLACK_API, ends="/api/"),
        slack_url=reader.address("SLACK_URL", SLACK_WEB).rstrip("/"),
        slack_files_host=reader.text("SLACK_FILES_HOST", SLACK_FILES),
        public_url=reader.address("DEXT_PUBLIC_URL", "http://127.0.0.1:3000").rstrip("/"),
        host=reader.text("DEXT_HOST", "127.0.0.1"),
        port=reader.read("DEXT_PORT", "3000", _port, "a port number such as 3000"),
        database_url=reader.database_url(),
        encryption_keys=reader.encryption_keys(),
        providers={key: found for key in provider_keys if (found := reader.provider(key)) is not None},
        log_level=reader.one_of("DEXT_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        log_format=reader.one_of("DEXT_LOG_FORMAT", "text", ("text", "json")),
        is_worker=reader.one_of("DEXT_WORKER", "on", ("on", "off")) == "on",
        lease_seconds=reader.lease(),
        poll_seconds=reader.seconds("DEXT_POLL_SECONDS", "1"),
        undo_seconds=reader.seconds("DEXT_UNDO_SECONDS", "60"),
        sync_hours=reader.hours("DEXT_SYNC_HOURS", "24"),
    )
    if (config.slack_client_id is None) != (config.slack_client_secret is None):
        reader.wrong.append("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together: set both, or neither")
    elif config.bot_token is None and config.slack_client_id is None:
        reader.wrong.append(NO_WORKSPACE)
    return config


def database_url_of(environment: Mapping[str, str]) -> str:
    """For commands that need nothing else.

    Raises:
        ConfigError: not a database that this product runs on.
    """
    reader = _Reader(environment)
    url = reader.database_url()
    if reader.wrong:
        raise ConfigError("\n".join(reader.wrong))
    return url


def key_ring_of(environment: Mapping[str, str]) -> str:
    """For commands that need the database and its keys.

    Raises:
        ConfigError: there is none.
    """
    reader = _Reader(environment)
    ring = reader.encryption_keys()
    if reader.wrong:
        raise ConfigError("\n".join(reader.wrong))
    return ring


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError(text)
    return port


def _names_database(url: str) -> bool:
    """One in memory would be another one for each connection. A password is never in what is answered."""
    try:
        return make_url(url).database not in (None, "", ":memory:")
    except (ArgumentError, ValueError):
        return False


def _wrong_parameters(url: URL) -> Iterator[str]:
    """What stands behind the `?` is read by our driver, and by whatever reads libpq's words: only what both take is good."""
    for name in sorted(url.query.keys() - PARAMETERS):
        also = "; for a secure connection write sslmode=require" if name == "ssl" else ""
        yield f"has {name[:30]!r} behind the ?: only {', '.join(sorted(PARAMETERS))} may stand there{also}"
    mode = url.query.get("sslmode")
    if mode is not None and mode not in SSL_MODES:
        yield f"has an sslmode that there is not: write one of {', '.join(SSL_MODES)}"


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.wrong: list[str] = []
        self.asked: set[str] = set()

    def optional(self, name: str) -> str | None:
        self.asked.add(name)
        return self._environment.get(name, "").strip() or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def required(self, name: str, what: str) -> str:
        found = self.optional(name)
        if found is None:
            self.wrong.append(f"{name} is missing: write {what}")
        return found or ""

    def app_token(self) -> str | None:
        """Never shown, wrong or not: whatever stands there is somebody's secret."""
        found = self.optional("SLACK_APP_TOKEN")
        if found is not None and not found.startswith("xapp-"):
            self.wrong.append(
                "SLACK_APP_TOKEN is another kind of token: write the app-level one, `xapp-…` (Basic Information)"
            )
        return found

    def signing_secret(self) -> str | None:
        if self.optional("SLACK_APP_TOKEN") is not None:
            return self.optional("SLACK_SIGNING_SECRET")
        return self.required("SLACK_SIGNING_SECRET", "the app's signing secret (Basic Information)")

    def read(self, name: str, default: str, convert: Callable[[str], T], what: str) -> T:
        try:
            return convert(self.text(name, default))
        except ValueError:
            self.wrong.append(f"{name} is {self.text(name, default)!r}: write {what}")
            return convert(default)

    def seconds(self, name: str, default: str) -> float:
        seconds = self.read(name, default, float, "a number of seconds such as 30 or 0.5")
        if not 0 <= seconds < 1e6:
            self.wrong.append(f"{name} is {seconds}: write a number of seconds from 0 up")
        return seconds

    def lease(self) -> float:
        seconds = self.read("DEXT_LEASE_SECONDS", "30", float, "a number of seconds such as 30 or 0.5")
        if not 0 <= seconds <= LONGEST_LEASE_SECONDS:
            longest = f"{LONGEST_LEASE_SECONDS:g}"
            self.wrong.append(f"DEXT_LEASE_SECONDS is {seconds:g}: write a number of seconds from 0 to {longest}")
        return seconds

    def hours(self, name: str, default: str) -> float:
        """Not 0: reading lists without a pause would use up what the ledger allows in a day."""
        hours = self.read(name, default, float, "a number of hours such as 24 or 0.5")
        if not 0 < hours < 1e4:
            self.wrong.append(f"{name} is {hours}: write a number of hours above 0")
        return hours

    def one_of(self, name: str, default: str, allowed: Sequence[str]) -> str:
        found = self.text(name, default).lower()
        if found not in allowed:
            self.wrong.append(f"{name} is {found!r}: write one of {', '.join(allowed)}")
        return found

    def address(self, name: str, default: str, *, ends: str = "") -> str:
        found = self.text(name, default)
        parts = urlsplit(found)
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        if not is_plain or (ends and not found.endswith(ends)):
            self.wrong.append(f"{name} is {found!r}: write an address such as {default}")
        return found

    def encryption_keys(self) -> str:
        return self.required("DEXT_ENCRYPTION_KEYS", "a key ring; `dext-bot keys new` prints a key")

    def database_url(self) -> str:
        found = self.text("DEXT_DATABASE_URL", DATABASE)
        kinds = f"{DATABASE} or postgresql+asyncpg://user:password@host/name"
        if not found.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            self.wrong.append(f"DEXT_DATABASE_URL is for another driver: write {kinds}")
        elif not _names_database(found):
            self.wrong.append(f"DEXT_DATABASE_URL names no database: write {kinds}")
        elif found.startswith("postgresql"):
            self.wrong += [f"DEXT_DATABASE_URL {words}" for words in _wrong_parameters(make_url(found))]
        return found

    def provider(self, key: str) -> ProviderSettings | None:
        prefix = f"DEXT_{key.upper()}_"
        client_id, secret = self.optional(f"{prefix}CLIENT_ID"), self.optional(f"{prefix}CLIENT_SECRET")
        given = [name for name in ADDRESSES if self.optional(prefix + name.upper())]
        addresses = {name: self.address(prefix + name.upper(), "https://api.example.com").rstrip("/") for name in given}
        if client_id is None and secret is None:
            return None
        if client_id is None or secret is None:
            self.wrong.append(f"{prefix}CLIENT_ID and {prefix}CLIENT_SECRET go together: set both, or neither")
        return ProviderSettings(client_id=client_id or "", client_secret=secret or "", addresses=addresses)
