"""Lists that people paste: what each line becomes, and what is said of one that cannot be read."""

import csv
from decimal import Decimal

import pytest

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Account, AccountClass, Capability, Contact, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.typed_lists import (
    MOST_IN_FILE,
    TypedListError,
    as_typed,
    code_of,
    could_be_code,
    file_of,
    list_in_file,
    lists_typed,
    typed_list,
    what_changes,
)


def test_categories_are_a_code_and_a_name_and_perhaps_a_kind() -> None:
    found = typed_list(
        ListKind.ACCOUNTS, 'Code,Name\n5000, Materials\n\n4000;Sales;revenue\n7500\t"Office, costs"\n9999'
    )

    assert found.entries == (
        Account(provider_id="5000", code="5000", name="Materials", account_class=AccountClass.EXPENSE),
        Account(provider_id="4000", code="4000", name="Sales", account_class=AccountClass.REVENUE),
        Account(provider_id="7500", code="7500", name="Office, costs", account_class=AccountClass.EXPENSE),
        Account(provider_id="9999", code="9999", name="9999", account_class=AccountClass.EXPENSE),
    )


def test_tax_rates_have_a_percentage_where_one_is_said() -> None:
    found = typed_list(ListKind.TAX_RATES, "T1, Standard, 20\nT2, 5.5%\nT9")

    assert found.entries == (
        TaxRate(code="T1", name="Standard", percent=Decimal(20)),
        TaxRate(code="T2", name="T2 5.5%", percent=Decimal("5.5")),
        TaxRate(code="T9", name="T9", percent=None),
    )


def test_suppliers_are_known_by_the_reference_that_their_software_has() -> None:
    (one, other) = typed_list(ListKind.CONTACTS, "PAPER01, Paper & Ink Ltd\nBread Ltd").entries

    assert one == Contact(provider_id="PAPER01", name="Paper & Ink Ltd", is_supplier=True)
    assert other == Contact(provider_id="Bread Ltd", name="Bread Ltd", is_supplier=True)


def test_bank_accounts_products_and_tracking_are_known_by_what_their_software_calls_them() -> None:
    card, current = typed_list(ListKind.BANK_ACCOUNTS, "1210, Card, eur\n1200").entries
    (paper,) = typed_list(ListKind.PRODUCTS, "PAPER-A4, Paper A4").entries
    (region,) = typed_list(ListKind.TRACKING_CATEGORIES, "Region: North, South, North").entries

    assert isinstance(card, Account)
    assert isinstance(current, Account)
    assert (card.provider_id, card.name, card.currency, card.is_bank) == ("1210", "Card", "EUR", True)
    assert (current.name, current.currency, current.is_codable) == ("1200", None, False)
    assert isinstance(paper, Product)
    assert (paper.code, paper.label) == ("PAPER-A4", "PAPER-A4 · Paper A4")
    assert isinstance(region, TrackingCategory)
    assert (region.provider_id, [option.name for option in region.options]) == ("Region", ["North", "South"])


def test_lists_are_typed_where_nothing_is_called_and_of_what_the_books_have_a_place_for() -> None:
    can = frozenset({Capability.DOWNLOADS, Capability.TRACKING, Capability.PRODUCTS})
    usual = (ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.CONTACTS)

    assert lists_typed(can, USUAL_RULES) == (*usual, ListKind.PRODUCTS, ListKind.TRACKING_CATEGORIES)
    assert lists_typed(can, BookRules(takes_not={"tracking": "It"})) == (*usual, ListKind.PRODUCTS)
    assert lists_typed(can - {Capability.DOWNLOADS}, USUAL_RULES) == ()


