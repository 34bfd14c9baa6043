"""A sign-in that a try cannot go on with is ended at the ledger: it would stand there, and nobody would have its tokens."""

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.domain.ids import OrganisationId
from bot.domain.problems import Problem, ProblemCode
from providers.errors import TryLaterError
from tests.fakes.connecting import ACME, BETA
from tests.handlers.conftest import Connecting

CONNECTIONS, TOKENS = table_of(ConnectionRow), table_of(TokenSetRow)


async def stopped(connecting: Connecting, organisation_id: OrganisationId | None = None) -> tuple[str, int]:
    """Why a try stopped once the ledger had answered it, and how often a sign-in was ended there for it."""
    connecting.ledger.calls.clear()
    browser, link = connecting.browser(), await connecting.link("U0ADAM", organisation_id)
    state = (await connecting.to_provider(browser, link)).partition("state=")[2].partition("&")[0]
    back = await browser.get(f"/connect/fake/callback?code=c&state={state}")
    return back.location.partition("stop=")[2], connecting.ledger.calls.count("revoke")


async def test_what_sees_nothing_that_could_be_connected_is_given_back(connecting: Connecting) -> None:
    connecting.ledger.fails["organisations"] = TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))
    assert await stopped(connecting) == ("provider_failed", 1)

    connecting.ledger.fails.clear()
    connecting.ledger.organisations_seen = ()
    assert await stopped(connecting) == ("nothing_granted", 1)

    connecting.ledger.organisations_seen, connecting.ledger.subject = (ACME,), ""
    assert await stopped(connecting) == ("provider_failed", 1)
    async with connecting.db.read() as tx:
        assert (await tx.execute(select(TOKENS.c.id))).all() == []


async def test_another_organisation_is_given_back_unless_the_person_has_a_sign_in_that_would_end_with_it(
    connecting: Connecting,
) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    async with connecting.db.read() as tx:
        known = OrganisationId((await tx.execute(select(CONNECTIONS.c.organisation_id))).scalar_one())
    connecting.ledger.organisations_seen = (BETA,)

    assert await stopped(connecting, known) == ("other_organisation", 0)
    connecting.ledger.subject = "person-2"
    assert await stopped(connecting, known) == ("other_organisation", 1)
