"""Rules on screen: made from a document in two clicks, tried out, listed, found, changed, switched off, deleted, restored."""

from dataclasses import replace

import pytest

from bot.domain.payment_methods import PaymentMethodForm
from bot.domain.rules import RuleOf, Target
from bot.domain.settings import PaymentStatus
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, actions, filled, words
from tests.handlers.ruling import save_rule, switch
from tests.handlers.test_gone_codes import refresh
from tests.handlers.test_paid import account

SUPPLIER = "Paper &amp; Ink Ltd"


async def listed(desk: Desk, user: str = BOOKKEEPER) -> View:
    await desk.slack.command("/dext", "rules", user=user, channel=BILLS)
    return desk.modal(user)


async def form_from(desk: Desk, number: str = "INV-1") -> View:
    """The form of a rule, in two clicks from a card."""
    await desk.press(desk.card(number), ActionId.SHOW_DETAILS, BOOKKEEPER)
    await desk.press(desk.modal(BOOKKEEPER), ActionId.NEW_RULE, BOOKKEEPER)
    return desk.modal(BOOKKEEPER)


async def sent(desk: Desk, values: dict[str, object], user: str = BOOKKEEPER) -> dict[str, str]:
    """What is wrong, where it is."""
    form = desk.modal(user)
    named = filled(form, values)
    await desk.offered(form, named, user)
    done = await desk.slack.submit(form, named, user=user)
    await desk.settle()
    return {block.partition(":")[0]: sentence for block, sentence in (done.errors or {}).items()}


async def change(desk: Desk, name: str, action: ActionId = ActionId.CHANGE_RULE) -> View:
    shown = desk.modal(BOOKKEEPER)
    (block,) = [block for block in shown.blocks if "accessory" in block and name in block["text"]["text"]]
    await desk.slack.click(shown, action, user=BOOKKEEPER, block_id=block["block_id"])
    await desk.settle()
    return desk.modal(BOOKKEEPER)


async def test_a_rule_made_from_a_document_codes_what_waits_and_is_tried_out_before(desk: Desk) -> None:
    for number in ("INV-1", "INV-2", "INV-3"):
        await desk.add(**{BlockId.NUMBER: number})
    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})

    form = await form_from(desk)
    assert f"*Supplier: {SUPPLIER}*" in words(form)
    assert "New items and 3 waiting items" in str(form.blocks)
    await desk.press(form, ActionId.PREVIEW_RULE, BOOKKEEPER)
    assert "*2 of 3 waiting items would change.*" in words(desk.modal(BOOKKEEPER))
    assert ": Category: 429 · General Expenses → 461 · Printing" in words(desk.modal(BOOKKEEPER))
    assert "429" in words(desk.card("INV-2"))
    await desk.slack.close_modal(BOOKKEEPER)

    assert await sent(desk, {}) == {}
    assert "The rule is saved." in words(desk.modal(BOOKKEEPER))
    assert f"*{SUPPLIER}* · supplier\n461 · Printing" in words(desk.modal(BOOKKEEPER))
    assert "461" in words(desk.card("INV-2"))

    # the same document opens the rule that there is by now
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    assert "Added by <@" in words(await form_from(desk, "INV-2"))


async def test_what_a_rule_says_is_read_back_as_it_was_saved_and_what_is_wrong_is_told_where_it_is(desk: Desk) -> None:
    await desk.add()
    await form_from(desk)
    wrong = await sent(desk, {BlockId.RULE_DUE: "after_date", BlockId.RULE_DESCRIPTION: "For {client}"})
    assert wrong == {BlockId.RULE_DUE_DAYS: "Write how many, as a whole number."}
    wrong = await sent(
        desk, {BlockId.RULE_DUE_DAYS: "14", BlockId.RULE_DUE: "after_date", BlockId.RULE_CURRENCY: "e1r"}
    )
    assert set(wrong) == {BlockId.RULE_DESCRIPTION, BlockId.RULE_CURRENCY}
    says: dict[str, object] = {
        BlockId.RULE_ACCOUNT: OTHER_CATEGORY,
        BlockId.RULE_DESCRIPTION: "Paper {month}",
        BlockId.RULE_CURRENCY: "eur",
        BlockId.RULE_STATUS: "awaiting_payment",
        BlockId.RULE_FOR: "new",
    }
    assert await sent(desk, says) == {}

    line = words(desk.modal(BOOKKEEPER))
    assert "as awaiting payment in Xero · due 14 days after its date · in EUR where none is stated" in line
    assert "· for what came in since <!date" in line
    assert "429" in words(desk.card("INV-1"))
    await change(desk, SUPPLIER)
    assert await sent(desk, {}) == {}
    assert words(desk.modal(BOOKKEEPER)) == line
    await change(desk, SUPPLIER)
    await sent(desk, {BlockId.RULE_DUE: None, BlockId.RULE_DUE_DAYS: None, BlockId.RULE_STATUS: None})
    assert "due" not in words(desk.modal(BOOKKEEPER)).rpartition(SUPPLIER)[2]


