"""One day at Northwind's and Acme's, laid once, at which everybody tries every entry.

After each entry the database is put back as it was, so that nobody finds what somebody before left.
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bot.db.arrivals import arrivals_of_message, change_arrival
from bot.db.bank_lines import keep_lines, lines_near
from bot.db.base import dump, new_id, table_of
from bot.db.connections import ConnectionRow, ListEntryRow, OrganisationRow
from bot.db.items import ITEMS, change_item, load_item
from bot.db.merges import add_entries, merge_of
from bot.db.migrate import tables
from bot.db.publications import BATCHES, PUBLICATIONS, STEPS
from bot.db.unit_of_work import Tx
from bot.domain.api_keys import NewKey, Scope
from bot.domain.arrivals import ArrivalState, SlackMessage
from bot.domain.auto_offers import ENOUGH
from bot.domain.bank_lines import NewLine
from bot.domain.bank_match import BankForm
from bot.domain.books import Books, Contact, ListKind
from bot.domain.closing import ClosedPolicy, Closing
from bot.domain.connecting import NamedBooks
from bot.domain.disconnecting import Keep
from bot.domain.documents import Facts, Party
from bot.domain.editing import Edit
from bot.domain.general import NOTHING_DECIDED, GeneralForm
from bot.domain.gone_codes import Code
from bot.domain.ids import ChannelId, ItemId, OrganisationId, UserId
from bot.domain.items import Item, ItemState
from bot.domain.merging import MergeEntry
from bot.domain.payment_methods import PaymentMethodForm
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import BatchState, StepKind, StepState
from bot.domain.questions import asked, new_supplier
from bot.domain.reports import Claim
from bot.domain.rights import Role
from bot.domain.rules import RuleOf, Target
from bot.playground.slack import ADMIN as ADAM
from bot.playground.slack import APPROVER as PRIYA
from bot.playground.slack import BILLS, FORMER, GUEST, MEMBER, OTHER_BOT, OTHER_TEAM, OUTSIDER, OWNER, TEAM, Dropped
from bot.playground.slack import BOOKKEEPER as BEN
from bot.playground.slack.calls import Call
from bot.services import alerts
from bot.services.drafts import DraftRef
from bot.services.lists import books_of, went_inactive
from bot.services.people import grant
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import FilesRef, ItemRef, KeyRef, ListFileRef, MethodRef, RuleRef
from providers.file_export import PROFILE
from providers.xero.simulated.seed import accounts
from providers.xero.simulator import IRELAND, TRADING
from tests.attacks import rights_table as table
from tests.attacks.entries import A_USER, FORM, OWN_RECEIPT, Ids, Payload
from tests.attacks.jars import Stand, a_stand
from tests.fakes.connected import CATEGORY, as_connected
from tests.handlers.desk import OTHER_CATEGORY, Desk, button_values
from tests.handlers.desk import SUPPLIER as SUPPLIER_PARTY
from tests.handlers.dropping import dropped
from tests.handlers.ruling import save_rule
from tests.statements.files import sgml

UNDO_SECONDS = 7200
CONNECTIONS, ORGANISATIONS, ENTRIES = table_of(ConnectionRow), table_of(OrganisationRow), table_of(ListEntryRow)
SECOND = "Northwind Catering Ltd"
SUBMITTER, VIEWER, YVONNE, NOWHERE = "U0SUBMIT1", "U0VIEWER1", "U0YVONNE1", "T0NOWHERE"
PEOPLE = {
    table.OWNER: OWNER,
    table.ADMIN: ADAM,
    table.BOOKKEEPER: BEN,
    table.APPROVER: PRIYA,
    table.SUBMITTER: SUBMITTER,
    table.VIEWER: VIEWER,
    table.MEMBER: MEMBER,
    table.GUEST: GUEST,
    table.BOT: OTHER_BOT,
    table.FORMER: FORMER,
    table.OUTSIDER: OUTSIDER,
    table.UNKNOWN: "U0UNKNOWN",
    table.NEIGHBOUR: OUTSIDER,
    table.TWOFOLD: YVONNE,
    table.ELSEWHERE: OUTSIDER,
}
ACMES = (OUTSIDER, YVONNE)
HOMES = {table.NEIGHBOUR: OTHER_TEAM, table.TWOFOLD: OTHER_TEAM, table.ELSEWHERE: NOWHERE}
"""Whose workspace a request comes from, where it is not Northwind's."""
LOOKING = ("files.info", "users.info", "users.list", "auth.test", "chat.getPermalink")
TELLING = ("views.open", "views.push", "views.update", "views.publish", "chat.postEphemeral")
TALKING = ("chat.postMessage", "chat.update", "conversations.open")
OF_WORKSPACES = tuple(
    name
    for name, found in tables().tables.items()
    if "workspace_id" in found.columns and name not in ("places", "pauses")  # how fast is told, not what
)
Kept = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Mark:
    """How many calls there had been of Slack, and of the ledger."""

    slack: int
    ledger: int