def test_a_line_takes_a_code_away_unless_another_one_says_it() -> None:
    found = typed_list(ListKind.ACCOUNTS, "- 5000\n- 7500\n7500, Office costs")

    assert found.gone == {"5000"}
    assert [account.name for account in found.entries if isinstance(account, Account)] == ["Office costs"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (ListKind.ACCOUNTS, "5000, Materials\n, Nothing", "Line 2 has no code"),
        (ListKind.ACCOUNTS, "5000, Materials, odd", "Line 1: the third is"),
        (ListKind.ACCOUNTS, "5000 Materials\n7500, Office costs", "Understood 1 of 2 lines; nothing is saved yet"),
        (ListKind.ACCOUNTS, "7500, Office costs\n5000 Materials", "Line 2, “5000 Materials”: write a comma between"),
        (ListKind.TAX_RATES, "T1 Standard, 20\nT1 Standard", "Line 2, “T1 Standard”"),
        (ListKind.ACCOUNTS, "5000 a\n, b\n6000 c", "Understood 0 of 3 lines.*Line 1, .*Line 2 has no code.*Line 3, "),
        (ListKind.ACCOUNTS, "x" * 61, "at most 60 characters"),
        (ListKind.TAX_RATES, "T1, Standard, a fifth", "write the percentage as a number"),
        (ListKind.TAX_RATES, "T1, Standard, NaN", "from 0 to 100"),
        (ListKind.TAX_RATES, "T1, Standard, 101", "from 0 to 100"),
        (ListKind.BANK_ACCOUNTS, "1200, Card, euros", "Line 1: the third is its currency"),
        (ListKind.TRACKING_CATEGORIES, "Region", "Line 1: after its name come its options"),
        (ListKind.TRACKING_CATEGORIES, "A: b: c", "no colon stands in a name"),
        (ListKind.TRACKING_CATEGORIES, f"Region, {'x' * 61}", "at most 60 characters"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_what_to_write(kind: ListKind, text: str, said: str) -> None:
    with pytest.raises(TypedListError, match=said):
        typed_list(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ListKind.ACCOUNTS, "5000 Materials,"),
        (ListKind.ACCOUNTS, "Office costs"),
        (ListKind.TAX_RATES, "20.0% S"),
        (ListKind.CONTACTS, "3M Ltd"),
        (ListKind.PRODUCTS, "A4 paper"),
    ],
)
def test_what_can_only_be_a_code_or_a_name_is_one(kind: ListKind, text: str) -> None:
    assert typed_list(kind, text).lines == 1


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (ListKind.ACCOUNTS, "5000, Materials"),
        (ListKind.ACCOUNTS, "4000, Sales, revenue"),
        (ListKind.ACCOUNTS, "9999"),
        (ListKind.ACCOUNTS, '7500,"Office, costs"'),
        (ListKind.ACCOUNTS, '7500;"Office; ""costs"""'),
        (ListKind.TAX_RATES, "T1, Standard, 20"),
        (ListKind.TAX_RATES, "T9"),
        (ListKind.CONTACTS, "PAPER01, Paper & Ink Ltd"),
        (ListKind.CONTACTS, "Bread Ltd"),
        (ListKind.BANK_ACCOUNTS, "1210, Card, EUR"),
        (ListKind.BANK_ACCOUNTS, "1210, 1210, EUR"),
        (ListKind.PRODUCTS, "PAPER-A4, Paper A4"),
        (ListKind.TRACKING_CATEGORIES, "Region, North, South"),
    ],
)
def test_an_entry_is_shown_as_it_was_typed(kind: ListKind, line: str) -> None:
    assert [as_typed(entry) for entry in typed_list(kind, line).entries] == [line]


@pytest.mark.parametrize(("text", "code"), [(" T9 ", "T9"), ("", None), ("\x00\x07", None), ("x" * 61, None)])
def test_what_could_be_a_code(text: str, code: str | None) -> None:
    assert could_be_code(text) == code


def test_a_file_says_the_list_again_without_a_cell_that_a_spreadsheet_would_run() -> None:
    said = '=1+1, Costs\n5000, "-Rent; of\tthe ""old"" house, and more", revenue\n0042, @home'
    entries = typed_list(ListKind.ACCOUNTS, said).entries

    file = file_of(ListKind.ACCOUNTS, entries)

    assert file.splitlines()[0] == "Code,Name,Class"
    assert not any(cell[:1] in "=+-@" for line in csv.reader(file.splitlines()) for cell in line if cell)
    assert list_in_file(ListKind.ACCOUNTS, file, is_whole=True).entries == entries


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_file_is_read_as_the_names_of_its_columns_stand_apart(mark: str) -> None:
    text = f"\r\nCode{mark}Name\r\nA1{mark}Paper, ink; pens\r\n".replace("Paper, ink; pens", '"Paper, ink; pens"')

    (paper,) = list_in_file(ListKind.PRODUCTS, text, is_whole=False).entries

    assert isinstance(paper, Product)
    assert (paper.code, paper.name) == ("A1", "Paper, ink; pens")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('Code,Name\nA1,"Paper\nA2,Ink\n', "Line 2: a quotation mark begins there and does not end"),
        (f'Code,Name\nA1,"{"x" * 140_000}', "Line 2: its cells cannot be told apart"),
        ("Code,Name\n" + "\n" * MOST_IN_FILE, "at most 20,000 lines"),
        ("Code,Name\n,Paper\n", "Line 2 has no code"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_to_be_so(text: str, said: str) -> None:
    with pytest.raises(TypedListError, match=said):
        list_in_file(ListKind.PRODUCTS, text, is_whole=True)


def test_what_a_file_changes_is_what_is_other_than_before() -> None:
    before = {code_of(each): each for each in typed_list(ListKind.ACCOUNTS, "1, One\n2, Two\n3, Three").entries}
    file = "Code,Name\n1,One\n2,Zwei\n4,Four"

    adds = what_changes(before, list_in_file(ListKind.ACCOUNTS, file, is_whole=False))
    whole = what_changes(before, list_in_file(ListKind.ACCOUNTS, file, is_whole=True))

    for change in (adds, whole):
        assert [as_typed(each) for each in change.added] == ["4, Four"]
        assert [(as_typed(was), as_typed(now)) for was, now in change.changed] == [("2, Two", "2, Zwei")]
    assert (adds.removed, adds.same) == ((), 2)
    assert ([as_typed(each) for each in whole.removed], whole.same) == (["3, Three"], 1)
    assert whole.typed().gone == {"3"}
