"""Another organisation takes the place of the first: lists are merged, and rules, settings and what waits go on there."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.digests import DIGESTS, begin_digest
from bot.db.items import ITEMS, item_of
from bot.db.merges import merge_of, merged_entries
from bot.db.payment_methods import all_methods
from bot.db.rules import every_rule
from bot.db.unit_of_work import Tx
from bot.db.workspaces import AuditRow
from bot.domain.amounts import USUAL_AMOUNTS, AmountsForm
from bot.domain.bank_match import BankForm
from bot.domain.books import ListKind
from bot.domain.coding import Source
from bot.domain.disconnecting import Keep
from bot.domain.gone_codes import Code
from bot.domain.ids import ChannelId, OrganisationId, UserId
from bot.domain.items import Item, ItemState
from bot.domain.merging import SKIP, MergeEntry
from bot.domain.payment_methods import PaymentMethodForm
from bot.domain.rights import Role
from bot.domain.rules import AutoPublish, Rule
from bot.domain.settings import Destination, Settings
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, FINANCE, OWNER, View
from bot.services.bindings import bind
from bot.services.carried_items import CarryingItems
from bot.services.default_books import DefaultOf
from bot.services.merging import NotTakenError
from bot.services.people import grant
from bot.services.settings import DIGEST, NEWS, load_settings
from bot.views.ids import ActionId, BlockId
from providers.xero.simulated.seed import accounts
from providers.xero.simulator import IRELAND, TRADING
from tests.fakes.connected import connect
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import CATEGORY, TAX, Desk, a_desk, words
from tests.handlers.parting import connection, disconnect
from tests.handlers.ruling import save_rule

AUDIT = table_of(AuditRow)
OLD, NEW = "Northwind Trading Ltd", "Northwind Ireland Ltd"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made


async def replaced(desk: Desk, keep: Keep = Keep.EVERYTHING) -> OrganisationId:
    """The first organisation is disconnected, another one connected; answers which."""
    await disconnect(desk.world, keep)
    await connect(desk.world, tenant=IRELAND)
    await desk.settle()
    return OrganisationId((await connection(desk.world, IRELAND)).organisation_id)


async def opened(desk: Desk, organisation_id: OrganisationId, user: str = ADMIN) -> View:
    """Merge lists, by its button in Manage."""
    await desk.slack.command("/dext", f"connections {NEW}", user=user)
    await desk.slack.click(desk.modal(user), ActionId.OPEN_MANAGE, user=user)
    await desk.slack.click(desk.modal(user), ActionId.OPEN_MERGE, user=user)
    assert str(organisation_id) in desk.modal(user).definition["private_metadata"]
    return desk.modal(user)


async def begun(desk: Desk, organisation_id: OrganisationId, user: str = ADMIN) -> View:
    """With the first organisation chosen to be taken over from."""
    form = await opened(desk, organisation_id, user)
    done = await desk.slack.submit(form, {BlockId.ORGANISATION: str(desk.world.organisation_id)})
    assert (done.errors, done.error) == ({}, None)
    return desk.modal(user)


async def look_through(desk: Desk, kind: ListKind, user: str = ADMIN) -> View:
    overview = desk.modal(user)
    button = next(
        block["accessory"]
        for block in overview.blocks
        if f":{kind}:" in str(block.get("accessory", {}).get("value", ""))
    )
    block = next(block for block in overview.blocks if block.get("accessory") == button)
    await desk.slack.click(overview, ActionId.OPEN_MERGE_LIST, user=user, block_id=block["block_id"])
    return desk.modal(user)


def block_of(form: View, old: str) -> str:
    """The row of the entry that is called so."""
    return next(str(block["block_id"]) for block in form.blocks if old in str(block.get("label", {}).get("text", "")))


def chosen_in(form: View, old: str) -> str:
    block = next(block for block in form.blocks if block["block_id"] == block_of(form, old))
    return str(block["element"]["initial_option"]["value"])


async def choose(desk: Desk, form: View, chosen: dict[str, str], user: str = ADMIN) -> View:
    """What old entries become, by their names; saved."""
    for old in chosen:
        await desk.slack.options(form, ActionId.FIND_MERGED, "", user=user, block_id=block_of(form, old))
    done = await desk.slack.submit(form, {block_of(form, old): new for old, new in chosen.items()})
    assert (done.errors, done.error) == ({}, None)
    return desk.modal(user)


async def carry_over(desk: Desk, user: str = ADMIN) -> View:
    done = await desk.slack.submit(desk.modal(user), {})
    assert (done.errors, done.error) == ({}, None)
    shown = desk.modal(user)
    await desk.slack.close_modal(user, everything=True)
    await desk.settle()
    return shown


async def rules_in(desk: Desk, organisation_id: OrganisationId) -> dict[str, Rule]:
    workspace_id = (await desk.world.actor()).workspace.id
    async with desk.world.services.db.read() as tx:
        pages = [page async for page in every_rule(tx, workspace_id, organisation_id)]
    return {rule.target.label: rule for page in pages for rule in page}


async def items_in(desk: Desk, organisation_id: OrganisationId) -> dict[str, Item]:
    async with desk.world.services.db.read() as tx:
        rows = await tx.execute(select(ITEMS).where(ITEMS.c.organisation_id == organisation_id))
        return {item.facts.number or "": item for item in map(item_of, rows.mappings().all())}


async def deeds(desk: Desk) -> list[str]:
    async with desk.world.services.db.read() as tx:
        return list((await tx.execute(select(AUDIT.c.deed))).scalars())


async def test_another_organisation_takes_the_place_of_the_first_and_the_rules_survive(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "APPROVED"})
    desk.xero.misbehaviour.outage = True
    await desk.approve("APPROVED")
    desk.xero.misbehaviour.outage = False
    await desk.add(**{BlockId.NUMBER: "WAITING"})
    always = AutoPublish.ALWAYS
    await save_rule(
        desk, is_for_waiting=False, account=CATEGORY, tax_rate=TAX, description="Paper {month}", auto_publish=always
    )
    old = desk.world.organisation_id
    new = await replaced(desk)

    offer = f"{OLD} is disconnected. If *{NEW}* takes the place, press *Manage*"
    assert [offer in message.text for message in desk.slack.dms(ADMIN)].count(True) == 1

    await begun(desk, new)
    assert f"From *{OLD}*, which is disconnected" in words(desk.modal(ADMIN))
    form = await look_through(desk, ListKind.ACCOUNTS)
    assert chosen_in(form, "429 · General Expenses") == "429"
    await choose(desk, form, {"429 · General Expenses": "429"})
    form = await look_through(desk, ListKind.TAX_RATES)
    assert chosen_in(form, "20% (VAT on Expenses)") == SKIP  # there is no rate of 20 per cent there
    await choose(desk, form, {"20% (VAT on Expenses)": SKIP})
    shown = await carry_over(desk)

    assert f"Carried over from *{OLD}*" in words(shown)
    assert "20% (VAT on Expenses): 1 rule and the defaults" in words(shown)
    rule = (await rules_in(desk, new))["Paper & Ink Ltd"]
    assert (rule.opinions.account, rule.opinions.tax_rate, rule.opinions.description) == (
        CATEGORY,
        None,
        "Paper {month}",
    )
    assert rule.opinions.auto_publish is None
    assert (await rules_in(desk, old))["Paper & Ink Ltd"].opinions.tax_rate == TAX
    here, there = await items_in(desk, old), await items_in(desk, new)
    assert (here["APPROVED"].state, here["WAITING"].state) == (ItemState.APPROVED, ItemState.ARCHIVED)
    assert set(there) == {"WAITING"}
    assert there["WAITING"].coding.account.value == CATEGORY
    assert there["WAITING"].coding.account.rule == rule.id
    assert f"carried over to {NEW} as {there['WAITING'].reference}" in str(here["WAITING"].archived)
    assert {"carried over", "rule carried over"} <= set(await deeds(desk))

    await desk.add(**{BlockId.NUMBER: "NEXT", BlockId.CURRENCY: "EUR"})
    assert (await items_in(desk, new))["NEXT"].coding.account.rule == rule.id


async def test_change_organisation_is_confirmed_by_name_and_puts_the_other_one_in_its_place(desk: Desk) -> None:
    await save_rule(desk, account=CATEGORY)
    await desk.add(**{BlockId.NUMBER: "WAITING"})
    form = await change_form(desk)
    assert "1 item that nobody decided on" in words(form)

    done = await desk.slack.submit(form, {BlockId.BOOKS_NAME: "Northwind"})
    assert f"Type {OLD}" in done.errors[BlockId.BOOKS_NAME]
    await desk.slack.submit(form, {BlockId.BOOKS_NAME: OLD})
    await connect(desk.world, tenant=IRELAND)
    await desk.settle()

    assert (await connection(desk.world)).health == "disconnected"
    new = OrganisationId((await connection(desk.world, IRELAND)).organisation_id)
    assert any(f"*{NEW}* takes the place of *{OLD}*" in message.text for message in desk.slack.dms(ADMIN))
    assert f"From *{OLD}*, which is disconnected" in words(await opened(desk, new))
    await carry_over(desk)
    assert set(await rules_in(desk, new)) == {"Paper & Ink Ltd"}
    assert (await items_in(desk, new))["WAITING"].coding.account.value == CATEGORY


async def test_the_organisation_that_is_to_be_replaced_is_not_taken_for_the_other_one(desk: Desk) -> None:
    await desk.slack.submit(await change_form(desk), {BlockId.BOOKS_NAME: OLD})

    page = await connect(desk.world)

    assert "That is the organisation you have" in page.text
    assert (await connection(desk.world)).health == "healthy"


async def test_what_has_no_match_is_skipped_becomes_nothing_and_can_be_chosen_anew(desk: Desk) -> None:
    await save_rule(desk, account="449")  # motor vehicles, which there are none of there
    new = await replaced(desk)
    await begun(desk, new)
    form = await look_through(desk, ListKind.ACCOUNTS)
    assert chosen_in(form, "449 · Motor Vehicle Expenses") == SKIP
    assert chosen_in(form, "429 · General Expenses") == "429"

    await choose(desk, form, {"449 · Motor Vehicle Expenses": "493", "429 · General Expenses": SKIP})
    shown = words(desk.modal(ADMIN))
    assert "2 in use · 1 with a match · :warning: 1 without one" in shown
    assert "2 looked through" in shown
    shown = words(await carry_over(desk))

    assert (await rules_in(desk, new))["Paper & Ink Ltd"].opinions.account == "493"
    assert "429 · General Expenses: the defaults" in shown
    assert (await settings_of(desk, new)).costs.default_account is None


async def test_a_tax_rate_never_becomes_one_of_another_rate(desk: Desk) -> None:
    await save_rule(desk, tax_rate="ZERORATEDINPUT")
    new = await replaced(desk)
    await begun(desk, new)
    form = await look_through(desk, ListKind.TAX_RATES)

    found = await desk.slack.options(
        form, ActionId.FIND_MERGED, "", user=ADMIN, block_id=block_of(form, "Zero Rated Expenses")
    )
    labels = [option["text"]["text"] for option in found]
    assert labels[0] == "Skip: leave it empty"
    assert not [label for label in labels if "23%" in label or "13.5%" in label or "Income" in label]
    assert chosen_in(form, "Zero Rated Expenses") == "ZERORATEDINPUT"

    entry = next(each for each in await entries_of(desk, new) if "20%" in each.label)
    actor = await desk.world.actor()
    merging, version = desk.world.services.merging, await version_of(desk, new)
    wrong = {entry.place: Code(ListKind.TAX_RATES, "INPUT4")}
    with pytest.raises(NotTakenError, match="is another rate"):
        await merging.save_list(actor, new, ListKind.TAX_RATES, version, wrong)


async def test_pressed_twice_it_is_carried_over_once(desk: Desk) -> None:
    await save_rule(desk, account=CATEGORY)
    await desk.add(**{BlockId.NUMBER: "WAITING"})
    new = await replaced(desk)
    await begun(desk, new)
    actor, version = await desk.world.actor(), await version_of(desk, new)
    carrying = desk.world.services.carrying_over

    both = await asyncio.gather(*(carrying.carry_over(actor, new, version) for _ in range(2)))
    await desk.settle()

    assert [page.merge is not None and page.merge.is_done for page in both] == [True, True]
    assert (await deeds(desk)).count("rule carried over") == 1
    assert len(await items_in(desk, new)) == 1
    shown = await desk.slack.submit(desk.modal(ADMIN), {})  # the form that somebody still had open
    assert shown.view is not None
    assert "Carried over from" in words(shown.view)


async def test_of_two_admins_at_once_the_second_is_shown_what_the_first_chose(desk: Desk) -> None:
    await save_rule(desk, account=CATEGORY)
    await make_admin(desk, BOOKKEEPER)
    new = await replaced(desk)
    await make_admin(desk, BOOKKEEPER, new)
    await begun(desk, new)
    first = await look_through(desk, ListKind.ACCOUNTS)
    await opened(desk, new, BOOKKEEPER)
    second = await look_through(desk, ListKind.ACCOUNTS, BOOKKEEPER)

    await choose(desk, first, {"429 · General Expenses": "400"})
    await desk.slack.options(
        second, ActionId.FIND_MERGED, "", user=BOOKKEEPER, block_id=block_of(second, "429 · General Expenses")
    )
    done = await desk.slack.submit(second, {block_of(second, "429 · General Expenses"): SKIP})

    assert done.view is not None
    assert "Somebody else changed this" in words(done.view)
    assert chosen_in(desk.modal(BOOKKEEPER), "429 · General Expenses") == "400"


async def test_a_process_that_dies_half_way_leaves_the_rest_to_another_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"WAITING-{number}" for number in range(5)]
    for number in numbers:
        await desk.add(**{BlockId.NUMBER: number})
    new = await replaced(desk)
    await begun(desk, new)
    monkeypatch.setattr("bot.services.following.CARRIED_AT_ONCE", 2)
    carry, carried = CarryingItems.carry, list[str]()

    async def dies(self: CarryingItems, tx: Tx, item: Item) -> None:
        carried.append(item.reference)
        if len(carried) == 4:
            raise RuntimeError("died")
        await carry(self, tx, item)

    monkeypatch.setattr(CarryingItems, "carry", dies)
    with pytest.raises(RuntimeError):
        await carry_over(desk)
    assert 0 < len(await items_in(desk, new)) < len(numbers)

    await desk.world.later(121)
    await desk.settle()

    there = await items_in(desk, new)
    assert sorted(there) == numbers
    assert {item.state for item in (await items_in(desk, desk.world.organisation_id)).values()} == {ItemState.ARCHIVED}
    assert (await deeds(desk)).count("carried over") == len(numbers) + 1


async def test_what_was_approved_and_is_taken_back_later_can_still_come_along(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "APPROVED"})
    await desk.approve("APPROVED")
    new = await replaced(desk)
    await begun(desk, new)
    assert "1 item approved for Northwind Trading Ltd stay there" in words(desk.modal(ADMIN))
    assert "1 item approved" in words(await carry_over(desk))
    assert await items_in(desk, new) == {}

    await desk.press(desk.card("APPROVED"), ActionId.UNDO_ITEM, BOOKKEEPER)
    await desk.slack.click(await opened(desk, new), ActionId.CARRY_REST, user=ADMIN)
    await desk.settle()

    assert set(await items_in(desk, new)) == {"APPROVED"}


async def test_what_was_forgotten_is_not_carried_over(desk: Desk) -> None:
    await save_rule(desk, account=CATEGORY)
    new = await replaced(desk, Keep.ITEMS)

    await begun(desk, new)
    await carry_over(desk)

    assert await rules_in(desk, new) == {}
    (rule,) = (await rules_in(desk, desk.world.organisation_id)).values()
    assert rule.is_deleted


async def test_payment_methods_roles_and_channels_go_along_and_the_settings_are_to_be_confirmed(desk: Desk) -> None:
    account = next(each["AccountID"] for each in accounts(TRADING) if each["Code"] == "090")
    form = PaymentMethodForm(version=0, name="Company card", last_digits="1234", bank_account=account)
    actor = await desk.world.actor()
    await desk.world.services.payment_methods.save(actor, desk.world.organisation_id, None, form)
    async with desk.world.services.db.write() as tx:
        for purpose in (NEWS, DIGEST):
            await bind(tx, actor.workspace.id, desk.world.organisation_id, purpose, ChannelId(FINANCE))
        await begin_digest(tx, actor.workspace.id, desk.world.organisation_id, "UTC", due_at=tx.now)
    new = await replaced(desk)
    await begun(desk, new)
    form_of_banks = await look_through(desk, ListKind.BANK_ACCOUNTS)
    assert chosen_in(form_of_banks, "Business Current Account") == SKIP  # that is in pounds, the other one in euros
    await choose(desk, form_of_banks, {})
    await carry_over(desk)

    async with desk.world.services.db.read() as tx:
        (method,) = await all_methods(tx, actor.workspace.id, new)
    assert (method.name, method.last_digits, method.bank_account) == ("Company card", "1234", None)
    settings = await settings_of(desk, new)
    assert (settings.approvals_channel, settings.news_channel, settings.digest_channel) == (BILLS, FINANCE, FINANCE)
    async with desk.world.services.db.read() as tx:
        assert (await tx.execute(select(DIGESTS.c.organisation_id))).scalars().all() == [new]
    assert settings.approvers == (APPROVER,)
    assert (settings.costs.default_account, settings.is_set_up) == (CATEGORY, False)
    assert (await settings_of(desk, desk.world.organisation_id)).approvals_channel is None


async def test_what_was_approved_before_is_suggested_by_the_new_lists(desk: Desk) -> None:
    for number in ("PAST-1", "PAST-2"):
        await desk.add(**{BlockId.NUMBER: number})
        await desk.edit(number, {BlockId.ACCOUNT: "489"})
        await desk.approve(number)
    new = await replaced(desk)
    await begun(desk, new)
    form = await look_through(desk, ListKind.ACCOUNTS)
    await choose(desk, form, {"489 · Telephone": "485", "429 · General Expenses": SKIP})
    await carry_over(desk)

    await desk.add(**{BlockId.NUMBER: "NEXT"})

    account = (await items_in(desk, new))["NEXT"].coding.account
    assert (account.value, account.source) == ("485", Source.SUGGESTION)


async def test_bank_match_default_books_and_where_somebody_chose_it_to_go_come_along(desk: Desk) -> None:
    actor, old, services = await desk.world.actor(), desk.world.organisation_id, desk.world.services
    bank = await services.bank_settings.opened(actor, old)
    await services.bank_settings.save(actor, old, BankForm(version=bank.version, is_on=True))
    for number in ("CHOSEN", "USUAL"):
        await desk.add(**{BlockId.NUMBER: number})
    await desk.edit("CHOSEN", {f"{BlockId.PUBLISH_TO}:cost": "bank_accounts"})
    books = services.default_books
    installer = await desk.world.actor(OWNER)
    drawn = (await books.opened(installer)).chosen
    await books.save(installer, drawn, {DefaultOf.ITEMS: old, DefaultOf.CLAIMS: None})
    new = await replaced(desk)
    await begun(desk, new)

    await carry_over(desk)

    assert (await settings_of(desk, new)).bank_match
    assert (await books.opened(installer)).chosen == {DefaultOf.ITEMS: new, DefaultOf.CLAIMS: None}
    there = await items_in(desk, new)
    assert (there["CHOSEN"].publish_to, there["USUAL"].publish_to) == (
        Destination.BANK_ACCOUNTS,
        Destination.PURCHASES,
    )
    assert there["CHOSEN"].coding.publish_to.source is Source.PERSON


async def test_what_other_systems_send_with_the_keys_that_they_have_goes_to_the_new_books(desk: Desk) -> None:
    old = desk.world.organisation_id
    async with a_client(desk.world) as api:
        first = {**A_BILL, "number": "SENT", "currency": "EUR"}
        sent = await api.send(first, key="order-1")
        assert sent.status == 201
        new = await replaced(desk)
        await begun(desk, new)
        assert "What other systems send with 1 API key of Northwind Trading Ltd comes in here" in words(
            desk.modal(ADMIN)
        )
        await carry_over(desk)

        again = await api.send(first, key="order-1")
        found = await api.get(sent.json["id"])
        next_one = await api.send({**A_BILL, "number": "NEXT", "currency": "EUR"}, key="order-2")

    assert (again.status, again.body) == (sent.status, sent.body)
    here, there = await items_in(desk, old), await items_in(desk, new)
    assert (set(here), set(there)) == ({"SENT"}, {"SENT", "NEXT"})
    assert found.json["id"] == str(there["SENT"].id)
    assert next_one.json["id"] == str(there["NEXT"].id)
    assert "api key carried over" in await deeds(desk)


async def change_form(desk: Desk) -> View:
    await desk.slack.command("/dext", f"connections {OLD}", user=ADMIN)
    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_MANAGE, user=ADMIN)
    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_CHANGE, user=ADMIN)
    return desk.modal(ADMIN)


async def settings_of(desk: Desk, organisation_id: OrganisationId) -> Settings:
    async with desk.world.services.db.read() as tx:
        return await load_settings(tx, (await desk.world.actor()).workspace.id, organisation_id)


async def entries_of(desk: Desk, organisation_id: OrganisationId) -> tuple[MergeEntry, ...]:
    async with desk.world.services.db.read() as tx:
        return await merged_entries(tx, (await desk.world.actor()).workspace.id, organisation_id)


async def version_of(desk: Desk, organisation_id: OrganisationId) -> int:
    async with desk.world.services.db.read() as tx:
        merge = await merge_of(tx, (await desk.world.actor()).workspace.id, organisation_id)
    assert merge is not None
    return merge.version


async def make_admin(desk: Desk, user: str, organisation_id: OrganisationId | None = None) -> None:
    workspace_id = (await desk.world.actor()).workspace.id
    async with desk.world.services.db.write() as tx:
        await grant(tx, workspace_id, organisation_id or desk.world.organisation_id, UserId(user), Role.ADMIN)


async def test_amounts_of_books_in_another_currency_are_not_taken_for_the_new_books_own(desk: Desk) -> None:
    actor, old = await desk.world.actor(), desk.world.organisation_id
    amounts = AmountsForm(
        version=(await settings_of(desk, old)).version, rates={"USD": Decimal("1.27")}, materiality=Decimal(50)
    )
    await desk.world.services.amount_settings.save(actor, old, amounts, {})
    new = await replaced(desk)  # in euros, where the first was in pounds
    await begun(desk, new)

    shown = words(await carry_over(desk))

    assert (await settings_of(desk, new)).amounts == USUAL_AMOUNTS
    assert "the books are kept in EUR, not in GBP" in shown


async def test_what_was_decided_on_before_is_for_people_in_the_new_books_too(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "UNDONE"})
    await desk.approve("UNDONE")
    await desk.press(desk.card("UNDONE"), ActionId.UNDO_ITEM, BOOKKEEPER)
    await desk.add(**{BlockId.NUMBER: "NEW", BlockId.ISSUED_ON: "2026-02-01"})
    await save_rule(desk, account=CATEGORY, auto_publish=AutoPublish.ALWAYS, is_for_waiting=False)
    new = await replaced(desk)
    await begun(desk, new)
    form = await look_through(desk, ListKind.ACCOUNTS)
    await choose(desk, form, {"429 · General Expenses": "429"})
    await carry_over(desk)

    there = await items_in(desk, new)
    assert there["NEW"].coding.auto_publish.value == AutoPublish.ALWAYS
    assert there["UNDONE"].coding.auto_publish.value == AutoPublish.NEVER