@dataclass(slots=True)
class Office:
    stand: Stand
    desk: Desk
    ids: Ids
    copy: Path
    at_rest: Kept = field(init=False)

    def __post_init__(self) -> None:
        copied(self.path, self.copy)
        self.at_rest = kept(self.copy)

    @property
    def path(self) -> str:
        return str(self.stand.world.services.db.url.database)

    @property
    def mark(self) -> Mark:
        return Mark(len(self.desk.slack.calls), len(self.desk.xero.calls))

    async def send(self, payload: Payload, who: str) -> str:
        """As this person; what was answered. A command names one workspace only, all else the person's own, too."""
        deliveries, user_id = self.desk.slack.deliveries, PEOPLE[who]
        own = self.ids.receipts.get(user_id, self.ids.waiting.partition(":")[0])
        payload = json.loads(json.dumps(payload).replace(OWN_RECEIPT, own))
        home, own = HOMES.get(who, TEAM), HOMES.get(who, OTHER_TEAM if who == table.OUTSIDER else TEAM)
        if "command" in payload:
            answer = await deliveries.command({**payload, "user_id": user_id, "team_id": home})
        elif "event" in payload:
            person = {"user": user_id, "user_id": user_id, "user_team": own}
            answer = await deliveries.event({**payload["event"], **person}, team=home)
        else:
            user = {"id": user_id, "name": "x", "username": "x", "team_id": own}
            answer = await deliveries.interaction({**payload, "user": user, "team": {"id": home}})
        assert answer.status == 200, (who, payload, answer)
        return answer.text

    def told(self, since: Mark) -> str:
        """All that was said in Slack."""
        calls = self.desk.slack.calls[since.slack :]
        return " ".join(repr(call.args) for call in calls if call.method not in LOOKING)

    def posted(self, since: Mark, *people: str) -> list[str]:
        """Calls of Slack that do more than to look, or to tell one of these people."""
        return [call.method for call in self.desk.slack.calls[since.slack :] if not _is_harmless(call, people)]

    def asked(self, since: Mark) -> list[str]:
        """Tenants that the ledger was asked about; empty where the call names none."""
        calls = self.desk.xero.calls[since.ledger :]
        return [{name.lower(): value for name, value in call.headers.items()}.get(TENANT, "") for call in calls]

    @property
    def changed(self) -> list[str]:
        """Tables of Northwind's that are not as they were at rest."""
        return [name for name, rows in kept(self.path).items() if rows != self.at_rest[name]]

    def put_back(self) -> None:
        copied(self.copy, self.path)
        self.stand.world.jobs.known.clear()


TENANT = "xero-tenant-id"


def _is_harmless(call: Call, people: tuple[str, ...]) -> bool:
    args = call.args
    if call.method in TALKING:
        return args.get("channel") in people or args.get("users") in people
    if call.method in TELLING:
        # what is opened or redrawn is before whoever pressed; only some calls name the person
        return args.get("user", args.get("user_id")) in (*people, None)
    return call.method in LOOKING


def copied(source: Path | str, target: Path | str) -> None:
    """By SQLite itself, beside those who have the database open."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def kept(path: Path | str) -> Kept:
    """Everything that is Northwind's, by table; of messages only which ones there are for more than one person."""
    found: Kept = {}
    with closing(sqlite3.connect(path)) as database:
        (ours,) = database.execute("SELECT id FROM workspaces WHERE team_id = ?", (TEAM,)).fetchone()
        for name in OF_WORKSPACES:
            found[name] = database.execute(
                f"SELECT * FROM {name} WHERE workspace_id = ? ORDER BY 1, 2", (ours,)
            ).fetchall()
        shared = "SELECT id FROM messages WHERE workspace_id = ? AND user_id IS NULL ORDER BY 1"
        found["messages"] = database.execute(shared, (ours,)).fetchall()
        found["workspaces"] = database.execute("SELECT * FROM workspaces WHERE id = ?", (ours,)).fetchall()
    return found


