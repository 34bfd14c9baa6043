"""The environment: everything wrong is named at once, and no secret is ever shown."""

import pytest

from bot.config import Config, ConfigError, database_url_of, read_config
from bot.vault import new_key

NEEDED = {
    "SLACK_SIGNING_SECRET": "signing-canary",
    "SLACK_BOT_TOKEN": "xoxb-canary",
    "DEXT_ENCRYPTION_KEYS": new_key("k1"),
}


def read(**more: str) -> Config:
    return read_config({**NEEDED, **more}, ("xero",))


def complaints(**more: str) -> str:
    with pytest.raises(ConfigError) as raised:
        read(**more)
    return str(raised.value)


def test_three_variables_are_enough() -> None:
    config = read()

    assert (config.host, config.port, config.public_url) == ("127.0.0.1", 3000, "http://127.0.0.1:3000")
    assert config.providers == {}


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        read_config({}, ("xero",))

    assert {line.split()[0] for line in str(raised.value).splitlines()} == set(NEEDED)


def test_without_a_bot_token_workspaces_may_install_the_app_by_oauth() -> None:
    config = read(SLACK_BOT_TOKEN="", SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="s")

    assert (config.bot_token, config.slack_client_id) == (None, "1.2")


def test_one_workspace_and_installs_go_together() -> None:
    config = read(SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="s")

    assert (config.bot_token, config.slack_client_id) == ("xoxb-canary", "1.2")


def test_with_neither_both_ways_are_named() -> None:
    (complaint,) = complaints(SLACK_BOT_TOKEN="").splitlines()

    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "/slack/install"):
        assert name in complaint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEXT_PORT", "http"),
        ("DEXT_PORT", "70000"),
        ("DEXT_UNDO_SECONDS", "a minute"),
        ("DEXT_UNDO_SECONDS", "-1"),
        ("DEXT_UNDO_SECONDS", "nan"),
        ("DEXT_SYNC_HOURS", "0"),
        ("DEXT_SYNC_HOURS", "daily"),
        ("DEXT_LOG_LEVEL", "loud"),
        ("DEXT_WORKER", "maybe"),
        ("DEXT_PUBLIC_URL", "dext.example.com"),
        ("DEXT_PUBLIC_URL", "https://dext.example.com/?a=b"),
        ("SLACK_API_URL", "https://slack.com/"),
        ("DEXT_DATABASE_URL", "sqlite:///var/dext.db"),
        ("DEXT_XERO_CLIENT_ID", "half"),
        ("DEXT_XERO_TOKEN_URL", "identity.xero.com"),
        ("SLACK_CLIENT_SECRET", "half"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(name: str, value: str) -> None:
    said = complaints(**{name: value})

    assert name.rsplit("_", 1)[0] in said
    assert len(said.splitlines()) == 1


def test_a_provider_is_offered_when_its_credentials_are_set() -> None:
    config = read(
        DEXT_XERO_CLIENT_ID="id", DEXT_XERO_CLIENT_SECRET="s", DEXT_XERO_API_URL="http://127.0.0.1:3002/xero/"
    )

    assert config.providers["xero"].client_id == "id"
    assert config.providers["xero"].addresses == {"api_url": "http://127.0.0.1:3002/xero"}


def test_decimals_and_nought_are_intervals() -> None:
    config = read(DEXT_UNDO_SECONDS="0", DEXT_POLL_SECONDS="0.25")

    assert (config.undo_seconds, config.poll_seconds) == (0, 0.25)


@pytest.mark.parametrize(("seconds", "is_taken"), [("3600", True), ("3601", False), ("nan", False)])
def test_no_lease_is_longer_than_other_processes_believe(seconds: str, is_taken: bool) -> None:  # noqa: FBT001 - a parameter
    if is_taken:
        assert read(DEXT_LEASE_SECONDS=seconds).lease_seconds == float(seconds)
        return
    with pytest.raises(ConfigError, match=r"DEXT_LEASE_SECONDS is .*: write a number of seconds from 0 to 3600"):
        read(DEXT_LEASE_SECONDS=seconds)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read(SLACK_CLIENT_ID="", DEXT_PORT=" ").slack_client_id is None


def test_a_websocket_needs_no_signing_secret() -> None:
    config = read(SLACK_APP_TOKEN="xapp-canary", SLACK_SIGNING_SECRET="")

    assert (config.app_token, config.signing_secret) == ("xapp-canary", None)
    assert "canary" not in repr(config)


def test_another_kind_of_token_in_place_of_the_app_token_is_named_and_not_shown() -> None:
    said = complaints(SLACK_APP_TOKEN="xoxb-canary")

    assert "SLACK_APP_TOKEN" in said
    assert "canary" not in said


def test_secrets_are_not_in_what_is_printed() -> None:
    shown = repr(read(DEXT_XERO_CLIENT_ID="id", DEXT_XERO_CLIENT_SECRET="secret-canary"))

    assert "canary" not in shown
    assert NEEDED["DEXT_ENCRYPTION_KEYS"] not in shown


def test_a_command_that_needs_the_database_only_asks_for_nothing_else() -> None:
    assert database_url_of({}) == "sqlite+aiosqlite:///var/dext.db"


def test_only_what_both_drivers_read_stands_behind_a_databases_address() -> None:
    """The job library's driver would fail at the start with the one word, and ours with the other."""
    address = "postgresql+asyncpg://dext:hush-canary@db/dext"
    assert read(DEXT_DATABASE_URL=f"{address}?host=/run/pg&sslmode=verify-full").database_url.endswith("verify-full")

    said = complaints(DEXT_DATABASE_URL=f"{address}?ssl=require&application_name=hush-canary")
    assert "has 'ssl' behind the ?" in said
    assert "write sslmode=require" in said
    assert "has 'application_name' behind the ?" in said
    assert "write one of disable" in complaints(DEXT_DATABASE_URL=f"{address}?sslmode=hush-canary")
    assert "hush-canary" not in said + complaints(DEXT_DATABASE_URL=f"{address}?sslmode=hush-canary")
