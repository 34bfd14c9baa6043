"""What stands in the place of an archived entry: what is proposed, and that items and rules say it wherever they said the other."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.books import Account, AccountClass, ListKind, TaxRate
from bot.domain.coding import Codes, Track
from bot.domain.documents import Facts, ItemKind, Line
from bot.domain.editing import Edit
from bot.domain.gone_codes import Code, codes_of_rule
from bot.domain.replacing import Instead, edit_with, nearest_accounts, nearest_rates, opinions_with
from bot.domain.rules import Opinions
from bot.domain.splitting import Split, SplitLine

CODES = st.sampled_from([None, "400", "461", "INPUT"])
TRACKS = st.lists(
    st.builds(Track, st.sampled_from(["A", "B"]), st.sampled_from(["400", "461"])),
    max_size=2,
    unique_by=lambda track: track.category,
).map(lambda tracks: tuple(sorted(tracks)))
A_LINE = Line(description="x", unit_price=Decimal(1), net=Decimal(1))
KINDS = st.sampled_from(
    [ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.PRODUCTS, ListKind.CONTACTS, ListKind.TRACKING_CATEGORIES]
)


def code_of(kind: ListKind, key: str) -> Code:
    return Code(kind, key, "A" if kind is ListKind.TRACKING_CATEGORIES else "")


def account(code: str, name: str, of: AccountClass = AccountClass.EXPENSE) -> Account:
    return Account(provider_id=code, code=code, name=name, account_class=of)


def rate(code: str, name: str, percent: str, *classes: AccountClass) -> TaxRate:
    return TaxRate(code=code, name=name, percent=Decimal(percent), applies_to=frozenset(classes))


def test_the_category_with_most_of_its_words_is_proposed_of_its_own_class_alone() -> None:
    gone = account("461", "Printing & Stationery")
    live = [
        account("400", "Advertising"),
        account("462", "Stationery and Printing supplies"),
        account("463", "Stationery"),
        account("200", "Printing & Stationery", AccountClass.REVENUE),
        gone,
    ]

    proposed = nearest_accounts(gone, live)

    assert [each.code for each in proposed] == ["462", "463"]
    assert nearest_accounts(gone, reversed(live)) == proposed
    assert nearest_accounts(account("1", "Rent and rates"), [account("2", "Light and heat")]) == ()


def test_no_more_than_three_are_proposed() -> None:
    live = [account(str(number), f"Stationery {number}") for number in range(9)]

    assert [each.code for each in nearest_accounts(account("461", "Stationery"), live)] == ["0", "1", "2"]


def test_a_tax_rate_of_the_same_percentage_is_proposed_that_goes_with_all_it_went_with() -> None:
    both = (AccountClass.EXPENSE, AccountClass.ASSET)
    gone = rate("OLD", "20% on expenses", "20", *both)
    live = [
        rate("A", "20% on expenses only", "20", AccountClass.EXPENSE),
        rate("B", "17.5% on expenses", "17.5", *both),
        rate("C", "20% on capital", "20", *both),
        rate("D", "20% on expenses (VAT)", "20.0", *both),
    ]

    assert [each.code for each in nearest_rates(gone, live)] == ["D", "C"]
    assert nearest_rates(gone, live[:2]) == ()


@given(
    says=st.builds(
        Opinions,
        account=CODES,
        tax_rate=CODES,
        product=CODES,
        customer=CODES,
        tracking=TRACKS,
        split=st.none()
        | st.builds(
            Split,
            st.lists(st.builds(SplitLine, description=st.just("x"), account=CODES, tax_rate=CODES), max_size=3).map(
                tuple
            ),
        ),
    ),
    kind=KINDS,
)
def test_no_rule_names_what_was_replaced_and_all_else_of_it_stays(says: Opinions, kind: ListKind) -> None:
    code, by = code_of(kind, "461"), code_of(kind, "999")

    changed = opinions_with(says, code, "999")

    before, after = codes_of_rule(says), codes_of_rule(changed)
    assert after == ((before - {code}) | ({by} if code in before else set()))
    assert opinions_with(changed, by, "461") == says


@given(
    codes=st.lists(
        st.builds(Codes, account=CODES, tax_rate=CODES, product=CODES, customer=CODES, tracking=TRACKS),
        min_size=1,
        max_size=4,
    ),
    contact=CODES,
    kind=KINDS,
)
def test_no_line_of_an_item_has_what_was_replaced_and_the_others_are_as_they_were(
    codes: list[Codes], contact: str | None, kind: ListKind
) -> None:
    whole, *lines = codes
    edit = Edit(facts=Facts(lines=(A_LINE,) * len(lines)), codes=whole, contact=contact, lines=tuple(lines))

    changed = edit_with(edit, code_of(kind, "461"), "999")

    for before, after in zip((edit.codes, *edit.lines), (changed.codes, *changed.lines), strict=True):
        for name, of in FIELDS.items():
            was = getattr(before, name)
            assert getattr(after, name) == ("999" if was == "461" and of is kind else was)
        is_tracked = kind is ListKind.TRACKING_CATEGORIES
        expected = [Track("A", "999") if is_tracked and each == Track("A", "461") else each for each in before.tracking]
        assert after.tracking == tuple(sorted(expected))
    assert changed.contact == ("999" if contact == "461" and kind is ListKind.CONTACTS else contact)


FIELDS = {
    "account": ListKind.ACCOUNTS,
    "tax_rate": ListKind.TAX_RATES,
    "product": ListKind.PRODUCTS,
    "customer": ListKind.CONTACTS,
}


def test_what_stands_in_the_place_of_another_is_for_all_documents_of_a_rule_that_that_was_for() -> None:
    both, costs, sales = (
        Instead(key=key, label=key, kinds=frozenset(kinds))
        for key, kinds in (("B", ItemKind), ("C", {ItemKind.COST}), ("S", {ItemKind.SALE}))
    )
    of_people, of_suppliers = (ItemKind.COST, ItemKind.SALE), (ItemKind.COST,)

    assert both.can_stand_for(costs, of_people)
    assert not costs.can_stand_for(both, of_people)
    assert costs.can_stand_for(both, of_suppliers)
    assert costs.can_stand_for(costs, of_people)
    assert not sales.can_stand_for(both, of_suppliers)
    assert not sales.can_stand_for(sales, of_suppliers)