@asynccontextmanager
async def an_office(sqlite_url: str, folder: Path) -> AsyncIterator[Office]:
    """Both workspaces have connected their books. Adam keeps Northwind's and is no admin of the workspace any more.

    Yvonne, an admin at Acme, has every role in Northwind's books too, as in an Enterprise organisation people of several
    workspaces may; a request that comes from Acme is none of theirs all the same.
    """
    async with a_stand(sqlite_url, {"DEXT_UNDO_SECONDS": str(UNDO_SECONDS)}) as stand:
        await stand.connected(stand.admin, await stand.link())
        await stand.world.settle()
        desk = Desk(await as_connected(stand.world, stand.xero))
        await desk.world.set_up(alerts_channel=BILLS)
        downloaded = await _downloaded_books(desk)
        await stand.connected(stand.stranger, await stand.link(OUTSIDER, OTHER_TEAM), OUTSIDER, tenant=IRELAND)
        await _hire(desk)
        ids = await _bills(desk, await _other_books(desk), downloaded, await _old_books(desk))
        # hundreds of requests follow while the clock hardly moves, and Slack would refuse to tell so much in a minute
        desk.slack.pace.is_on = False
        yield Office(stand, desk, ids, folder / "at-rest.db")


async def _hire(desk: Desk) -> None:
    desk.slack.change_person(ADAM, is_admin=False)
    people = desk.slack.workspace.people
    for user in (SUBMITTER, VIEWER):
        people[user] = replace(people[MEMBER], id=user, name=user, handle=user.lower())
    people[YVONNE] = replace(people[OUTSIDER], id=YVONNE, name="Yvonne", handle="yvonne", is_admin=True)
    actor, organisation = await desk.world.actor(), desk.world.organisation_id
    roles = [(SUBMITTER, Role.SUBMITTER), (VIEWER, Role.VIEWER), *((YVONNE, role) for role in Role)]
    async with desk.world.services.db.write() as tx:
        for user, role in roles:
            await grant(tx, actor.workspace.id, organisation, UserId(user), role)


async def _other_books(desk: Desk) -> OrganisationId:
    """A second organisation of Northwind's, where Adam and Ben keep the books too."""
    actor, organisation_id = await desk.world.actor(), OrganisationId(new_id())
    async with desk.world.services.db.write() as tx:
        books = dump(Books(provider_id="second", name=SECOND, base_currency="GBP"))
        of = {"id": organisation_id, "workspace_id": actor.workspace.id, "name": SECOND, "created_at": tx.now}
        await tx.execute(table_of(OrganisationRow).insert().values(**of, books=books, next_reference=1))
        for user, role in ((ADAM, Role.ADMIN), (BEN, Role.BOOKKEEPER)):
            await grant(tx, actor.workspace.id, organisation_id, UserId(user), role)
    return organisation_id


async def _old_books(desk: Desk) -> OrganisationId:
    """Disconnected ones of Adam's, whose place Northwind's books take; one category of theirs is looked through."""
    services, actor, organisation = desk.world.services, await desk.world.actor(), desk.world.organisation_id
    named = NamedBooks(name="Northwind Old Ltd", layout="other", currency="GBP")
    old = await services.naming.connect(actor, PROFILE.key, named)
    stamp = (await services.disconnecting.opened(actor, old)).stamp
    await services.disconnecting.disconnect(actor, old, Keep.EVERYTHING, stamp=stamp)
    await desk.settle()
    await services.merging.begin(actor, organisation, old)
    async with services.db.write() as tx:
        merge = await merge_of(tx, actor.workspace.id, organisation)
        assert merge is not None
        entry = MergeEntry(place=1, code=Code(ListKind.ACCOUNTS, "7500"), label="7500 · Office costs")
        await add_entries(tx, merge, [entry])
    return old


