"""How often a click asks the database, and what it writes: an answer costs little else. Each statement costs as much as Bolt does."""

from bot.playground.slack import ADMIN, APPROVER
from bot.views.ids import ActionId, BlockId
from tests.fakes.statements import counted
from tests.handlers.desk import a_desk


async def test_a_decision_reads_and_writes_only_what_it_decides_on(sqlite_url: str) -> None:
    """A card in a channel is drawn by the messenger afterwards, and the form for a reason shows no card. One read tells an old
    copy of the card from it, one of the settings how long the organisation has for *Undo*, and one for the form whether a
    document of it was left in the ledger.
    """
    async with a_desk(sqlite_url) as desk:
        card = await desk.add()

        with counted() as asking:
            await desk.press(card, ActionId.REJECT_ITEM, settled=False)
        await desk.slack.close_modal(APPROVER, everything=True)
        with counted() as approving:
            await desk.press(card, ActionId.APPROVE_ITEM, settled=False)
        await desk.settle()
        with counted() as undoing:
            await desk.press(desk.card("INV-1"), ActionId.UNDO_ITEM, settled=False)

    changed = next(statement for statement in approving if statement.startswith("UPDATE items"))
    assert changed.partition(" WHERE ")[0] == (
        "UPDATE items SET state=?, version=?, decided_by=?, decided_at=?, send_after=?"
    )
    assert len(asking) == 6, asking
    assert len(approving) == 14, approving
    assert len(undoing) == 11, undoing


async def test_saving_settings_writes_only_what_changed(sqlite_url: str) -> None:
    async with a_desk(sqlite_url) as desk:
        await desk.slack.command("/dext", "settings", user=ADMIN)
        with counted() as saving:
            done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.BOOKKEEPERS: [APPROVER]})

    assert done.errors == {}
    written = [statement.partition(" WHERE ")[0] for statement in saving if not statement.startswith("SELECT")]
    assert [statement.split(" (")[0] for statement in written if " messages " not in statement] == [
        "INSERT INTO deliveries",
        "UPDATE organisation_settings SET version=?, chosen=?, general_confirmed_at=?, tax_confirmed_at=?",
        "DELETE FROM grants",
        "INSERT INTO grants",
        "INSERT INTO audit_log",
    ]
