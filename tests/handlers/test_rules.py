"""Rules that bookkeepers and admins make: what they code, what stands above them, what becomes of what waits."""

import re
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.items import ITEMS
from bot.db.rules import RULES
from bot.db.workspaces import AuditRow
from bot.domain.coding import Billable, Track
from bot.domain.due import Due, DueKind
from bot.domain.ids import RuleId
from bot.domain.rule_forms import TARGET, form_of, proposed
from bot.domain.rules import AutoPublish, Opinions, RuleOf, Strength, Target
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.splitting import Split, SplitLine
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER
from bot.services import rule_preview
from bot.services.lists import live_tracking
from bot.services.people import NotAllowedError
from bot.services.rules import RuleNotFoundError, RuleRefusedError
from bot.services.saving_settings import StaleFormError
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, OTHER_TAX, Desk, a_desk, words
from tests.handlers.ruling import SUPPLIER, rules_of, save_form, save_rule, switch
from tests.handlers.test_paid import method

THIRD_CATEGORY = "400"
AUDIT = table_of(AuditRow)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made


async def why(desk: Desk, number: str = "INV-1") -> str:
    await desk.press(desk.card(number), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    return words(desk.modal(BOOKKEEPER))


async def test_a_rule_codes_what_comes_in_loses_against_a_person_and_takes_its_values_back(desk: Desk) -> None:
    rule = await save_rule(
        desk, user=BOOKKEEPER, account=OTHER_CATEGORY, due=Due(DueKind.AFTER_DATE, 30), description="Paper {month}"
    )
    card = await desk.add()
    assert "461 · Printing" in words(card)
    assert "31 Mar 2026" in words(card)
    told = await why(desk)
    assert "the supplier's rule, Paper &amp; Ink Ltd" in told
    assert "instead of 429" in told
    assert "the organisation's default" in told
    assert "30 days after its date" in told

    await desk.edit("INV-1", {BlockId.ACCOUNT: THIRD_CATEGORY})
    told = await why(desk)
    assert "*Category*\n400" in told
    assert "instead of 461" in told

    await desk.add(**{BlockId.NUMBER: "INV-2"})
    assert "461" in words(desk.card("INV-2"))
    await switch(desk, rule, is_active=False, user=BOOKKEEPER)
    assert "429" in words(desk.card("INV-2"))
    assert "31 Mar 2026" not in words(desk.card("INV-2"))
    assert "400" in words(desk.card("INV-1"))
    assert "the supplier's rule" not in await why(desk, "INV-2")


async def test_why_names_the_rule_beside_everything_that_it_says(desk: Desk) -> None:
    visa, actor = await method(desk, "090"), await desk.world.actor()
    async with desk.world.services.db.read() as tx:
        tracked = (await live_tracking(tx, actor.workspace.id, desk.world.organisation_id))[0]
    says: dict[str, Any] = {
        "account": OTHER_CATEGORY,
        "tax_rate": OTHER_TAX,
        "payment_method": visa,
        "publish_to": Destination.PURCHASES,
        "publish_as": PaymentStatus.PAID,
        "due": Due(DueKind.AFTER_DATE, 30),
        "description": "Paper {month}",
        "currency": "EUR",
        "auto_publish": AutoPublish.NEVER,
        "tracking": (Track(tracked.provider_id, tracked.options[0].provider_id),),
    }
    party_alone = {"product", "customer", "billable", "split"}
    assert says.keys() == {each.name for each in fields(Opinions)} - party_alone, (
        "sales, costs of some books, and lines"
    )

    await save_rule(desk, **says)
    await desk.add()

    told = await why(desk)
    named = [name.removesuffix("*") for name in re.findall(r"^\*[^*\n]+\*$", told, re.MULTILINE)]
    assert {f"*{tracked.name}", "*Category", "*Tax rate", "*Publish to", "*Publish as", "*Payment method"} <= set(named)
    assert {"*Due date", "*Currency", "*Description", "*Published by itself"} <= set(named)
    assert told.count("the supplier's rule, Paper &amp; Ink Ltd") == len(says)
    assert "*Currency*\nGBP" in told, "the document says it, and the rule does not count"


async def test_what_waits_follows_a_rule_only_if_that_is_wanted_and_what_is_approved_never(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "APPROVED"})
    await desk.approve("APPROVED")
    await desk.add(**{BlockId.NUMBER: "WAITING"})

    rule = await save_rule(desk, account=OTHER_CATEGORY, is_for_waiting=False)
    await desk.add(**{BlockId.NUMBER: "NEW"})
    assert [CATEGORY in words(desk.card(number)) for number in ("APPROVED", "WAITING", "NEW")] == [True, True, False]

    rule = await save_rule(desk, before=rule, account=THIRD_CATEGORY, is_for_waiting=False)
    assert "461" in words(desk.card("NEW"))
    await save_rule(desk, before=rule, account=THIRD_CATEGORY)
    assert ["400" in words(desk.card(number)) for number in ("APPROVED", "WAITING", "NEW")] == [False, True, True]


