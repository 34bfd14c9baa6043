"""What a provider tells to press is what stands on the button there."""

import pytest

from providers import PROVIDERS
from providers.freeagent.simulated.signin import RULES as FREEAGENT
from providers.quickbooks.simulated.signin import RULES as QUICKBOOKS
from providers.simulating.signin import SignInRules
from providers.xero.simulated.signin import RULES as XERO


@pytest.mark.parametrize(("key", "rules"), [("freeagent", FREEAGENT), ("quickbooks", QUICKBOOKS), ("xero", XERO)])
def test_the_button_that_allows_is_called_as_the_steps_say(key: str, rules: SignInRules) -> None:
    assert f"*{rules.allow}*" in " ".join(PROVIDERS[key].profile.connect.steps)
