"""The message about what items that wait are coded to and the ledger does not take any more."""

from slack_sdk.models.blocks import Block

from bot.domain.books import ListKind
from bot.domain.gone_codes import GoneCode, GoneCodes
from bot.domain.ids import UserId
from bot.views.connections import MOST_NAMED
from bot.views.item_lines import parts
from bot.views.parts import section
from bot.views.text import escape, mention, plain

Message = tuple[str, tuple[Block, ...]]

MOST_CODES = 10
_WHAT = {
    ListKind.ACCOUNTS: "Category",
    ListKind.TAX_RATES: "Tax rate",
    ListKind.PRODUCTS: "Product",
    ListKind.CONTACTS: "Customer",
    ListKind.TRACKING_CATEGORIES: "",
}


def gone(organisation: str, ledger: str, found: GoneCodes, keepers: tuple[UserId, ...], address: str) -> Message:
    """What it is, which items wait with it, whose move it is and what to do. An item is at `address` and its id."""
    if found.is_over:
        words = "Nothing that waits is coded any more to what was archived or gone in"
        text = f":white_check_mark: *{escape(organisation)}*\n{words} {escape(ledger)}. There is nothing to do."
        return f"{plain(organisation)}: {words} {plain(ledger)}.", (section(text),)
    named = [_line(each, address) for each in found.codes[:MOST_CODES]]
    left = len(found.codes) - MOST_CODES
    named += [f"• and {left} more"] if left > 0 else []
    who = " ".join(mention(user) for user in keepers[:MOST_NAMED]) or "an admin of this organisation"
    title = f"Items that wait are coded to what is archived or gone in {escape(ledger)}"
    move = (
        f"{escape(ledger)} would refuse them; their cards say so. *Who acts next:* {who}. Choose others by *Edit* on the cards, "
        f"or restore what is gone in {escape(ledger)} and type `/dext sync`."
    )
    blocks = (
        section(f"*{escape(organisation)}*\n:warning: *{title}*"),
        *(section(part) for part in parts(named)),
        section(move),
    )
    told = ", ".join(plain(each.label, 100) for each in found.codes[:3])
    return (
        f"{plain(organisation)}: items that wait are coded to what is archived or gone in {plain(ledger)}: {told}.",
        blocks,
    )


def _line(found: GoneCode, address: str) -> str:
    items = ", ".join(f"<{address}{item.id}|{escape(item.reference, 20)}>" for item in found.first)
    more = found.number - len(found.first)
    count = "1 item" if found.number == 1 else f"{found.number} items"
    what = f"{_WHAT[found.code.kind]} {found.label}".strip()
    return f"• {escape(what[:1].upper() + what[1:], 150)}: {count}, {items}{f' and {more} more' if more > 0 else ''}"
