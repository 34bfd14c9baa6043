"""Rules code items; what is stronger stands, what is taken back is gone, and "Why?" has it all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book_rules import USUAL_RULES
from bot.domain.checks import not_split
from bot.domain.coded import Usable, as_said, coded
from bot.domain.coding import Billable, CodedValue, Coding, CodingDefaults, Source, Track, Tracked
from bot.domain.documents import DocumentType, FactField, ItemKind, LineAmounts, Party
from bot.domain.due import Due, DueKind
from bot.domain.editing import edit_of, edited
from bot.domain.ids import OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.payment_methods import PaymentMethodId
from bot.domain.rule_forms import proposed, wrong_in
from bot.domain.rules import AutoPublish, Opinions, Rule, RuleOf, Strength, Target, matching
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.splitting import Split, SplitLine
from bot.domain.templates import filled_in, wrong_with
from tests.domain.test_booking import SOME, a_line, an_item

D = Decimal
BEN = UserId("U0BEN")
NOW = datetime(2026, 2, 20, tzinfo=UTC)
CARD, CASH = (str(PaymentMethodId(UUID(int=number))) for number in (7, 8))
CODES = ("400", "429", "461")
RATES = {"INPUT2": D(20), "NONE": D(0), "RRINPUT": D(5)}
NORTH, SOUTH = Track("region", "north"), Track("region", "south")
USABLE = Usable(
    accounts=frozenset(CODES),
    tax_rates=RATES,
    methods=frozenset({CARD, CASH}),
    options=frozenset({NORTH, SOUTH}),
)
TARGETS = {
    RuleOf.SUPPLIER: Target(of=RuleOf.SUPPLIER, name="Paper Ltd", label="Paper Ltd"),
    RuleOf.CUSTOMER: Target(of=RuleOf.CUSTOMER, name="Big Buyer plc", label="Big Buyer plc"),
    RuleOf.PERSON: Target(of=RuleOf.PERSON, name="U1", label="Mia"),
    RuleOf.PAYMENT_METHOD: Target(of=RuleOf.PAYMENT_METHOD, name=CARD, label="Visa ··4321"),
}


def a_rule(of: RuleOf = RuleOf.SUPPLIER, number: int = 1, **says: object) -> Rule:
    return Rule(
        id=RuleId(UUID(int=number)),
        workspace_id=WorkspaceId(SOME),
        organisation_id=OrganisationId(SOME),
        target=TARGETS[of],
        opinions=Opinions(**says),  # type: ignore[arg-type]  # each test names its own fields
        changed_at=NOW,
    )


def a_bill(coding: Coding | None = None, **facts: object) -> Item:
    return replace(an_item(**facts), coding=coding or Coding())


def apply(item: Item, *rules: Rule, defaults: CodingDefaults | None = None, usable: Usable = USABLE) -> Item:
    return coded(item, rules, defaults or CodingDefaults(), usable, USUAL_RULES)


def said(value: str | None, source: Source) -> CodedValue:
    return CodedValue(value=value, source=source)


def test_a_suppliers_rule_beats_the_default_and_says_whose_it_is() -> None:
    item = apply(a_bill(), a_rule(account="461"), defaults=CodingDefaults(account="429"))

    account = item.coding.account
    assert (account.value, account.source, account.rule) == ("461", Source.SUPPLIER_RULE, RuleId(UUID(int=1)))
    assert [(lost.value, lost.source) for lost in account.beaten] == [("429", Source.ORGANISATION_DEFAULT)]


def test_every_source_stands_above_the_weaker_ones() -> None:
    by_method = a_rule(RuleOf.PAYMENT_METHOD, 2, account="method")
    if_blank = replace(a_rule(RuleOf.PERSON, 3, account="blank"), strength=Strength.IF_BLANK)
    always = a_rule(RuleOf.PERSON, 4, account="always")
    usable = replace(USABLE, accounts=frozenset(("party", "method", "blank", "always")))
    defaults = CodingDefaults(account="default", payment_method=CARD)

    def account(*rules: Rule, start: CodedValue | None = None) -> str | None:
        item = a_bill(Coding(account=start or said("guess", Source.SUGGESTION)))
        return apply(item, *rules, defaults=defaults, usable=usable).coding.account.value

    party = a_rule(account="party")
    assert account() == "default"
    assert account(if_blank) == "blank"
    assert account(if_blank, party) == "party"
    assert account(party, by_method) == "method"
    assert account(party, by_method, always) == "always"
    for source in (Source.PRODUCT, Source.DOOR, Source.PERSON):
        assert account(party, by_method, always, start=said("own", source)) == "own"
    assert account(party, always, start=said(None, Source.PERSON)) is None


def test_the_payment_method_that_a_rule_says_brings_its_own_rule() -> None:
    item = apply(
        a_bill(), a_rule(payment_method=CARD), a_rule(RuleOf.PAYMENT_METHOD, 2, publish_to=Destination.BANK_ACCOUNTS)
    )

    assert (item.coding.payment_method.value, item.coding.publish_to.value) == (CARD, Destination.BANK_ACCOUNTS)


def test_what_the_ledger_takes_no_more_is_no_opinion() -> None:
    rule = a_rule(account="999", tax_rate="GONE", tracking=(Track("region", "west"),), payment_method=CARD)
    usable = replace(USABLE, methods=frozenset())

    item = apply(a_bill(), rule, defaults=CodingDefaults(account="429"), usable=usable)

    coding = item.coding
    assert (coding.account.value, coding.tax_rate.value, coding.payment_method.value) == ("429", None, None)
    assert coding.tracking == ()


def test_whom_costs_are_for_is_said_by_a_rule_where_the_books_track_it() -> None:
    rule = a_rule(customer="c-7", billable=Billable.YES)
    usable = replace(USABLE, customers=frozenset({"c-7"}), bills_customers=True)

    tracked, not_tracked = apply(a_bill(), rule, usable=usable).coding, apply(a_bill(), rule).coding

    assert (tracked.customer.value, tracked.codes.is_billable) == ("c-7", True)
    assert (not_tracked.customer, not_tracked.billable) == (CodedValue(), CodedValue())
    assert wrong_in(proposed(TARGETS[RuleOf.CUSTOMER], rule.opinions)).keys() == {"customer", "billable"}


def test_a_place_that_sales_cannot_go_to_is_no_opinion_on_them() -> None:
    sale = replace(a_bill(), kind=ItemKind.SALE)

    item = apply(sale, a_rule(RuleOf.PERSON, publish_to=Destination.PURCHASES))

    assert item.coding.publish_to == CodedValue()


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Due(DueKind.AFTER_DATE, 30), date(2026, 3, 2)),
        (Due(DueKind.AFTER_DATE, 0), date(2026, 1, 31)),
        (Due(DueKind.OF_NEXT_MONTH, 31), date(2026, 2, 28)),
        (Due(DueKind.AFTER_MONTH, 14), date(2026, 2, 14)),
    ],
)
def test_what_is_not_stated_is_due_as_the_rule_says(due: Due, expected: date) -> None:
    item = apply(a_bill(issued_on=date(2026, 1, 31)), a_rule(due=due))

    assert (item.facts.due_on, item.facts.ruled) == (expected, frozenset({FactField.DUE_ON}))
    assert Due.of(str(item.coding.due.value)) == due


def test_nothing_is_due_beyond_the_last_day_and_on_what_gives_money_back() -> None:
    rule = a_rule(due=Due(DueKind.AFTER_MONTH, 30))

    assert apply(a_bill(issued_on=date.max), rule).facts.due_on is None
    assert apply(a_bill(document_type=DocumentType.CREDIT_NOTE), rule).facts.due_on is None


def test_a_rule_fills_in_only_facts_that_nobody_states() -> None:
    rule = a_rule(due=Due(DueKind.AFTER_DATE, 30), description="{supplier} {month}", currency="USD")
    stated = a_bill(due_on=date(2026, 4, 1), note="as agreed")
    bare = a_bill(currency=None)

    assert apply(stated, rule).facts == stated.facts
    filled = apply(bare, rule).facts
    assert (filled.currency, filled.note) == ("USD", "Paper Ltd February 2026")
    assert filled.ruled == {FactField.CURRENCY, FactField.DUE_ON, FactField.NOTE}
    assert apply(a_bill(currency=None, currency_sign="kr"), rule).facts.currency is None
    assert apply(a_bill(currency=None, currency_sign="$"), rule).facts.currency == "USD"


def test_a_fact_that_a_person_emptied_stays_empty_and_one_that_they_changed_is_theirs() -> None:
    rule = a_rule(due=Due(DueKind.AFTER_DATE, 30), description="Rent")
    item = apply(a_bill(), rule)

    after = edited(item, replace(edit_of(item), facts=replace(item.facts, due_on=None, note="Office rent")), BEN)

    facts = apply(after, rule).facts
    assert (facts.due_on, facts.note, facts.ruled) == (None, "Office rent", frozenset())


def test_a_date_that_is_edited_moves_what_is_due_by_a_rule() -> None:
    rule = a_rule(due=Due(DueKind.AFTER_DATE, 10))
    item = apply(a_bill(), rule)

    after = edited(item, replace(edit_of(item), facts=replace(item.facts, issued_on=date(2026, 5, 1))), BEN)

    assert apply(after, rule).facts.due_on == date(2026, 5, 11)


def test_a_rule_that_is_gone_takes_all_of_it_back() -> None:
    before = a_bill(currency=None)
    rule = a_rule(
        account="461",
        due=Due(DueKind.AFTER_DATE, 30),
        description="Rent",
        currency="EUR",
        tracking=(NORTH,),
        split=HALVES,
    )

    assert apply(apply(before, rule)) == apply(before)


def test_a_suggestion_that_a_rule_beat_is_not_there_again_when_the_rule_goes() -> None:
    """It is suggested anew, by what was approved in the meantime."""
    rule = a_rule(account="461", tracking=(NORTH,))
    tracked = Tracked(category="region", option=said("south", Source.SUGGESTION))
    ruled = apply(a_bill(Coding(account=said("400", Source.SUGGESTION), tracking=(tracked,))), rule)

    assert [(lost.value, lost.source) for lost in ruled.coding.account.beaten] == [("400", Source.SUGGESTION)]
    assert (apply(ruled).coding.account, apply(ruled).coding.tracking) == (CodedValue(), ())


def test_what_a_rule_codes_for_new_items_only_leaves_those_before_as_they_were() -> None:
    rule = a_rule(account="400")
    later = rule.changed(Opinions(account="461"), Strength.ALWAYS, now=NOW + timedelta(days=1), is_for_waiting=False)
    new = replace(a_bill(), created_at=NOW + timedelta(days=1))

    assert apply(a_bill(), later).coding.account.value == "400"
    assert apply(new, later).coding.account.value == "461"
    assert apply(a_bill(), replace(rule, since=NOW + timedelta(days=1))).coding.account == CodedValue()
    for_all = later.changed(Opinions(account="429"), Strength.ALWAYS, now=NOW, is_for_waiting=True)
    assert apply(a_bill(), for_all).coding.account.value == "429"


def test_the_rule_that_knows_a_company_best_counts() -> None:
    """By contact, then tax number, then the name with its legal form."""
    party = Party(name="Paper Ltd", tax_number="GB123456789")
    item = a_bill(supplier=party)
    named = Target(of=RuleOf.SUPPLIER, name="Paper", label="Paper")
    formed = replace(named, name="Paper Limited")
    taxed = replace(named, name="Old name", tax_number="GB 123 4567 89")
    known = replace(named, name="Another name", contact="c-1")
    rules = [replace(a_rule(number=n), target=each) for n, each in enumerate((known, taxed, formed, named), 1)]
    by_contact = replace(item, coding=Coding(contact=said("c-1", Source.PERSON)))
    by_another = replace(item, coding=Coding(contact=said("c-2", Source.PERSON)))

    def counts(item: Item, *among: Rule) -> int:
        return matching(among, item)[0].id.int

    assert counts(item, *rules[2:]) == 3
    assert counts(item, *rules) == 2
    assert counts(by_contact, *rules) == 1
    assert matching([replace(rules[0], target=replace(known, name="Paper"))], by_another) == ()
    assert matching([replace(rules[3], is_active=False), replace(rules[2], is_deleted=True)], item) == ()
    another = replace(named, name="Paper GmbH")
    assert matching([replace(rules[0], target=another)], item) == ()
    assert another.key != formed.key


def test_where_a_name_may_be_of_two_companies_only_what_both_their_rules_say_counts() -> None:
    """Without its legal form a name says neither of them; that nothing goes by itself is said by one."""
    named = Target(of=RuleOf.SUPPLIER, name="Paper Ltd", label="Paper Ltd")
    limited = replace(a_rule(number=1, account="400", tax_rate="INPUT2", auto_publish=AutoPublish.ALWAYS), target=named)
    partners = replace(a_rule(number=2, account="461", tax_rate="INPUT2"), target=replace(named, name="Paper LLP"))
    never = replace(partners, opinions=replace(partners.opinions, auto_publish=AutoPublish.NEVER))
    item = a_bill(supplier=Party(name="Paper"))

    unsure = apply(item, limited, partners).coding

    assert (unsure.account, unsure.tax_rate.value, unsure.auto_publish) == (CodedValue(), "INPUT2", CodedValue())
    assert apply(item, partners, limited).coding == unsure
    assert apply(item, limited, never).coding.auto_publish.value == AutoPublish.NEVER
    assert apply(item, limited).coding.account.value == "400"
    assert apply(a_bill(supplier=Party(name="Paper LLP")), limited, partners).coding.account.value == "461"


HALVES = Split(
    (
        SplitLine(description="Office", account="429", percent=D(50)),
        SplitLine(description="Stock", account="461", tax_rate="NONE", percent=D(50)),
    )
)


def test_a_split_makes_lines_with_codes_of_their_own() -> None:
    item = apply(a_bill(gross=D("100.01"), net=D("100.01"), tax=D(0)), a_rule(split=HALVES, tax_rate="INPUT2"))

    assert [(line.description, line.net) for line in item.facts.lines] == [
        ("Office", D("50.00")),
        ("Stock", D("50.01")),
    ]
    assert [item.coding.codes_at(place).account for place in range(2)] == ["429", "461"]
    assert [item.coding.codes_at(place).tax_rate for place in range(2)] == ["INPUT2", "NONE"]
    assert item.facts.ruled == {FactField.LINES}


def test_the_tax_goes_to_the_lines_that_are_taxed() -> None:
    """100 at 20 % and 50 at none."""
    split = Split(
        (
            SplitLine(description="Paper", tax_rate="INPUT2"),
            SplitLine(description="Stamps", tax_rate="NONE", amount=D("50.00")),
        )
    )
    bill = a_bill(net=D("150.00"), tax=D("20.00"), gross=D("170.00"))
    priced = replace(bill, facts=replace(bill.facts, line_amounts=LineAmounts.INCLUSIVE))

    exclusive, inclusive = (apply(each, a_rule(split=split)).facts for each in (bill, priced))

    for found in (exclusive, inclusive):
        assert [(line.net, line.tax) for line in found.lines] == [(D("100.00"), D("20.00")), (D("50.00"), D("0.00"))]
    assert inclusive.lines[0].unit_price == D("120.00")


def test_fixed_amounts_that_are_more_than_there_is_are_complained_of_and_lines_of_its_own_are_left_alone() -> None:
    split = Split((SplitLine(description="Fee", amount=D("500.00")), SplitLine(description="Rest")))
    rule = a_rule(split=split)

    item = apply(a_bill(), rule)

    assert (item.facts.lines, item.facts.ruled) == ((), frozenset())
    assert "come to more than there is" in not_split(item)[0]
    own = a_bill(lines=(a_line("100.00"),))
    assert (apply(own, rule).facts, not_split(apply(own, rule))) == (own.facts, ())


def test_whoever_changes_or_codes_a_line_of_a_split_takes_its_lines_over() -> None:
    rule = a_rule(split=HALVES)
    item = apply(a_bill(), rule)
    edit = edit_of(item)
    first = replace(edit.lines[0], account="400")

    after = apply(edited(item, replace(edit, lines=(first, *edit.lines[1:])), BEN), rule)

    assert [after.coding.codes_at(place).account for place in range(2)] == ["400", "461"]
    assert FactField.LINES in after.facts.edited - after.facts.ruled
    assert [apply(after).coding.codes_at(place).account for place in range(2)] == ["400", "461"]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ((SplitLine(description="A"),), "from 2 to 20"),
        ((SplitLine(description="A"), SplitLine(description="B")), "Only one line"),
        ((SplitLine(description="A", percent=D(60)), SplitLine(description="B", percent=D(60))), "not to 100"),
        ((SplitLine(description="A", percent=D(100)), SplitLine(description="B")), "nothing for the rest"),
        ((SplitLine(description="A", amount=D(5)), SplitLine(description="B", percent=D(100))), "one line is the rest"),
        ((SplitLine(description="A", amount=D("0.005")), SplitLine(description="B")), "whole cents"),
        ((SplitLine(description="A", amount=D(1), percent=D(1)), SplitLine(description="B")), "not both"),
        ((SplitLine(description="A", amount=D("NaN")), SplitLine(description="B")), "as numbers"),
        ((SplitLine(description="A", percent=D("1e999999")), SplitLine(description="B")), "as numbers"),
        ((SplitLine(description=" ", amount=D(1)), SplitLine(description="B")), "description"),
        ((SplitLine(description="A", percent=D(0)), SplitLine(description="B")), "more than 0"),
    ],
)
def test_a_split_that_cannot_add_up_says_why(lines: tuple[SplitLine, ...], wrong: str) -> None:
    assert wrong in str(Split(lines).wrong)


def test_a_template_names_only_what_can_be_filled_in() -> None:
    assert wrong_with("Rent {month}") is None
    assert "{weather}" in str(wrong_with("Rent {weather}"))
    assert "brackets" in str(wrong_with("Rent {month"))
    assert "what the description" in str(wrong_with(" "))
    assert filled_in("{number}", a_bill(number=None)) is None
    assert filled_in("{supplier}: {number} {year}", a_bill()) == "Paper Ltd: INV-7 2026"


AMOUNTS = st.integers(1, 10**7).map(lambda cents: D(cents) / 100)
SHARES = st.lists(st.integers(1, 100), min_size=2, max_size=8)


@st.composite
def splits(draw: st.DrawFn) -> Split:
    parts = draw(SHARES)
    codes = [draw(st.sampled_from([None, *RATES])) for _ in parts]
    if draw(st.booleans()):
        fixed = [draw(AMOUNTS) for _ in parts[1:]]
        lines = [
            SplitLine(description="F", amount=amount, tax_rate=code) for amount, code in zip(fixed, codes, strict=False)
        ]
        return Split((*lines, SplitLine(description="R", tax_rate=codes[-1])))
    whole = sum(parts)
    percents = [(D(part) * 100 / whole).quantize(D("0.01")) for part in parts]
    percents[0] += 100 - sum(percents)
    return Split(tuple(SplitLine(description="P", percent=p, tax_rate=c) for p, c in zip(percents, codes, strict=True)))


@given(splits(), AMOUNTS, st.integers(0, 100), st.sampled_from(LineAmounts))
def test_split_lines_add_up_to_the_document_to_the_cent(
    split: Split, net: Decimal, percent: int, amounts: LineAmounts
) -> None:
    tax = D(0) if amounts is LineAmounts.NO_TAX else (net * percent / 100).quantize(D("0.01"))
    before = a_bill(net=net, tax=tax, gross=net + tax, line_amounts=amounts)

    item = apply(before, a_rule(split=split))

    if not item.facts.lines:
        assert not_split(item)
        return
    lines = item.facts.lines
    assert sum(line.net for line in lines) == net
    assert sum(line.tax or D(0) for line in lines) == tax
    assert item.facts.is_bookable
    assert all(line.tax is not None and line.tax == line.tax.quantize(D("0.01")) for line in lines)
    assert len(item.coding.lines) == len(lines)


CODE = st.none() | st.sampled_from(CODES)
OPINIONS = st.builds(
    Opinions,
    account=CODE,
    tax_rate=st.none() | st.sampled_from(sorted(RATES)),
    payment_method=st.none() | st.sampled_from([CARD, CASH]),
    publish_to=st.none() | st.sampled_from(Destination),
    publish_as=st.none() | st.sampled_from(PaymentStatus),
    product=st.sampled_from([None, "PAPER"]),
    customer=st.sampled_from([None, "c-7"]),
    billable=st.none() | st.sampled_from(Billable),
    auto_publish=st.none() | st.sampled_from(AutoPublish),
    due=st.none() | st.builds(Due, st.sampled_from(DueKind), st.integers(1, 31)),
    description=st.none() | st.sampled_from(["{supplier}", "Rent {month}"]),
    currency=st.none() | st.sampled_from(["USD", "EUR"]),
    tracking=st.sampled_from([(), (NORTH,), (SOUTH,)]),
    split=st.none() | splits(),
)
RULES = st.lists(
    st.builds(
        lambda of, number, says, strength, active: replace(
            a_rule(of, number), opinions=says, strength=strength, is_active=active
        ),
        st.sampled_from(RuleOf),
        st.integers(1, 9),
        OPINIONS,
        st.sampled_from(Strength),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda rule: rule.id,
)
SOURCES = [Source.SUGGESTION, Source.PRODUCT, Source.DOOR, Source.PERSON]
SAID = st.just(CodedValue()) | st.builds(said, CODE, st.sampled_from(SOURCES))
DEFAULTS = st.builds(
    CodingDefaults, account=CODE, tax_rate=st.none() | st.just("INPUT2"), payment_method=st.none() | st.just(CARD)
)
FACTS: st.SearchStrategy[dict[str, object]] = st.builds(
    dict,
    currency=st.sampled_from([None, "GBP"]),
    due_on=st.sampled_from([None, date(2026, 9, 9)]),
    note=st.sampled_from([None, "as agreed"]),
    edited=st.sets(st.sampled_from([FactField.DUE_ON, FactField.NOTE, FactField.LINES])).map(frozenset),
)


@given(RULES, st.randoms(), st.tuples(SAID, SAID), DEFAULTS, FACTS)
def test_whatever_rules_there_are_what_was_said_stands_and_it_is_worked_out_alike_again(
    rules: list[Rule],
    random: Random,
    own: tuple[CodedValue, CodedValue],
    defaults: CodingDefaults,
    facts: dict[str, object],
) -> None:
    account, method = own
    paid_with = method if method.value is None else replace(method, value=CASH)
    before = a_bill(Coding(account=account, payment_method=paid_with), **facts)

    after = apply(before, *rules, defaults=defaults)

    shuffled = list(rules)
    random.shuffle(shuffled)
    assert apply(after, *shuffled, defaults=defaults) == after
    assert as_said(after) == as_said(before)
    coding = after.coding
    if account.source >= Source.PRODUCT:
        assert (coding.account.value, coding.account.source) == (account.value, account.source)
    said_by = [coding.account, coding.tax_rate, coding.payment_method, coding.publish_to, coding.publish_as]
    said_by += [each.option for each in coding.tracking]
    for value in said_by:
        assert all(lost.source < value.source for lost in value.beaten)
    for name in ("currency", "due_on", "note"):
        if facts[name] is not None:
            assert getattr(after.facts, name) == facts[name]
    assert not after.facts.ruled & after.facts.edited
    nevers = [rule for rule in matching(rules, after) if rule.opinions.auto_publish is AutoPublish.NEVER]
    if any(rule.source is not Source.USER_RULE_IF_BLANK for rule in nevers):
        assert coding.auto_publish.value == AutoPublish.NEVER


@given(
    party=CODE,
    method=CODE,
    sender=CODE,
    strength=st.sampled_from(Strength),
    own=SAID,
    default=CODE,
    random=st.randoms(),
)
def test_no_default_ever_beats_a_rule_and_neither_a_person_nor_what_came_with_the_document(
    *,
    party: str | None,
    method: str | None,
    sender: str | None,
    strength: Strength,
    own: CodedValue,
    default: str | None,
    random: Random,
) -> None:
    said = {RuleOf.SUPPLIER: party, RuleOf.PAYMENT_METHOD: method, RuleOf.PERSON: sender}
    rules = [a_rule(of, number, account=code) for number, (of, code) in enumerate(said.items(), 1)]
    rules = [replace(rule, strength=strength) if rule.of is RuleOf.PERSON else rule for rule in rules]
    random.shuffle(rules)

    after = apply(a_bill(Coding(account=own)), *rules, defaults=CodingDefaults(account=default, payment_method=CARD))

    if_blank, always = (sender, None) if strength is Strength.IF_BLANK else (None, sender)
    strongest = next((code for code in (always, method, party, if_blank, default) if code is not None), None)
    is_said = own.source in (Source.PRODUCT, Source.DOOR, Source.PERSON)
    assert after.coding.account.value == (own.value if is_said or strongest is None else strongest)


@pytest.mark.parametrize("number", [21, 63, 67, 85, 99])
def test_a_source_that_only_a_newer_program_knows_keeps_its_number_and_its_place(number: int) -> None:
    """While programs are exchanged one by one, the old ones read what the new ones wrote."""
    found = msgspec.json.decode(f'{{"value": "429", "source": {number}}}', type=CodedValue)

    assert found.source == number
    assert msgspec.json.decode(msgspec.json.encode(found), type=CodedValue) == found
    assert found.source is Source(number)
    assert found.source.words
    assert found.source.is_worked_out is (number < Source.PRODUCT and number < 66)
    assert found.offer("461", Source.PERSON).value == ("461" if number < Source.PERSON else "429")
    assert found.as_said.value == (None if found.source.is_worked_out else "429")
    assert number not in list(Source)