async def test_a_split_is_what_goes_to_the_ledger(desk: Desk) -> None:
    office = SplitLine(description="Office", account=OTHER_CATEGORY, percent=Decimal(25))
    await save_rule(desk, split=Split((office, SplitLine(description="Stock", account=THIRD_CATEGORY))))
    await desk.add()

    await desk.approve("INV-1")
    await desk.world.later(120)

    (bill,) = desk.xero.bills()
    lines = [(line["Description"], line["AccountCode"], Decimal(str(line["LineAmount"]))) for line in bill["LineItems"]]
    assert lines == [("Office", OTHER_CATEGORY, Decimal(25)), ("Stock", THIRD_CATEGORY, Decimal(75))]


async def test_the_rule_of_who_sends_in_stands_above_the_suppliers_or_fills_only_what_is_blank(desk: Desk) -> None:
    mia = Target(of=RuleOf.PERSON, name=MEMBER, label=MEMBER)
    own = await save_rule(desk, mia, account=THIRD_CATEGORY, strength=Strength.IF_BLANK)
    await save_rule(desk, account=OTHER_CATEGORY)
    await desk.add()
    assert "461" in words(desk.card("INV-1"))

    await save_rule(desk, mia, before=own, account=THIRD_CATEGORY)

    assert "400" in words(desk.card("INV-1"))
    assert "the rule of who sent it in" in await why(desk)


async def test_a_rule_is_proposed_from_an_item_and_is_the_same_one_the_next_time(desk: Desk) -> None:
    await desk.add()
    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})
    actor = await desk.world.actor(BOOKKEEPER)
    async with desk.world.services.db.read() as tx:
        item_id = (await tx.execute(select(ITEMS.c.id))).scalar_one()

    page = await rules_of(desk).proposed(actor, item_id, RuleOf.SUPPLIER)
    assert (page.rule, page.form.target.label) == (None, "Paper & Ink Ltd")
    assert page.form.opinions == Opinions(account=OTHER_CATEGORY), "a default stood in it"
    assert page.account is not None
    assert page.account.code == OTHER_CATEGORY
    assert not page.is_admin
    rule = await save_form(desk, page.form, user=BOOKKEEPER)

    again = await rules_of(desk).proposed(actor, item_id, RuleOf.SUPPLIER)
    assert (again.rule, again.form.version) == (rule, 1)
    assert await save_form(desk, page.form, user=BOOKKEEPER) == rule
    with pytest.raises(RuleRefusedError, match="has no payment method"):
        await rules_of(desk).proposed(actor, item_id, RuleOf.PAYMENT_METHOD)


async def test_what_cannot_be_is_said_field_by_field_and_nothing_is_saved(desk: Desk) -> None:
    wrong: dict[str, Any] = {
        "account": "9999",
        "tax_rate": "OUTPUT2",
        "payment_method": "00000000-0000-0000-0000-000000000000",
        "publish_as": PaymentStatus.PAID,
        "customer": "nobody",
        "billable": Billable.YES,
        "currency": "POUND",
    }
    with pytest.raises(RuleRefusedError) as refused:
        await save_rule(desk, **wrong)
    assert set(refused.value.fields) == {"currency"}
    with pytest.raises(RuleRefusedError) as refused:
        await save_rule(desk, **{**wrong, "currency": "EUR"})
    assert set(refused.value.fields) == {"account", "tax_rate", "payment_method", "customer", "billable"}
    with pytest.raises(RuleRefusedError) as refused:
        await save_rule(desk, Target(of=RuleOf.PERSON, name="UNOBODY", label="?"), currency="EUR")
    assert set(refused.value.fields) == {TARGET, "currency"}
    with pytest.raises(RuleRefusedError) as refused:
        await save_rule(desk)
    assert set(refused.value.fields) == {"opinions"}

    page = await rules_of(desk).listed(await desk.world.actor(), desk.world.organisation_id)
    assert page.total == 0


