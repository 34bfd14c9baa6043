"""An account is archived in the ledger, and items that wait and rules need it: told once, with another one to press."""

import html
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.books import ListKind
from bot.domain.coding import Track
from bot.domain.gone_codes import Code
from bot.domain.payment_methods import Link, PaymentMethodForm
from bot.domain.rules import RuleOf, Target
from bot.playground.slack import ADMIN, ALERTS, BOOKKEEPER, MEMBER, Message
from bot.services import replacing
from bot.services.lists import live_tracking
from bot.services.replacing import NothingGoneError
from bot.views import gone_codes as views
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.seed import accounts
from providers.xero.simulator import TRADING
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, OTHER_TAX, Desk, a_desk, words
from tests.handlers.ruling import rules_of, save_rule
from tests.handlers.test_gone_codes import coded, refresh, set_north

GONE = Code(ListKind.ACCOUNTS, OTHER_CATEGORY)
USE = "Use 429 · General Expenses"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        await made.world.set_up(alerts_channel=ALERTS)
        yield made
        assert made.slack.refusals == []


def told(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(ALERTS) if "is archived or gone in Xero" in words(message)]


def whispered(desk: Desk) -> str:
    return desk.slack.ephemerals(BOOKKEEPER, ALERTS)[-1].text


async def ruled(desk: Desk, *suppliers: str) -> None:
    for name in suppliers:
        target = Target(of=RuleOf.SUPPLIER, name=name, label=name)
        await save_rule(desk, target, user=BOOKKEEPER, account=OTHER_CATEGORY)


async def says(desk: Desk) -> list[str | None]:
    found = await rules_of(desk).listed(await desk.world.actor(ADMIN), desk.world.organisation_id)
    return [rule.opinions.account for rule in found.rules]


async def test_fourteen_items_and_two_rules_follow_one_press_and_what_was_approved_stays(desk: Desk) -> None:
    waiting = [f"N-{number:02}" for number in range(14)]
    async with a_client(desk.world) as api:
        for number in (*waiting, "QUEUED"):
            bill = {**A_BILL, "number": number, "coding": {"category": OTHER_CATEGORY}}
            assert (await api.send(bill)).status == 201
    await desk.settle()
    await ruled(desk, "Other Ltd", "Third Ltd")
    await desk.approve("QUEUED")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    queued = words(desk.card("QUEUED"))
    (message,) = told(desk)
    assert "Category 461 · Printing &amp; Stationery: 14 items, <" in words(message)
    assert "and 9 more; 2 rules, for Other Ltd, Third Ltd" in words(message)
    assert USE in str(message.blocks)

    await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)
    await refresh(desk)

    assert "14 items and 2 rules now say 429 · General Expenses." in whispered(desk)
    for number in waiting:
        assert "429 · General Expenses" in words(desk.card(number))
        assert "is archived in the ledger" not in words(desk.card(number))
    assert await says(desk) == [CATEGORY, CATEGORY]
    assert (words(desk.card("QUEUED")), "461" in queued) == (queued, True)
    (over,) = [words(each) for each in desk.slack.messages(ALERTS) if "There is nothing to do" in words(each)]
    assert "No rule says, and nothing that waits is coded any more" in over
    assert told(desk) == []


async def test_another_one_is_chosen_in_a_form_and_only_what_is_left_stays_in_the_message(desk: Desk) -> None:
    await coded(desk, "INV-1")
    await coded(desk, "INV-2", "404")
    for category in (OTHER_CATEGORY, "404"):
        desk.xero.archive_account(TRADING, category)
    await refresh(desk)
    (message,) = told(desk)

    (block,) = [block for block in message.blocks if f":accounts:{OTHER_CATEGORY}" in str(block)]
    await desk.slack.click(message, ActionId.CHOOSE_INSTEAD, user=BOOKKEEPER, block_id=block["block_id"])
    form = desk.modal(BOOKKEEPER)
    await desk.slack.options(form, ActionId.FIND_ACCOUNT, "420", user=BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.ACCOUNT: "420"}, user=BOOKKEEPER)
    await desk.settle()

    assert not done.errors
    assert "1 item now says 420" in words(desk.modal(BOOKKEEPER))
    assert "420 · " in words(desk.card("INV-1"))
    (left,) = told(desk)
    assert "404" in words(left)
    assert "461" not in words(left)


async def test_what_one_press_has_no_time_for_is_said_and_done_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("INV-1", "INV-2"):
        await coded(desk, number)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    (message,) = told(desk)

    with monkeypatch.context() as patched:
        patched.setattr(replacing, "LONGEST_SECONDS", 0)
        await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)
    assert whispered(desk) == "Nothing was changed. 2 items are still to do: press again, or *Edit* on the card."
    await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)

    assert "2 items now say 429 · General Expenses." in whispered(desk)
    assert told(desk) == []


