"""Payment methods in a simulated Slack: added, linked to a bank account, changed, switched off, and never two alike."""

import asyncio

from bot.db.base import new_id
from bot.db.payment_methods import insert_method
from bot.domain.payment_methods import MOST_METHODS, PER_PAGE, PaymentMethodForm, PaymentMethodId
from bot.domain.rules import Opinions, RuleOf, Target
from bot.domain.settings import Destination
from bot.playground.slack import ADMIN, BILLS, BOOKKEEPER, Submitted, View
from bot.services.known_methods import bank_account_of
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, actions, at, filled, words
from tests.handlers.paying_by import paid_by
from tests.handlers.ruling import save_rule, switch

CURRENT, SAVINGS, EURO = "090 · Business Current Account", "091 · Business Savings Account", "092 · Euro Account"


async def opened(desk: Desk, user: str = ADMIN) -> View:
    await desk.slack.command("/dext", "payment-methods", user=user, channel=BILLS)
    return desk.modal(user)


async def account(desk: Desk, code: str) -> str:
    """The ledger's id of one of its bank accounts, as it is offered."""
    offered = await desk.slack.options(desk.modal(ADMIN), ActionId.FIND_BANK_ACCOUNT, code, user=ADMIN)
    (option,) = offered
    return str(option["value"])


async def add(desk: Desk, name: str, code: str | None = None, **changes: object) -> Submitted:
    await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_PAYMENT_METHOD, user=ADMIN)
    values: dict[str, object] = {BlockId.METHOD_NAME: name, **changes}
    if code is not None:
        values[BlockId.BANK_ACCOUNT] = await account(desk, code)
    return await sent(desk, values)


async def sent(desk: Desk, values: dict[str, object]) -> Submitted:
    """The form in front of the admin, filled in."""
    form = desk.modal(ADMIN)
    return await desk.slack.submit(form, filled(form, values))


def chosen(form: View, name: str) -> str | None:
    """The option that is chosen in a field."""
    (field,) = [each for each in form.blocks if str(each.get("block_id", "")).startswith(f"{name}:")]
    option = field["element"].get("initial_option")
    return None if option is None else str(option["value"])


def entered(form: View, name: str) -> object:
    """What stands in a field, as Slack keeps it."""
    (entry,) = form.entries[at(form, name)].values()
    return entry["value"]


async def change(desk: Desk, name: str) -> View:
    """The form of the method with this name, from the list in front of the admin."""
    listed = desk.modal(ADMIN)
    (block,) = [block for block in listed.blocks if "accessory" in block and name in block["text"]["text"]]
    await desk.slack.click(listed, ActionId.CHANGE_PAYMENT_METHOD, user=ADMIN, block_id=block["block_id"])
    return desk.modal(ADMIN)


async def test_a_method_is_added_linked_renamed_and_switched_off(desk: Desk) -> None:
    assert "There is none yet" in words(await opened(desk))

    assert (await add(desk, "Company  Visa", **{BlockId.LAST_DIGITS: "4242"})).errors == {}
    assert "*Company Visa ··4242*\n:warning: no bank account linked" in words(desk.modal(ADMIN))
    await change(desk, "Company Visa")
    await sent(desk, {BlockId.BANK_ACCOUNT: await account(desk, "090")})
    assert f"*Company Visa ··4242*\n→ {CURRENT} (GBP)" in words(desk.modal(ADMIN))
    await change(desk, "Company Visa")
    await sent(desk, {BlockId.METHOD_NAME: "Old <Visa>", BlockId.IN_USE: "no"})

    assert f"*Old &lt;Visa&gt; ··4242* · switched off\n→ {CURRENT}" in words(desk.modal(ADMIN))
    methods, actor, of = desk.world.services.payment_methods, await desk.world.actor(), desk.world.organisation_id
    (known,) = (await methods.listed(actor, of)).methods
    assert (known.method.version, known.account and known.account.code) == (3, "090")
    async with desk.world.services.db.read() as tx:
        assert await bank_account_of(tx, actor.workspace.id, of, known.method.id) is None
    assert await desk.world.services.choices.payment_methods(actor, of, "visa") == ()