async def test_a_rule_is_switched_off_deleted_and_brought_back_each_by_a_button_and_an_old_form_does_neither(
    desk: Desk,
) -> None:
    await save_rule(desk, user=BOOKKEEPER, account=OTHER_CATEGORY)
    await desk.add()
    assert "There is none yet" not in words(await listed(desk))
    old = await change(desk, SUPPLIER)

    await desk.press(old, ActionId.SWITCH_RULE, BOOKKEEPER)
    assert "The rule is switched off." in words(desk.modal(BOOKKEEPER))
    assert "· switched off" in words(desk.modal(BOOKKEEPER))
    assert CATEGORY in words(desk.card("INV-1"))
    await change(desk, SUPPLIER)
    await save_rule(desk, Target(of=RuleOf.SUPPLIER, name="Other", label="Other"), account=CATEGORY)
    await desk.press(desk.modal(BOOKKEEPER), ActionId.DELETE_RULE, BOOKKEEPER)
    assert "The rule is deleted." in words(desk.modal(BOOKKEEPER))
    assert SUPPLIER not in words(desk.modal(BOOKKEEPER))
    await desk.press(desk.modal(BOOKKEEPER), ActionId.OPEN_RULES, BOOKKEEPER)
    assert "*Deleted rules*" in words(desk.modal(BOOKKEEPER))
    await change(desk, SUPPLIER, ActionId.RESTORE_RULE)
    assert "The rule is restored." in words(desk.modal(BOOKKEEPER))
    assert f"*{SUPPLIER}* · supplier · switched off" in words(desk.modal(BOOKKEEPER))


@pytest.mark.parametrize(
    ("of", "name", "says"), [("supplier", "Rail plc", "Rail plc"), ("person", MEMBER, f"<@{MEMBER}>")]
)
async def test_a_rule_is_made_without_a_document(desk: Desk, of: str, name: str, says: str) -> None:
    await desk.slack.command("/dext", "rules", user=ADMIN, channel=BILLS)
    await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_RULE, user=ADMIN, value=of)
    if of == "supplier":
        assert set(await sent(desk, {BlockId.RULE_NAME: "..."}, ADMIN)) == {BlockId.RULE_NAME}
    assert await sent(desk, {BlockId.RULE_NAME: name}, ADMIN) == {}
    assert set(await sent(desk, {}, ADMIN)) == {BlockId.RULE_FOR}
    assert await sent(desk, {BlockId.RULE_ACCOUNT: OTHER_CATEGORY}, ADMIN) == {}
    assert f"*{says}* · {of}\n461" in words(desk.modal(ADMIN))


async def test_who_only_sends_in_sees_no_rules_and_is_offered_none(desk: Desk) -> None:
    await desk.add()
    await desk.slack.command("/dext", "rules", user=MEMBER, channel=BILLS)
    assert desk.slack.view(MEMBER) is None
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, MEMBER)
    assert ActionId.NEW_RULE not in actions(desk.modal(MEMBER))


async def test_a_document_that_is_split_gives_its_split_to_the_rule(desk: Desk) -> None:
    """By shares, the last one the rest; what comes in next is split so, to the cent."""
    lines = [
        {"description": "Paper", "net": "25.00", "tax": "5.00", "coding": {"category": CATEGORY}},
        {"description": "Ink", "net": "75.00", "tax": "15.00", "coding": {"category": OTHER_CATEGORY}},
    ]
    async with a_client(desk.world) as api:
        assert (await api.send({**A_BILL, "number": "SPLIT-1", "lines": lines})).status == 201
    await desk.settle()
    form = await form_from(desk, "SPLIT-1")
    assert "As this document: Paper 25 %, Ink the rest" in str(form.blocks)
    assert await sent(desk, {BlockId.RULE_ACCOUNT: None, BlockId.RULE_SPLIT: "like"}) == {}
    assert "split into 2 lines" in words(desk.modal(BOOKKEEPER))

    await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.GROSS: "120.01", BlockId.TAX: "20.01"})
    card = words(desk.card("INV-2"))
    assert "Paper: 25.00 GBP" in card
    assert "Ink: 75.00 GBP" in card


