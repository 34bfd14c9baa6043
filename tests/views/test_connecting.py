"""The dialog that leads out to the accounting software: what it promises first, and what it is called."""

from bot.domain.connecting import Package
from bot.views.connecting import steps_modal

PACKAGE = Package(key="xero", name="Xero", steps=("You sign in there.",), rights=("A login.",))


def test_slack_is_the_first_step_and_reconnecting_is_called_so() -> None:
    first = str(steps_modal((PACKAGE,), PACKAGE, "https://x.example", channel="C1").to_dict())
    again = str(steps_modal((PACKAGE,), PACKAGE, "https://x.example", channel="C1", reconnecting="Northwind").to_dict())

    assert "1. Slack confirms that it is you.\\n2. You sign in there." in first
    assert (first.count("Connect software"), again.count("Connect software")) == (2, 0)
    assert again.count("'Reconnect'") == 2
