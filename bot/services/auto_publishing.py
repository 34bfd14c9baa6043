"""What nobody has to approve is approved by the rule that says so: looked at one by one, each in its own transaction, whenever
something has changed that may let it go (`bot.db.unattended`).

It is approved once in its life: what is taken back, sent back or edited after that is for people. Until it is sent there is the
same time for *Undo* as after a person's approval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.db import unattended
from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.items import load_items
from bot.db.publications import USABLE
from bot.db.rules import rules_by_id
from bot.db.unattended import Turn
from bot.db.unit_of_work import Database, Tx
from bot.domain.auto_publishing import Hindrance, Surroundings, hindrances, is_wanted
from bot.domain.bank_lines import BankLine
from bot.domain.coding import Source
from bot.domain.items import Item, ItemState
from bot.domain.settings import Settings
from bot.services.connection_cards import is_downloaded
from bot.services.deciding import approve, was_decided
from bot.services.following import is_behind
from bot.services.item_warnings import warnings_now
from bot.services.matched_lines import matched
from bot.services.settings import load_settings
from providers.base import AccountingProvider

CONNECTIONS = table_of(ConnectionRow)
PAGE = 50
"""Items of one pass, so that what is to be sent has its turn in between."""
AGAIN_IN = timedelta(minutes=30)
"""When what an approver is shown to look at is looked for again."""
BY_SETTINGS = "the settings, for all that comes in"

_CONNECTION = select(CONNECTIONS.c.provider, CONNECTIONS.c.health).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
    CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
)


@dataclass(frozen=True, slots=True)
class AutoPublishing:
    db: Database
    providers: Mapping[str, AccountingProvider]
    undo_window: timedelta

    async def due(self) -> tuple[Turn, ...]:
        """Those that may go by now, and that nobody else has in hand."""
        async with self.db.read() as tx:
            if not await unattended.any_due(tx):
                return ()
        async with self.db.write() as tx:
            return await unattended.take_in_hand(tx, limit=PAGE)

    async def go(self, turn: Turn) -> bool:
        """Approve it, or leave it to people; whether it was approved. Safe to do twice."""
        async with self.db.write() as tx:
            # settings, item, turn: in the order of whoever edits it, so that nobody waits for somebody who waits for them
            settings = await load_settings(tx, turn.workspace_id, turn.organisation_id, held=True)
            item = (await load_items(tx, turn.workspace_id, [turn.item_id], held=True)).get(turn.item_id)
            if not await unattended.take(tx, turn) or item is None:
                return False
            if item.state is not ItemState.IN_APPROVAL or not is_wanted(item):
                return False
            if await is_behind(tx, item):  # it is looked at again when it follows what was saved
                return False
            found = hindrances(item, await surroundings(tx, item, settings, self.providers))
            if found == (Hindrance.WARNED,):
                # what is to be looked at may go with another document, or a line of the bank, which tell nobody
                await unattended.look_at(tx, item, in_a_while=AGAIN_IN)
            if found:
                return False
            await approve(tx, item, settings, self.undo_window, by=None, why=await wanted_by(tx, item))
            return True


async def why_not(
    tx: Tx,
    item: Item,
    settings: Settings,
    providers: Mapping[str, AccountingProvider],
    *,
    has_warnings: bool | None = None,
) -> tuple[Hindrance, ...]:
    """What keeps an item that nobody decided on from being published by itself; nothing where it is not to be."""
    if not is_wanted(item):
        return ()
    return hindrances(item, await surroundings(tx, item, settings, providers, has_warnings=has_warnings))


async def surroundings(
    tx: Tx,
    item: Item,
    settings: Settings,
    providers: Mapping[str, AccountingProvider],
    *,
    has_warnings: bool | None = None,
) -> Surroundings:
    """`has_warnings` where that is known already."""
    connection = await _connection(tx, item)
    provider = None if connection is None else providers.get(connection.provider)
    if has_warnings is None:
        has_warnings = bool(await warnings_now(tx, item, settings) or await _recorded(tx, item, settings))
    return Surroundings(
        exceptions=settings.auto.exceptions,
        was_decided=await was_decided(tx, item.workspace_id, item.id),
        has_warnings=has_warnings,
        is_set_up=settings.is_set_up,
        is_connected=provider is not None and connection is not None and connection.health in USABLE,
        is_downloaded=is_downloaded(provider),
    )


async def _recorded(tx: Tx, item: Item, settings: Settings) -> tuple[BankLine, ...]:
    """Payments that may be of the same document, entered by somebody else."""
    is_matched = settings.bank_match or item.bank_line is not None
    return (await matched(tx, item)).recorded if is_matched else ()


async def wanted_by(tx: Tx, item: Item) -> str:
    """Whose rule it is that an item goes by, at the end of "approved automatically by"."""
    value = item.coding.auto_publish
    if value.rule is None:
        return BY_SETTINGS if value.source is Source.ORGANISATION_DEFAULT else value.source.words
    if value.source in (Source.USER_RULE, Source.USER_RULE_IF_BLANK):
        return value.source.words
    rule = (await rules_by_id(tx, item.workspace_id, item.organisation_id, (value.rule,))).get(value.rule)
    return value.source.words if rule is None else f"the rule for {rule.target.label}"


async def _connection(tx: Tx, item: Item) -> Row[Any] | None:
    of = {"workspace_id": item.workspace_id, "organisation_id": item.organisation_id}
    return (await tx.execute(_CONNECTION, of)).one_or_none()