async def test_no_form_keeps_what_was_typed_into_another_though_all_take_turns_in_one_modal(desk: Desk) -> None:
    """Slack keeps it where a block keeps its id."""
    await opened(desk)
    seen: set[str] = set()
    for name in ("Company Visa", "Petty cash"):
        await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_PAYMENT_METHOD, user=ADMIN)
        seen = fresh(desk, seen)
        await sent(desk, {BlockId.METHOD_NAME: name})
    for name in ("Company Visa", "Petty cash", "Company Visa"):
        await change(desk, name)
        seen = fresh(desk, seen)
        await sent(desk, {BlockId.LAST_DIGITS: "4242" if len(seen) < 12 else "4343"})


def fresh(desk: Desk, seen: set[str]) -> set[str]:
    """The blocks seen so far, of which the form in front has none."""
    fields = {block["block_id"] for block in desk.modal(ADMIN).blocks if block["type"] == "input"}
    assert fields.isdisjoint(seen)
    return fields | seen


async def test_live_bank_accounts_only_are_offered_with_their_currency(desk: Desk) -> None:
    await opened(desk)
    await desk.slack.click(desk.modal(ADMIN), ActionId.ADD_PAYMENT_METHOD, user=ADMIN)

    async def offered(text: str) -> list[str]:
        found = await desk.slack.options(desk.modal(ADMIN), ActionId.FIND_BANK_ACCOUNT, text, user=ADMIN)
        return [option["text"]["text"] for option in found]

    everything = await offered("")
    assert f"{EURO} (EUR)" in everything
    assert not [label for label in everything if "Old Current" in label]
    assert (await offered("eur"), await offered("091")) == ([f"{EURO} (EUR)"], [f"{SAVINGS} (GBP)"])
    assert await offered("429") == []


async def test_what_cannot_stay_as_it_is_is_told_at_its_field_and_nothing_is_saved(desk: Desk) -> None:
    await opened(desk)
    await add(desk, "Company Visa", "090")
    await add(desk, "Petty cash")
    wrong = await add(desk, " \u2060\u202e …", **{BlockId.LAST_DIGITS: "12a4"})
    assert "people know it by" in wrong.errors[at(desk.modal(ADMIN), BlockId.METHOD_NAME)]
    assert "last 4 digits" in wrong.errors[at(desk.modal(ADMIN), BlockId.LAST_DIGITS)]
    for name, sentence in {
        "company VISÁ!": "a payment method with this name already: Company Visa",
        "Visa 4242 4242 4242 4242": "Do not write a whole card",
    }.items():
        typed: dict[str, object] = {BlockId.METHOD_NAME: name, BlockId.LAST_DIGITS: "4242"}
        assert sentence in (await sent(desk, typed)).errors[at(desk.modal(ADMIN), BlockId.METHOD_NAME)]
    await desk.slack.close_modal(ADMIN, everything=True)

    await opened(desk)
    await change(desk, "Petty cash")
    clash = await sent(desk, {BlockId.METHOD_NAME: "Company Visa"})
    assert "already: Company Visa" in clash.errors[at(desk.modal(ADMIN), BlockId.METHOD_NAME)]

    same = await sent(desk, {BlockId.METHOD_NAME: "PETTY cash"})

    assert same.errors == {}
    assert "*PETTY cash*" in words(desk.modal(ADMIN))