async def test_rules_that_only_an_admin_may_change_are_left_to_one(desk: Desk) -> None:
    person = Target(of=RuleOf.PERSON, name=MEMBER, label="Mia")
    await save_rule(desk, person, account=OTHER_CATEGORY)
    await ruled(desk, "Other Ltd")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    (message,) = told(desk)

    await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)

    assert "1 rule now says 429 · General Expenses. 1 rule only an admin can change" in whispered(desk)
    assert sorted(await says(desk), key=str) == [CATEGORY, OTHER_CATEGORY]
    (message,) = told(desk)
    await desk.press(message, ActionId.USE_INSTEAD, ADMIN)
    assert await says(desk) == [CATEGORY, CATEGORY]


async def test_what_is_back_in_the_ledger_or_whom_it_is_not_for_changes_nothing(desk: Desk) -> None:
    await coded(desk, "INV-1")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    (message,) = told(desk)

    await desk.press(message, ActionId.USE_INSTEAD, MEMBER)
    assert "461" in words(desk.card("INV-1"))
    desk.xero.restore_account(TRADING, OTHER_CATEGORY)
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()
    services, actor = desk.world.services, await desk.world.actor(BOOKKEEPER)
    with pytest.raises(NothingGoneError):
        await services.replacing.replace(actor, desk.world.organisation_id, GONE, CATEGORY)

    assert "461" in words(desk.card("INV-1"))


async def test_any_of_those_that_are_proposed_is_used_by_one_press(desk: Desk) -> None:
    await coded(desk, "INV-1", "489")  # telephone
    desk.xero.books[TRADING].save_account(
        {**(desk.xero.books[TRADING].account("485") or {}), "Name": "Telephone and broadband", "Status": "ACTIVE"}
    )
    desk.xero.archive_account(TRADING, "489")
    await refresh(desk)
    (message,) = told(desk)
    shown = [element["text"]["text"] for block in message.blocks for element in block.get("elements", [])]
    assert shown == ["Use 485 · Telephone and broadband", USE, "Choose another"]

    await desk.press(message, ActionId.USE_SECOND_INSTEAD, BOOKKEEPER)

    assert "1 item now says 429 · General Expenses." in whispered(desk)


