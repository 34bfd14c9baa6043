"""What is published without anybody's approval: by whose rule, what keeps it waiting for people, and how that is taken back."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.payment_methods import PaymentMethodRow
from bot.db.rules import insert_rule
from bot.db.unattended import UNATTENDED, Turn
from bot.db.workspaces import AuditRow
from bot.domain.auto_settings import AutoForm
from bot.domain.connections import Health
from bot.domain.documents import DocumentType
from bot.domain.due import Due, DueKind
from bot.domain.ids import RuleId
from bot.domain.payment_methods import PaymentMethodForm, PaymentMethodId
from bot.domain.rules import AutoPublish, Opinions, Rule, RuleOf, Target
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER, Dropped, Message, View
from bot.services.rules import RuleRefusedError
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.connected import connected_app
from tests.handlers.desk import A_BILL, OTHER_CATEGORY, TAX, UNDO_SECONDS, Desk, actions, filled, words
from tests.handlers.dropping import dropped, replies
from tests.handlers.paying_by import paid_by
from tests.handlers.ruling import SUPPLIER, rules_of, save_rule
from tests.handlers.test_bank_match import beside_the_bank, explain, line, switched
from tests.handlers.test_downloading import beside_no_ledger
from tests.handlers.test_expense_reports import card_of, make
from tests.handlers.test_freeagent import STATIONERY, minutes_later
from tests.handlers.test_payment_methods import add, change, opened, sent
from tests.intake.drawn import a_letter, a_text_pdf

METHODS, CONNECTIONS = table_of(PaymentMethodRow), table_of(ConnectionRow)
AUDIT = table_of(AuditRow)
ALWAYS, NEVER = AutoPublish.ALWAYS, AutoPublish.NEVER
MIA = Target(of=RuleOf.PERSON, name=MEMBER, label=MEMBER)
NOT_BY_ITSELF = "Not published by itself"


async def published(desk: Desk) -> list[str]:
    """Numbers of what stands in the ledger when all time for Undo is over."""
    await desk.world.later(UNDO_SECONDS + 3)
    return sorted(bill["InvoiceNumber"] for bill in desk.xero.bills())


async def history(desk: Desk, number: str) -> str:
    await desk.press(desk.card(number), ActionId.SHOW_DETAILS, BOOKKEEPER)
    told = words(desk.modal(BOOKKEEPER))
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    return told


async def test_what_a_rule_always_publishes_is_approved_by_it_and_sent_after_the_time_for_undo(either: Desk) -> None:
    await save_rule(either, account=OTHER_CATEGORY, auto_publish=ALWAYS)

    card = await either.add()

    assert "*Approved automatically* by the rule for Paper &amp; Ink Ltd, <!date^" in words(card)
    assert ActionId.UNDO_ITEM in actions(card)
    assert either.xero.bills() == []
    assert await published(either) == ["INV-1"]
    assert "Published" in words(either.card("INV-1"))
    assert "Dext: approved automatically by the rule for Paper &amp; Ink Ltd" in await history(either, "INV-1")


async def test_what_was_undone_is_for_people_from_then_on(either: Desk) -> None:
    rule = await save_rule(either, account=OTHER_CATEGORY, auto_publish=ALWAYS)
    await either.add()

    await either.press(either.card("INV-1"), ActionId.UNDO_ITEM, BOOKKEEPER)
    await save_rule(either, before=rule, auto_publish=ALWAYS)

    assert await published(either) == []
    assert f"{NOT_BY_ITSELF}*: it was decided on before, so a person decides again." in words(either.card("INV-1"))
    await either.approve("INV-1", APPROVER)
    assert await published(either) == ["INV-1"]
    async with either.world.services.db.read() as tx:
        assert (await tx.execute(select(UNATTENDED))).all() == []


async def test_looking_twice_at_once_approves_once(either: Desk) -> None:
    await save_rule(either, account=OTHER_CATEGORY, auto_publish=ALWAYS)
    auto, of = either.world.services.auto_publishing, either.world.organisation_id
    form = await either.form()
    await either.slack.submit(form, A_BILL)
    async with either.world.services.db.read() as tx:
        row = (await tx.execute(select(UNATTENDED))).one()
    turn = Turn(workspace_id=row.workspace_id, organisation_id=of, item_id=row.item_id)

    answers = await asyncio.gather(*(auto.go(turn) for _ in range(4)))

    assert sorted(answers) == [False, False, False, True]
    await either.slack.close_modal(MEMBER, everything=True)
    assert await published(either) == ["INV-1"]


async def test_who_dies_over_one_loses_nothing_and_approves_nothing_twice(desk: Desk) -> None:
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS)
    await desk.slack.submit(await desk.form(), A_BILL)
    auto = desk.world.services.auto_publishing

    assert len(await auto.due()) == 1  # taken in hand, and nothing came of it
    await desk.settle()
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))
    await desk.world.later(61)

    assert "Approved automatically" in words(desk.card("INV-1"))
    assert await published(desk) == ["INV-1"]


async def test_what_waits_goes_when_a_rule_is_saved_for_it_too_and_not_when_it_is_for_new_items(desk: Desk) -> None:
    await desk.add()
    rule = await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS, is_for_waiting=False)
    await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.ISSUED_ON: "2026-03-02"})
    assert await published(desk) == ["INV-2"]

    await save_rule(desk, before=rule, account=OTHER_CATEGORY, auto_publish=ALWAYS)

    assert await published(desk) == ["INV-1", "INV-2"]


async def test_a_never_of_the_one_who_sent_it_in_stands_above_the_suppliers_always(desk: Desk) -> None:
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS)
    await save_rule(desk, MIA, auto_publish=NEVER)

    card = await desk.add()

    assert await published(desk) == []
    assert NOT_BY_ITSELF not in words(card)


async def test_what_is_incomplete_or_only_suggested_waits_and_goes_once_somebody_has_coded_it(desk: Desk) -> None:
    await desk.world.set_up(category=None, alerts_channel=BILLS)
    await save_rule(desk, auto_publish=ALWAYS)
    await desk.add()
    assert f"{NOT_BY_ITSELF}*: it has to be completed first." in words(desk.card("INV-1"))

    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY})

    assert "Approved automatically" in words(desk.card("INV-1"))
    assert await published(desk) == ["INV-1"]


async def test_what_somebody_changed_by_hand_waits_for_somebody_else(desk: Desk) -> None:
    await desk.world.set_up(category=None, alerts_channel=BILLS)
    await save_rule(desk, auto_publish=ALWAYS)
    await desk.add()

    await desk.edit("INV-1", {BlockId.ACCOUNT: OTHER_CATEGORY, BlockId.GROSS: "240.00", BlockId.TAX: "40.00"})

    assert "somebody changed by hand what is decided on." in words(desk.card("INV-1"))
    assert await published(desk) == []


async def test_what_an_approver_would_look_at_waits_for_one(desk: Desk) -> None:
    await desk.add()
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS, is_for_waiting=False)

    card = await desk.add(**{BlockId.NUMBER: "INV-2"})

    assert "Same supplier, date and total as B-1001" in words(card)
    assert f"{NOT_BY_ITSELF}*: there is something to be looked at first." in words(card)
    assert await published(desk) == []


async def test_what_was_to_be_looked_at_and_is_gone_with_another_document_lets_it_go_half_an_hour_later(
    desk: Desk,
) -> None:
    await desk.add()
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS, is_for_waiting=False)
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    await desk.world.later(1801)
    assert f"{NOT_BY_ITSELF}*: there is something to be looked at first." in words(desk.card("INV-2"))

    await desk.press(desk.card("INV-1"), ActionId.REJECT_ITEM, APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "entered twice"})
    await desk.world.later(1801)

    assert "Approved automatically" in words(desk.card("INV-2"))
    assert await published(desk) == ["INV-2"]


async def test_the_same_number_is_asked_about_first_and_goes_once_that_is_answered(desk: Desk) -> None:
    await desk.add(**{BlockId.ISSUED_ON: "2026-02-01"})
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS, is_for_waiting=False)
    card = await desk.add()
    assert f"{NOT_BY_ITSELF}*: it has to be completed first." in words(card)

    await desk.press(card, ActionId.CONFIRM_ANOTHER, BOOKKEEPER)

    assert len(await published(desk)) == 1


async def test_what_was_sent_back_is_for_people_though_its_question_is_answered(desk: Desk) -> None:
    await desk.add()
    await desk.press(desk.card("INV-1"), ActionId.SEND_BACK)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Which job?"})
    await desk.settle()
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS)

    await desk.press(desk.card("INV-1"), ActionId.ASK_AGAIN, BOOKKEEPER)

    assert "it was decided on before" in words(desk.card("INV-1"))
    assert await published(desk) == []


async def test_a_category_that_comes_back_lets_go_what_waited_for_it(desk: Desk) -> None:
    await desk.world.set_up(category=None, alerts_channel=BILLS)
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await desk.slack.command("/dext", "sync categories", user=ADMIN)
    await desk.settle()
    await desk.add()
    assert NOT_BY_ITSELF in words(desk.card("INV-1"))

    await desk.restore(OTHER_CATEGORY)
    await save_rule(desk, MIA, tax_rate=TAX)  # whatever has waiting items follow

    assert "Approved automatically" in words(desk.card("INV-1"))


async def settings(desk: Desk, user: str = ADMIN) -> View:
    await desk.slack.command("/dext", "settings auto", user=user, channel=BILLS)
    return desk.modal(user)


async def save_settings(desk: Desk, chosen: str, *exceptions: str) -> View:
    await desk.slack.submit(
        await settings(desk), {BlockId.AUTO_FOR_ALL: chosen, BlockId.AUTO_EXCEPTIONS: list(exceptions)}
    )
    await desk.settle()
    saved = desk.modal(ADMIN)
    await desk.slack.close_modal(ADMIN, everything=True)
    return saved


async def test_everything_that_comes_in_goes_by_itself_but_for_exceptions_and_what_waited(desk: Desk) -> None:
    await desk.add(**{BlockId.ISSUED_ON: "2026-02-01"})
    await desk.world.later(1)
    assert "Better per supplier, after its category rule." in words(await settings(desk))
    await desk.slack.close_modal(ADMIN, everything=True)

    saved = words(await save_settings(desk, "all", "credit_note"))

    assert "All costs and sales" in saved
    assert "credit notes" in saved
    assert "What waits already stays with the people who approve." in saved
    card = await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.SUPPLIER: "Somebody else"})
    assert "*Approved automatically* by the settings, for all that comes in" in words(card)
    await desk.add(**{BlockId.NUMBER: "CN-1", BlockId.SUPPLIER: "Third Ltd", BlockId.DOCUMENT_TYPE: "credit_note"})
    assert "documents of its type are an exception in the settings" in words(desk.card("CN-1"))
    assert await published(desk) == ["INV-2"]

    await save_settings(desk, "rules")
    await desk.add(**{BlockId.NUMBER: "INV-3", BlockId.SUPPLIER: "Fourth Ltd"})
    assert await published(desk) == ["INV-2"]
    assert NOT_BY_ITSELF not in words(desk.card("CN-1"))


A_LETTER = (
    "# Paper & Ink Ltd",
    "Invoice|||",
    "Invoice number|INV-9||",
    "Invoice date|1 March 2026||",
    "Net|100.00 GBP||",
    "VAT 20 %|20.00 GBP||",
    "Total|120.00 GBP||",
)


async def test_what_was_read_from_a_files_text_goes_by_itself_and_whoever_sent_it_is_told_where_to_look(
    desk: Desk,
) -> None:
    await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS)

    message = await dropped(desk, Dropped(content=a_text_pdf(a_letter(*A_LETTER)), name="bill.pdf"))

    (told,) = replies(desk, message)
    assert "check it before it is approved" not in told.text
    assert "goes to the ledger by itself, if nothing is left to be looked at: check it on its card" in told.text
    assert "Approved automatically" in words(desk.card("INV-9"))
    assert await published(desk) == ["INV-9"]


async def test_an_expense_report_is_none_of_what_goes_by_itself_when_everything_does(desk: Desk) -> None:
    await desk.add()
    await desk.world.later(1)
    await save_settings(desk, "all")

    await make(desk)

    assert await published(desk) == []
    card = card_of(desk, "B-1002")
    assert ("In approval" in words(card), NOT_BY_ITSELF in words(card)) == (True, False)


async def test_its_settings_are_for_admins_sent_twice_are_saved_once_and_stale_ones_are_drawn_anew(desk: Desk) -> None:
    form, forms = await settings(desk), desk.world.services.auto_settings
    version = (await desk.world.settings()).version
    new = AutoForm(version=version, is_for_all=True, exceptions=frozenset({DocumentType.RECEIPT}))
    for _ in range(2):
        page = await forms.save(await desk.world.actor(), desk.world.organisation_id, new)
    assert (page.version, page.auto.is_for_all) == (version + 1, True)

    await desk.slack.submit(form, {BlockId.AUTO_FOR_ALL: "rules", BlockId.AUTO_EXCEPTIONS: []})
    assert "Somebody else" in words(desk.modal(ADMIN))
    assert (await desk.world.settings()).auto == page.auto
    await desk.slack.command("/dext", "settings auto", user=BOOKKEEPER, channel=BILLS)
    assert "Only this organisation's admins can do that." in desk.whispers(BOOKKEEPER)[-1]


async def test_nothing_is_switched_on_before_the_set_up_is_confirmed(sqlite_url: str) -> None:
    async with connected_app(sqlite_url) as world:
        desk = Desk(world)
        await desk.slack.command("/dext", "settings auto", user=ADMIN, channel=BILLS)
        done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.AUTO_FOR_ALL: "all", BlockId.AUTO_EXCEPTIONS: []})
        assert "Save Settings once first" in (done.errors or {})[BlockId.AUTO_FOR_ALL]
        with pytest.raises(RuleRefusedError, match="Save Settings once first"):
            await save_rule(desk, auto_publish=ALWAYS)
        await desk.slack.close_modal(ADMIN, everything=True)
        await opened(desk)
        refused = (await add(desk, "Company Visa", **{BlockId.METHOD_AUTO: "always"})).errors or {}
        assert [sentence for sentence in refused.values() if "Save Settings once first" in sentence]


async def test_the_form_of_a_rule_has_it_for_admins_and_keeps_it_from_others(desk: Desk) -> None:
    await desk.add()
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, ADMIN)
    await desk.press(desk.modal(ADMIN), ActionId.NEW_RULE, ADMIN)
    form = desk.modal(ADMIN)
    values = filled(form, {BlockId.RULE_AUTO: "always", BlockId.RULE_FOR: "waiting"})

    assert (await desk.slack.submit(form, values)).errors == {}
    await desk.settle()

    assert "published by itself" in words(desk.modal(ADMIN))
    assert "Approved automatically" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, BOOKKEEPER)
    await desk.press(desk.modal(BOOKKEEPER), ActionId.NEW_RULE, BOOKKEEPER)
    assert "Published by itself: *Always*. Admins decide that." in words(desk.modal(BOOKKEEPER))
    assert BlockId.RULE_AUTO not in str(desk.modal(BOOKKEEPER).blocks)


async def test_a_payment_method_says_it_in_its_own_form_which_is_its_rules(desk: Desk) -> None:
    await opened(desk)
    assert (await add(desk, "Company Visa", "090", **{BlockId.METHOD_AUTO: "always"})).errors == {}
    async with desk.world.services.db.read() as tx:
        method = PaymentMethodId((await tx.execute(select(METHODS.c.id))).scalar_one())
    await desk.slack.close_modal(ADMIN, everything=True)
    await save_rule(desk, account=OTHER_CATEGORY, payment_method=str(method))

    assert "*Approved automatically* by the rule for Company Visa" in words(await desk.add())

    await opened(desk)
    await change(desk, "Company Visa")
    assert (await sent(desk, {BlockId.METHOD_AUTO: "never"})).errors == {}
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.ISSUED_ON: "2026-03-09"})
    assert "In approval" in words(desk.card("INV-2"))

    await opened(desk)
    await change(desk, "Company Visa")
    await sent(desk, {BlockId.METHOD_AUTO: None})
    actor, of = await desk.world.actor(), desk.world.organisation_id
    for _ in range(2):
        again = PaymentMethodForm(version=3, name="Company Visa", last_digits=None, bank_account=None, says_auto=True)
        (known,) = (await desk.world.services.payment_methods.save(actor, of, method, again)).methods
    assert known.method.version == 4
    rules = (await rules_of(desk).listed(actor, of)).rules
    assert [rule.of for rule in rules] == [RuleOf.SUPPLIER]


async def test_a_suppliers_never_stands_above_the_always_of_the_card_that_stands_on_the_document(desk: Desk) -> None:
    """Whoever sends a document says what card is on it."""
    await opened(desk)
    named = {BlockId.METHOD_AUTO: "always", BlockId.LAST_DIGITS: "4321"}
    assert (await add(desk, "Company Visa", "090", **named)).errors == {}
    await desk.slack.close_modal(ADMIN, everything=True)
    rule = await save_rule(desk, account=OTHER_CATEGORY, auto_publish=NEVER)

    await desk.drop("INV-1", extra=paid_by("4321"))

    assert "In approval" in words(desk.card("INV-1"))
    assert await published(desk) == []
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    told = words(desk.modal(BOOKKEEPER))
    assert "*Published by itself*\nnever\n_the supplier's rule, Paper &amp; Ink Ltd" in told
    assert "instead of always" in told
    assert "the payment method's rule, Company Visa" in told
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await save_rule(desk, before=rule, account=OTHER_CATEGORY)
    assert "*Approved automatically* by the rule for Company Visa" in words(desk.card("INV-1"))


async def test_a_due_date_that_is_only_suggested_waits_for_a_person_and_goes_once_the_rule_says_it(desk: Desk) -> None:
    for number in ("INV-1", "INV-2"):
        await desk.add(**{BlockId.NUMBER: number, BlockId.DUE_ON: "2026-03-31"})
        await desk.approve(number)
    rule = await save_rule(desk, account=OTHER_CATEGORY, auto_publish=ALWAYS, is_for_waiting=False)

    card = await desk.add(**{BlockId.NUMBER: "INV-3", BlockId.ISSUED_ON: "2026-03-04"})

    assert "3 Apr 2026\n_suggested, as in 2 of the last 2_" in words(card)
    assert "when it is due, or whom it is from or to is only suggested." in words(card)
    assert "INV-3" not in await published(desk)
    due = Due(DueKind.AFTER_DATE, 30)
    await save_rule(desk, before=rule, account=OTHER_CATEGORY, due=due, auto_publish=ALWAYS)
    assert "INV-3" in await published(desk)


async def test_what_may_be_a_second_entry_of_a_payment_that_is_recorded_waits_for_a_person(sqlite_url: str) -> None:
    async with beside_the_bank(sqlite_url) as (desk, books):
        explain(books, line(books, "2026-03-03", "-120.00", "BY HAND"))
        await switched(desk)
        await save_rule(desk, account=STATIONERY, auto_publish=ALWAYS)

        card = words(await desk.add())
        await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.GROSS: "240.00", BlockId.TAX: "40.00"})

        assert "*Possible duplicate.*" in card
        assert f"{NOT_BY_ITSELF}*: there is something to be looked at first." in card
        await minutes_later(desk, 3)
        assert [bill["reference"] for bill in books.bills()] == ["INV-2"]


async def test_what_is_wanted_waits_for_its_ledger_and_goes_once_that_is_connected_again(either: Desk) -> None:
    await save_rule(either, account=OTHER_CATEGORY, auto_publish=ALWAYS)
    await health(either, Health.BROKEN)

    card = await either.add()

    assert "its ledger is not connected; once it is, it goes by itself." in words(card)
    assert await published(either) == []
    await health(either, Health.HEALTHY)
    await either.settle()
    assert "Approved automatically" in words(either.card("INV-1"))
    assert await published(either) == ["INV-1"]


async def test_what_is_wanted_waits_for_the_set_up_and_goes_once_an_admin_has_saved_it(sqlite_url: str) -> None:
    """As after another organisation took the place of one, whose rules went along."""
    async with connected_app(sqlite_url) as world:
        desk = Desk(world)
        await rule_there_is(desk)
        await desk.slack.submit(await desk.form(), A_BILL)
        await world.later(UNDO_SECONDS + 3)
        assert desk.xero.bills() == []
        async with world.services.db.read() as tx:
            assert len((await tx.execute(select(UNATTENDED))).all()) == 1

        await world.set_up(alerts_channel=BILLS)

        assert "*Approved automatically* by the rule for Paper &amp; Ink Ltd" in words(desk.card("INV-1"))
        assert await published(desk) == ["INV-1"]


async def test_what_goes_into_files_waits_for_a_person_whatever_a_rule_says(sqlite_url: str) -> None:
    async with beside_no_ledger(sqlite_url) as desk:
        await rule_there_is(desk)

        await desk.slack.submit(await desk.form(), A_BILL)
        await desk.world.later(UNDO_SECONDS + 3)

        card = desk.slack.messages(BILLS)[-1]
        assert f"{NOT_BY_ITSELF}*: it goes into a file that a person downloads" in words(card)
        assert "In approval" in words(card)


async def rule_there_is(desk: Desk) -> None:
    """That the form would refuse by now."""
    workspace_id, of = (await desk.world.actor()).workspace.id, desk.world.organisation_id
    says = Opinions(account=OTHER_CATEGORY, tax_rate=TAX, auto_publish=ALWAYS)
    async with desk.world.services.db.write() as tx:
        rule = Rule(id=RuleId(uuid4()), workspace_id=workspace_id, organisation_id=of, target=SUPPLIER, opinions=says)
        assert await insert_rule(tx, rule)


async def health(desk: Desk, now: Health) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(CONNECTIONS.update().values(health=now))


async def through(desk: Desk, first: int, last: int) -> None:
    """Approved by people, and published one after another."""
    for number in range(first, last + 1):
        await desk.add(**{BlockId.NUMBER: f"INV-{number}", BlockId.ISSUED_ON: f"2026-02-{number:02}"})
        await desk.approve(f"INV-{number}")
        await desk.world.later(UNDO_SECONDS + 3)


def offers(desk: Desk) -> list[Message]:
    threads = (desk.slack.thread(BILLS, card.ts) for card in desk.slack.messages(BILLS))
    return [message for thread in threads for message in thread if "by itself?" in message.text]


async def test_five_clean_documents_of_a_supplier_with_a_category_rule_bring_one_offer(either: Desk) -> None:
    await save_rule(either, account=OTHER_CATEGORY)
    await through(either, 1, 4)
    assert offers(either) == []
    await through(either, 5, 6)
    (offer,) = offers(either)
    assert offer.thread_ts == either.card("INV-5").ts
    assert "The last 5 documents of Paper &amp; Ink Ltd went to the ledger just as their rule says" in words(offer)

    await either.press(offer, ActionId.ACCEPT_AUTO_OFFER, BOOKKEEPER)
    assert "Only this organisation's admins can do that." in either.whispers(BOOKKEEPER)[-1]
    for _ in range(2):
        await either.press(offer, ActionId.ACCEPT_AUTO_OFFER, ADMIN)

    (offer,) = offers(either)
    assert "Their rule says: *publish by itself*." in words(offer)
    assert actions(offer) == []
    (rule,) = (await rules_of(either).listed(await either.world.actor(), either.world.organisation_id)).rules
    assert (rule.opinions.auto_publish, rule.opinions.account, rule.version) == (ALWAYS, OTHER_CATEGORY, 2)
    card = await either.add(**{BlockId.NUMBER: "INV-7", BlockId.ISSUED_ON: "2026-02-07"})
    assert "Approved automatically" in words(card)


async def test_what_somebody_codes_otherwise_brings_no_offer_and_one_that_is_declined_is_not_made_again(
    desk: Desk,
) -> None:
    await save_rule(desk, account=OTHER_CATEGORY)
    await through(desk, 1, 4)
    await desk.add(**{BlockId.NUMBER: "INV-5", BlockId.ISSUED_ON: "2026-02-05"})
    await desk.edit("INV-5", {BlockId.ACCOUNT: "400"})
    await desk.approve("INV-5")
    await desk.world.later(UNDO_SECONDS + 3)
    await through(desk, 6, 9)
    assert offers(desk) == []
    await through(desk, 10, 10)
    (offer,) = offers(desk)

    for _ in range(2):
        await desk.press(offer, ActionId.DECLINE_AUTO_OFFER, ADMIN)

    await through(desk, 11, 11)
    (offer,) = offers(desk)
    assert f"*Not published by themselves*, says <@{ADMIN}>." in words(offer)
    assert actions(offer) == []


async def test_nothing_is_offered_while_whom_documents_are_from_is_only_suggested(desk: Desk) -> None:
    """The next one would wait for people all the same."""
    like = "Central Copeirs Ltd"
    await save_rule(desk, Target(of=RuleOf.SUPPLIER, name=like, label=like), account=OTHER_CATEGORY)

    for number in range(1, 6):
        on = f"2026-02-{number:02}"
        card = await desk.add(**{BlockId.NUMBER: f"INV-{number}", BlockId.ISSUED_ON: on, BlockId.SUPPLIER: like})
        assert "Central Copiers\n_suggested, " in words(card)
        await desk.approve(f"INV-{number}")
        await desk.world.later(UNDO_SECONDS + 3)

    assert len(desk.xero.bills()) == 5
    assert offers(desk) == []


async def test_documents_that_went_by_what_a_rule_said_before_count_for_no_offer(desk: Desk) -> None:
    rule = await save_rule(desk, account="400")
    await through(desk, 1, 3)
    await save_rule(desk, before=rule, account=OTHER_CATEGORY)
    await through(desk, 4, 7)
    assert offers(desk) == []

    await through(desk, 8, 8)

    assert len(offers(desk)) == 1


async def test_what_was_offered_for_a_rule_that_says_something_else_by_now_is_not_accepted(desk: Desk) -> None:
    rule = await save_rule(desk, account=OTHER_CATEGORY)
    await through(desk, 1, 5)
    (offer,) = offers(desk)
    await save_rule(desk, before=rule, account="400", user=BOOKKEEPER)

    await desk.press(offer, ActionId.ACCEPT_AUTO_OFFER, ADMIN)

    (now,) = (await rules_of(desk).listed(await desk.world.actor(), desk.world.organisation_id)).rules
    assert (now.opinions.account, now.opinions.auto_publish) == ("400", None)
    (offer,) = offers(desk)
    assert "so people go on approving" in words(offer)
    assert actions(offer) == []
