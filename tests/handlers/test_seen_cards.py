"""Cards that documents name: known ones are what they are paid with, and unknown ones become payment methods that pay nothing
until an admin has linked them.
"""

import pytest

from bot.domain.payment_methods import MOST_SEEN, KnownMethod, PaymentMethodForm
from bot.domain.rules import RuleOf, Target
from bot.domain.settings import PaymentStatus
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, MEMBER
from bot.services import seen_cards
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, actions, words
from tests.handlers.paying_by import paid_by
from tests.handlers.ruling import save_rule
from tests.handlers.test_paid import account, costs
from tests.handlers.test_payment_methods import account as offered_account
from tests.handlers.test_payment_methods import change, sent


async def known(desk: Desk) -> list[KnownMethod]:
    methods, actor = desk.world.services.payment_methods, await desk.world.actor()
    return list((await methods.listed(actor, desk.world.organisation_id)).methods)


async def add(desk: Desk, name: str, digits: str | None = None, code: str | None = None) -> None:
    linked = None if code is None else await account(desk, code)
    form = PaymentMethodForm(version=0, name=name, last_digits=digits, bank_account=linked)
    actor = await desk.world.actor()
    await desk.world.services.payment_methods.save(actor, desk.world.organisation_id, None, form)
    await desk.settle()


async def test_an_unknown_card_becomes_a_payment_method_and_pays_nothing_until_an_admin_links_it(desk: Desk) -> None:
    await costs(desk, payment_status=PaymentStatus.PAID)

    await desk.drop("INV-7", extra=paid_by("4242"))

    (found,) = await known(desk)
    assert (found.method.label, found.method.last_digits, found.method.bank_account) == ("Visa 4242", "4242", None)
    card = desk.card("INV-7")
    assert "*Payment method*\nVisa 4242\n:warning: no bank account linked" in words(card)
    assert "is not linked to a bank account" in words(card)
    assert ActionId.APPROVE_ITEM not in actions(card)
    (told,) = [message.text for message in desk.slack.thread(BILLS, card.ts) if "Visa 4242" in message.text]
    assert f"<@{ADMIN}>" in told
    assert "until then nothing is paid with it" in told

    await desk.slack.command("/dext", "payment-methods", user=ADMIN, channel=BILLS)
    await change(desk, "Visa 4242")
    await sent(desk, {BlockId.BANK_ACCOUNT: await offered_account(desk, "090")})
    await desk.settle()

    assert "Visa 4242\n→ 090 · Business Current Account" in words(desk.card("INV-7"))
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-7"))


async def test_the_same_card_is_added_and_asked_about_once(desk: Desk) -> None:
    await desk.drop("INV-7", extra=paid_by("4242"))
    await desk.drop("INV-8", extra=paid_by("4242"))

    assert [each.method.label for each in await known(desk)] == ["Visa 4242"]
    assert not [
        message for message in desk.slack.thread(BILLS, desk.card("INV-8").ts) if "payment-methods" in message.text
    ]
    assert {await method_on(desk, "INV-7"), await method_on(desk, "INV-8")} == {
        ("Visa 4242", "the card on the document")
    }


async def test_a_card_that_is_known_is_what_the_document_is_paid_with(desk: Desk) -> None:
    await costs(desk, payment_status=PaymentStatus.PAID)
    await add(desk, "Company card", "4242", "090")

    await desk.drop("INV-7", extra=paid_by("4242"))

    assert [each.method.label for each in await known(desk)] == ["Company card ··4242"]
    assert "Company card ··4242\n→ 090" in words(desk.card("INV-7"))


async def test_of_two_methods_that_could_be_the_card_neither_is_guessed(desk: Desk) -> None:
    await costs(desk, payment_status=PaymentStatus.PAID)
    await add(desk, "Card of Priya", "4242", "090")
    await add(desk, "Card of Ben", "4242", "091")

    await desk.drop("INV-7", extra=paid_by("4242"))

    assert len(await known(desk)) == 2
    assert "has no payment method: choose the one it was paid with" in words(desk.card("INV-7"))


async def test_the_card_on_the_document_is_above_the_suppliers_rule_and_below_that_of_who_sent_it_in(
    desk: Desk,
) -> None:
    await add(desk, "Company card", "4242", "090")
    await add(desk, "Petty cash", None, "091")
    petty = next(str(each.method.id) for each in await known(desk) if each.method.name == "Petty cash")

    await save_rule(desk, payment_method=petty)
    await desk.drop("INV-7", extra=paid_by("4242"))
    await desk.drop("INV-8")

    assert await method_on(desk, "INV-7") == ("Company card ··4242", "the card on the document")
    assert await method_on(desk, "INV-8") == ("Petty cash", "the supplier's rule, Paper &amp; Ink Ltd")

    await save_rule(desk, Target(of=RuleOf.PERSON, name=MEMBER, label="Mia"), payment_method=petty)

    assert (await method_on(desk, "INV-7"))[1].startswith("the rule of who sent it in")


async def test_a_method_that_is_added_with_the_digits_is_taken_by_what_waits(desk: Desk) -> None:
    await costs(desk, payment_status=PaymentStatus.PAID)
    await add(desk, "Card of Priya", "4242", "090")
    await add(desk, "Card of Ben", "4242", "091")
    await desk.drop("INV-7", extra=paid_by("4242"))

    await desk.slack.command("/dext", "payment-methods", user=ADMIN, channel=BILLS)
    await change(desk, "Card of Ben")
    await sent(desk, {BlockId.LAST_DIGITS: "4343"})
    await desk.settle()

    assert "Card of Priya ··4242\n→ 090" in words(desk.card("INV-7"))


async def test_documents_cannot_fill_the_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_SEEN > 100
    monkeypatch.setattr(seen_cards, "MOST_SEEN", 1)

    await desk.drop("INV-7", extra=paid_by("4242"))
    await desk.drop("INV-8", extra=paid_by("4343"))

    assert [each.method.label for each in await known(desk)] == ["Visa 4242"]


async def method_on(desk: Desk, number: str) -> tuple[str, str]:
    """The payment method of an item, and what set it, as "Why?" says it."""
    await desk.press(desk.card(number), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    told = words(desk.modal(BOOKKEEPER)).partition("*Payment method*\n")[2].splitlines()
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    return told[0], told[1].strip("_")
