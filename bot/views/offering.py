"""The options of a select that searches, in groups: what was used last first, and how old the list is that they are of."""

import itertools
from collections.abc import Callable
from typing import TypeVar

from slack_sdk.models.blocks import Option, OptionGroup

from bot.domain.books import Account, AccountClass, Contact, Product, TaxRate, TrackingOption
from bot.domain.offered import Offered
from bot.views import fields, payment_fields
from bot.views.text import plain

Entry = TypeVar("Entry")

LONGEST_LABEL = 75
USED_LAST = "Used last"
CLASS_NAMES = {
    AccountClass.EXPENSE: "Expenses",
    AccountClass.REVENUE: "Revenue",
    AccountClass.ASSET: "Assets",
    AccountClass.LIABILITY: "Liabilities",
    AccountClass.EQUITY: "Equity",
}


def accounts(offered: Offered[Account]) -> list[OptionGroup]:
    """By class, the one that the nearest is of first."""
    return _groups(offered, fields.account_option, lambda account: CLASS_NAMES[account.account_class])


def tax_rates(offered: Offered[TaxRate]) -> list[OptionGroup]:
    return _groups(offered, fields.tax_rate_option, lambda _: "Tax rates")


def products(offered: Offered[Product]) -> list[OptionGroup]:
    return _groups(offered, fields.product_option, lambda _: "Products and services")


def contacts(offered: Offered[Contact], name: str) -> list[OptionGroup]:
    return _groups(offered, fields.contact_option, lambda _: name)


def tracking(offered: Offered[TrackingOption]) -> list[OptionGroup]:
    return _groups(offered, fields.tracking_option, lambda _: "Options")


def bank_accounts(offered: Offered[Account]) -> list[OptionGroup]:
    return _groups(offered, payment_fields.bank_account_option, lambda _: "Bank accounts")


def _groups(
    offered: Offered[Entry], option: Callable[[Entry], Option], group_of: Callable[[Entry], str]
) -> list[OptionGroup]:
    found: dict[str, list[Option]] = {}
    if offered.used:
        found[USED_LAST] = [option(entry) for entry in offered.used]
    for entry in offered.others:
        found.setdefault(group_of(entry), []).append(option(entry))
    # at the first one, which is what people see as the select opens
    ages = itertools.chain(("" if offered.age is None else f" · list as of {offered.age}",), itertools.repeat(""))
    return [
        OptionGroup(label=plain(f"{name}{age}", LONGEST_LABEL), options=options)
        for (name, options), age in zip(found.items(), ages, strict=False)
    ]