async def _downloaded_books(desk: Desk) -> OrganisationId:
    """Adam has named them, Ben keeps them too, and somebody has had their first batch."""
    actor, named = await desk.world.actor(), NamedBooks(name="Northwind Garden Ltd", layout="other", currency="GBP")
    organisation_id = await desk.world.services.naming.connect(actor, PROFILE.key, named)
    await desk.settle()
    of = {"workspace_id": actor.workspace.id, "organisation_id": organisation_id}
    async with desk.world.services.db.write() as tx:
        await grant(tx, actor.workspace.id, organisation_id, UserId(BEN), Role.BOOKKEEPER)
        connection_id = (
            await tx.execute(select(CONNECTIONS.c.id).where(CONNECTIONS.c.organisation_id == organisation_id))
        ).scalar_one()
        batch = {
            "id": new_id(),
            "connection_id": connection_id,
            "kind": StepKind.DOCUMENT,
            "route": "other",
            "number": 1,
        }
        sent = {"state": BatchState.DONE, "body": b"Document", "body_hash": "", "idempotency_key": "", "failures": 0}
        await tx.execute(BATCHES.insert().values(**of, **batch, **sent, due_at=tx.now, created_at=tx.now))
    return organisation_id


async def _asked(desk: Desk) -> dict[str, str]:
    """What waits for somebody's answer, by what asks; and one that was archived."""
    await desk.add(OWNER, **{BlockId.NUMBER: "INV-2", BlockId.GROSS: "12.00", BlockId.TAX: "2.00"})
    same = button_values(desk.card("INV-2"))[ActionId.CONFIRM_ANOTHER]
    buyer = "<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Else Ltd</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>"
    await desk.drop("INV-4", user=OWNER, extra=SUPPLIER_PARTY.format(name="Paper Ltd") + buyer)
    elsewhere = button_values(desk.card("INV-4"))[ActionId.CONFIRM_OURS]
    await desk.add(OWNER, **{BlockId.NUMBER: "INV-5"})
    await desk.press(desk.card("INV-5"), ActionId.SEND_BACK, PRIYA)
    await desk.slack.submit(desk.modal(PRIYA), {BlockId.REASON: "Which job?"})
    await desk.settle()
    back = button_values(desk.card("INV-5"))[ActionId.ASK_AGAIN]
    await desk.drop("INV-6", user=OWNER, extra=SUPPLIER_PARTY.format(name="Ink Ltd") + buyer)
    await desk.press(desk.card("INV-6"), ActionId.ARCHIVE_ITEM, BEN)
    archived = button_values(desk.card("INV-6"))[ActionId.UNARCHIVE_ITEM]
    return {"same": same, "elsewhere": elsewhere, "back": back, "archived": archived}