async def test_a_rule_splits_by_the_amounts_of_a_document_and_leaves_the_rest_to_its_last_line(desk: Desk) -> None:
    lines = [
        {"description": "Paper", "net": "25.00", "tax": "5.00", "coding": {"category": CATEGORY}},
        {"description": "Ink", "net": "75.00", "tax": "15.00", "coding": {"category": OTHER_CATEGORY}},
    ]
    async with a_client(desk.world) as api:
        assert (await api.send({**A_BILL, "number": "SPLIT-1", "lines": lines})).status == 201
    await desk.settle()
    form = await form_from(desk, "SPLIT-1")
    assert "As this document: Paper 25.00, Ink the rest" in str(form.blocks)

    assert await sent(desk, {BlockId.RULE_ACCOUNT: None, BlockId.RULE_SPLIT: "like_amounts"}) == {}

    await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.GROSS: "240.00", BlockId.TAX: "40.00"})
    card = words(desk.card("INV-2"))
    assert "Paper: 25.00 GBP" in card
    assert "Ink: 175.00 GBP" in card
    assert "As now: Paper 25.00, Ink the rest" in str((await form_from(desk, "INV-2")).blocks)


async def test_what_was_done_to_a_rule_is_told_in_its_form_with_what_it_says_since(desk: Desk) -> None:
    rule = await save_rule(desk, account=OTHER_CATEGORY, user=BOOKKEEPER)
    rule = await save_rule(desk, before=rule, account=CATEGORY, is_for_waiting=False)
    await switch(desk, rule, is_active=False)
    await listed(desk)

    told = words(await change(desk, SUPPLIER)).partition("*What was done*\n")[2].splitlines()

    assert [line.partition("> ")[2] for line in told] == [
        f"<@{ADMIN}>: rule switched off: 429 · General Expenses",
        f"<@{ADMIN}>: rule changed: 429 · General Expenses",
        f"<@{BOOKKEEPER}>: rule added, for what waited, too: 461 · Printing &amp; Stationery",
    ]
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.add()
    assert "rule switched off" in words(await form_from(desk)), "the form from a document is that of the rule there is"


async def test_many_rules_are_turned_through_and_found(desk: Desk) -> None:
    for number in range(22):
        name = f"Supplier {number:02}"
        await save_rule(desk, Target(of=RuleOf.SUPPLIER, name=name, label=name), account=OTHER_CATEGORY)
    shown = await listed(desk)
    assert "Supplier 19" in words(shown)
    assert "Supplier 20" not in words(shown)
    await desk.press(shown, ActionId.NEXT_RULES, BOOKKEEPER)
    assert "Supplier 20" in words(desk.modal(BOOKKEEPER))
    found = await desk.slack.options(desk.modal(BOOKKEEPER), ActionId.GO_TO_RULE, "21", user=BOOKKEEPER)
    assert [option["text"]["text"] for option in found] == ["Supplier 21"]
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.GO_TO_RULE, user=BOOKKEEPER, value=str(found[0]["value"]))
    assert "*Supplier: Supplier 21*" in words(desk.modal(BOOKKEEPER))


async def test_a_rule_that_has_documents_paid_from_nowhere_is_warned_of(desk: Desk) -> None:
    methods, actor, of = desk.world.services.payment_methods, await desk.world.actor(), desk.world.organisation_id
    rule = await save_rule(desk, publish_as=PaymentStatus.PAID)
    nowhere = "no payment method is named here or in the settings: a document without one waits"
    assert nowhere in words(await listed(desk))
    assert nowhere in words(await change(desk, SUPPLIER))
    await desk.press(desk.modal(BOOKKEEPER), ActionId.PREVIEW_RULE, BOOKKEEPER)
    assert nowhere in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)

    form = PaymentMethodForm(version=0, name="Company Visa", last_digits=None, bank_account=None)
    (known,) = (await methods.save(actor, of, None, form)).methods
    rule = await save_rule(desk, before=rule, publish_as=PaymentStatus.PAID, payment_method=str(known.method.id))
    assert "its payment method, Company Visa, is not linked to a bank account" in words(await listed(desk))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)

    await methods.save(actor, of, known.method.id, replace(form, version=1, bank_account=await account(desk, "090")))

    assert ":warning:" not in words(await listed(desk))


async def test_what_a_preview_says_has_names_and_days_and_what_there_is_none_of_is_said_so(desk: Desk) -> None:
    await desk.add()
    await save_rule(desk, account=OTHER_CATEGORY, is_for_waiting=False)
    await listed(desk)
    form = await change(desk, SUPPLIER)
    says: dict[str, object] = {
        BlockId.RULE_DUE: "after_date",
        BlockId.RULE_DUE_DAYS: "14",
        BlockId.RULE_DESCRIPTION: "Paper",
        BlockId.RULE_STATUS: "draft",
    }
    await desk.slack.click(form, ActionId.PREVIEW_RULE, user=BOOKKEEPER, values=filled(form, says))

    told = words(desk.modal(BOOKKEEPER))
    assert "Publish as: Awaiting payment → Draft" in told
    assert "Description: none → Paper" in told


