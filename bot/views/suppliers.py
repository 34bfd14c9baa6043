"""Suppliers that the ledger does not have yet: their part of the general settings, read back where it is drawn."""

from slack_sdk.models.blocks import Block

from bot.domain.general import GeneralPage
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId
from bot.views.kind_settings import Change, change
from bot.views.parts import section


def supplier_fields(page: GeneralPage) -> list[Block]:
    does = f"Off: it is created in {page.listed_in} when its first bill is published."
    options = [fields.an_option("ask", "Ask before a new supplier is created", does)]
    ticked = ["ask"] if page.general.asks_new_suppliers else []
    label = "Suppliers that the ledger does not have yet"
    return [section("*New suppliers*"), fields.boxes_field(BlockId.ASK_NEW_SUPPLIERS, label, options, ticked)]


def read_suppliers(found: Fields) -> bool:
    return found.is_ticked(BlockId.ASK_NEW_SUPPLIERS)


def suppliers_changed(before: GeneralPage, now: GeneralPage) -> list[Change]:
    was, new = ("yes" if page.general.asks_new_suppliers else "no" for page in (before, now))
    return change("Ask before a new supplier is created", was, new)
