"""The app's manifest: what a workspace learns from it, and what Slack would not take."""

from pathlib import Path
from typing import Any

import pytest

from bot.playground.far_ends import MANIFEST
from bot.playground.slack import ADMIN, BILLS, Manifest, ManifestError, NotPossibleError, SlackState
from tests.playground.conftest import SECRET, TOKEN


def a_shortcut(kind: str = "global", callback_id: str = "new_item", **more: Any) -> dict[str, Any]:
    return {"name": "New item", "type": kind, "callback_id": callback_id, "description": "Type it in", **more}


def test_the_playground_reads_the_manifest_that_is_pasted_at_slack() -> None:
    manifest = Manifest.read(MANIFEST)

    assert manifest.commands == ("/dext",)
    assert "file_shared" in manifest.events
    assert manifest.scopes is not None
    assert {"commands", "chat:write"} <= manifest.scopes


def test_shortcuts_are_told_apart_by_kind() -> None:
    listed = [a_shortcut(), a_shortcut("message", "send_to_dext", name="Send to Dext")]

    manifest = Manifest.of({"features": {"shortcuts": listed}})

    assert manifest.shortcuts == {"new_item": "New item"}
    assert manifest.message_shortcuts == {"send_to_dext": "Send to Dext"}


@pytest.mark.parametrize(
    ("listed", "complaint"),
    [
        ([a_shortcut(name="x" * 25)], "/features/shortcuts/0/name"),
        ([a_shortcut(kind="channel")], "/features/shortcuts/0/type"),
        ([{"name": "New item", "type": "global"}], "missing required field: callback_id"),
        ([a_shortcut(), a_shortcut("message")], "callback_id must be unique"),
        ([a_shortcut("message", f"s{number}") for number in range(6)], "no more than 5 message shortcuts"),
        ("New item", "must be an array"),
    ],
)
def test_what_slack_would_not_take_is_refused_with_its_place(listed: Any, complaint: str) -> None:
    with pytest.raises(ManifestError, match=complaint):
        Manifest.of({"features": {"shortcuts": listed}})


def test_a_manifest_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    broken = tmp_path / "manifest.yml"
    broken.write_text("features: [")

    for path in (broken, tmp_path / "nowhere.yml"):
        with pytest.raises(ManifestError, match="cannot be read"):
            Manifest.read(path)


async def test_nobody_writes_to_an_app_that_takes_no_messages(slack: SlackState) -> None:
    home = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    silent = SlackState(signing_secret=SECRET, bot_token=TOKEN, manifest=Manifest.of({"features": {"app_home": home}}))
    direct = silent.workspace.dm(ADMIN).id

    with pytest.raises(NotPossibleError, match="turned off"):
        await silent.upload(b"x", "bill.xml", channel=direct, user=ADMIN)
    await silent.say("hello", user=ADMIN, channel=BILLS)
    await silent.close()

    assert slack.manifest.takes_messages