async def test_a_form_sent_twice_saves_once_and_a_stale_one_is_drawn_anew(desk: Desk) -> None:
    methods, actor, of = desk.world.services.payment_methods, await desk.world.actor(), desk.world.organisation_id
    new = PaymentMethodForm(version=0, name="Company Visa", last_digits=None, bank_account=None)
    for _ in range(2):
        (known,) = (await methods.save(actor, of, None, new)).methods
    assert known.method.version == 1
    await opened(desk)
    await change(desk, "Company Visa")
    for _ in range(2):
        renamed = PaymentMethodForm(version=1, name="Visa of Priya", last_digits=None, bank_account=None)
        (known,) = (await methods.save(actor, of, known.method.id, renamed)).methods
    assert known.method.version == 2

    await sent(desk, {BlockId.METHOD_NAME: "Visa of Ben"})

    assert "Somebody else changed this payment method" in words(desk.modal(ADMIN))
    assert entered(desk.modal(ADMIN), BlockId.METHOD_NAME) == "Visa of Priya"
    await sent(desk, {BlockId.METHOD_NAME: "Visa of Ben"})
    assert "*Visa of Ben*" in words(desk.modal(ADMIN))


async def test_where_what_it_pays_for_goes_is_kept_as_its_rule_and_opened_as_it_was_saved(desk: Desk) -> None:
    rules, actor, of = desk.world.services.rules, await desk.world.actor(), desk.world.organisation_id
    await opened(desk)
    await add(desk, "Company Visa", "090", **{BlockId.METHOD_DESTINATION: "bank_accounts", BlockId.LAST_DIGITS: "4242"})
    await desk.settle()

    (rule,) = (await rules.listed(actor, of)).rules
    assert (rule.target.label, rule.opinions) == (
        "Company Visa ··4242",
        Opinions(publish_to=Destination.BANK_ACCOUNTS),
    )
    await desk.drop("INV-7", extra=paid_by("4242"))
    assert "*Publish to*\nBank accounts\n_the payment method's rule_" in words(desk.card("INV-7"))
    await change(desk, "Company Visa")
    assert chosen(desk.modal(ADMIN), BlockId.METHOD_DESTINATION) == "bank_accounts"

    await sent(desk, {BlockId.METHOD_DESTINATION: None})
    await desk.settle()

    assert (await rules.listed(actor, of)).rules == ()
    assert "*Publish to*\nBank accounts" not in words(desk.card("INV-7"))
    await change(desk, "Company Visa")
    assert chosen(desk.modal(ADMIN), BlockId.METHOD_DESTINATION) is None


async def test_the_rest_of_its_rule_stays_and_one_that_is_switched_off_is_told(desk: Desk) -> None:
    await opened(desk)
    await add(desk, "Company Visa", "090")
    methods, actor, of = desk.world.services.payment_methods, await desk.world.actor(), desk.world.organisation_id
    (known,) = (await methods.listed(actor, of)).methods
    target = Target(of=RuleOf.PAYMENT_METHOD, name=str(known.method.id), label="Company Visa")
    rule = await save_rule(desk, target, account="429")
    form = PaymentMethodForm(
        version=1,
        name="Company Visa",
        last_digits=None,
        bank_account=known.method.bank_account,
        publish_to="bank_accounts",
        says_where=True,
    )

    for _ in range(2):
        await methods.save(actor, of, known.method.id, form)

    rule = (await desk.world.services.rules.opened(actor, of, rule.id)).rule or rule
    assert rule.opinions == Opinions(account="429", publish_to=Destination.BANK_ACCOUNTS)
    assert (await methods.opened(actor, of, known.method.id)).publish_to == "bank_accounts"
    await switch(desk, rule, is_active=False)
    await desk.slack.close_modal(ADMIN, everything=True)
    await opened(desk)
    assert "Its rule is switched off" in words(await change(desk, "Company Visa"))


async def test_of_two_that_add_one_with_the_same_name_at_once_one_is_told(database_url: str) -> None:
    async with a_desk(database_url) as desk:
        methods, actor, of = desk.world.services.payment_methods, await desk.world.actor(), desk.world.organisation_id
        forms = [
            PaymentMethodForm(version=0, name=name, last_digits=None, bank_account=None) for name in ("Visa", "VISA")
        ]

        done = await asyncio.gather(*(methods.save(actor, of, None, form) for form in forms), return_exceptions=True)

        assert sorted(type(each).__name__ for each in done) == ["MethodRefusedError", "PaymentMethodsPage"]
        assert (await methods.listed(actor, of)).total == 1