async def test_a_rule_from_a_document_says_what_was_decided_of_it_and_no_default(desk: Desk) -> None:
    """The default of the day would stay in the rule for ever, and be above the one that is saved next."""
    await desk.add()
    form = await form_from(desk)
    assert not [each for each in form.blocks if "initial_option" in str(each) and "rule_tax" in str(each["block_id"])]
    assert not [each for each in form.blocks if "initial_option" in str(each) and "rule_acc" in str(each["block_id"])]
    assert set(await sent(desk, {})) == {BlockId.RULE_FOR}

    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})
    await form_from(desk)
    assert await sent(desk, {}) == {}
    assert words(desk.modal(BOOKKEEPER)).partition(f"*{SUPPLIER}* · supplier\n")[2].startswith("461 · Printing")
    assert "20 %" not in words(desk.modal(BOOKKEEPER))


async def test_details_offers_to_change_the_rule_that_there_is(desk: Desk) -> None:
    await desk.add()
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    assert "Rule for this supplier…" in str(desk.modal(BOOKKEEPER).blocks)

    await save_rule(desk, account=OTHER_CATEGORY)
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    assert "Change the rule for Paper & Ink Ltd…" in str(desk.modal(BOOKKEEPER).blocks)
    assert "coded anew, as a rule changed: supplier Paper &amp; Ink Ltd" in words(desk.modal(BOOKKEEPER))


async def test_what_follows_settings_says_so_and_names_no_rule(desk: Desk) -> None:
    await save_rule(desk, publish_as="awaiting_payment")
    await desk.add()
    await desk.world.set_up(category=OTHER_CATEGORY)
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)

    assert "Dext: follows new settings" in words(desk.modal(BOOKKEEPER))
    assert "as a rule changed" not in words(desk.modal(BOOKKEEPER))


async def test_every_form_of_a_rule_leads_back_to_the_list(desk: Desk) -> None:
    await save_rule(desk, account=OTHER_CATEGORY)
    await listed(desk)
    for chosen in ("supplier", "customer", "person"):
        await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.ADD_RULE, user=BOOKKEEPER, value=chosen)
        assert desk.modal(BOOKKEEPER).definition["callback_id"] == "rule_target"
        await desk.press(desk.modal(BOOKKEEPER), ActionId.OPEN_RULES, BOOKKEEPER)
        assert SUPPLIER in words(desk.modal(BOOKKEEPER))
    await change(desk, SUPPLIER)
    await desk.press(desk.modal(BOOKKEEPER), ActionId.OPEN_RULES, BOOKKEEPER)
    assert "*Rules*" in words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER)
    assert desk.slack.view(BOOKKEEPER) is None, "the list came over the form, and not in its place"


async def test_a_rule_is_switched_off_after_a_question(desk: Desk) -> None:
    rule = await save_rule(desk, account=OTHER_CATEGORY)
    await listed(desk)
    assert "Switch this rule off?" in str((await change(desk, SUPPLIER)).blocks)
    await switch(desk, rule, is_active=False)
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await listed(desk)
    assert "Switch this rule off?" not in str((await change(desk, SUPPLIER)).blocks)


async def test_where_there_are_no_payment_methods_the_way_to_make_one_is_shown(desk: Desk) -> None:
    await desk.slack.command("/dext", "rules", user=ADMIN, channel=BILLS)
    await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_RULE, user=ADMIN, value="payment_method")
    assert "There are no payment methods yet" in words(desk.modal(ADMIN))
    assert {ActionId.OPEN_PAYMENT_METHODS, ActionId.OPEN_RULES} <= set(actions(desk.modal(ADMIN)))
    assert "submit" not in desk.modal(ADMIN).definition
    await desk.press(desk.modal(ADMIN), ActionId.OPEN_RULES, ADMIN)
    await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_RULE, user=ADMIN, value="supplier")
    await sent(desk, {BlockId.RULE_NAME: "Rail plc"}, ADMIN)
    assert "New items and what waits (nothing now)" in str(desk.modal(ADMIN).blocks)

    await save_rule(desk, account=OTHER_CATEGORY)
    await desk.press(desk.modal(ADMIN), ActionId.OPEN_RULES, ADMIN)
    await desk.slack.click(
        desk.modal(ADMIN), ActionId.CHANGE_RULE, user=ADMIN, block_id=desk.modal(ADMIN).blocks[2]["block_id"]
    )
    assert "No payment methods yet" in str(desk.modal(ADMIN).blocks)


async def test_a_rule_whose_category_was_archived_says_so_in_the_list_and_in_its_form(desk: Desk) -> None:
    await save_rule(desk, account=OTHER_CATEGORY)
    left_out = "Archived or gone, and left out until another one is chosen: 461 · Printing &amp; Stationery."
    assert left_out not in words(await listed(desk))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)

    assert left_out in words(await listed(desk))
    assert left_out in words(await change(desk, SUPPLIER))