async def _bills(desk: Desk, second: OrganisationId, downloaded: OrganisationId, old: OrganisationId) -> Ids:
    """One that the ledger refused, one approved that can be taken back, one that waits for its approver; and those that
    wait for an answer.
    """
    rule, deleted_rule = await _a_rule(desk, "Ink & Co"), await _a_rule(desk, "Paper & Co", is_deleted=True)
    await _a_rule(desk, "Gone & Co", account=OTHER_CATEGORY)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    async with desk.world.services.db.write() as tx:
        of = (await desk.world.actor()).workspace.id, desk.world.organisation_id
        await went_inactive(tx, *of, OTHER_CATEGORY)
    offered = await _of_a_usual_supplier(desk)
    desk.xero.archive_account(TRADING, CATEGORY)
    for number in ("INV-3", *TOLD_OTHERWISE):
        await desk.add(OWNER, **{BlockId.NUMBER: number})
        await desk.approve(number)
    await desk.world.later(UNDO_SECONDS + 60)
    await desk.restore(CATEGORY)
    without_file = await _without_file(desk)
    unpaid = await _unpaid(desk)
    published, kept_there = await _published(desk, "INV-8"), await _kept_there(desk)
    await desk.add(OWNER, **{BlockId.NUMBER: "INV-2"})
    await desk.approve("INV-2")
    approved = button_values(desk.card("INV-2"))[ActionId.UNDO_ITEM]
    before_sending = [await _approved(desk, number) for number in ("HELD-1", "NOW-1")]
    await desk.press(desk.card("HELD-1"), ActionId.HOLD_ITEM, BEN)
    await desk.add(OWNER)
    actor, organisation = await desk.world.actor(), desk.world.organisation_id
    disconnection = await desk.world.services.disconnecting.opened(actor, organisation)
    api_keys = desk.world.services.api_keys
    await api_keys.make(actor, organisation, NewKey(name="The till", scopes=frozenset(Scope)))
    (key,) = (await api_keys.opened(actor, organisation)).keys
    bank = next(each["AccountID"] for each in accounts(TRADING) if (each["Type"], each["Status"]) == ("BANK", "ACTIVE"))
    method = PaymentMethodForm(version=0, name="Company Visa", last_digits=None, bank_account=bank)
    (known,) = (await desk.world.services.payment_methods.save(actor, organisation, None, method)).methods
    bank_line = await _a_bank_line(desk, bank)
    receipts, report = await _receipts(desk)
    closed, unlisted = await _closed(desk), await _unlisted(desk)
    waiting = button_values(desk.card("INV-1"))[ActionId.APPROVE_ITEM]
    await _drafts(desk, ItemRef.decode(waiting).item_id)
    return Ids(
        organisation=str(organisation),
        settings_version=(await desk.world.settings()).version,
        connected=disconnection.stamp,
        other_organisation=str(second),
        old_organisation=str(old),
        downloaded=str(downloaded),
        list_file=ListFileRef(downloaded, ListKind.ACCOUNTS, 0, is_whole=False, address=_a_list(desk)).encode(),
        to_remove=await _to_remove(desk, published, downloaded),
        **await _asked(desk),
        report=report,
        unlinked=await _unlinked(desk, report, downloaded),
        receipts=receipts,
        waiting=waiting,
        approved=approved,
        held=button_values(desk.card("HELD-1"))[ActionId.RELEASE_ITEM],
        hurried=before_sending[1],
        refused=button_values(desk.card("INV-3"))[ActionId.EDIT_ITEM],
        api_key=KeyRef(organisation, key.id).encode(),
        bank_account=bank,
        dropped_statement=await _dropped_statement(desk),
        statement=_a_statement(desk),
        bank_line=bank_line,
        rule=rule,
        offered_rule=offered,
        deleted_rule=deleted_rule,
        payment_method=MethodRef(organisation, known.method.id, known.method.version).encode(),
        closed=closed,
        unlisted=unlisted,
        locked=await _told_otherwise(desk, "INV-18"),
        doubled=await _told_otherwise(desk, "INV-19"),
        otherwise=await _told_otherwise(desk, "INV-20"),
        without_file=without_file,
        unpaid=unpaid,
        published=published,
        kept=kept_there,
        picture=await _a_picture(desk),
        files=FilesRef(organisation, await _a_message(desk)).encode(),
    )


async def _dropped_statement(desk: Desk) -> str:
    """That was dropped in the channel, and that somebody is asked to add."""
    content = sgml(("20260305", "-8.00", "F8", "SHOP")).encode()
    message = await dropped(desk, Dropped(content=content, name="april.ofx"))
    return button_values(desk.slack.thread(BILLS, message.ts)[-1])[ActionId.ADD_STATEMENT]


def _a_statement(desk: Desk) -> str:
    """That somebody has put into the form."""
    workspace = desk.slack.workspace
    stored = workspace.keep_file(sgml(("20260304", "-7.00", "F9", "SHOP")).encode(), "march.ofx", user=BEN)
    return str(workspace.file_to_slack(stored)["url_private_download"])


def _a_list(desk: Desk) -> str:
    """That somebody has put into the form of a typed list."""
    workspace = desk.slack.workspace
    stored = workspace.keep_file(b"Code,Name\n7510,Stationery", "categories.csv", user=BEN)
    return str(workspace.file_to_slack(stored)["url_private_download"])


async def _a_bank_line(desk: Desk, bank: str) -> str:
    """That fits what waits, in books that match them."""
    services, organisation, actor = desk.world.services, desk.world.organisation_id, await desk.world.actor()
    version = (await desk.world.settings()).version
    await services.bank_settings.save(actor, organisation, BankForm(version=version, is_on=True))
    line = NewLine(key="fitid:1", dated_on=date(2026, 3, 2), amount=Decimal(-120), text="PAPER AND INK")
    of = actor.workspace.id, organisation
    async with services.db.write() as tx:
        await keep_lines(tx, *of, bank, currency="GBP", lines=[line])
    async with services.db.read() as tx:
        found = await lines_near(tx, *of, amount=line.amount, currency="GBP", first=line.dated_on, last=line.dated_on)
    return str(found[0].id)


