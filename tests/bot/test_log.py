"""What is logged, and what never is."""

import json
import logging

import pytest

from bot import log

SECRETS = [
    "xoxb-12345-abcDEF",
    "xapp-1-A0-secretpart",
    "Bearer abc.def~ghi+/=",
    "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
    "https://host/connect/xero/callback?code=secretcode&x=1",
    "https://host/connect/xero/callback?x=1&state=secretstate",
    "https://host/connect/xero/start?t=secretlink",
    "client_secret=verysecret",
    '{"refresh_token": "deepsecret"}',
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_taken_out_wherever_it_stands(
    text: str, form: str, capsys: pytest.CaptureFixture[str], quiet_root: None
) -> None:
    log.configure("info", form)
    logging.getLogger("somewhere").info("told %s", text, extra={"fact": text})

    shown = capsys.readouterr().err
    assert "[redacted]" in shown
    for secret in ("12345-abcDEF", "secretpart", "abc.def", "c2lnbmF0dXJl", "secretcode", "secretstate", "secretlink"):
        assert secret not in shown
    assert "verysecret" not in shown
    assert "deepsecret" not in shown


def test_a_trace_is_redacted_too(capsys: pytest.CaptureFixture[str], quiet_root: None) -> None:
    log.configure("info", "text")
    try:
        int("xoxb-in-a-trace")
    except ValueError:
        logging.getLogger("somewhere").exception("failed")

    assert "in-a-trace" not in capsys.readouterr().err


def test_what_is_worked_on_stands_on_every_line(capsys: pytest.CaptureFixture[str], quiet_root: None) -> None:
    log.configure("info", "json")
    with log.bound(workspace="T1"), log.bound(item="B-7"):
        logging.getLogger("somewhere").info("done", extra={"outcome": "published"})
    logging.getLogger("somewhere").info("after")

    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["workspace"], first["item"], first["outcome"]) == ("T1", "B-7", "published")
    assert "workspace" not in second
