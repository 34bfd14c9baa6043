"""The bank lines that an item may have been paid by, as they are kept here now."""

from dataclasses import replace

from bot.db.bank_lines import lines_near
from bot.db.unit_of_work import Tx
from bot.domain.bank_match import NO_MATCHES, Matches, matches, wanted_of
from bot.domain.items import EDITABLE, Item
from bot.domain.payment_methods import Link
from bot.services.bank_accounts import bank_accounts


async def matched(tx: Tx, item: Item) -> Matches:
    """Lines of live bank accounts that fit an item that can be edited still."""
    wanted = wanted_of(item)
    if wanted is None or item.state not in EDITABLE:
        return NO_MATCHES
    of = tx, item.workspace_id, item.organisation_id
    lines = await lines_near(*of, amount=wanted.amount, currency=wanted.currency, first=wanted.first, last=wanted.last)
    if not lines:
        return NO_MATCHES
    accounts = await bank_accounts(*of)
    names = {each: account.label for each, (link, account) in accounts.items() if link is Link.LIVE}
    found = matches(item, [line for line in lines if line.bank_account in names], tx.now.date())
    return replace(found, accounts=names)