async def _receipts(desk: Desk) -> tuple[dict[str, str], str]:
    """An item of everybody who can claim one, and an expense report of the owner's."""
    services, organisation = desk.world.services, desk.world.organisation_id
    found = {}
    for user in (OWNER, ADAM, BEN, PRIYA, SUBMITTER, VIEWER, MEMBER):
        typed = Facts(
            supplier=Party(name=f"Shop of {user}"),
            number="TILL-1",
            issued_on=date(2026, 3, 1),
            currency="GBP",
            net=Decimal(10),
            tax=Decimal(2),
            gross=Decimal(12),
        )
        added = await services.items.add(
            await desk.world.actor(user), organisation, Edit(facts=typed), f"form:till:{user}"
        )
        found[user] = str(added.id)
    claim = Claim(receipts=(ItemId(UUID(found.pop(OWNER))),), claimant="Olivia")
    report = await services.reports.make(await desk.world.actor(OWNER), organisation, claim, "report:laid out")
    await desk.settle()
    return found, ItemRef(report.id, report.version).encode()


async def _unlinked(desk: Desk, report: str, downloaded: OrganisationId) -> str:
    """A copy of a report, in books that pay users, of which there is one; nobody has said who claims it."""
    item_id = ItemId(new_id())
    own = {"id": item_id, "organisation_id": downloaded, "state": ItemState.TO_REVIEW, "source_key": "a claim"}
    async with desk.world.services.db.write() as tx:
        item = (await tx.execute(select(ITEMS).where(ITEMS.c.id == ItemRef.decode(report).item_id))).mappings().one()
        await tx.execute(ITEMS.insert().values(**{**item, **own}))
        books = await books_of(tx, item["workspace_id"], downloaded)
        assert books is not None
        paying = dump(replace(books, rules=replace(books.rules, pays_users=True)))
        await tx.execute(ORGANISATIONS.update().where(ORGANISATIONS.c.id == downloaded).values(books=paying))
        user = Contact(provider_id=A_USER, name="Olivia", is_user=True)
        listed = {"kind": ListKind.CONTACTS, "key": A_USER, "search": " olivia", "is_active": True, "seen_in": 0}
        of = {"workspace_id": item["workspace_id"], "organisation_id": downloaded}
        await tx.execute(ENTRIES.insert().values(**of, **listed, entry=dump(user)))
    return ItemRef(item_id, item["version"]).encode()


async def _approved(desk: Desk, number: str) -> str:
    await desk.add(OWNER, **{BlockId.NUMBER: number})
    await desk.approve(number)
    return button_values(desk.card(number))[ActionId.UNDO_ITEM]


async def _of_a_usual_supplier(desk: Desk) -> str:
    """Bills that its rule codes, so many that it is offered to publish them by itself once they are published."""
    rule = await _a_rule(desk, "Usual Ltd", account="400")
    for number in range(1, ENOUGH + 1):
        bill = {BlockId.SUPPLIER: "Usual Ltd", BlockId.NUMBER: f"USUAL-{number}"}
        await desk.add(OWNER, **bill, **{BlockId.ISSUED_ON: f"2026-02-{number:02}"})
        await desk.approve(f"USUAL-{number}")
    return rule


TOLD_OTHERWISE = {
    "INV-18": ProblemCode.PERIOD_LOCKED,
    "INV-19": ProblemCode.NUMBER_TAKEN,
    "INV-20": ProblemCode.READ_BACK_DIFFERS,
}


async def _closed(desk: Desk) -> str:
    """A bill of a year that is closed, of which a bookkeeper is asked."""
    actor, organisation = await desk.world.actor(), desk.world.organisation_id
    closing = Closing(until=date(2020, 12, 31), costs=ClosedPolicy.ASK)
    form = GeneralForm(version=(await desk.world.settings()).version, general=replace(NOTHING_DECIDED, closing=closing))
    await desk.world.services.general_settings.save(actor, organisation, form, {})
    await desk.add(OWNER, **{BlockId.NUMBER: "CLOSED-1", BlockId.ISSUED_ON: "2020-12-01"})
    return button_values(desk.card("CLOSED-1"))[ActionId.BOOK_ON_OPEN_DAY]


