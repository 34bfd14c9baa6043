from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.api_keys import ApiKeyId
from bot.domain.books import ListKind
from bot.domain.browsing import Position
from bot.domain.ids import ItemId, OrganisationId, RuleId
from bot.domain.payment_methods import PaymentMethodId
from bot.domain.publishing import StepKind
from bot.domain.rules import RuleOf
from bot.views.metadata import (
    HIGHEST_VERSION,
    BatchRef,
    FilesRef,
    FormRef,
    ItemRef,
    KeyRef,
    ListRef,
    MethodRef,
    MethodsRef,
    NamingRef,
    NotOursError,
    OfferRef,
    PageRef,
    Ref,
    RuleRef,
    RulesRef,
    StepRef,
    organisation_of,
)

ITEMS = st.builds(ItemRef, st.uuids().map(ItemId), st.integers(min_value=1, max_value=10**9))


@given(st.uuids().map(OrganisationId), st.integers(0, HIGHEST_VERSION - 1), st.none() | st.uuids().map(ItemId))
def test_what_a_form_is_about_is_read_back_as_it_was_written(
    organisation: OrganisationId, version: int, item_id: ItemId | None
) -> None:
    about = FormRef(organisation, version, item_id)

    assert FormRef.decode(about.encode()) == about


@given(ITEMS)
def test_what_a_button_is_about_is_read_back_as_it_was_written(item: ItemRef) -> None:
    assert ItemRef.decode(item.encode()) == item


@pytest.mark.parametrize(
    "text", ["", "x", ":", f"{UUID(int=1)}", f"{UUID(int=1)}:x:", f"{UUID(int=1)}:1:{UUID(int=2)}:one"]
)
def test_what_we_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(NotOursError):
        FormRef.decode(text)


@pytest.mark.parametrize("version", ["-1", "+1", "1_0", " 1", "1.0", "١", str(HIGHEST_VERSION), "9" * 5000])
def test_a_version_that_no_database_holds_is_refused(version: str) -> None:
    with pytest.raises(NotOursError):
        ItemRef.decode(f"{UUID(int=1)}:{version}")
    with pytest.raises(NotOursError):
        FormRef.decode(f"{UUID(int=1)}:{version}:")


@pytest.mark.parametrize("text", ["", "x:1", f"{UUID(int=1)}", f"{UUID(int=1)}:"])
def test_a_button_we_did_not_draw_is_refused(text: str) -> None:
    with pytest.raises(NotOursError):
        ItemRef.decode(text)


def test_a_button_that_names_no_organisation_is_refused() -> None:
    with pytest.raises(NotOursError):
        organisation_of("new")


REFS: tuple[type[Ref], ...] = tuple(Ref.__subclasses__())


def test_every_reference_is_tried() -> None:
    assert {ItemRef, OfferRef, StepRef, NamingRef, MethodRef, RulesRef, RuleRef, FormRef} <= set(REFS)


ID, OTHER = UUID(int=1), UUID(int=2)
WRITTEN = [
    (ItemRef(ItemId(ID), 3), f"{ID}:3"),
    (OfferRef(ItemId(ID), "0123456789abcdef"), f"{ID}:0123456789abcdef"),
    (StepRef(ItemId(ID), StepKind.PAYMENT), f"{ID}:payment"),
    (StepRef(ItemId(ID), StepKind.DOCUMENT), f"{ID}:7"),
    (FilesRef(OrganisationId(ID), "C1:1.2"), f"{ID}:C1:1.2"),
    (PageRef(OrganisationId(ID)), f"{ID}:"),
    (PageRef(OrganisationId(ID), Position(at=date(2026, 3, 2), id=ItemId(OTHER))), f"{ID}:{OTHER}:2026-03-02"),
    (ListRef(OrganisationId(ID)), f"{ID}"),
    (ListRef(OrganisationId(ID), ListKind.ACCOUNTS), f"{ID}:accounts"),
    (BatchRef(OrganisationId(ID), 4), f"{ID}:4"),
    (NamingRef("xero"), "xero::"),
    (NamingRef("file_export", "C1", OrganisationId(ID)), f"file_export:C1:{ID}"),
    (KeyRef(OrganisationId(ID), ApiKeyId(OTHER)), f"{ID}:{OTHER}"),
    (MethodsRef(OrganisationId(ID)), f"{ID}"),
    (MethodsRef(OrganisationId(ID), 2), f"{ID}:2"),
    (MethodRef(OrganisationId(ID)), f"{ID}:0:"),
    (MethodRef(OrganisationId(ID), PaymentMethodId(OTHER), 5), f"{ID}:5:{OTHER}"),
    (RulesRef(OrganisationId(ID), 1), f"{ID}:1:"),
    (RulesRef(OrganisationId(ID), deleted=True), f"{ID}:0:deleted"),
    (FormRef(OrganisationId(ID), is_of_sale=True), f"{ID}+sale:0:"),
    (FormRef(OrganisationId(ID), 1, ItemId(OTHER), ID, 2, 3), f"{ID}:1:{OTHER}:{ID}:2:3"),
    (RuleRef(OrganisationId(ID), RuleOf.SUPPLIER, name="Pa: per"), f"{ID}:0::::::supplier:Pa: per"),
    (RuleRef(OrganisationId(ID), RuleOf.CUSTOMER, 2, RuleId(OTHER)), f"{ID}+sale:2:::::{OTHER}:customer:"),
]


@pytest.mark.parametrize(("ref", "text"), WRITTEN)
def test_what_earlier_programs_wrote_is_still_read(ref: Ref, text: str) -> None:
    assert type(ref).decode(text) == ref
    assert type(ref).decode(ref.encode()) == ref


PARTS = st.sampled_from(
    [str(UUID(int=1)), "", "0", "1", "9" * 30, "x", "C1", "1.2", "0001-01-01T00:00:00+14:00", "2026-03-02"]
)
ALTERED = st.text() | st.lists(PARTS | st.text(max_size=3), max_size=8).map(":".join)


@given(ALTERED)
@example(f"{UUID(int=0)}:0:{UUID(int=0)}::1")  # a page of no draft
def test_whatever_stands_there_is_read_as_one_of_ours_or_not_at_all(text: str) -> None:
    for ref in REFS:
        with suppress(NotOursError):
            found = ref.decode(text)
            assert ref.decode(found.encode()) == found


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-01T00:00:00", "2026"]
)
def test_a_place_at_no_instant_of_ours_is_refused(at: str) -> None:
    with pytest.raises(NotOursError):
        PageRef.decode(f"{UUID(int=1)}:{UUID(int=1)}:{at}")
