"""Whom a document means by another name is found through the index of the contacts' terms, as both databases have it."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.db.unit_of_work import Database
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Contact, ListKind
from bot.domain.documents import ItemKind, Party
from bot.domain.likeness import Strictness
from bot.domain.parties import CompanyName
from bot.services.alike import ContactsAlike, _candidates, _sought
from bot.services.finding import find
from tests.fakes.clock import FakeClock
from tests.services.listed import contact, keep
from tests.services.publishing import World, a_world
from tests.services.test_finding import plan


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


async def listed(world: World, *contacts: Contact) -> None:
    async with world.db.write() as tx:
        await keep(tx, world.workspace_id, world.organisation_id, ListKind.CONTACTS, contacts)


async def meant(
    world: World, name: str | None, *, tax: str | None = None, rules: BookRules = USUAL_RULES
) -> str | None:
    async with world.db.read() as tx:
        looking = ContactsAlike(tx, world.workspace_id, world.organisation_id, rules, Strictness.USUAL)
        found = await looking.match(Party(name=name, tax_number=tax), ItemKind.COST)
    return None if found is None else found.contact.provider_id


async def test_who_is_written_otherwise_is_found_and_who_is_not_there_is_not(world: World) -> None:
    numbered = replace(contact("n", "Zebra Trading"), tax_number="GB 987 6543 21")
    await listed(
        world,
        contact("1", "Central Copiers Ltd"),
        contact("2", "Papermill"),
        contact("3", "Müller & Söhne"),
        contact("4", "Old Copiers", is_active=False),
        numbered,
    )

    for name, key in (
        ("Central Copeirs", "1"),
        ("copiers central limited", "1"),
        ("Centrl Copiers", "1"),
        ("Paper Mill Ltd", "2"),
        ("Sohne und Muller", "3"),
        ("Oldd Copiers", None),
        ("Somebody Else", None),
        ("Central Copiers Ltd", None),  # the ledger knows whom that means
        ("CENTRAL  copiers ltd", None),
        ("Ltd", None),
        (None, None),
    ):
        assert await meant(world, name) == key, name
    assert await meant(world, "Someone", tax="GB987654321") == await meant(world, None, tax="987654321") == "n"
    async with world.db.read() as tx:
        of = tx, world.workspace_id, world.organisation_id
        assert [row.key for row in await find(*of, ListKind.CONTACTS, "987654321")] == ["n"], "by a select, too"


async def test_books_that_part_suppliers_from_customers_are_asked_for_those_that_are_meant(world: World) -> None:
    await listed(world, replace(contact("1", "Central Copiers"), is_supplier=False, is_customer=True))

    assert await meant(world, "Central Copeirs") == "1"
    assert await meant(world, "Central Copeirs", rules=BookRules(parts_contacts=True)) is None


async def test_among_thousands_they_are_read_through_the_index(world: World) -> None:
    some = [contact(f"{number:05}", f"Supplier {number} Sons {number % 7}") for number in range(3000)]
    await listed(world, *some, contact("one", "Copperfield Rentals"))

    assert await meant(world, "Coperfield Rentals") == "one"
    async with world.db.write() as tx:
        await tx.execute(text("ANALYZE"))
        of = {"workspace_id": world.workspace_id, "organisation_id": world.organisation_id}
        values = _sought("coperfield rentals", CompanyName.of("Coperfield Rentals"), ["coperfield", "rentals"], "")
        words = await plan(tx, _candidates(2), {**of, **values})
    assert not re.search(r"Seq Scan|\bSCAN list_|TEMP B-TREE FOR ORDER|Sort ", words), words
