"""Carried over to other lists: what was chosen becomes that, what was skipped becomes nothing, and nothing becomes anything else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.books import ListKind
from bot.domain.carrying import Carrying, codes_of_coding, codes_of_settings, codes_of_whole_rule
from bot.domain.closing import ClosedPolicy, Closing
from bot.domain.coding import CodedValue, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import ItemKind
from bot.domain.general import GeneralSettings
from bot.domain.gone_codes import Code, codes_of_rule
from bot.domain.ids import OrganisationId, RuleId, WorkspaceId
from bot.domain.required import Required, RequiredFields
from bot.domain.rules import AutoPublish, Earlier, Opinions, Rule, RuleOf, Strength, Target
from bot.domain.settings import USUAL_COSTS, Destination, KindSettings, PaymentStatus
from bot.domain.splitting import Split, SplitLine
from bot.domain.tax_settings import KindTax, TaxSettings

KEYS = st.sampled_from(["1", "2", "3"])
MAYBE = st.none() | KEYS
TRACKS = st.lists(st.builds(Track, KEYS, KEYS), max_size=3, unique_by=lambda track: track.category).map(
    lambda tracks: tuple(sorted(tracks))
)
LISTS = (
    ListKind.ACCOUNTS,
    ListKind.TAX_RATES,
    ListKind.PRODUCTS,
    ListKind.CONTACTS,
    ListKind.BANK_ACCOUNTS,
)
OLD = [Code(kind, key) for kind in LISTS for key in ("1", "2", "3")] + [
    Code(ListKind.TRACKING_CATEGORIES, option, category) for option in ("1", "2", "3") for category in ("1", "2", "3")
]
KIND = ItemKind.COST
PLACES = {kind: tuple(Destination) for kind in ItemKind}
STATUSES = {kind: tuple(PaymentStatus) for kind in ItemKind}
SPLITS = st.builds(
    Split,
    st.lists(
        st.builds(SplitLine, description=st.just("Paper"), account=MAYBE, tax_rate=MAYBE), min_size=2, max_size=3
    ).map(tuple),
)
OPINIONS = st.builds(
    Opinions,
    account=MAYBE,
    tax_rate=MAYBE,
    product=MAYBE,
    customer=MAYBE,
    payment_method=MAYBE,
    auto_publish=st.sampled_from([None, *AutoPublish]),
    tracking=TRACKS,
    split=st.none() | SPLITS,
)
RULES = st.builds(
    lambda says, before, contact: Rule(
        id=RuleId(UUID(int=1)),
        workspace_id=WorkspaceId(UUID(int=2)),
        organisation_id=OrganisationId(UUID(int=3)),
        target=Target(of=RuleOf.SUPPLIER, name="Paper Ltd", label="Paper Ltd", contact=contact),
        opinions=says,
        earlier=() if before is None else (Earlier(since=None, opinions=before, strength=Strength.ALWAYS),),
        changed_at=datetime(2026, 1, 1, tzinfo=UTC),
    ),
    OPINIONS,
    st.none() | OPINIONS,
    MAYBE,
)
VALUES = st.builds(CodedValue, value=MAYBE, source=st.sampled_from(Source))
TRACKED = st.lists(
    st.builds(Tracked, category=KEYS, option=VALUES), max_size=3, unique_by=lambda each: each.category
).map(tuple)
LINES = st.builds(LineCoding, account=VALUES, tax_rate=VALUES, product=VALUES, customer=VALUES, tracking=TRACKED)
CODINGS = st.builds(
    Coding,
    account=VALUES,
    tax_rate=VALUES,
    contact=VALUES,
    product=VALUES,
    customer=VALUES,
    payment_method=VALUES,
    publish_to=st.builds(CodedValue, value=st.sampled_from([None, *Destination]), source=st.sampled_from(Source)),
    publish_as=st.builds(CodedValue, value=st.sampled_from([None, *PaymentStatus]), source=st.sampled_from(Source)),
    tracking=TRACKED,
    lines=st.lists(LINES, max_size=2).map(tuple),
)
SETTINGS = st.builds(
    KindSettings,
    default_account=MAYBE,
    default_tax_rate=MAYBE,
    default_product=MAYBE,
    default_payment_method=MAYBE,
    default_tracking=TRACKS,
)


@st.composite
def carryings(draw: st.DrawFn) -> Carrying:
    """To keys that no old entry has; some of them are skipped."""
    to = {}
    for code in OLD:
        new = draw(st.none() | KEYS)
        if new is not None:
            of = f"new {draw(KEYS)}" if code.of else ""
            to[code] = Code(code.kind, f"new {new}", of)
    methods = {key: f"new {key}" for key in draw(st.sets(KEYS))}
    return Carrying(to=to, methods=methods, destinations=PLACES, statuses=STATUSES)


SAME = Carrying(
    to={code: code for code in OLD},
    methods={key: key for key in ("1", "2", "3")},
    destinations=PLACES,
    statuses=STATUSES,
)


def again(carrying: Carrying) -> Carrying:
    """As if what was carried over were carried over once more to the same lists."""
    new = set(carrying.to.values())
    methods = {method: method for method in carrying.methods.values()}
    return Carrying(to={code: code for code in new}, methods=methods, destinations=PLACES, statuses=STATUSES)


@given(rule=RULES, carrying=carryings())
def test_a_rule_names_afterwards_what_was_chosen_for_what_it_named_and_nothing_else(
    rule: Rule, carrying: Carrying
) -> None:
    carried = carrying.rule(rule)

    allowed = {carrying.to[code] for code in codes_of_whole_rule(rule) if code in carrying.to}
    assert codes_of_whole_rule(carried) <= allowed
    assert carried.opinions.account == carrying.key(ListKind.ACCOUNTS, rule.opinions.account)
    assert (carried.id, carried.of, carried.strength) == (rule.id, rule.of, rule.strength)


@given(rule=RULES, carrying=carryings())
def test_what_loses_something_publishes_nothing_by_itself(rule: Rule, carrying: Carrying) -> None:
    carried = carrying.rule(rule)

    is_less = bool(carrying.lost(codes_of_rule(rule.opinions)))
    if is_less and rule.opinions.auto_publish is AutoPublish.ALWAYS:
        assert carried.opinions.auto_publish is None
    if rule.opinions.auto_publish is AutoPublish.NEVER:
        assert carried.opinions.auto_publish is AutoPublish.NEVER
    assert bool(carried.opinions.said) or not rule.opinions.said or not carried.is_active


@given(rule=RULES, coding=CODINGS, settings=SETTINGS, carrying=carryings())
def test_carried_over_twice_is_as_carried_over_once(
    rule: Rule, coding: Coding, settings: KindSettings, carrying: Carrying
) -> None:
    once, twice = carrying, again(carrying)

    assert twice.rule(once.rule(rule)) == once.rule(rule)
    assert twice.coding(once.coding(coding, KIND), KIND) == once.coding(coding, KIND)
    kind = ItemKind.COST
    carried = once.kind_settings(kind, settings, USUAL_COSTS)
    assert twice.kind_settings(kind, carried, USUAL_COSTS) == carried


@given(rule=RULES, settings=SETTINGS)
def test_where_each_entry_becomes_itself_nothing_changes(rule: Rule, settings: KindSettings) -> None:
    assert SAME.rule(rule) == rule
    assert SAME.kind_settings(ItemKind.COST, settings, USUAL_COSTS) == settings


@given(coding=CODINGS, carrying=carryings())
def test_of_an_item_only_what_a_person_or_a_door_said_comes_along(coding: Coding, carrying: Carrying) -> None:
    carried = carrying.coding(coding, KIND)

    allowed = {carrying.to[code] for code in codes_of_coding(coding) if code in carrying.to}
    assert codes_of_coding(carried) <= allowed
    parts: list[Coding | LineCoding] = [carried, *carried.lines]
    values = [value for part in parts for value in (part.account, part.tax_rate, part.product, part.customer)]
    assert {value.source for value in values} <= {Source.NOTHING, Source.DOOR, Source.PERSON}
    assert len(carried.lines) == len(coding.lines)


def test_where_somebody_chose_it_to_go_comes_along_as_far_as_the_new_books_can_do_that() -> None:
    chosen = Coding(
        publish_to=CodedValue(value=Destination.BANK_ACCOUNTS, source=Source.PERSON, by="U1"),
        publish_as=CodedValue(value=PaymentStatus.DRAFT, source=Source.PERSON, by="U1"),
    )
    ruled = Coding(publish_to=CodedValue(value=Destination.BANK_ACCOUNTS, source=Source.SUPPLIER_RULE))
    approved = Carrying(destinations=PLACES, statuses={KIND: (PaymentStatus.AWAITING_PAYMENT,)})

    assert SAME.coding(chosen, KIND) == chosen
    assert approved.coding(chosen, KIND) == Coding(publish_to=chosen.publish_to)
    assert SAME.coding(ruled, KIND) == Coding()


def test_a_tracking_category_is_asked_for_on_by_an_option_of_it_or_by_its_name() -> None:
    asked = RequiredFields(costs=Required(tracking=("1", "2", "3")))
    option = Code(ListKind.TRACKING_CATEGORIES, "x", "1")
    carrying = Carrying(
        to={option: Code(ListKind.TRACKING_CATEGORIES, "y", "new 1")}, categories={"1": "no", "2": "new 2"}
    )

    carried = carrying.general(GeneralSettings(required=asked)).required

    assert carried.costs.tracking == ("new 1", "new 2")
    assert carrying.not_asked(asked) == {"3"}


@given(settings=SETTINGS, rate=MAYBE, carrying=carryings())
def test_defaults_become_what_was_chosen_or_nothing(
    settings: KindSettings, rate: str | None, carrying: Carrying
) -> None:
    tax = TaxSettings(costs=KindTax(without_amount=rate))
    carried = carrying.kind_settings(ItemKind.COST, settings, USUAL_COSTS)

    named = codes_of_settings([settings], tax)
    allowed = {carrying.to[code] for code in named if code in carrying.to}
    assert codes_of_settings([carried], carrying.tax(tax)) <= allowed


def test_where_the_new_package_has_no_such_place_or_status_what_it_has_is_taken() -> None:
    carrying = Carrying(
        destinations={ItemKind.COST: (Destination.PURCHASES,)},
        statuses={ItemKind.COST: (PaymentStatus.AWAITING_PAYMENT,)},
    )
    old = KindSettings(destination=Destination.BANK_ACCOUNTS, payment_status=PaymentStatus.DRAFT)

    carried = carrying.kind_settings(ItemKind.COST, old, USUAL_COSTS)

    assert (carried.destination, carried.payment_status) == (Destination.PURCHASES, PaymentStatus.AWAITING_PAYMENT)
    says = Opinions(account="1", publish_to=Destination.BANK_ACCOUNTS, publish_as=PaymentStatus.DRAFT)
    assert carrying.opinions(says, [ItemKind.COST]).said == frozenset()


def test_where_the_new_package_has_no_drafts_what_would_go_as_one_in_a_closed_period_is_stopped() -> None:
    at_once = dict.fromkeys(ItemKind, (PaymentStatus.AWAITING_PAYMENT,))
    closing = Closing(until=date(2026, 2, 28), costs=ClosedPolicy.AS_DRAFT, sales=ClosedPolicy.STOP)
    old = GeneralSettings(closing=closing)

    kept = Carrying(statuses={kind: tuple(PaymentStatus) for kind in ItemKind}).general(old)
    carried = Carrying(statuses=at_once).general(old)

    assert kept.closing == closing
    assert carried.closing == replace(closing, costs=ClosedPolicy.STOP)