async def _unlisted(desk: Desk) -> str:
    """A bill of which a bookkeeper is asked whether its supplier is new; of the others nobody is."""
    await desk.add(OWNER, **{BlockId.NUMBER: "NEW-1", BlockId.SUPPLIER: "Nobody Yet Ltd"})
    ref = ItemRef.decode(button_values(desk.card("NEW-1"))[ActionId.EDIT_ITEM])
    async with desk.world.services.db.write() as tx:
        item = await load_item(tx, (await desk.world.actor()).workspace.id, ref.item_id)
        assert item is not None
        questions = asked(item.questions, new_supplier("Nobody Yet Ltd"))
        changed = await change_item(tx, item, replace(item, state=ItemState.TO_REVIEW, questions=questions))
        assert changed is not None
    return ItemRef(changed.id, changed.version).encode()


async def _told_otherwise(desk: Desk, number: str) -> str:
    """A refused bill, for another reason than it was."""
    value = button_values(desk.card(number))[ActionId.EDIT_ITEM]
    async with desk.world.services.db.write() as tx:
        item = await load_item(tx, (await desk.world.actor()).workspace.id, ItemRef.decode(value).item_id)
        assert item is not None
        await alerts.refused(tx, item, Problem(code=TOLD_OTHERWISE[number]))
        left_behind = PUBLICATIONS.update().where(PUBLICATIONS.c.item_id == item.id)
        await tx.execute(left_behind.values(ledger_id=f"left behind: {number}"))
    return value


async def _without_file(desk: Desk) -> str:
    """Published, and its file was refused."""
    await desk.drop("INV-7", user=OWNER)
    await desk.approve("INV-7")
    await desk.world.later(UNDO_SECONDS + 60)
    async with desk.world.services.db.write() as tx:
        item, file = await _file_step(tx, desk, "INV-7")
        await tx.execute(file.values(state=StepState.REFUSED))
        await alerts.refused(tx, item, Problem(code=ProblemCode.FILE_REFUSED), of=StepKind.ATTACHMENT)
    await desk.settle()
    (alert,) = desk.slack.thread(BILLS, desk.card("INV-7").ts)
    return button_values(alert)[ActionId.LEAVE_STEP]


async def _file_step(tx: Tx, desk: Desk, number: str) -> tuple[Item, Any]:
    """An item by its number, and what changes the step that attaches its file."""
    workspace_id = (await desk.world.actor()).workspace.id
    item_id = (await tx.execute(select(ITEMS.c.id).where(ITEMS.c.number == number))).scalar_one()
    item = await load_item(tx, workspace_id, ItemId(item_id))
    assert item is not None
    return item, STEPS.update().where(STEPS.c.item_id == item_id, STEPS.c.kind == StepKind.ATTACHMENT)


async def _unpaid(desk: Desk) -> str:
    """Published, and its payment was refused: the file of one that has, told of as a payment."""
    await desk.drop("INV-9", user=OWNER)
    await desk.approve("INV-9")
    await desk.world.later(UNDO_SECONDS + 60)
    async with desk.world.services.db.write() as tx:
        item, file = await _file_step(tx, desk, "INV-9")
        await tx.execute(file.values(kind=StepKind.PAYMENT, state=StepState.REFUSED, file_id=None))
        problem = Problem(code=ProblemCode.PAYMENT_ACCOUNT_NOT_TAKEN)
        await alerts.refused(tx, item, problem, of=StepKind.PAYMENT)
    return ItemRef(item.id, item.version).encode()


async def _published(desk: Desk, number: str) -> str:
    """Published, and can be withdrawn."""
    await desk.add(OWNER, **{BlockId.SUPPLIER: f"Supplier of {number}", BlockId.NUMBER: number})
    await desk.approve(number)
    await desk.world.later(UNDO_SECONDS + 60)
    return button_values(desk.card(number))[ActionId.ARCHIVE_ITEM]