async def test_a_bank_account_archived_in_the_ledger_is_told_and_the_link_outlasts_reconnecting(desk: Desk) -> None:
    await opened(desk)
    await add(desk, "Company Visa", "091")
    await add(desk, "Petty cash", "090")
    await change(desk, "Petty cash")
    savings = await account(desk, "091")  # offered now, archived before it is sent
    desk.xero.archive_account(TRADING, "091")
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()
    refused = await sent(desk, {BlockId.BANK_ACCOUNT: savings})
    assert "not in the ledger's list of live ones" in refused.errors[at(desk.modal(ADMIN), BlockId.BANK_ACCOUNT)]
    await desk.slack.close_modal(ADMIN, everything=True)

    told = f":warning: its bank account, {SAVINGS} (GBP), is archived in Xero"
    assert told in words(await opened(desk))
    form = await change(desk, "Company Visa")
    assert f"{told}. Choose another one" in words(form)
    await sent(desk, {BlockId.METHOD_NAME: "Visa"})  # a new name costs it nothing
    assert f"*Visa*\n{told}" in words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)

    desk.xero.restore_account(TRADING, "091")
    await connect(desk.world)
    await desk.settle()
    assert f"*Visa*\n→ {SAVINGS} (GBP)" in words(await opened(desk))


async def test_many_are_turned_through_and_found_by_name_and_no_more_are_taken_than_that(desk: Desk) -> None:
    actor, of = await desk.world.actor(), desk.world.organisation_id
    async with desk.world.services.db.write() as tx:
        for number in range(MOST_METHODS):
            form = PaymentMethodForm(version=0, name=f"Card {number:03}", last_digits="4242", bank_account=None)
            await insert_method(tx, actor.workspace.id, of, PaymentMethodId(new_id()), form)

    first = await opened(desk)
    assert ("Card 000" in words(first), f"Card {PER_PAGE:03}" in words(first)) == (True, False)
    assert ActionId.PREVIOUS_PAYMENT_METHODS not in actions(first)
    await desk.slack.click(first, ActionId.NEXT_PAYMENT_METHODS, user=ADMIN)
    second = desk.modal(ADMIN)
    found = await desk.slack.options(second, ActionId.GO_TO_PAYMENT_METHOD, "card 499", user=ADMIN)
    full = await desk.world.services.payment_methods.listed(actor, of, 9999)

    assert f"*Card {PER_PAGE:03} ··4242*" in words(second)
    assert full.methods[-1].method.name == "Card 499"
    await desk.slack.click(second, ActionId.GO_TO_PAYMENT_METHOD, user=ADMIN, value=found[0]["value"])
    assert desk.modal(ADMIN).definition["title"]["text"] == "Payment method"
    await desk.slack.close_modal(ADMIN, everything=True)
    await opened(desk)
    assert "are the most" in (await add(desk, "One more")).errors[at(desk.modal(ADMIN), BlockId.METHOD_NAME)]


async def test_it_is_on_the_page_of_admins_and_others_are_told_whom_to_ask(desk: Desk) -> None:
    await desk.slack.open_home(ADMIN)
    await desk.settle()
    home = desk.slack.home(ADMIN)
    assert home is not None
    await desk.slack.click(home, ActionId.OPEN_MANAGE, user=ADMIN)
    await desk.slack.click(desk.modal(ADMIN), ActionId.OPEN_PAYMENT_METHODS, user=ADMIN)
    assert desk.modal(ADMIN).blocks[0]["text"]["text"] == "Northwind Trading Ltd"

    await desk.slack.command("/dext", "payment-methods", user=BOOKKEEPER, channel=BILLS)

    assert f"admins can do that. Who can: <@{ADMIN}>" in desk.whispers(BOOKKEEPER)[-1]
