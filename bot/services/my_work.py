"""What waits for one person: items to decide on first, then what a bookkeeper has to mend, then their own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.db.additions import items_lacking
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, GrantRow, OrganisationRow
from bot.db.my_work import items_submitted_by, items_to_decide, items_to_mend, items_to_remove
from bot.db.unit_of_work import Tx
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import StepKind
from bot.domain.questions import QuestionKind, open_kinds
from bot.domain.rights import Role
from bot.services.alerts import titles_of
from bot.services.connection_cards import is_downloaded
from bot.views.document_words import total_words
from bot.views.home import ItemLine
from providers.base import AccountingProvider

CONNECTIONS, GRANTS, ORGANISATIONS = table_of(ConnectionRow), table_of(GrantRow), table_of(OrganisationRow)

_ROLES = select(GRANTS.c.organisation_id, GRANTS.c.role).where(
    GRANTS.c.workspace_id == bindparam("workspace_id"), GRANTS.c.user_id == bindparam("user_id")
)
_ORGANISATIONS = (
    select(ORGANISATIONS.c.id, ORGANISATIONS.c.name, CONNECTIONS.c.provider)
    .outerjoin(CONNECTIONS, CONNECTIONS.c.organisation_id == ORGANISATIONS.c.id)
    .where(ORGANISATIONS.c.workspace_id == bindparam("workspace_id"))
    .order_by(ORGANISATIONS.c.name)
)

MOST = 16
WHY = {
    ItemState.TO_REVIEW: "needs a look: something is missing or does not add up",
    ItemState.READY: "is ready to publish",
    ItemState.REJECTED: "was rejected",
    ItemState.REFUSED: "was refused by the ledger",
}

ASKED = {
    QuestionKind.CREDITS: "is a credit note that was made here, and waits for a look",
    QuestionKind.WITHDRAWN: "was withdrawn from the ledger, and waits for a look before it is published again",
    QuestionKind.SENT_BACK: "was sent back by an approver",
    QuestionKind.AFTER_ARCHIVE: "was refused by the ledger, and came back from the archive",
    QuestionKind.WHOSE_BOOKS: "may belong to other books",
    QuestionKind.SAME_DOCUMENT: "may be here already",
}
"""What somebody has to answer says more than that something is missing, the first of these that is asked."""

LACKS = {
    StepKind.PAYMENT: "is in the ledger, and its payment is not as it should be",
    StepKind.ATTACHMENT: "is in the ledger, and its file is not as it should be",
    StepKind.WITHDRAWAL: "was not withdrawn from the ledger",
}
TO_REMOVE = "is to be removed in the software that its file was imported into: press *I removed it there* on its card"


@dataclass(frozen=True, slots=True)
class MyWork:
    """`bot.services.home.MyWork` over the items."""

    providers: Mapping[str, AccountingProvider]

    async def mine(self, tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[ItemLine, ...]:
        names, downloaded = await self._organisations(tx, workspace_id)
        roles = await _roles(tx, workspace_id, user_id)
        deciding = await items_to_decide(tx, workspace_id, user_id, roles.get(Role.APPROVER, ()), limit=MOST)
        mending = await items_to_mend(tx, workspace_id, roles.get(Role.BOOKKEEPER, ()), limit=MOST)
        by_hand = downloaded.intersection(roles.get(Role.BOOKKEEPER, ()))
        removing = await items_to_remove(tx, workspace_id, by_hand, limit=MOST) if by_hand else ()
        lacking = await items_lacking(tx, workspace_id, roles.get(Role.BOOKKEEPER, ()), limit=MOST)
        own = await items_submitted_by(tx, workspace_id, user_id, names.keys(), WHY, limit=MOST)
        refused = [item.id for item in (*mending, *own) if item.state is ItemState.REFUSED]
        titles = await titles_of(tx, workspace_id, refused)
        lines = {item.id: _line(item, names, "waits for your decision") for item in deciding}
        lines |= {item.id: _line(item, names, _why(item, titles)) for item in mending}
        lines |= {item.id: _line(item, names, TO_REMOVE) for item in removing}
        for item, kind in lacking:
            lines.setdefault(item.id, _line(item, names, LACKS[kind]))
        lines |= {item.id: _line(item, names, _why(item, titles)) for item in own}
        return tuple(lines.values())[:MOST]

    async def _organisations(
        self, tx: Tx, workspace_id: WorkspaceId
    ) -> tuple[dict[OrganisationId, str], frozenset[OrganisationId]]:
        """The workspace's by name, of several of one name with the software, and those whose documents are downloaded."""
        found = (await tx.execute(_ORGANISATIONS, {"workspace_id": workspace_id})).all()
        ledgers = {row.id: self.providers.get(row.provider or "") for row in found}
        times = Counter(row.name for row in found)
        names = {
            OrganisationId(row.id): row.name
            if times[row.name] == 1 or (ledger := ledgers[row.id]) is None
            else f"{row.name} · {ledger.profile.name}"
            for row in found
        }
        return names, frozenset(OrganisationId(key) for key, ledger in ledgers.items() if is_downloaded(ledger))


def _why(item: Item, titles: Mapping[ItemId, str]) -> str:
    if item.id in titles:
        return f"{WHY[item.state]}: {titles[item.id]}"
    if item.state is not ItemState.TO_REVIEW:
        return WHY[item.state]
    asked, kind = open_kinds(item.questions), item.facts.document_type
    usual = WHY[item.state] if kind.is_booked else f"is {kind.words}, which is never published: archive it"
    return next((why for kind, why in ASKED.items() if kind in asked), usual)


async def _roles(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> dict[str, list[OrganisationId]]:
    """The organisations that somebody has each role in."""
    found: dict[str, list[OrganisationId]] = {}
    for row in await tx.execute(_ROLES, {"workspace_id": workspace_id, "user_id": user_id}):
        found.setdefault(row.role, []).append(OrganisationId(row.organisation_id))
    return found


def _line(item: Item, names: dict[OrganisationId, str], why: str) -> ItemLine:
    facts = item.facts
    return ItemLine(
        item_id=item.id,
        organisation=names.get(item.organisation_id, ""),
        title=f"{item.counterparty.name or 'Nobody stated'} · {total_words(item)}",
        detail=f"{facts.number or 'no number'} {why}",
    )