async def _kept_there(desk: Desk) -> str:
    """Published, closed books by now, and so in vain withdrawn."""
    value = await _published(desk, "INV-9")
    desk.xero.set_lock_date(TRADING, year_end=date(2026, 12, 31))
    await desk.slack.click(desk.card("INV-9"), ActionId.WITHDRAW_ITEM, value=value, user=BEN)
    await desk.slack.submit(desk.modal(BEN), {})
    await desk.settle()
    desk.xero.set_lock_date(TRADING)
    (alert,) = desk.slack.thread(BILLS, desk.card("INV-9").ts)
    return button_values(alert)[ActionId.LEAVE_PUBLISHED]


async def _to_remove(desk: Desk, published: str, downloaded: OrganisationId) -> str:
    """A copy of what is published elsewhere, in the books whose software is not called, that somebody wants out of it."""
    item_id, moved = ItemRef.decode(published).item_id, {"organisation_id": downloaded, "item_id": new_id()}
    publication = {"publication_id": new_id()}
    async with desk.world.services.db.write() as tx:
        item = (await tx.execute(select(ITEMS).where(ITEMS.c.id == item_id))).mappings().one()
        own = {
            "id": moved["item_id"],
            "organisation_id": downloaded,
            "state": ItemState.WITHDRAWING,
            "source_key": "a copy",
        }
        await tx.execute(ITEMS.insert().values(**{**item, **own}))
        of_item = PUBLICATIONS.c.item_id == item_id, STEPS.c.item_id == item_id
        row = (await tx.execute(select(PUBLICATIONS).where(of_item[0]))).mappings().one()
        await tx.execute(PUBLICATIONS.insert().values(**{**row, **moved, "id": publication["publication_id"]}))
        step = (await tx.execute(select(STEPS).where(of_item[1], STEPS.c.position == 0))).mappings().one()
        await tx.execute(STEPS.insert().values(**{**step, **moved, **publication}))
        wanted = {"position": 1, "kind": StepKind.WITHDRAWAL, "state": StepState.WAITING, "batch_id": None}
        await tx.execute(STEPS.insert().values(**{**step, **moved, **publication, **wanted}))
        return ItemRef(ItemId(moved["item_id"]), item["version"]).encode()


async def _a_picture(desk: Desk) -> str:
    """Dropped by a member, who is asked about it."""
    await desk.slack.upload(b"\x89PNG\r\n\x1a\n", "till.png", channel=BILLS, user=MEMBER)
    await desk.settle()
    message = [message for message in desk.slack.messages(BILLS) if message.files][-1]
    return button_values(desk.slack.thread(BILLS, message.ts)[-1])[ActionId.TAKE_PICTURE]


async def _a_message(desk: Desk) -> str:
    """Whose file waits for its sender, a member, to choose an organisation."""
    message = SlackMessage(channel_id=ChannelId(BILLS), ts="1772000001.000001")
    actor = await desk.world.actor(MEMBER)
    await desk.world.services.doors.send(actor, message, ("F0WAITING",))
    async with desk.world.services.db.write() as tx:
        (sent,) = await arrivals_of_message(tx, actor.workspace.id, BILLS, message.ts)
        await change_arrival(tx, sent, state=ArrivalState.CHOOSING, organisation_id=None, due_at=None)
    await desk.settle()
    return sent.subject


async def _drafts(desk: Desk, item_id: ItemId) -> None:
    """Whoever may edit has the lines of the waiting bill open; nobody else has a draft, whatever the form says."""
    services = desk.world.services
    for user in (ADAM, BEN):
        actor = await desk.world.actor(user)
        edit = (await services.forms.editing(actor, item_id)).edit
        await services.drafts.begin(actor, DraftRef(item_id=item_id, form_id=UUID(FORM)), edit)


async def _a_rule(desk: Desk, name: str, *, account: str = "429", is_deleted: bool = False) -> str:
    """What the buttons of one have."""
    rule = await save_rule(desk, Target(of=RuleOf.SUPPLIER, name=name, label=name), account=account)
    actor, organisation = await desk.world.actor(), desk.world.organisation_id
    if is_deleted:
        rule = await desk.world.services.rules.delete(actor, organisation, rule.id, rule.version)
    return RuleRef(organisation, rule.of, rule.version, rule.id).encode()
