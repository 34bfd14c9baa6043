"""Selects that search look into an index: what they find, in which order, and that both databases find the same."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import CompoundSelect, Select, delete, text

from bot.db import list_terms
from bot.db.base import table_of
from bot.db.connections import ListEntryRow, ListSyncRow
from bot.db.list_terms import ListTermRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Account, Books, Contact, ListKind
from bot.domain.documents import ItemKind
from bot.domain.finding import Place, Query, found_by
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.services.finding import MOST_CHOICES, SHORT_LIST, _first, _how_many, _page, find
from bot.services.lists import find_contacts, keep_books, note_use
from tests.fakes.clock import FakeClock
from tests.services.listed import account, contact, keep, key_of
from tests.services.publishing import World, a_world

ENTRIES, TERMS, SYNCS = table_of(ListEntryRow), table_of(ListTermRow), table_of(ListSyncRow)
PK = "pk_list_terms"
NAMES = ("alpha", "älpha", "alphabet", "beta", "Béta", "be ta", "gamma", "alp", "łambda", "zeta-7", "7", "Ω")


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


async def listed(world: World, *entries: Account | Contact) -> None:
    kind = ListKind.CONTACTS if isinstance(entries[0], Contact) else ListKind.ACCOUNTS
    async with world.db.write() as tx:
        await keep(tx, world.workspace_id, world.organisation_id, kind, entries)


async def found(world: World, typed: str, kind: ListKind = ListKind.ACCOUNTS) -> list[str]:
    async with world.db.read() as tx:
        return [row.key for row in await find(tx, world.workspace_id, world.organisation_id, kind, typed)]


async def used(world: World, *codes: str) -> None:
    for code in codes:
        world.later(1)
        async with world.db.write() as tx:
            await note_use(tx, world.workspace_id, world.organisation_id, ListKind.ACCOUNTS, [code])


async def test_codes_come_before_names_names_before_words_and_what_was_used_last_before_the_rest(world: World) -> None:
    await listed(
        world,
        account("400", "Rent 42"),
        account("420", "Rent"),
        account("429", "Travel"),
        account("500", "42 Degrees"),
        account("600", "Extra 42"),
        account("610", "Other"),
    )

    assert await found(world, "42") == ["420", "429", "500", "400", "600"]
    await used(world, "600", "429", "610")
    assert await found(world, "42") == ["429", "420", "500", "600", "400"]
    assert (await found(world, ""))[:3] == ["610", "429", "600"]


async def test_suppliers_are_found_behind_hundreds_of_customers_where_books_part_them(world: World) -> None:
    customers = [replace(contact(f"c{n}", f"Aaron {n}"), is_customer=True) for n in range(3 * MOST_CHOICES)]
    suppliers = [replace(contact(f"s{n}", f"Zoe {n}"), is_supplier=True) for n in range(3)]
    await listed(world, *customers, *suppliers)
    of = world.workspace_id, world.organisation_id

    async def offered(typed: str, kind: ItemKind) -> set[str]:
        async with world.db.read() as tx:
            return {each.provider_id for each in await find_contacts(tx, *of, typed, kind)}

    assert "s0" not in await offered("", ItemKind.COST), "it is not among the first hundred of all"
    async with world.db.write() as tx:
        books = Books(provider_id="t", name="N", base_currency="GBP", rules=BookRules(parts_contacts=True))
        await keep_books(tx, *of, books, has_rules_followed=True)
    assert await offered("", ItemKind.COST) == {"s0", "s1", "s2"}
    assert await offered("zoe 1", ItemKind.COST) == {"s1"}
    assert await offered("zoe", ItemKind.SALE) == set()
    assert len(await offered("", ItemKind.SALE)) == MOST_CHOICES


async def test_the_middle_of_a_word_is_looked_for_in_a_short_list_only(world: World) -> None:
    await listed(world, account("489", "Telephone & Internet"), account("493", "Phone repairs"))
    sync = {"state": "done", "run": 1, "read": SHORT_LIST, "unreadable": "[]", "attempt": 1}
    of = {"workspace_id": world.workspace_id, "organisation_id": world.organisation_id, "kind": ListKind.ACCOUNTS}
    async with world.db.write() as tx:
        await tx.execute(SYNCS.insert().values(**of, **sync))

    assert await found(world, "phone") == ["493"]
    assert await found(world, "lephone") == ["489"]
    assert await found(world, "ternet lepho") == ["489"]
    async with world.db.write() as tx:
        await tx.execute(SYNCS.update().values(read=SHORT_LIST + 1))
    assert await found(world, "lephone") == []


async def test_what_is_renamed_archived_or_brought_back_is_found_as_it_is_now(world: World) -> None:
    kind = ListKind.CONTACTS
    await listed(world, contact("1", "Blue Fish"), contact("2", "Blue Moon"))
    await listed(world, contact("1", "Red Fish"), contact("2", "Blue Moon", is_active=False))
    assert [await found(world, typed, kind) for typed in ("blue", "red fi", "")] == [[], ["1"], ["1"]]

    await listed(world, contact("2", "Blue Moon"))
    assert await found(world, "moon", kind) == ["2"]

    async with world.db.write() as tx:
        await list_terms.drop(tx, world.workspace_id, world.organisation_id, kind, ["1"])
    assert await found(world, "", kind) == ["2"]


async def test_one_organisations_entries_are_no_others(world: World) -> None:
    await listed(world, account("429", "Rent"))
    ours, theirs = world.workspace_id, world.organisation_id

    async with world.db.read() as tx:
        for workspace, organisation in ((ours, OrganisationId(uuid4())), (WorkspaceId(uuid4()), theirs)):
            assert await find(tx, workspace, organisation, ListKind.ACCOUNTS, "rent") == ()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3)), max_size=60),
    st.lists(st.sampled_from(("a", "al", "alp", "be", "b", "BETA", "7", "ła", "l", "ω", "-", "")), max_size=3),
)
async def test_what_is_found_is_what_reading_every_entry_would_find(
    world: World, made: list[tuple[str, list[str]]], typed: list[str]
) -> None:
    entries = [account(f"{code}{number}", " ".join(words)) for number, (code, words) in enumerate(made)]
    async with world.db.write() as tx:
        await tx.execute(delete(TERMS))
        await tx.execute(delete(ENTRIES))
        await keep(tx, world.workspace_id, world.organisation_id, ListKind.ACCOUNTS, entries)
    query = " ".join(typed)

    assert await found(world, query) == meant(entries, query)


def meant(entries: Sequence[Account], typed: str) -> list[str]:
    query = Query.of(typed)
    places = [(query.place_in(found_by(entry)), found_by(entry), key_of(entry)) for entry in entries]
    return [key for place, _, key in sorted((place, by, key) for place, by, key in places if place is not None)]


async def test_among_thousands_a_hundred_are_found_through_the_index(world: World) -> None:
    """With as many rows, no plan may read what is not shown; `benchmarks.finding` has the figures."""
    some = [
        contact(f"{number:05}", f"Supplier {number} {'Sons Smith' if number % 2 else 'Ltd'}") for number in range(2000)
    ]
    await listed(world, *some, contact("rare", "Supplier Smyth"))
    kind = ListKind.CONTACTS

    assert len(await found(world, "s", kind)) == MOST_CHOICES
    assert len(await found(world, "ltd", kind)) == MOST_CHOICES
    assert await found(world, "supplier smyth", kind) == ["rare"]
    assert await found(world, "17 sup", kind) == [key for key in await found(world, "17", kind) if key[:5] != "rare"]
    async with world.db.write() as tx:
        await tx.execute(text("ANALYZE"))
        of = {"workspace_id": world.workspace_id, "organisation_id": world.organisation_id, "kind": kind}
        common = {**of, "text_word": "s", "after_word": "", "end_word": "t"}
        rare = {**common, "text_word": "smyth", "end_word": "smyti", "other0": "% supplier%"}
        asked = [(_page(Place.WORD), common), (_page(Place.WORD, 1), rare), (_how_many(), common)]
        indexed = [await plan(tx, statement, values) for statement, values in asked]
        places = [f"{name}_{place}" for name in ("text", "after", "end") for place in ("code", "name")]
        together = await plan(tx, _first(1), {**rare, **dict.fromkeys(places, "smyth")})
        steps = [*indexed, together]
    for words in steps:
        assert not re.search(r"Seq Scan|\bSCAN list_", words), words
    assert all(PK in words or "PRIMARY KEY (organisation_id=? AND kind=? AND place=? AND" in words for words in indexed)
    assert "ix_list_entries_used" in together


async def plan(tx: Tx, statement: Select[Any] | CompoundSelect[Any], values: dict[str, Any]) -> str:
    """How the database would carry it out."""
    bound = statement.params(values)
    sql = bound.compile(dialect=tx.connection.dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if tx.is_sqlite else "EXPLAIN"
    rows = (await tx.connection.exec_driver_sql(f"{explain} {str(sql).replace('%%', '%')}")).all()
    return "\n".join(str(row[-1]) for row in rows)


def test_places_are_stored_as_they_are_ranked() -> None:
    """Their numbers are in the database."""
    assert [(place.name, int(place)) for place in Place] == [("CODE", 0), ("NAME", 1), ("WORD", 2)]