async def test_rules_of_people_and_what_is_published_by_itself_are_for_admins(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        await save_rule(desk, user=BOOKKEEPER, auto_publish=AutoPublish.ALWAYS)
    with pytest.raises(NotAllowedError):
        await save_rule(desk, Target(of=RuleOf.PERSON, name=MEMBER, label="Mia"), user=BOOKKEEPER, account=CATEGORY)
    with pytest.raises(NotAllowedError):
        await save_rule(desk, user=MEMBER, account=CATEGORY)

    rule = await save_rule(desk, auto_publish=AutoPublish.ALWAYS)

    with pytest.raises(NotAllowedError):
        await save_rule(desk, before=rule, user=BOOKKEEPER, account=CATEGORY)
    with pytest.raises(NotAllowedError):
        await switch(desk, rule, is_active=False, user=BOOKKEEPER)
    await save_rule(desk, before=rule, auto_publish=AutoPublish.NEVER)


async def test_two_who_save_at_once_are_told_and_a_deleted_rule_comes_back_in_one_place(desk: Desk) -> None:
    rule = await save_rule(desk, account=OTHER_CATEGORY)
    later = await save_rule(desk, before=rule, account=THIRD_CATEGORY)
    with pytest.raises(StaleFormError):
        await save_rule(desk, before=rule, account=CATEGORY)
    with pytest.raises(RuleRefusedError, match="There is a rule for this already: Paper & Ink Ltd"):
        await save_rule(desk, replace(SUPPLIER, name="PAPER and Ink Limited"), account=CATEGORY)
    await desk.add()
    actor, of = await desk.world.actor(), desk.world.organisation_id

    deleted = await rules_of(desk).delete(actor, of, later.id, later.version)
    await desk.settle()
    assert "429" in words(desk.card("INV-1"))
    assert (await rules_of(desk).listed(actor, of)).total == 0
    restored = await rules_of(desk).restore(actor, of, later.id, deleted.version)
    await desk.settle()
    assert "400" in words(desk.card("INV-1"))
    deleted = await rules_of(desk).delete(actor, of, later.id, restored.version)
    anew = await save_rule(desk, account=OTHER_CATEGORY)

    assert (anew.id, anew.version, anew.is_deleted) == (rule.id, deleted.version + 1, False)
    with pytest.raises(RuleNotFoundError):
        await save_rule(desk, before=replace(rule, id=RuleId(UUID(int=1))), account=CATEGORY)
    async with desk.world.services.db.read() as tx:
        deeds = (await tx.execute(select(AUDIT.c.deed).where(AUDIT.c.subject_id == rule.id))).scalars().all()
        assert (await tx.execute(select(RULES.c.id))).scalars().all() == [rule.id]
    wanted = ["rule added", "rule changed", "rule deleted", "rule restored", "rule deleted", "rule restored"]
    assert sorted(deeds) == sorted(wanted)


async def test_what_the_ledger_has_no_more_is_no_opinion_until_it_is_back(desk: Desk) -> None:
    await save_rule(desk, account=OTHER_CATEGORY)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await desk.slack.command("/dext", "sync categories", user=ADMIN)
    await desk.settle()

    await desk.add()
    assert "429" in words(desk.card("INV-1"))

    await desk.restore(OTHER_CATEGORY)
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    assert "461" in words(desk.card("INV-2"))


async def test_rules_that_say_what_is_archived_are_told_once_beside_what_waits(desk: Desk) -> None:
    await save_rule(desk, account=OTHER_CATEGORY)
    other = await save_rule(
        desk, replace(SUPPLIER, name="Other", label="Other"), account=OTHER_CATEGORY, is_for_waiting=False
    )
    await desk.add()

    def told() -> list[str]:
        return [words(message) for message in desk.slack.messages(BILLS) if "archived or gone" in message.text]

    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    for _ in range(2):
        await desk.slack.command("/dext", "sync categories", user=ADMIN)
        await desk.settle()

    (message,) = told()
    assert "Something that is still used here is archived or gone in Xero" in message
    assert "1 item, <" in message
    assert "; 2 rules, for Other, Paper &amp; Ink Ltd" in message
    # a rule that has no say there any more leaves what is weaker
    await desk.edit("INV-1", {BlockId.NUMBER: "INV-1A"})
    assert "429" in words(desk.card("INV-1A"))
    for rule in (other, (await rules_of(desk).listed(await desk.world.actor(), desk.world.organisation_id)).rules[1]):
        await switch(desk, rule, is_active=False)
    await desk.slack.command("/dext", "sync categories", user=ADMIN)
    await desk.settle()
    assert "No rule says, and nothing that waits is coded any more to what was archived or gone" in told()[0]


async def test_a_preview_says_what_would_change_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_preview, "PAGE", 2)
    for number in ("INV-1", "INV-2", "BY-HAND"):
        await desk.add(**{BlockId.NUMBER: number})
    await desk.add(**{BlockId.NUMBER: "OTHER", BlockId.SUPPLIER: "Somebody else"})
    await desk.edit("BY-HAND", {BlockId.ACCOUNT: THIRD_CATEGORY})
    form = proposed(SUPPLIER, Opinions(account=OTHER_CATEGORY, due=Due(DueKind.AFTER_DATE, 30)))
    actor, of = await desk.world.actor(), desk.world.organisation_id

    found = await rules_of(desk).preview(actor, of, None, form)

    assert (found.matching, found.changing, found.is_all) == (3, 3, True)
    changed = sorted(tuple(each.field for each in change.fields) for change in found.changes)
    assert changed == [("account", "due"), ("account", "due"), ("due",)]
    assert "429" in words(desk.card("INV-1"))
    await save_form(desk, replace(form, is_for_waiting=True))
    assert "461" in words(desk.card("INV-1"))
    rule = (await rules_of(desk).listed(actor, of)).rules[0]
    again = await rules_of(desk).preview(actor, of, rule.id, form_of(rule))
    assert (again.matching, again.changing) == (3, 0)
