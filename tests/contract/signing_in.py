"""What the product relies on when somebody signs in to a ledger."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from bot.domain.books import Capability, OrganisationChoice
from bot.domain.problems import ProblemCode
from providers.base import Access, TokenAnswer
from providers.errors import AccessExpiredError, ProviderError, ReconnectNeededError
from providers.oauth import code_challenge
from tests.contract.far_end import FarEnd

REDIRECT = "http://127.0.0.1:3000/connect/provider/callback"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-1"
LONGEST_GRACE = timedelta(hours=1)


class SigningInFarEnd(FarEnd):
    @abstractmethod
    async def allow(self, address: str) -> Mapping[str, str]:
        """A person signs in at that address and allows access to everything; what came back, with the code."""

    async def signed_in(self, verifier: str = VERIFIER, **otherwise: str) -> TokenAnswer:
        """As the product signs somebody in. `otherwise`: what the browser says that the callback said."""
        uses_pkce = self.provider.profile.uses_pkce
        told = {**await self.allow(self.address()), **otherwise}
        return await self.provider.exchange(
            code=told["code"],
            redirect_uri=REDIRECT,
            code_verifier=verifier if uses_pkce else None,
            fields={name: told[name] for name in self.provider.profile.callback_fields},
        )

    def address(self) -> str:
        challenge = code_challenge(VERIFIER) if self.provider.profile.uses_pkce else None
        return self.provider.authorize_url(state="s", redirect_uri=REDIRECT, code_challenge=challenge)


class SigningInContract:
    LINKS: ClassVar[bool] = True
    """Whether one of several organisations of a sign-in can be given up alone; else only the sign-in itself can."""
    ACCESS_OUTLIVES: ClassVar[bool] = False
    """Whether access that was given out goes on to its own end, when the sign-in behind it is over."""

    async def test_consent_gives_tokens_that_live_a_while(self, signing_in: SigningInFarEnd) -> None:
        answer = await signing_in.signed_in()

        assert answer.access_token
        assert answer.refresh_token
        assert answer.subject
        assert answer.expires_at > signing_in.clock.now()

    async def test_a_code_is_worth_nothing_without_its_verifier(self, signing_in: SigningInFarEnd) -> None:
        """Whoever catches the redirect has the code, and not what its challenge was made of."""
        if not signing_in.provider.profile.uses_pkce:
            assert "code_challenge" not in signing_in.address()
            return

        with pytest.raises(ReconnectNeededError):
            await signing_in.signed_in("x" * 43)

    async def test_what_the_callback_says_is_worth_nothing_that_the_new_access_does_not_open(
        self, signing_in: SigningInFarEnd
    ) -> None:
        """It came through a browser."""
        for name in signing_in.provider.profile.callback_fields:
            answer = await signing_in.signed_in(**{name: "1234567890"})

            with pytest.raises(ProviderError):
                await signing_in.provider.organisations(answer)

    async def test_a_refresh_gives_a_new_pair_for_the_same_person(self, signing_in: SigningInFarEnd) -> None:
        first = await signing_in.signed_in()
        assert first.refresh_token is not None

        kept_for = signing_in.provider.profile.refresh_token_kept_for
        if kept_for:
            same = await signing_in.provider.refresh(first.refresh_token)
            assert same.access_token != first.access_token
            assert same.refresh_token in (None, first.refresh_token)
            signing_in.clock.move_to(signing_in.clock.now() + kept_for)

        second = await signing_in.provider.refresh(first.refresh_token)

        assert second.subject in (first.subject, "")
        assert second.access_token != first.access_token
        assert second.refresh_token not in (None, first.refresh_token)

    async def test_a_refresh_token_that_was_replaced_dies(self, signing_in: SigningInFarEnd) -> None:
        first = await signing_in.signed_in()
        assert first.refresh_token is not None
        signing_in.clock.move_to(signing_in.clock.now() + signing_in.provider.profile.refresh_token_kept_for)
        await signing_in.provider.refresh(first.refresh_token)
        signing_in.clock.move_to(signing_in.clock.now() + LONGEST_GRACE)

        with pytest.raises(ReconnectNeededError) as refused:
            await signing_in.provider.refresh(first.refresh_token)

        assert refused.value.problem.code is ProblemCode.RECONNECT_NEEDED

    @pytest.fixture
    def taking_back(self, signing_in: SigningInFarEnd) -> SigningInFarEnd:
        if not signing_in.provider.profile.takes_access_back:
            pytest.skip("this package takes no access back")
        return signing_in

    async def test_a_sign_in_that_was_given_back_is_over(self, taking_back: SigningInFarEnd) -> None:
        signing_in = taking_back
        answer = await signing_in.signed_in()
        assert answer.refresh_token is not None
        await signing_in.provider.revoke(answer.refresh_token)

        with pytest.raises(ReconnectNeededError):
            await signing_in.provider.refresh(answer.refresh_token)

    async def test_what_was_given_back_already_is_given_back_once_more_without_an_error(
        self, signing_in: SigningInFarEnd
    ) -> None:
        """As after a crash between the ledger's answer and our writing it down (RFC 7009, 2.2); and where there is nothing to
        be done at all.
        """
        answer = await signing_in.signed_in()
        assert answer.refresh_token is not None
        await signing_in.provider.revoke(answer.refresh_token)

        await signing_in.provider.revoke(answer.refresh_token)

    async def test_access_that_was_given_back_reads_nothing(self, taking_back: SigningInFarEnd) -> None:
        signing_in = taking_back
        answer = await signing_in.signed_in()
        first, *_ = await signing_in.provider.organisations(answer)
        assert answer.refresh_token is not None

        await signing_in.provider.revoke(answer.refresh_token)
        if self.ACCESS_OUTLIVES:
            signing_in.clock.move_to(answer.expires_at)

        with pytest.raises((AccessExpiredError, ReconnectNeededError)):
            await signing_in.provider.books(_access(answer, first))

    async def test_a_refresh_token_that_nobody_used_for_its_life_dies(self, signing_in: SigningInFarEnd) -> None:
        answer = await signing_in.signed_in()
        assert answer.refresh_token is not None
        signing_in.clock.move_to(signing_in.clock.now() + signing_in.provider.profile.refresh_token_life)

        with pytest.raises(ReconnectNeededError):
            await signing_in.provider.refresh(answer.refresh_token)

    async def test_a_refresh_starts_its_life_anew(self, signing_in: SigningInFarEnd) -> None:
        nearly = signing_in.provider.profile.refresh_token_life - timedelta(days=1)
        answer = await signing_in.signed_in()
        for _ in range(3):
            assert answer.refresh_token is not None
            signing_in.clock.move_to(signing_in.clock.now() + nearly)
            renewed = await signing_in.provider.refresh(answer.refresh_token)
            answer = replace(renewed, refresh_token=renewed.refresh_token or answer.refresh_token)

    async def test_a_sign_in_sees_its_organisations(self, signing_in: SigningInFarEnd) -> None:
        answer = await signing_in.signed_in()

        seen = await signing_in.provider.organisations(answer)

        assert seen
        assert len({choice.tenant_id for choice in seen}) == len(seen)
        assert all(choice.name for choice in seen)
        assert await signing_in.provider.shared(_access(answer, seen[0])) == {choice.tenant_id for choice in seen}

    async def test_a_sign_in_for_one_organisation_says_which(self, signing_in: SigningInFarEnd) -> None:
        if Capability.SEVERAL_ORGANISATIONS in signing_in.provider.profile.capabilities:
            return
        answer = await signing_in.signed_in()

        (only,) = await signing_in.provider.organisations(answer)

        assert answer.tenant_id == only.tenant_id
        assert only.tenant_id in answer.subject, "two organisations of one person would share tokens"
        assert only.link_id is None, "the sign-in is what is given back"

    @pytest.fixture
    def seeing_several(self, signing_in: SigningInFarEnd) -> SigningInFarEnd:
        if Capability.SEVERAL_ORGANISATIONS not in signing_in.provider.profile.capabilities:
            pytest.skip("a sign-in of this package is for one organisation, and goes with it")
        if not self.LINKS:
            pytest.skip("a sign-in of this package is for all organisations of a person, and none is given up alone")
        return signing_in

    async def test_organisations_that_cannot_be_given_up_alone_have_no_link(self, signing_in: SigningInFarEnd) -> None:
        """So that nobody is told that one of them was given up."""
        found = await signing_in.provider.organisations(await signing_in.signed_in())

        is_one_of_several = Capability.SEVERAL_ORGANISATIONS in signing_in.provider.profile.capabilities
        assert {choice.link_id is not None for choice in found} == {self.LINKS and is_one_of_several}

    async def test_an_organisation_that_was_given_up_is_no_longer_seen(self, seeing_several: SigningInFarEnd) -> None:
        signing_in = seeing_several
        answer = await signing_in.signed_in()
        first, *others = await signing_in.provider.organisations(answer)
        assert first.link_id is not None

        await signing_in.provider.disconnect(_access(answer, first), first.link_id)

        assert await signing_in.provider.shared(_access(answer, first)) == {choice.tenant_id for choice in others}
        assert list(await signing_in.provider.organisations(answer)) == others

    async def test_an_organisation_that_was_given_up_is_refused_and_the_others_are_read(
        self, seeing_several: SigningInFarEnd
    ) -> None:
        signing_in = seeing_several
        answer = await signing_in.signed_in()
        first, second, *_ = await signing_in.provider.organisations(answer)
        assert first.link_id is not None

        await signing_in.provider.disconnect(_access(answer, first), first.link_id)

        with pytest.raises(ReconnectNeededError) as refused:
            await signing_in.provider.books(_access(answer, first))
        assert refused.value.problem.code is ProblemCode.ACCESS_REMOVED
        assert (await signing_in.provider.books(_access(answer, second))).name

    async def test_an_organisation_that_is_given_up_twice_is_no_error(self, seeing_several: SigningInFarEnd) -> None:
        signing_in = seeing_several
        answer = await signing_in.signed_in()
        first, *_ = await signing_in.provider.organisations(answer)
        assert first.link_id is not None

        for _ in range(2):
            await signing_in.provider.disconnect(_access(answer, first), first.link_id)


def _access(answer: TokenAnswer, choice: OrganisationChoice) -> Access:
    return Access(access_token=answer.access_token, tenant_id=choice.tenant_id)
