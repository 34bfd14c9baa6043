"""Moving a document to other books and back, and taking one out of the archive: nothing is lost, and nobody gets rid of
what they changed.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.db.base import dump, new_id, table_of
from bot.db.connections import OrganisationRow
from bot.db.items import ITEMS, item_of
from bot.domain.api_keys import NewKey, Scope
from bot.domain.books import Books
from bot.domain.documents import Door, Facts, ItemKind, Party
from bot.domain.editing import edit_of
from bot.domain.ids import OrganisationId, UserId
from bot.domain.ingesting import Sent, Stated
from bot.domain.items import Item, ItemState
from bot.domain.questions import QuestionKind, open_kinds
from bot.domain.rights import Role
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER
from bot.services import sending
from bot.services.entering import NewItem, enter
from bot.services.people import grant
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import SUPPLIER, UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.dropping import replies

BUYER = (
    "<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Else Ltd</cbc:Name></cac:PartyName></cac:Party>"
    "</cac:AccountingCustomerParty>"
)


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made


async def other_books(desk: Desk) -> OrganisationId:
    """Where Ben keeps the books too, and Adam is the admin."""
    actor, organisation_id = await desk.world.actor(), OrganisationId(new_id())
    async with desk.world.services.db.write() as tx:
        books = dump(Books(provider_id="other", name="Other Ltd", base_currency="GBP"))
        of = {"id": organisation_id, "workspace_id": actor.workspace.id, "name": "Other Ltd", "created_at": tx.now}
        await tx.execute(table_of(OrganisationRow).insert().values(**of, books=books, next_reference=1))
        for user, role in ((ADMIN, Role.ADMIN), (BOOKKEEPER, Role.BOOKKEEPER)):
            await grant(tx, actor.workspace.id, organisation_id, UserId(user), role)
    return organisation_id


async def items(desk: Desk) -> list[Item]:
    """Of all books, oldest first."""
    async with desk.world.services.db.read() as tx:
        found = await tx.execute(select(ITEMS).order_by(ITEMS.c.created_at, ITEMS.c.id))
        return [item_of(row) for row in found.mappings().all()]


async def moved(desk: Desk, item: Item, where: OrganisationId) -> Item:
    actor = await desk.world.actor(BOOKKEEPER)
    return await desk.world.services.moving.move(actor, item.id, item.version, where)


async def test_what_is_moved_and_moved_back_is_reviewed_where_it_began(desk: Desk) -> None:
    other = await other_books(desk)
    await desk.drop("INV-4", extra=SUPPLIER.format(name="Paper Ltd") + BUYER)
    (item,) = await items(desk)

    back = await moved(desk, await moved(desk, item, other), desk.world.organisation_id)

    assert (back.state, back.organisation_id) == (ItemState.TO_REVIEW, desk.world.organisation_id)
    assert (back.facts, back.file_id) == (item.facts, item.file_id)

    await desk.drop("INV-4", extra=SUPPLIER.format(name="Paper Ltd") + BUYER)

    dropped = [message for message in desk.slack.messages(BILLS) if message.files][-1]
    answer = " ".join(reply.text for reply in replies(desk, dropped))
    assert f"|{back.reference}> (to review); nothing was added" in answer
    assert back.reference != item.reference


async def otherwise_in_the_ledger(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Item:
    """A bill that Xero took, and has otherwise than it was approved."""
    await desk.add()
    with monkeypatch.context() as patched:
        patched.setattr(sending, "differences", lambda *_: ("total: 120.00 here, 120.01 in the ledger",))
        await desk.approve("INV-1")
        await desk.world.later(UNDO_SECONDS + 3)
    (item,) = await items(desk)
    assert item.state is ItemState.REFUSED
    return item


async def test_what_is_archived_or_moved_is_said_to_stay_in_the_ledger_where_it_stands_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise than it was approved: whoever read that it will not be published would leave it in the books."""
    other = await other_books(desk)
    item = await otherwise_in_the_ledger(desk, monkeypatch)
    await desk.press(desk.card("INV-1"), ActionId.ARCHIVE_ITEM, BOOKKEEPER)

    ended, told = desk.slack.thread(BILLS, desk.card("INV-1").ts)
    assert f"<@{BOOKKEEPER}> archived it." in words(ended)
    assert "It stays in Xero" in words(ended)
    assert "not be published" not in words(ended)
    assert "its document stays in Xero, where it is otherwise than it was approved: <http" in told.text
    assert "delete or void it in Xero" in told.text
    assert ActionId.OPEN_IN_LEDGER in actions(desk.card("INV-1"))

    await desk.press(desk.card("INV-1"), ActionId.UNARCHIVE_ITEM, BOOKKEEPER)
    (item,) = await items(desk)
    await moved(desk, item, other)
    await desk.settle()

    assert "its document stays in Xero" in desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1].text
    assert len(desk.slack.thread(BILLS, desk.card("INV-1").ts)) == 3
    assert len(desk.xero.bills()) == 1


