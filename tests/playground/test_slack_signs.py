"""Every sign that our words have is one that the simulated Slack draws."""

import re

from bot.playground.slack.emoji import PLAIN, SIGNS
from tests.conftest import ROOT

SIGN = re.compile(r"(?<![\w:}]):([a-z][a-z0-9_+-]+):(?![\w:])")


def test_every_sign_in_what_we_say_is_drawn() -> None:
    files = [*(ROOT / "bot" / "views").rglob("*.py"), *(ROOT / "bot" / "services").rglob("*.py")]
    said = {name for file in files for name in SIGN.findall(file.read_text())}

    assert said
    assert said <= {*PLAIN, *SIGNS}
