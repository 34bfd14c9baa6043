"""The settings form: what is drawn is what is read back, whatever is in it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.books import Account, AccountClass, TaxRate
from bot.domain.documents import ItemKind
from bot.domain.ids import ChannelId, OrganisationId, UserId
from bot.domain.settings import (
    Destination,
    KindPage,
    KindSettings,
    PaymentStatus,
    Settings,
    SettingsForm,
    SettingsPage,
)
from bot.playground.slack.entries import untouched
from bot.views import fields
from bot.views import settings as views
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import FormRef, NotOursError
from bot.views.text import plain
from tests.playground.kit import faults_of

LONG_NAME = "General expenses & everything else that nobody could place, “and more” <!channel> " * 3


def account(code: str, name: str = "General Expenses") -> Account:
    return Account(provider_id=f"id-{code}", code=code, name=name, account_class=AccountClass.EXPENSE)


def tax_rate(code: str, name: str = "20% (VAT on Expenses)") -> TaxRate:
    return TaxRate(code=code, name=name, percent=Decimal(20))


COSTS = KindSettings(payment_status=PaymentStatus.AWAITING_PAYMENT, default_account="429", default_tax_rate="INPUT2")
PAGE = SettingsPage(
    organisation_id=OrganisationId(UUID(int=7)),
    organisation="Northwind <b>Trading</b>",
    costs=KindPage(
        kind=ItemKind.COST,
        ledger="Xero",
        chosen=COSTS,
        statuses=tuple(PaymentStatus),
        destinations=(Destination.PURCHASES, Destination.BANK_ACCOUNTS),
        account=account("429"),
        tax_rate=tax_rate("INPUT2"),
    ),
    settings=Settings(
        version=3,
        costs=COSTS,
        approvers=(UserId("U0PRIYA"), UserId("U0OLIVIA")),
        approvals_channel=ChannelId("C0BILLS"),
        alerts_channel=ChannelId("C0ALERTS"),
    ),
    bookkeepers=(UserId("U0BEN"),),
)


def state(page: SettingsPage) -> dict[str, Any]:
    """What Slack sends of a form that nobody changed."""
    return untouched(views.form(page).to_dict()["blocks"])


def form_of(page: SettingsPage) -> SettingsForm:
    settings = page.settings
    return SettingsForm(
        version=settings.version,
        costs=settings.costs,
        approvers=settings.approvers,
        bookkeepers=page.bookkeepers,
        approvals_channel=settings.approvals_channel or ChannelId(""),
        alerts_channel=settings.alerts_channel or ChannelId(""),
    )


def statuses(page: SettingsPage) -> dict[str, Any]:
    """The element that offers them."""
    blocks = views.form(page).to_dict()["blocks"]
    (found,) = [block["element"] for block in blocks if block.get("block_id") == BlockId.PAYMENT_STATUS]
    return dict(found)


USERS = st.lists(st.from_regex(r"U[A-Z0-9]{8}", fullmatch=True), max_size=50, unique=True).map(
    lambda found: tuple(UserId(user) for user in found)
)
CHANNELS = st.from_regex(r"C[A-Z0-9]{8}", fullmatch=True).map(ChannelId)
CODES = st.text("ABC0123456789&-/ ", min_size=1, max_size=50).filter(lambda code: bool(code.strip()))


@st.composite
def pages(draw: st.DrawFn) -> SettingsPage:
    code, tax = draw(st.none() | CODES), draw(st.none() | CODES)
    settings = Settings(
        version=draw(st.integers(min_value=0, max_value=10**6)),
        costs=KindSettings(
            payment_status=draw(st.sampled_from(PaymentStatus)), default_account=code, default_tax_rate=tax
        ),
        approvers=draw(USERS),
        approvals_channel=draw(CHANNELS),
        alerts_channel=draw(CHANNELS),
    )
    name = draw(st.text(min_size=1, max_size=400))
    return replace(
        PAGE,
        settings=settings,
        organisation=draw(st.text(min_size=1, max_size=300).filter(lambda text: plain(text) != "")),
        bookkeepers=draw(USERS),
        costs=replace(
            PAGE.costs,
            chosen=settings.costs,
            account=None if code is None else account(code, name),
            tax_rate=None if tax is None else tax_rate(tax, name),
        ),
        waiting=draw(st.integers(min_value=0, max_value=5)),
    )


@given(pages())
def test_a_form_that_nobody_changed_says_what_is_saved(page: SettingsPage) -> None:
    assert views.read(state(page), page.settings.version) == form_of(page)
    assert page.holds(replace(form_of(page), version=page.settings.version - 1))


@given(pages())
def test_slack_takes_the_form_whatever_the_ledger_calls_things(shared: Path, page: SettingsPage) -> None:
    drawn = views.form(page, notice=views.STALE).to_dict()

    assert faults_of(shared, "ModalView", drawn) == []


def test_the_form_begins_with_the_organisation_and_names_what_it_is_about() -> None:
    view = views.form(PAGE).to_dict()

    assert view["blocks"][0]["text"]["text"] == "Northwind <b>Trading</b>"
    assert view["blocks"][0]["text"]["type"] == "plain_text"
    assert FormRef.decode(view["private_metadata"]) == FormRef(PAGE.organisation_id, 3)


def test_only_what_the_package_can_do_is_offered_and_the_only_one_is_chosen() -> None:
    one, two = (
        statuses(replace(PAGE, costs=replace(PAGE.costs, statuses=offered)))
        for offered in ((PaymentStatus.DRAFT,), (PaymentStatus.DRAFT, PaymentStatus.AWAITING_APPROVAL))
    )

    assert [option["value"] for option in two["options"]] == ["draft", "awaiting_approval"]
    assert "initial_option" not in two
    assert one["initial_option"] == one["options"][0]


def test_each_status_says_what_it_does_in_the_ledger() -> None:
    described = [option["description"]["text"] for option in statuses(PAGE)["options"]]
    assert len(set(described)) == len(PaymentStatus)
    assert all("Xero" in text for text in described)


@pytest.mark.parametrize("words", [LONG_NAME, "x" * 76])
def test_a_long_name_is_cut_and_its_code_is_not(words: str) -> None:
    option = fields.account_option(account("429", words)).to_dict()

    assert option["value"] == "429"
    assert len(option["text"]["text"]) <= 75
    assert option["text"]["text"].endswith("…")


@pytest.mark.parametrize("block", [BlockId.PAYMENT_STATUS, BlockId.DESTINATION])
def test_an_option_that_was_never_offered_is_no_form_of_ours(block: BlockId) -> None:
    sent = state(PAGE)
    sent[block][ActionId.VALUE]["selected_option"]["value"] = "spend_it_all"

    with pytest.raises(NotOursError, match="spend_it_all"):
        views.read(sent, 3)


@pytest.mark.parametrize("block", [BlockId.APPROVALS_CHANNEL, BlockId.ALERTS_CHANNEL])
def test_a_form_without_a_channel_is_no_form_of_ours(block: BlockId) -> None:
    with pytest.raises(NotOursError, match="channel"):
        views.read({name: entry for name, entry in state(PAGE).items() if name != block}, 3)


def test_before_the_first_save_the_form_says_what_waits_for_it() -> None:
    for waiting, words in ((0, "before you press *Save*."), (1, "1 approved item waits"), (4, "4 approved items wait")):
        assert words in str(views.form(replace(PAGE, waiting=waiting)).to_dict())


def test_the_last_page_says_what_holds_from_now_on() -> None:
    words = str(views.saved(replace(PAGE, waiting=2)).to_dict())

    assert "<@U0PRIYA> <@U0OLIVIA> can approve" in words
    assert "<#C0BILLS>" in words
    assert "2 approved items that waited go to Xero now" in words
    assert Destination.PURCHASES not in words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("not_in_channel", "/invite @Dext"),
        ("channel_not_found", "/invite @Dext"),
        ("is_archived", "archived"),
        ("shared_outside", "another company"),
        ("no_answer", "did not say in time"),
        ("restricted_action_read_only_channel", "Only some people may post"),
        ("ekm_access_denied", "ekm_access_denied"),
    ],
)
def test_why_a_channel_cannot_be_used_has_its_own_words_and_a_next_step(reason: str, words: str) -> None:
    said = views.why_not(reason)

    assert words in said
    assert any(step in said for step in ("ress Save", "Choose another"))


def test_a_default_that_is_gone_is_said_where_it_is_changed() -> None:
    gone = replace(PAGE.costs, account=replace(account("429"), is_active=False))

    assert "*429 · General Expenses* is archived or gone in Xero. Choose another one." in str(
        views.form(replace(PAGE, costs=gone)).to_dict()
    )
    assert "archived or gone" not in str(views.form(PAGE).to_dict())
