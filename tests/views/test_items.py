"""The card of a bill in every state, whatever is on it: Slack takes it, and it says in words what it shows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.domain.cards import Details, Explanation, Happening, ItemCard, Reason, Refusal, ToDecide
from bot.domain.checks import NOT_READ
from bot.domain.coding import CodedValue, Coding, Source
from bot.domain.documents import DocumentType, Door, FactField, Facts, ItemKind, Line, Party, TaxSubtotal
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import Additions, StepKind
from bot.views import approvals
from bot.views import items as views
from bot.views.ids import ActionId
from bot.views.item_buttons import rows_of_buttons
from bot.views.item_details import details
from bot.views.item_standing import standing
from tests.playground.kit import faults_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WILD = '<!channel> & *bold* _it_ `code` <https://evil.example|"pay"> \u202e\u200b'
STATES = [state for state in ItemState if state is not ItemState.RECEIVED]


def an_item(state: ItemState = ItemState.IN_APPROVAL, *, facts: Facts | None = None) -> Item:
    return Item(
        id=ItemId(UUID(int=1)),
        workspace_id=WorkspaceId(UUID(int=2)),
        organisation_id=OrganisationId(UUID(int=3)),
        kind=ItemKind.COST,
        state=state,
        version=3,
        facts=facts or the_facts(),
        coding=Coding(
            account=CodedValue(value="429", source=Source.PERSON, by="U1"),
            tax_rate=CodedValue(value="INPUT2", source=Source.DEFAULT_TAX),
        ),
        door=Door.FILE,
        submitted_by=UserId("U1"),
        created_at=NOW,
        reference="B-1001",
        decided_by=UserId("U2"),
        decided_at=NOW,
        decision_reason="Not ours",
        send_after=NOW,
        ledger_url="https://ledger.example/bill",
        published_at=NOW,
    )


def the_facts() -> Facts:
    return Facts(
        supplier=Party(name="Paper Ltd", bank_account="GB33BUKB20201555555555"),
        number="INV-1",
        issued_on=date(2026, 3, 1),
        currency="GBP",
        net=Decimal("100.00"),
        tax=Decimal("20.00"),
        gross=Decimal("120.00"),
        note="Paper for the printer",
    )


def a_card(item: Item, *, is_set_up: bool = True, is_connected: bool = True) -> ItemCard:
    return ItemCard(
        item=item,
        organisation="Northwind Ltd",
        ledger="Xero",
        account="429 · General Expenses",
        tax_rate="20% (VAT on Expenses)",
        approvers=(UserId("U2"),),
        is_set_up=is_set_up,
        steps_done=4 if is_set_up else 2,
        is_connected=is_connected,
    )


def problems(card: ItemCard, shared: Path) -> list[str]:
    text, blocks = views.card(card)
    payload = [block.to_dict() for block in blocks]
    return (
        faults_of(shared, "MessageBlocks", payload)
        + modal_problems(views.alone(card), shared)
        + ([] if text else ["no text"])
    )


def modal_problems(view: View, shared: Path) -> list[str]:
    return faults_of(shared, "ModalView", view.to_dict())


def drawn(card: ItemCard) -> str:
    return str([block.to_dict() for block in views.card(card)[1]])


@pytest.mark.parametrize("state", ItemState)
@pytest.mark.parametrize("is_set_up", [True, False])
@pytest.mark.parametrize("is_connected", [True, False])
def test_every_state_is_drawn_as_slack_takes_it(
    state: ItemState, *, is_set_up: bool, is_connected: bool, shared: Path
) -> None:
    card = a_card(an_item(state), is_set_up=is_set_up, is_connected=is_connected)

    assert problems(card, shared) == []


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ItemState.TO_REVIEW, "To review"),
        (ItemState.IN_APPROVAL, "<@U2> can decide"),
        (ItemState.APPROVED, "Approved* by <@U2>"),
        (ItemState.SENDING, "Being sent* to Xero"),
        (ItemState.UNKNOWN, "Being checked"),
        (ItemState.PUBLISHED, "Published* to Xero"),
        (ItemState.WITHDRAWING, "Being withdrawn* from Xero"),
        (ItemState.REFUSED, "Refused by Xero"),
        (ItemState.REJECTED, "Not ours"),
    ],
)
def test_every_state_is_said_in_words(state: ItemState, sentence: str) -> None:
    card = a_card(an_item(state))

    assert sentence in drawn(card)
    assert state.words in views.summary(card)


def test_an_approved_bill_says_which_step_of_setting_up_it_waits_for() -> None:
    shown = drawn(a_card(an_item(ItemState.APPROVED), is_set_up=False))

    assert "2 of 4" in shown
    assert "open_settings" in shown


def test_what_is_to_be_looked_at_is_shown_only_until_it_is_decided() -> None:
    doubtful = {state: replace(a_card(an_item(state)), warnings=("Looks like a duplicate",)) for state in STATES}

    shown = {state for state, card in doubtful.items() if "Looks like a duplicate" in drawn(card)}

    assert shown == {ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL}


def test_many_long_warnings_stay_within_what_slack_takes_and_say_that_there_are_more(shared: Path) -> None:
    card = replace(a_card(an_item()), warnings=tuple(f"{number} {'w' * 400}" for number in range(27)))

    assert problems(card, shared) == []
    assert "• 19 ww" in drawn(card)
    assert "• 20 ww" not in drawn(card)
    assert "• and 7 more" in drawn(card)


def test_bank_details_of_the_document_are_shown() -> None:
    assert "GB33BUKB20201555555555" in drawn(a_card(an_item()))


def test_an_amount_is_never_rounded() -> None:
    facts = replace(the_facts(), net=Decimal("100.0045"), gross=Decimal("120.0045"))

    assert "120.0045 GBP" in drawn(a_card(an_item(facts=facts)))


@pytest.mark.parametrize("state", STATES)
def test_whatever_stands_on_the_document_stays_text(state: ItemState, shared: Path) -> None:
    facts = replace(the_facts(), supplier=Party(name=WILD, bank_account=WILD), number=WILD, currency="G<b", note=WILD)
    item = replace(an_item(state, facts=facts), decision_reason=WILD, complaints=(WILD,))
    card = replace(a_card(item), organisation=WILD, account=WILD, tax_rate=WILD)

    told = drawn(card) + views.summary(card) + str(views.alone(card).to_dict())

    assert problems(card, shared) == []
    for mark in ("<!channel>", "<https", "*bold*", "`code`", "\u202e", "\u200b"):
        assert mark not in told


def test_the_longest_document_still_fits(shared: Path) -> None:
    line = Line(
        description="x" * 500, unit_price=Decimal("1.23456"), net=Decimal("99999999.99"), quantity=Decimal("0.001")
    )
    facts = replace(
        the_facts(),
        supplier=Party(name="s" * 500, bank_account="b" * 200),
        number="n" * 200,
        lines=(line,) * 500,
        note="y" * 2000,
    )
    item = replace(an_item(ItemState.TO_REVIEW, facts=facts), complaints=("c" * 400,) * 20, decision_reason="r" * 500)
    card = replace(a_card(item), organisation="o" * 300, account="a" * 300, approvers=(UserId("U2"),) * 50)

    assert problems(card, shared) == []
    assert len(views.summary(card)) < 300


def test_an_empty_document_is_drawn_too(shared: Path) -> None:
    unread = replace(an_item(ItemState.TO_REVIEW, facts=Facts()), complaints=(NOT_READ,))
    card = replace(a_card(unread), account=None, tax_rate=None, approvers=())
    numbered = replace(card, item=replace(unread, facts=Facts(number="INV-1")))

    assert problems(card, shared) == problems(numbered, shared) == []
    assert "Not read yet" in drawn(card)
    assert NOT_READ in drawn(card)
    assert "not stated" not in drawn(card)
    assert "Supplier not stated" in drawn(numbered)


def test_why_shows_who_chose_and_what_lost(shared: Path) -> None:
    reason = Reason(
        field="Category",
        value="461 · Printing",
        source="chosen by a person",
        by=UserId("U1"),
        beaten=(("429 · General Expenses", "the organisation's default"), (None, "the supplier's rule")),
    )
    view = views.explanation(
        Explanation(card=a_card(an_item()), reasons=(reason, replace(reason, value=None, by=None)))
    )

    assert modal_problems(view, shared) == []
    shown = str(view.to_dict())
    assert "<@U1>" in shown
    assert "instead of 429" in shown
    assert "instead of none" in shown


def test_a_reason_is_read_back_as_it_was_written(shared: Path) -> None:
    form = approvals.reject_form(ToDecide(item=an_item(), organisation="Bench Ltd"))

    assert modal_problems(form, shared) == []
    assert approvals.read_reason({"reason": {"value": {"type": "plain_text_input", "value": " No \n"}}}) == "No"
    assert approvals.read_reason({"reason": {"value": {"type": "plain_text_input", "value": "  "}}}) is None
    assert approvals.read_reason({}) is None


@given(st.decimals(min_value=Decimal("-99999999999.9999"), max_value=Decimal("99999999999.9999"), places=4))
def test_every_amount_is_shown_to_its_last_digit(value: Decimal) -> None:
    shown = views.summary(a_card(an_item(facts=replace(the_facts(), gross=value))))

    assert f"{value:,.4f}".rstrip("0").rstrip(".") in shown


def test_every_line_stands_in_details_however_long_it_is(shared: Path) -> None:
    lines = tuple(
        Line(
            description="&" * 80 + str(number), unit_price=Decimal(1), net=Decimal(1), quantity=Decimal("1.2345678901")
        )
        for number in range(300)
    )
    card = a_card(an_item(facts=replace(the_facts(), lines=lines)))

    view = details(Details(card=card, before=(), history=(), file_name=None))

    assert modal_problems(view, shared) == []
    assert all(f"&amp;{number}: 1.00 GBP" in str(view.to_dict()) for number in range(300))


def test_a_credit_note_says_what_it_is_and_which_way_the_money_goes(shared: Path) -> None:
    facts = replace(the_facts(), document_type=DocumentType.CREDIT_NOTE, payable=Decimal("90.00"))
    card = a_card(an_item(ItemState.TO_REVIEW, facts=facts))

    assert problems(card, shared) == []
    assert "Credit note · *Credit of 120.00 GBP*" in drawn(card)
    assert "Payable to" not in drawn(card)
    assert "credit note INV-1, Credit of 120.00 GBP" in views.summary(card)
    shown = str(details(Details(card=card, before=(card.item,), history=(), file_name=None)).to_dict())
    assert "Still to be credited" in shown
    assert "Still to pay" not in shown
    assert "Credit note INV-1, 1 Mar 2026, Credit of 120.00 GBP" in shown


@pytest.mark.parametrize(
    ("state", "by", "is_told"),
    [
        (ItemState.IN_APPROVAL, None, True),
        (ItemState.TO_REVIEW, UserId("U2"), True),
        (ItemState.APPROVED, UserId("U2"), False),
        (ItemState.PUBLISHED, UserId("U2"), False),
        (ItemState.PUBLISHED, None, True),
    ],
)
def test_what_rules_read_is_to_be_checked_until_a_person_has_approved_it(
    state: ItemState,
    by: UserId | None,
    is_told: bool,  # noqa: FBT001
) -> None:
    read = frozenset({FactField.NUMBER, FactField.SUPPLIER, FactField.AMOUNTS})
    item = replace(an_item(state, facts=replace(the_facts(), read=read)), decided_by=by)
    assert ("read, check it" in str([block.to_dict() for block in views.card(a_card(item))[1]])) is is_told


PAYMENT, FILE = StepKind.PAYMENT, StepKind.ATTACHMENT


@pytest.mark.parametrize(
    ("state", "additions", "sentence"),
    [
        (ItemState.APPROVED, Additions(under_way=(FILE,)), "Its file follows."),
        (ItemState.SENDING, Additions(under_way=(PAYMENT, FILE)), "Its payment and its file follow."),
        (ItemState.PUBLISHED, Additions(under_way=(PAYMENT,)), ":hourglass: Its payment follows"),
        (ItemState.PUBLISHED, Additions(under_way=(PAYMENT, FILE)), ":hourglass: Its payment and its file follow"),
        (ItemState.PUBLISHED, Additions(done=(FILE,)), "and checked there; its file is there too"),
        (
            ItemState.PUBLISHED,
            Additions(done=(PAYMENT,), left_out=("XML files", "files without an ending")),
            "too\n:paperclip: Xero does not take XML files or files without an ending; the original stays here",
        ),
        (
            ItemState.PUBLISHED,
            Additions(done=(FILE,), files=2, files_there=1, left_out=("XML files",), stay_here=("harbour.xml",)),
            "; 1 of its 2 files is there too\n:paperclip: Xero does not take XML files; harbour.xml stays here",
        ),
        (ItemState.APPROVED, Additions(under_way=(FILE,), files=2, files_to_come=2), "\nIts files follow."),
        (
            ItemState.PUBLISHED,
            Additions(done=(FILE,), under_way=(FILE,), files=3, files_there=1, files_to_come=2),
            "; 1 of its 3 files is there too\n:hourglass: 2 of its 3 files follow",
        ),
        (ItemState.PUBLISHED, Additions(done=(FILE,), files=2, files_there=2), "; its files are there too"),
        (ItemState.PUBLISHED, Additions(done=(PAYMENT, FILE)), "there; its payment and its file are there too"),
        (
            ItemState.PUBLISHED,
            Additions(done=(PAYMENT,), under_way=(FILE,), kept=(FILE,)),
            "its payment is there too\n:hourglass: Its file follows when Xero takes more requests (tomorrow)",
        ),
    ],
)
def test_what_belongs_to_the_document_is_said_while_it_is_to_come_and_when_it_is_there(
    state: ItemState, additions: Additions, sentence: str, shared: Path
) -> None:
    card = replace(a_card(an_item(state)), additions=additions)

    assert sentence in standing(card)
    assert problems(card, shared) == []


def test_what_waits_for_the_connection_says_so_and_a_smaller_file_is_said_once() -> None:
    cut_off = replace(a_card(an_item(ItemState.PUBLISHED), is_connected=False), additions=Additions(under_way=(FILE,)))
    smaller = replace(
        a_card(an_item(ItemState.PUBLISHED)), additions=Additions(done=(FILE,)), attached="in a smaller version"
    )

    assert "Its file follows when the connection to Xero is back" in standing(cut_off)
    assert "Its file is attached in a smaller version" in standing(smaller)
    assert "there too" not in standing(smaller)


def coded_in_lines(*own: str) -> ItemCard:
    lines = tuple(Line(description=name, unit_price=Decimal(50), net=Decimal(50)) for name in ("Paper", "Ink"))
    of_item = "429 · General Expenses, 20% (VAT on Expenses), North"
    return replace(
        a_card(an_item(facts=replace(the_facts(), lines=lines))),
        tracking=(("Region", "North"),),
        line_codes=own,
        lines_booked_to=tuple(f"{each}, 20% (VAT on Expenses), North" if each else of_item for each in own),
    )


def test_details_show_how_it_is_coded_and_each_line_where_one_has_a_coding_of_its_own(shared: Path) -> None:
    alike, parted = (
        details(Details(card=card, before=(), history=(), file_name=None))
        for card in (coded_in_lines("", ""), coded_in_lines("", "461 · Printing"))
    )

    for view in (alike, parted):
        fields = [field["text"] for block in view.to_dict()["blocks"] for field in block.get("fields", [])]
        assert "*Category*\n429 · General Expenses\n_chosen by a person_" in fields
        assert "*Tax rate*\n20% (VAT on Expenses)\n_the organisation's default tax_" in fields
        assert "*Region*\nNorth" in fields
        assert modal_problems(view, shared) == []
    of_lines = [block["text"]["text"] for block in parted.to_dict()["blocks"] if "• Paper" in str(block)]
    assert of_lines[0].splitlines() == [
        "• Paper: 50.00 GBP _429 · General Expenses, 20% (VAT on Expenses), North_",
        "• Ink: 50.00 GBP _461 · Printing, 20% (VAT on Expenses), North_",
    ]
    assert "50.00 GBP _" not in str(alike.to_dict())


@pytest.mark.parametrize("state", [ItemState.TO_REVIEW, ItemState.ARCHIVED])
def test_what_is_never_booked_shows_no_coding(state: ItemState, shared: Path) -> None:
    card = coded_in_lines("461 · Printing", "")
    facts = replace(card.item.facts, document_type=DocumentType.STATEMENT)
    statement = replace(card, item=replace(card.item, facts=facts, state=state))

    shown = drawn(statement) + str(details(Details(card=statement, before=(), history=(), file_name=None)).to_dict())

    for words in ("Category", "Tax rate", "Region", "Publish as", "Printing"):
        assert words not in shown
    assert "*Total*" in shown
    assert problems(statement, shared) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("document_type", [DocumentType.INVOICE, DocumentType.STATEMENT])
def test_edit_details_and_why_stand_in_one_order_everywhere(state: ItemState, document_type: DocumentType) -> None:
    item = an_item(state, facts=replace(the_facts(), document_type=document_type))
    rows = [block.to_dict()["elements"] for block in rows_of_buttons(a_card(item))]

    shown = [button["action_id"] for row in rows for button in row]

    always = [ActionId.EDIT_ITEM, ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM]
    assert [action for action in shown if action in always] == [action for action in always if action in shown]


@pytest.mark.parametrize(("by", "words"), [(UserId("U3"), "by <@U3>, <!date^"), (None, "on the command line, <!date^")])
def test_whoever_took_an_approval_back_is_named_while_it_waits_for_another(by: UserId | None, words: str) -> None:
    undone = replace(a_card(an_item()), taken_back=Happening(at=NOW, deed="approval undone", by=by))

    assert f":leftwards_arrow_with_hook: *Approval undone* {words}" in standing(undone)


def test_facts_stand_in_three_groups_in_the_order_of_a_document() -> None:
    blocks = [block.to_dict() for block in views.card(a_card(an_item()))[1]]

    groups = [[field["text"].split("\n")[0] for field in block["fields"]] for block in blocks if "fields" in block]

    assert groups == [
        ["*Number*", "*Date*", "*Due*", "*Payable to*"],
        ["*Net*", "*Tax*", "*Total*"],
        ["*Category*", "*Tax rate*", "*Publish as*"],
    ]


def test_a_refused_card_says_why_who_acts_next_and_leads_to_the_fix() -> None:
    refusal = Refusal(title="Category 429 is archived in Xero", asked=(UserId("U3"),))
    card = replace(a_card(an_item(ItemState.REFUSED)), refusal=refusal, link="https://dext.example.com/i/1")

    assert (
        ":no_entry: *Refused by Xero*: Category 429 is archived in Xero. "
        "<https://dext.example.com/i/1?alert=document|See the fix> in its thread. Next: <@U3>"
    ) in standing(card)


def test_what_explains_the_coding_is_called_so_where_something_was_refused() -> None:
    unpaid = replace(a_card(an_item(ItemState.PUBLISHED)), additions=Additions(refused=(StepKind.PAYMENT,)))
    cards = {state: a_card(an_item(state)) for state in (ItemState.REFUSED, ItemState.PUBLISHED)}

    assert "Why this coding?" in drawn(cards[ItemState.REFUSED])
    assert "Why this coding?" in drawn(unpaid)
    assert "'Why?'" in drawn(cards[ItemState.PUBLISHED])


def test_the_fix_of_a_payment_is_led_to_by_its_own_link() -> None:
    additions = Additions(refused=(StepKind.PAYMENT,))
    card = replace(a_card(an_item(ItemState.PUBLISHED)), additions=additions, link="https://dext.example.com/i/1")

    assert "<https://dext.example.com/i/1?alert=payment|See the fix> in its thread." in standing(card)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(minutes=1), "Goes to Xero at <!date^1772442060^{time}|09:01 UTC>. *Undo* until then."),
        (timedelta(days=2), "Goes to Xero <!date^1772614800^{date_short_pretty} at {time}|2026-03-04 09:00 UTC>."),
    ],
)
def test_how_long_an_approval_can_be_undone_is_told_in_the_readers_own_time(after: timedelta, words: str) -> None:
    item = replace(an_item(ItemState.APPROVED), send_after=NOW + after)

    assert words in standing(a_card(item))


def test_what_is_due_has_no_time_that_is_over() -> None:
    assert "Goes to Xero next." in standing(replace(a_card(an_item(ItemState.APPROVED)), is_due=True))


@pytest.mark.parametrize(
    ("is_set_up", "is_connected", "words"),
    [(True, True, "goes to Xero at once"), (True, False, "connection is back"), (False, True, "set-up is complete")],
)
def test_release_asks_first_and_says_what_comes_of_it(*, is_set_up: bool, is_connected: bool, words: str) -> None:
    item = replace(an_item(ItemState.APPROVED), held_by=UserId("U2"), held_at=NOW)
    card = a_card(item, is_set_up=is_set_up, is_connected=is_connected)

    (release, *_) = rows_of_buttons(card)[0].to_dict()["elements"]

    assert release["action_id"] == ActionId.RELEASE_ITEM
    assert words in release["confirm"]["text"]["text"]


def test_the_last_document_is_called_by_whose_it_is() -> None:
    sale = replace(an_item(), kind=ItemKind.SALE)

    assert "Last from this supplier: Invoice INV-1" in drawn(replace(a_card(an_item()), before=(an_item(),)))
    assert "Last to this customer: Sales invoice INV-1" in drawn(replace(a_card(sale), before=(sale,)))


def test_details_of_what_is_published_lead_to_the_ledger() -> None:
    (shown, waiting) = (
        str(details(Details(card=a_card(an_item(state)), before=(), history=(), file_name=None)).to_dict())
        for state in (ItemState.PUBLISHED, ItemState.TO_REVIEW)
    )

    assert "Open in Xero" in shown
    assert "https://ledger.example/bill" in shown
    assert "Open in Xero" not in waiting


@pytest.mark.parametrize(
    ("code", "words"), [("S", "20%: "), ("AE", "20% (reverse charge): "), ("N6.3", "20% (reverse charge): ")]
)
def test_the_codes_of_taxes_are_words_or_left_out(code: str, words: str) -> None:
    row = TaxSubtotal(percent=Decimal(20), category=code, taxable=Decimal(100), tax=Decimal(20))
    card = a_card(an_item(facts=replace(the_facts(), tax_breakdown=(row,))))

    assert f"• {words}20.00 GBP on 100.00 GBP" in str(
        details(Details(card=card, before=(), history=(), file_name=None)).to_dict()
    )
