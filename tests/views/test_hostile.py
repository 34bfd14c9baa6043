"""Whatever strangers write in whichever field of an item, it stays text in everything that shows the item, and Slack
takes it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.browsing import Found, ItemList, ItemSearch
from bot.domain.cards import Details, Explanation, Happening, ItemCard, Reason, ToDecide
from bot.domain.documents import DocumentType, Facts, ItemKind, Line, Party, TaxSubtotal
from bot.domain.ids import ItemId, UserId
from bot.domain.items import Archived, Item, ItemState
from bot.domain.questions import Question, QuestionKind
from bot.domain.texts import cleaned
from bot.views import approvals, browsing, moving
from bot.views import items as views
from bot.views.item_details import details
from bot.views.rendering import to_slack
from tests.views.test_items import NOW, a_card, an_item

LIVE = ("<!", "<@", "<#", "<http", "<mailto")
"""What Slack makes a mention or a link of."""
OURS = ("<@U1", "<@U2", "<!date^")
HIDING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200c\u200d\u2060\ufeff"
PIECES = (
    "<!channel>",
    "<@U0VICTIM1>",
    "<https://evil.example|pay here>",
    "*bold* _it_ ~gone~ `code` ```block```",
    ":white_check_mark:",
    "> quoted\n\n> more",
    HIDING,
    "\ud800",
    "&lt;!here&gt;",
    "\x00\x1b[31m",
    "x" * 10_000,
    "=1+1",
    "Ünï 漢字 🧾",
)
HOSTILE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join) | st.text(
    st.characters(), min_size=1, max_size=80
)
AMOUNTS = st.decimals(min_value="-999999999", max_value="999999999", places=4)


@st.composite
def hostile_items(draw: st.DrawFn) -> Item:
    def text() -> str:
        return draw(HOSTILE)

    def party() -> Party:
        return Party(name=text(), tax_number=text(), country=text(), bank_account=text())

    facts = Facts(
        document_type=draw(st.sampled_from(DocumentType)),
        supplier=party(),
        buyer=party(),
        number=text(),
        issued_on=date(2026, 3, 1),
        currency=draw(st.sampled_from(("GBP", None))),
        net=draw(AMOUNTS),
        tax=draw(AMOUNTS),
        gross=draw(AMOUNTS),
        lines=tuple(
            Line(description=text(), unit_price=Decimal(1), net=Decimal(1)) for _ in range(draw(st.integers(0, 7)))
        ),
        tax_breakdown=(TaxSubtotal(percent=None, category=text(), taxable=Decimal(1), tax=Decimal(0)),),
        note=draw(st.none() | HOSTILE),
    )
    questions = tuple(Question(kind=kind, words=text(), about=ItemId(an_item().id)) for kind in QuestionKind)
    archived = Archived(from_state=ItemState.TO_REVIEW, by=UserId("U1"), at=NOW, why=text())
    return replace(
        an_item(draw(st.sampled_from(ItemState)), facts=facts),
        kind=draw(st.sampled_from((ItemKind.COST, ItemKind.SALE))),
        decision_reason=text(),
        complaints=(text(), text()),
        questions=questions,
        archived=archived,
    )


def shown(item: Item, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that shows the item, as Slack is handed it."""
    card: ItemCard = replace(
        a_card(item),
        organisation=text,
        ledger=text,
        account=text,
        tax_rate=text,
        warnings=(text,),
        before=(item, item),
        has_other_books=True,
        preview="F0PICTURE1",
    )
    happening = Happening(at=NOW, deed=text, by=UserId("U2"), more=text)
    reason = Reason(field="Category", value=text, source="chosen", by=UserId("U1"), beaten=((text, "rule"),))
    found = Found(items=(item, item), older=None)
    search = ItemSearch(supplier=cleaned(text, 100), number=cleaned(text, 100))
    page = ItemList(organisation_id=item.organisation_id, organisation=text, search=search, found=found, is_first=True)
    message = views.card(card)
    yield "message", {"text": message[0], "blocks": [to_slack(block) for block in message[1]]}
    for view in (
        views.alone(card),
        views.explanation(Explanation(card=card, reasons=(reason,))),
        details(Details(card=card, before=(item,), history=(happening,), file_name=text)),
        approvals.reject_form(ToDecide(item=item, organisation=text)),
        approvals.send_back_form(ToDecide(item=item, organisation=text)),
        moving.move_form(card, ((item.organisation_id, text),)),
        moving.moved(card),
        browsing.item_list(page),
        browsing.search_form(item.organisation_id, text, search),
    ):
        yield "modal", to_slack(view)


def texts(part: object) -> Iterator[tuple[str, bool]]:
    """Each text, and whether Slack reads marks in it."""
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"], part.get("type") != "plain_text"
        for value in part.values():
            yield from texts(value)
    if isinstance(part, list):
        for value in part:
            yield from texts(value)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(item=hostile_items(), text=HOSTILE)
def test_nothing_that_a_stranger_wrote_is_live_or_hidden_wherever_it_is_shown(item: Item, text: str) -> None:
    for _, drawn in shown(item, text):
        for words, is_marked in texts(drawn):
            words.encode()
            assert not set(words) & set(HIDING), ascii(words)[:300]
            if is_marked:
                rest = words
                for ours in OURS:
                    rest = rest.replace(ours, "")
                assert not any(mark in rest for mark in LIVE), ascii(rest)[:300]
