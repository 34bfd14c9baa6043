"""What our client makes of FreeAgent's token endpoint, beyond the contract of every provider."""

from dataclasses import replace

import pytest

from providers.errors import ReconnectNeededError, TryLaterError
from tests.contract.freeagent import FreeAgentFarEnd


async def test_whether_our_client_is_known_is_told_by_how_an_unknown_token_is_refused(far: FreeAgentFarEnd) -> None:
    known = await far.provider.check_client()
    far.state.grants.client_secret = "another"
    unknown = await far.provider.check_client()

    assert (known.is_accepted, unknown.is_accepted) == (True, False)


async def test_a_limit_of_refreshes_says_when_to_come_back_and_ends_no_sign_in(far: FreeAgentFarEnd) -> None:
    far.state.refreshes.limits = replace(far.state.refreshes.limits, per_minute=1)
    assert far.refresh_token is not None
    first = await far.provider.refresh(far.refresh_token)
    assert first.refresh_token is not None

    with pytest.raises(TryLaterError) as later:
        await far.provider.refresh(first.refresh_token)

    assert later.value.after_seconds == 60


async def test_a_sign_in_that_somebody_took_away_in_freeagent_asks_for_a_person(far: FreeAgentFarEnd) -> None:
    assert far.refresh_token is not None
    far.withdraw()

    with pytest.raises(ReconnectNeededError):
        await far.provider.refresh(far.refresh_token)