async def test_what_is_rejected_after_it_was_found_otherwise_in_the_ledger_is_said_to_stay_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await otherwise_in_the_ledger(desk, monkeypatch)
    await desk.edit("INV-1", {BlockId.GROSS: "144.00", BlockId.TAX: "24.00"})
    await desk.press(desk.card("INV-1"), ActionId.REJECT_ITEM, APPROVER)
    form = desk.modal(APPROVER)
    assert "will not be sent to Xero again. Its document stays there" in words(form)

    await desk.slack.submit(form, {BlockId.REASON: "Not ours"})
    await desk.settle()

    assert "its document stays in Xero" in desk.slack.thread(BILLS, desk.card("INV-1").ts)[-1].text


async def test_what_names_nobody_of_the_other_books_stays_the_sale_that_it_was_called(desk: Desk) -> None:
    other, actor = await other_books(desk), await desk.world.actor()
    unstated = Facts(number="S-1", supplier=Party(name="Paper Ltd"))
    to_them = replace(unstated, number="S-2", buyer=Party(name="Other Ltd"))
    for facts in (unstated, replace(unstated, number="S-3", buyer=Party(name="Else Ltd")), to_them):
        async with desk.world.services.db.write() as tx:
            new = NewItem(
                workspace_id=actor.workspace.id,
                organisation_id=desk.world.organisation_id,
                submitted_by=actor.user_id,
                door=Door.FORM,
                source_key=str(facts.number),
                facts=facts,
                kind=ItemKind.SALE,
            )
            await enter(tx, new)

    kinds = {item.facts.number: (await moved(desk, item, other)).kind for item in await items(desk)}

    assert kinds == {"S-1": ItemKind.SALE, "S-3": ItemKind.SALE, "S-2": ItemKind.COST}


async def test_another_systems_document_keeps_apart_from_one_that_was_given_the_same_key_there(desk: Desk) -> None:
    other, services = await other_books(desk), desk.world.services
    admin = await desk.world.actor()
    for organisation_id, number in ((desk.world.organisation_id, "OURS"), (other, "THEIRS")):
        made = await services.api_keys.make(admin, organisation_id, NewKey(name="Shop", scopes=frozenset(Scope)))
        caller = await services.api_keys.caller(made.text)
        assert caller is not None
        stated = Stated(facts=Facts(number=number, supplier=Party(name="Paper Ltd")))
        await services.ingesting.send(caller, Sent(idempotency_key="1", content_hash=number, stated=stated))
    ours = next(item for item in await items(desk) if item.facts.number == "OURS")

    arrived = await moved(desk, ours, other)

    assert (arrived.facts.number, arrived.organisation_id) == ("OURS", other)


async def test_whoever_changed_the_payee_is_known_in_the_other_books_too(desk: Desk) -> None:
    other = await other_books(desk)
    await desk.drop("INV-4", extra=SUPPLIER.format(name="Paper Ltd") + BUYER)
    (item,) = await items(desk)
    edit = edit_of(item)
    edit = replace(edit, facts=replace(edit.facts, supplier=Party(name="Pulp Ltd")))
    changed = await desk.world.services.items.edit(await desk.world.actor(BOOKKEEPER), item.id, item.version, edit)

    assert (await moved(desk, changed, other)).edited_by == (BOOKKEEPER,)


async def test_what_came_in_again_while_it_was_archived_is_asked_about_when_it_is_taken_out(desk: Desk) -> None:
    archiving, actor = desk.world.services.archiving, await desk.world.actor(BOOKKEEPER)
    await desk.drop("INV-4", extra=SUPPLIER.format(name="Paper Ltd") + BUYER)
    (item,) = await items(desk)
    archived = await archiving.archive(actor, item.id, item.version)
    await desk.drop("INV 4", extra=SUPPLIER.format(name="Paper Ltd"))

    restored = await archiving.unarchive(actor, archived.id, archived.version)

    assert restored.state is ItemState.TO_REVIEW
    assert open_kinds(restored.questions) == {QuestionKind.WHOSE_BOOKS, QuestionKind.SAME_DOCUMENT}
    assert any("Same supplier and number" in complaint for complaint in restored.complaints)
