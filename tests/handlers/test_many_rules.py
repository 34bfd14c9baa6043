"""An organisation with thousands of rules: each is listed, found, written to a file, and told of when its category goes."""

from uuid import uuid4

import pytest

from bot.db.rules import insert_rule
from bot.domain.ids import RuleId
from bot.domain.rules import Opinions, Rule, RuleOf, Target
from bot.playground.slack import ADMIN, ALERTS
from bot.services.named_books import named_books
from bot.services.rule_lists import RuleLists
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, words
from tests.handlers.ruling import rules_of

MANY = 2100


def name_of(number: int) -> str:
    return f"Supplier {number:04} & Sons"


async def many_rules(desk: Desk) -> None:
    """The last one says what no other says."""
    workspace_id, organisation_id = (await desk.world.actor(ADMIN)).workspace.id, desk.world.organisation_id
    async with desk.world.services.db.write() as tx:
        for number in range(MANY):
            target = Target(of=RuleOf.SUPPLIER, name=name_of(number), label=name_of(number))
            says = Opinions(account=OTHER_CATEGORY if number == MANY - 1 else CATEGORY)
            rule = Rule(
                id=RuleId(uuid4()),
                workspace_id=workspace_id,
                organisation_id=organisation_id,
                target=target,
                opinions=says,
                changed_at=tx.now,
            )
            await insert_rule(tx, rule)


@pytest.mark.desk(undo_seconds=0, alerts_apart=True)
async def test_thousands_of_rules_are_listed_found_and_written_each_of_them(either: Desk) -> None:
    desk = either
    await many_rules(desk)
    actor, of = await desk.world.actor(ADMIN), desk.world.organisation_id

    first, last = await rules_of(desk).listed(actor, of), await rules_of(desk).listed(actor, of, 10_000)

    assert (first.total, first.page, first.pages) == (MANY, 0, MANY // 20)
    assert [rule.target.label for rule in first.rules] == [name_of(number) for number in range(20)]
    assert (last.page, last.rules[-1].target.label) == (MANY // 20 - 1, name_of(MANY - 1))
    assert [rule.target.label for rule in await rules_of(desk).found(actor, of, "2099, SONS")] == [name_of(2099)]
    assert await rules_of(desk).found(actor, of, "2099 Daughters") == ()
    assert len(await rules_of(desk).found(actor, of, "")) == 100
    db = desk.world.services.db
    written = await RuleLists(db, {}).written(await named_books(db, None))
    assert (len(written), f'"{name_of(MANY - 1)}"' in written[-1]) == (MANY, True)


@pytest.mark.desk(undo_seconds=0, alerts_apart=True)
async def test_the_category_of_the_last_of_thousands_of_rules_is_told_of_when_it_goes(desk: Desk) -> None:
    await many_rules(desk)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)

    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()

    (message,) = [words(each) for each in desk.slack.messages(ALERTS) if "archived or gone" in words(each)]
    assert f"1 rule, for {name_of(MANY - 1).replace('&', '&amp;')}" in message
