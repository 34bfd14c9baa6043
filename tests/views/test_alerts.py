"""The alert as it is drawn: every problem of the catalogue, in every state, as Slack takes it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.domain.alerts import Alert, AlertCard, AlertState
from bot.domain.books import Account, AccountClass
from bot.domain.cards import ItemCard
from bot.domain.closing import ClosedAnswer
from bot.domain.coding import Coding
from bot.domain.documents import Door, Facts, ItemKind, Party
from bot.domain.forms import ItemPage
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.problems import OF_PAYMENT, OF_STEPS, OF_WITHDRAWAL, Fix, Problem, ProblemCode
from bot.domain.publishing import StepKind
from bot.domain.settings import Destination, PaymentStatus
from bot.views import alerts as views
from bot.views.alert_outcomes import pointer
from bot.views.connections import Message
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import FormRef, ItemRef, StepRef
from bot.views.text import escape
from tests.architecture.tree import registered
from tests.playground.kit import faults_of

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BEN, BEA = UserId("U0BEN0001"), UserId("U0BEA0001")
FACTS = {
    "ledger": "Xero",
    "organisation": "Acme Ltd",
    "account": "429 · General Expenses",
    "tax_rate": "20% (VAT on Expenses)",
    "product": "TONER · Toner cartridge, black",
    "supplier": "Paper & Ink Ltd",
    "number": "INV-1",
    "date": "1 Mar 2026",
    "currency": "GBP",
    "bank_account": "090 · Business Bank Account",
    "lock": "period",
    "locked_to": "31 Mar 2026",
    "whose": "our own lock date",
    "login": "Rae Reader",
    "role": "the Standard or Adviser role",
    "deed": "write bills",
    "what": "a due date",
    "differences": "total 120.00 is 100.00",
    "document": "bill",
    "file": "B-1001 Invoice.pdf",
    "size": "12.0 MB",
    "most": "10.0 MB",
    "tried": "it cannot be made smaller here",
    "ending": "heic",
    "other": "Acme Ltd, 120.00 GBP of 1 Mar 2026",
    "retry_at": "09:35 UTC",
    "lapses_on": "31 Mar 2026",
    "when": "in 6 days",
    "life": "60 days",
    "renewed_on": "30 Jan 2026",
    "lapsed_on": "31 Mar 2026",
}
NUMBERED = Facts(
    supplier=Party(name="Paper & Ink <Ltd>"),
    number="R-3",
    issued_on=date(2026, 3, 1),
    currency="GBP",
    gross=Decimal(120),
)
WORDS = "Account code '4_29' has been *archived*, or <!channel> has been deleted & gone."


def an_item(state: ItemState = ItemState.REFUSED) -> Item:
    supplier = Party(name="Paper & Ink <Ltd>")
    return Item(
        id=ItemId(UUID(int=1)),
        workspace_id=WorkspaceId(UUID(int=2)),
        organisation_id=OrganisationId(UUID(int=3)),
        kind=ItemKind.COST,
        state=state,
        version=4,
        facts=Facts(supplier=supplier, issued_on=date(2026, 3, 1), currency="GBP", gross=Decimal("120.00")),
        coding=Coding(),
        door=Door.FORM,
        submitted_by=UserId("U0MIA0001"),
        created_at=AT,
        reference="B-1001",
        publish_as=PaymentStatus.AWAITING_PAYMENT,
        published_at=AT if state is ItemState.PUBLISHED else None,
        ledger_url="https://ledger.example/1" if state is ItemState.PUBLISHED else None,
    )


def step_of(code: ProblemCode) -> StepKind:
    """The step that such a problem is one of."""
    if code in OF_WITHDRAWAL:
        return StepKind.WITHDRAWAL
    if code in OF_PAYMENT:
        return StepKind.PAYMENT
    return StepKind.ATTACHMENT if code in OF_STEPS else StepKind.DOCUMENT


def an_alert(
    code: ProblemCode = ProblemCode.ACCOUNT_ARCHIVED,
    *,
    state: AlertState = AlertState.OPEN,
    item_state: ItemState | None = None,
    of: StepKind | None = None,
    times: int = 1,
    outcome: str | None = None,
    is_connected: bool = True,
) -> AlertCard:
    item = an_item(item_state or (ItemState.REFUSED if step_of(code) is StepKind.DOCUMENT else ItemState.PUBLISHED))
    problem = Problem(code=code, facts=FACTS, vendor_words=WORDS)
    return AlertCard(
        alert=Alert(
            item_id=item.id,
            of=of or step_of(code),
            state=state,
            problem=problem,
            times=times,
            changed_at=AT,
            outcome=outcome,
        ),
        card=ItemCard(
            item=item,
            organisation="Acme & <Sons> Ltd",
            ledger="Xero",
            account="429 · General Expenses",
            tax_rate="20% (VAT on Expenses)",
            approvers=(),
            is_set_up=True,
            steps_done=4,
            is_connected=is_connected,
            statuses=tuple(PaymentStatus),
            closed_answers=tuple(ClosedAnswer),
        ),
        helpers=(BEN, BEA),
        link="http://127.0.0.1:3000/i/1",
    )


def a_page() -> ItemPage:
    """What the forms of a refused item are drawn from."""
    return ItemPage(
        organisation_id=OrganisationId(UUID(int=3)),
        organisation="Acme & Sons",
        currency="GBP",
        accounts={"429": Account(provider_id="1", code="429", name="General", account_class=AccountClass.EXPENSE)},
        item=an_item(),
    )


def drawn(message: Message) -> list[dict[str, Any]]:
    return [block.to_dict() for block in message[1]]


def words(message: Message) -> str:
    """All that is read, in the order it is read."""
    return "\n".join(text for block in drawn(message) for text in _texts(block))


def _texts(block: dict[str, Any]) -> list[str]:
    if block["type"] == "section":
        return [block["text"]["text"]]
    return [element["text"] for element in block["elements"] if element["type"] == "mrkdwn"]


def buttons(found: AlertCard) -> list[dict[str, Any]]:
    return [
        element for block in drawn(views.alert(found)) if block["type"] == "actions" for element in block["elements"]
    ]


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_drawn_as_slack_takes_it(code: ProblemCode, shared: Path) -> None:
    found = an_alert(code)

    assert faults_of(shared, "MessageBlocks", drawn(views.alert(found))) == []
    assert faults_of(shared, "ModalView", views.words_modal(found).to_dict()) == []


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_says_what_happened_whose_move_it_is_and_what_to_press(code: ProblemCode) -> None:
    found = an_alert(code)

    text = words(views.alert(found))

    problem = found.alert.problem
    assert text.startswith("*Acme &amp; &lt;Sons&gt; Ltd* · B-1001")
    assert f"*Who acts next:* {problem.entry.mover}" in text
    assert escape(problem.explanation, 900) in text
    assert escape(problem.remedy, 900) in text
    assert "{" not in text
    assert "unknown" not in text
    assert (text.count(f"<@{BEN}>"), text.count(f"<@{BEA}>")) == (1, 1)


@pytest.mark.parametrize("code", ProblemCode)
def test_every_button_is_one_that_somebody_serves_and_names_what_it_is_about(code: ProblemCode) -> None:
    found, served = an_alert(code), registered().clicks
    item = found.card.item

    pressed = buttons(found)

    assert len(pressed) == len(found.alert.problem.entry.fixes) + 1
    assert [each["action_id"] for each in pressed if each["action_id"] not in served] == []
    for each in pressed:
        of_step = StepRef(item.id, found.alert.of).encode()
        of_item = ItemRef(item.id, 4).encode()
        values = {ActionId.OPEN_CONNECT: str(item.organisation_id)} | dict.fromkeys(views.OF_ONE_STEP, of_step)
        assert each["value"] == values.get(ActionId(each["action_id"]), of_item)
    assert [each.get("style") for each in pressed[:-1]][:1] in ([], ["primary"])
    assert sum(each.get("style") == "primary" for each in pressed) <= 1


@pytest.mark.parametrize("code", ProblemCode)
def test_while_an_answer_is_open_nothing_offers_to_change_the_item(code: ProblemCode) -> None:
    """It is tried again by itself; such a button could only answer that it is not the time for it."""
    found = an_alert(code, item_state=ItemState.UNKNOWN)

    actions = {each["action_id"] for each in buttons(found)}

    assert actions <= {ActionId.OPEN_CONNECT, ActionId.SHOW_LEDGER_WORDS}
    assert (ActionId.OPEN_CONNECT in actions) == (Fix.RECONNECT in found.alert.problem.entry.fixes)
    assert "tried again by itself until Xero gives a clear answer" in words(views.alert(found))


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        (ProblemCode.PRODUCT_NOT_VALID, "Product", "TONER · Toner cartridge, black"),
        (ProblemCode.CURRENCY_NOT_ENABLED, "Currency", "GBP"),
        (ProblemCode.CURRENCIES_OFF, "Currency", "GBP"),
        (ProblemCode.CURRENCIES_MIXED, "Currency", "GBP"),
        (ProblemCode.CONTACT_ARCHIVED, "Contact", "Paper &amp; Ink Ltd"),
        (ProblemCode.PERIOD_LOCKED, "Date", "1 Mar 2026"),
        (ProblemCode.FIELD_MISSING, "a due date", "none"),
        (ProblemCode.TOTALS_DIFFER, "Amounts", "see the card"),
    ],
)
def test_the_field_and_its_value_are_named(code: ProblemCode, name: str, value: str) -> None:
    assert f"*{name}*\n{value}" in words(views.alert(an_alert(code)))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (ProblemCode.ACCOUNT_ARCHIVED, "Category"),
        (ProblemCode.ACCOUNT_MISSING, "Category"),
        (ProblemCode.TAX_NOT_USABLE, "Tax rate"),
        (ProblemCode.TAX_RATE_GONE, "Tax rate"),
        (ProblemCode.CONTACT_MISSING, "Supplier"),
    ],
)
def test_a_field_that_the_heading_names_is_not_named_again(code: ProblemCode, name: str) -> None:
    found = an_alert(code)
    unknown = replace(found, alert=replace(found.alert, problem=Problem(code=code)))

    assert f"*{name}*" not in words(views.alert(found))
    assert (f"*{name}*\nsee the card" in words(views.alert(unknown))) == ("missing" not in found.alert.problem.title)


def test_a_problem_that_is_about_no_field_names_none() -> None:
    assert "*None*" not in words(views.alert(an_alert(ProblemCode.PLAN_LIMIT)))


def test_refusals_are_counted_from_the_second_on() -> None:
    assert "Refused" not in words(views.alert(an_alert()))
    assert "Refused 3 times" in words(views.alert(an_alert(times=3)))


def test_what_is_still_tried_is_not_called_refused() -> None:
    trouble = an_alert(ProblemCode.LEDGER_DOWN, item_state=ItemState.UNKNOWN, times=3)

    assert "Refused" not in words(views.alert(trouble))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (AlertState.OPEN, ":arrow_down: Xero has answered since, <!date^"),
        (AlertState.FIXED, ":arrow_down: It did not go through, <!date^"),
        (AlertState.RESOLVED, ":white_check_mark: Published to Xero, <!date^"),
        (AlertState.LEFT, ":heavy_minus_sign: It stays in Xero."),
    ],
)
@pytest.mark.parametrize("item_state", ItemState)
def test_what_another_alert_followed_says_what_came_of_it_whatever_the_item_is_at(
    state: AlertState, item_state: ItemState, outcome: str, shared: Path
) -> None:
    now = an_alert(state=state, item_state=item_state)
    past = replace(now, alert=replace(now.alert, told_anew_at=AT))

    assert outcome in words(views.alert(past))
    assert outcome.split(" ", 1)[1] in words(pointer(past))
    assert ("see the newer message below." in words(views.alert(past))) == (not state.is_over)
    assert ("see the newer line below. " in words(pointer(past))) == (not state.is_over)
    assert buttons(past) == []
    assert faults_of(shared, "MessageBlocks", drawn(views.alert(past))) == []


def test_trouble_with_what_comes_after_a_published_document_does_not_call_that_unpublished() -> None:
    trouble = views.alert(an_alert(ProblemCode.LEDGER_DOWN, of=StepKind.ATTACHMENT, item_state=ItemState.PUBLISHED))

    assert "was not published" not in trouble[0]
    assert "was not attached" in trouble[0]


def test_the_ledgers_words_stand_letter_by_letter_and_mention_nobody() -> None:
    view = views.words_modal(an_alert()).to_dict()

    said = view["blocks"][1]["text"]
    assert said == {"type": "plain_text", "text": WORDS, "emoji": False}
    assert "`account_archived`" in view["blocks"][2]["elements"][0]["text"]
    assert view["title"]["text"] == "Xero's words"


def test_a_name_that_is_too_long_for_a_title_is_not_cut_off() -> None:
    found = an_alert()
    elsewhere = replace(found, card=replace(found.card, ledger="QuickBooks Online"))

    assert views.words_modal(elsewhere).to_dict()["title"]["text"] == "The ledger's words"


def test_a_ledger_without_words_is_said_to_have_none() -> None:
    found = an_alert()
    silent = replace(found, alert=replace(found.alert, problem=Problem(code=ProblemCode.LEDGER_DOWN)))

    assert "Xero gave no words with it" in str(views.words_modal(silent).to_dict())


def test_words_that_are_longer_than_slack_shows_are_cut(shared: Path) -> None:
    found = an_alert()
    long = replace(found.alert, problem=replace(found.alert.problem, vendor_words="why " * 5000))

    view = views.words_modal(replace(found, alert=long)).to_dict()

    assert faults_of(shared, "ModalView", view) == []


@pytest.mark.parametrize(
    ("item_state", "is_connected", "outcome"),
    [
        (ItemState.APPROVED, True, "Sent again; Xero's answer is still to come"),
        (ItemState.SENDING, True, "Sent again; Xero's answer is still to come"),
        (ItemState.APPROVED, False, "It goes to Xero by itself as soon as the connection is back"),
        (ItemState.IN_APPROVAL, True, "It is approved again before it is sent"),
        (ItemState.TO_REVIEW, True, "It has to be completed before it is sent"),
        (ItemState.REJECTED, True, "It was rejected and is not sent"),
    ],
)
def test_what_was_done_and_what_it_waits_for_replace_the_buttons(
    item_state: ItemState, outcome: str, *, is_connected: bool
) -> None:
    done = "<@U0BEN0001> chose another category."
    found = an_alert(state=AlertState.FIXED, item_state=item_state, outcome=done, is_connected=is_connected)

    message = views.alert(found)

    assert done in words(message)
    assert f":hourglass_flowing_sand: {outcome}." in words(message)
    assert outcome in message[0]
    assert buttons(found) == []


def test_the_outcome_says_when_it_was_published_and_who_mended_it(shared: Path) -> None:
    done = "<@U0BEN0001> had it sent again as it is."
    found = an_alert(state=AlertState.RESOLVED, item_state=ItemState.PUBLISHED, outcome=done)

    message = views.alert(found)

    assert done in words(message)
    assert ":white_check_mark: Published to Xero, <!date^1772443800^" in words(message)
    assert faults_of(shared, "MessageBlocks", drawn(message)) == []


@pytest.mark.parametrize(
    ("state", "item_state", "line"),
    [
        (AlertState.OPEN, ItemState.REFUSED, ":no_entry: *Acme &amp; &lt;Sons&gt; Ltd* · Paper &amp; Ink &lt;Ltd&gt;"),
        (AlertState.FIXED, ItemState.APPROVED, "Sent again; Xero's answer is still to come"),
        (
            AlertState.RESOLVED,
            ItemState.PUBLISHED,
            "General Expenses is archived in Xero → Published to Xero, <!date^177244",
        ),
    ],
)
def test_the_pointer_is_one_line_that_leads_to_the_thread(
    state: AlertState, item_state: ItemState, line: str, shared: Path
) -> None:
    message = pointer(an_alert(state=state, item_state=item_state))

    (block,) = drawn(message)
    assert line in block["text"]["text"]
    assert "\n" not in block["text"]["text"]
    assert block["text"]["text"].endswith("<http://127.0.0.1:3000/i/1|Open it>")
    assert faults_of(shared, "MessageBlocks", [block]) == []


def test_the_pointer_has_the_documents_number_and_asks_who_acts_next_as_long_as_somebody_does() -> None:
    found = an_alert()
    numbered = replace(found, card=replace(found.card, item=replace(found.card.item, facts=NUMBERED)))
    waits = replace(numbered, alert=replace(found.alert, look_at=AT, outcome="<@U0BEN0001> lets it wait."))

    asked = words(pointer(numbered))

    assert "Paper &amp; Ink &lt;Ltd&gt; R-3, 120.00 GBP (B-1001): Category 429 · General Expenses is archived" in asked
    assert f"Next: <@{BEN}> <@{BEA}>. <http" in asked
    assert [f"<@{BEN}>" in words(pointer(other)) for other in (waits, an_alert(state=AlertState.FIXED))] == [
        False,
        False,
    ]
    assert "It waits for Xero. <http" in words(pointer(waits))


@pytest.mark.parametrize(
    ("action", "block"),
    [(ActionId.CHOOSE_ACCOUNT, BlockId.ACCOUNT), (ActionId.CHOOSE_TAX_RATE, BlockId.TAX_RATE)],
)
def test_a_fix_s_form_begins_with_the_organisation_and_is_read_back(
    action: ActionId, block: BlockId, shared: Path
) -> None:
    view = views.choose_form(a_page(), action).to_dict()

    element = view["blocks"][1]["element"]
    chosen = {"type": "external_select", "selected_option": {"value": "461"}}
    assert view["blocks"][0]["text"]["text"].startswith("*Acme &amp; Sons* · ")
    assert "initial_option" not in element
    assert FormRef.decode(view["private_metadata"]).item == ItemRef(an_item().id, 4)
    assert views.read_choice({block: {element["action_id"]: chosen}}) == "461"
    assert views.read_choice({}) is None
    assert faults_of(shared, "ModalView", view) == []


def test_only_what_works_is_offered() -> None:
    found = an_alert(ProblemCode.PERIOD_LOCKED)
    waits = replace(found, alert=replace(found.alert, look_at=AT, outcome="<@U0BEN0001> lets it wait."))
    draft = replace(found, card=replace(found.card, item=replace(found.card.item, publish_as=PaymentStatus.DRAFT)))
    of_bank = replace(
        found, card=replace(found.card, item=replace(found.card.item, publish_to=Destination.BANK_ACCOUNTS))
    )
    without_drafts = replace(found, card=replace(found.card, statuses=(PaymentStatus.AWAITING_PAYMENT,)))

    offered = [{each["action_id"] for each in buttons(one)} for one in (waits, draft, of_bank, without_drafts)]

    assert ActionId.WAIT_FOR_LEDGER not in offered[0]
    assert "<@U0BEN0001> lets it wait. Xero is asked again by itself" in words(views.alert(waits))
    assert all(ActionId.PUBLISH_AS_DRAFT not in each for each in offered[1:])


@pytest.mark.parametrize("code", [ProblemCode.PERIOD_LOCKED, ProblemCode.PLAN_LIMIT])
def test_the_words_speak_of_no_button_that_is_not_there(code: ProblemCode) -> None:
    found = an_alert(code)
    waits = replace(found, alert=replace(found.alert, look_at=AT, outcome="<@U0BEN0001> lets it wait."))
    undrafted = replace(waits, card=replace(found.card, statuses=(PaymentStatus.AWAITING_PAYMENT,)))

    offered, waiting, neither = (words(views.alert(one)) for one in (found, waits, undrafted))

    assert ("ress Wait" in offered, "press Publish as draft" in offered) == (True, True)
    assert ("ress Wait" in waiting, "press Publish as draft" in waiting) == (False, True)
    assert "ublish as draft" not in neither
    assert "goes out by itself" in neither
    assert "these buttons" not in waiting
    assert "*Retry* ends the waiting." in neither


@pytest.mark.parametrize("code", [ProblemCode.PERIOD_LOCKED, ProblemCode.PAYMENT_LOCKED, ProblemCode.WITHDRAWAL_LOCKED])
def test_what_helps_in_a_locked_period_is_said_in_two_sentences(code: ProblemCode) -> None:
    assert an_alert(code).alert.problem.remedy.count(". ") == 1
