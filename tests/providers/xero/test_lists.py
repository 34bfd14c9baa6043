"""Lists as a hostile or odd Xero would send them: each answer is a page that can be kept, or a reason in words."""

import unicodedata
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.db.base import dump
from bot.domain.books import Account, Contact, Currency, ListKind, ListPage, Product, TaxRate, TrackingCategory
from bot.domain.finding import found_by, words
from bot.views.text import plain
from providers.errors import ProviderChangedError
from providers.fields import LONGEST_CODE, LONGEST_NAME
from providers.xero import lists
from providers.xero.client import PAGE_SIZE
from providers.xero.simulated.seed import accounts, contacts, currencies, items, tax_rates, tracking
from providers.xero.simulator import TRADING

SEEDS = {
    ListKind.ACCOUNTS: (accounts, Account),
    ListKind.BANK_ACCOUNTS: (accounts, Account),
    ListKind.TAX_RATES: (tax_rates, TaxRate),
    ListKind.TRACKING_CATEGORIES: (tracking, TrackingCategory),
    ListKind.CURRENCIES: (currencies, Currency),
    ListKind.PRODUCTS: (items, Product),
    ListKind.CONTACTS: (contacts, Contact),
}
NASTY = st.sampled_from(
    [
        "\u202egpj.exe",
        "a\x00b",
        "\ud800",
        "x" * 100_000,
        "",
        " \t",
        "<!channel>",
        "no-uuid",
        "1e999999",
        "NaN",
        "ACTIVE",
        "e\u0301" * 300,
    ]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | NASTY | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def read_page(kind: ListKind, page: str | None, answer: Any) -> ListPage:
    found = [lists.read_entry(kind, element) for element in lists.found_in(answer, kind)]
    return lists.page_of(kind, page, answer, found)


@st.composite
def elements(draw: st.DrawFn, kind: ListKind) -> Any:
    """A proper entry with some of its fields replaced or taken away; or anything at all."""
    if draw(st.integers(0, 4)) == 0:
        return draw(anything)
    found = dict(draw(st.sampled_from(SEEDS[kind][0](TRADING))))
    for field in draw(st.sets(st.sampled_from(sorted(found)), max_size=3)):
        if draw(st.booleans()):
            found[field] = draw(anything)
        else:
            del found[field]
    return found


@given(st.data(), st.sampled_from(list(ListKind)))
def test_whatever_is_in_a_list_is_kept_or_named(data: st.DataObject, kind: ListKind) -> None:
    found = data.draw(st.lists(elements(kind), max_size=6))

    page = read_page(kind, None, {lists.PATHS[kind]: found})

    assert len(page.entries) + len(page.unreadable) == len(found)
    for entry in page.entries:
        stored = dump(entry)
        assert msgspec.json.decode(stored, type=SEEDS[kind][1]) == entry
        assert "\\u0000" not in stored
        assert 0 < len(entry.name) <= LONGEST_NAME
        assert len(getattr(entry, "code", "")) <= LONGEST_CODE
        assert "\x00" not in found_by(entry).encode().decode()
    for unreadable in page.unreadable:
        assert "Error" not in unreadable.words


@given(anything, st.sampled_from(list(ListKind)))
@example({}, ListKind.ACCOUNTS)
@example({"Accounts": None}, ListKind.ACCOUNTS)
@example({"Contacts": {"a": 1}}, ListKind.CONTACTS)
def test_an_answer_that_has_no_list_says_which(answer: Any, kind: ListKind) -> None:
    if not isinstance(answer, dict) or isinstance(answer.get(lists.PATHS[kind]), list):
        return

    with pytest.raises(ProviderChangedError) as raised:
        read_page(kind, None, answer)

    assert raised.value.problem.vendor_words == f"Xero's answer has no list of {lists.PATHS[kind]}"


@given(anything)
def test_a_count_is_believed_only_if_it_is_one(count: Any) -> None:
    total = read_page(ListKind.CONTACTS, None, {"Contacts": [], "pagination": {"itemCount": count}}).total

    assert total is None or (total == count and 0 <= total <= lists.MOST_COUNTED)


def test_reasons_are_plain_words() -> None:
    good = accounts(TRADING)[0]
    odd: list[tuple[Any, str]] = [
        (None, "accounts: an entry (it is no record)"),
        ({**good, "AccountID": "7"}, f"accounts: {good['Name']} (its AccountID is no id)"),
        ({**good, "Name": None}, "accounts: an entry (its Name is missing)"),
        ({**good, "Name": 7}, "accounts: an entry (its Name is no text)"),
        ({**good, "Code": "1" * 101}, f"accounts: {good['Name']} (its Code is longer than 100 characters)"),
        ({**good, "Code": "1\u202e2"}, f"accounts: {good['Name']} (its Code has characters that cannot be seen)"),
        ({**good, "Class": "FUTURE"}, f"accounts: {good['Name']} (its Class, FUTURE, is none that I know)"),
    ]

    page = read_page(ListKind.ACCOUNTS, None, {"Accounts": [element for element, _ in odd]})

    assert [found.words for found in page.unreadable] == [words for _, words in odd]


def test_an_entry_that_cannot_be_read_tells_its_key_where_it_can() -> None:
    contact, account = contacts(TRADING)[0], accounts(TRADING)[0]
    key = str(contact["ContactID"])

    odd = [{**contact, "ContactID": key.upper(), "Name": ""}, {**contact, "ContactID": None}, None]
    page = read_page(ListKind.CONTACTS, None, {"Contacts": odd})
    other = read_page(ListKind.ACCOUNTS, None, {"Accounts": [{**account, "Name": ""}]})

    assert [found.key for found in page.unreadable] == [str(UUID(key)), None, None]
    assert [found.key for found in other.unreadable] == [account["Code"]]


def test_a_list_goes_on_as_long_as_xero_says_and_without_its_word_after_a_full_page() -> None:
    contact = contacts(TRADING)[0]

    def next_page(count: int, page: str | None, **told: Any) -> str | None:
        return read_page(ListKind.CONTACTS, page, {"Contacts": [contact] * count, **told}).next_page

    assert (next_page(PAGE_SIZE, None), next_page(PAGE_SIZE, "7"), next_page(PAGE_SIZE - 1, "8")) == ("2", "8", None)
    assert next_page(10, "2", pagination={"pageCount": 3}) == "3"
    assert next_page(PAGE_SIZE, "3", pagination={"pageCount": 3}) is None
    assert next_page(0, "2", pagination={"pageCount": 9}) is None


@given(st.text() | NASTY)
@example("PAY\u200bPAL \u202eevil")
def test_a_name_is_found_by_what_can_be_seen_of_it(name: str) -> None:
    form = " ".join(words(name[:50]))

    assert " ".join(words(plain(form, 1000))) == form
    assert not [char for char in form if unicodedata.category(char) in ("Cc", "Cf", "Cs")]
    assert words("PAY\u200bPAL \u202eevil") == ("paypal", "evil")