async def test_a_tracking_option_is_replaced_by_another_one_of_its_category(desk: Desk) -> None:
    await sent(desk, "INV-1", tracking=[{"category": "Region", "option": "North"}])
    track = await north(desk)
    other = Target(of=RuleOf.SUPPLIER, name="Other Ltd", label="Other Ltd")
    await save_rule(desk, other, tracking=(track,))
    set_north(desk, "ARCHIVED")
    await refresh(desk)
    (message,) = told(desk)
    assert "Region North: 1 item, <" in words(message)
    assert "1 rule, for Other Ltd" in words(message)

    await desk.press(message, ActionId.CHOOSE_INSTEAD, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    block = f"{BlockId.TRACKING}:{track.category}"
    found = await desk.slack.options(form, ActionId.FIND_TRACKING, "Sou", user=BOOKKEEPER, block_id=block)
    south = str(found[0]["value"])
    done = await desk.slack.submit(form, {block: south}, user=BOOKKEEPER)
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert "1 item and 1 rule now say Region South" in words(desk.modal(BOOKKEEPER))
    assert "South" in words(desk.card("INV-1"))
    (rule,) = (await rules_of(desk).listed(await desk.world.actor(ADMIN), desk.world.organisation_id)).rules
    assert rule.opinions.tracking == (replace(track, option=south),)
    assert told(desk) == []


async def test_a_product_is_replaced_on_the_lines_that_have_it(desk: Desk) -> None:
    products = desk.xero.books[TRADING].items
    old, new = list(products.values())[:2]
    await sent(desk, "INV-1", item_code=old["Code"])
    products.pop(old["ItemID"])
    await refresh(desk)
    (message,) = told(desk)
    assert f"Product {old['Code']}" in words(message)

    await desk.press(message, ActionId.CHOOSE_INSTEAD, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.slack.options(form, ActionId.FIND_PRODUCT, new["Code"], user=BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.PRODUCT: new["Code"]}, user=BOOKKEEPER)
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert f"1 item now says {new['Code']}" in words(desk.modal(BOOKKEEPER))
    assert told(desk) == []


async def test_a_supplier_that_is_archived_is_told_on_cards_and_replaced_for_all_that_wait(desk: Desk) -> None:
    contacts = await desk.world.services.choices.contacts(
        await desk.world.actor(BOOKKEEPER), desk.world.organisation_id, ""
    )
    old, new = [*contacts.used, *contacts.others][:2]
    await desk.add()
    await desk.edit("INV-1", {BlockId.CONTACT: old.provider_id})
    rule = await save_rule(
        desk,
        Target(of=RuleOf.SUPPLIER, name=old.name, label=old.name, contact=old.provider_id),
        account=OTHER_CATEGORY,
    )
    assert rule.target.contact == old.provider_id
    desk.xero.set_contact_status(TRADING, old.name, "ARCHIVED")

    await refresh(desk)

    (message,) = told(desk)
    assert f"Contact {old.name}: 1 item" in html.unescape(words(message))
    assert f"Supplier {old.name} is archived in the ledger, which will refuse it" in html.unescape(
        words(desk.card("INV-1"))
    )
    await desk.press(message, ActionId.CHOOSE_INSTEAD, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    await desk.slack.options(form, ActionId.FIND_CONTACT, new.name, user=BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.CONTACT: new.provider_id}, user=BOOKKEEPER)
    await desk.settle()
    assert (done.errors, done.error) == ({}, None)
    assert "1 item and 1 rule now say" in words(desk.modal(BOOKKEEPER))
    (followed,) = (await rules_of(desk).listed(await desk.world.actor(ADMIN), desk.world.organisation_id)).rules
    assert followed.target.contact == new.provider_id
    assert new.name in html.unescape(words(desk.card("INV-1")))
    assert "is archived in the ledger" not in words(desk.card("INV-1"))
    assert told(desk) == []


async def test_a_bank_account_that_is_archived_is_told_and_an_admin_has_its_payment_methods_pay_from_another(
    desk: Desk,
) -> None:
    account = next(each["AccountID"] for each in accounts(TRADING) if each["Code"] == "090")
    form = PaymentMethodForm(version=0, name="Company card", last_digits="1234", bank_account=account)
    actor, of = await desk.world.actor(), desk.world.organisation_id
    methods = desk.world.services.payment_methods
    await methods.save(actor, of, None, form)
    desk.xero.archive_account(TRADING, "090")

    await refresh(desk)

    (message,) = told(desk)
    assert "Something that is still used here is archived or gone in Xero" in words(message)
    assert "Bank account 090 · Business Current Account: what is paid with Company card ··1234" in words(message)
    assert f"*Who acts next:* <@{ADMIN}>" in words(message)
    await desk.press(message, ActionId.CHOOSE_INSTEAD, BOOKKEEPER)
    assert desk.slack.view(BOOKKEEPER) is None
    await desk.press(message, ActionId.CHOOSE_INSTEAD, ADMIN)
    asked = desk.modal(ADMIN)
    (option,) = await desk.slack.options(asked, ActionId.FIND_BANK_ACCOUNT, "091", user=ADMIN)
    done = await desk.slack.submit(asked, {BlockId.BANK_ACCOUNT: option["value"]}, user=ADMIN)
    await desk.settle()
    assert (done.errors, done.error) == ({}, None)
    assert "1 payment method now pays from 091" in words(desk.modal(ADMIN))
    (known,) = (await methods.listed(actor, of)).methods
    assert (known.method.bank_account, known.link) == (option["value"], Link.LIVE)
    assert told(desk) == []


async def test_a_tax_rate_is_put_into_no_rule_whose_documents_it_is_not_for(desk: Desk) -> None:
    customer = Target(of=RuleOf.CUSTOMER, name="Boom FM", label="Boom FM")
    supplier = Target(of=RuleOf.SUPPLIER, name="Other Ltd", label="Other Ltd")
    for target in (customer, supplier):
        await save_rule(desk, target, tax_rate=OTHER_TAX)
    desk.xero.set_tax_rate_status(TRADING, OTHER_TAX, "DELETED")
    await refresh(desk)
    services, actor = desk.world.services, await desk.world.actor(BOOKKEEPER)

    done = await services.replacing.replace(
        actor, desk.world.organisation_id, Code(ListKind.TAX_RATES, OTHER_TAX), "INPUT2"
    )

    assert (done.rules, done.unfit) == (1, 1)
    found = await rules_of(desk).listed(await desk.world.actor(ADMIN), desk.world.organisation_id)
    assert {rule.target.label: rule.opinions.tax_rate for rule in found.rules} == {
        "Boom FM": OTHER_TAX,
        "Other Ltd": "INPUT2",
    }
    assert "1 rule is for documents that 20% (VAT on Expenses) is not for" in views.replaced(done)


async def sent(desk: Desk, number: str, **coding: object) -> None:
    async with a_client(desk.world) as api:
        assert (await api.send({**A_BILL, "number": number, "coding": coding})).status == 201
    await desk.settle()


async def north(desk: Desk) -> Track:
    workspace_id = (await desk.world.actor()).workspace.id
    async with desk.world.services.db.read() as tx:
        categories = await live_tracking(tx, workspace_id, desk.world.organisation_id)
    found = [(each, one) for each in categories for one in each.options if one.name == "North"]
    return Track(found[0][0].provider_id, found[0][1].provider_id)
