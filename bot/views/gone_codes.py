"""The message about what items that wait are coded to, or rules say, and the ledger does not take any more."""

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
        words = f"No rule says, and {words.lower()}" if any(each.rules for each in found.codes) else words
        text = f":white_check_mark: *{escape(organisation)}*\n{words} {escape(ledger)}. There is nothing to do."
        return f"{plain(organisation)}: {words} {plain(ledger)}.", (section(text),)
    named = [_line(each, address) for each in found.codes[:MOST_CODES]]
    left = len(found.codes) - MOST_CODES
    named += [f"• and {left} more"] if left > 0 else []
    who = " ".join(mention(user) for user in keepers[:MOST_NAMED]) or "an admin of this organisation"
    title = f"{_what_is(found)} is archived or gone in {escape(ledger)}"
    move = _move(found, escape(ledger), who)
    blocks = (
        section(f"*{escape(organisation)}*\n:warning: *{title}*"),
        *(section(part) for part in parts(named)),
        section(move),
    )
    told = ", ".join(plain(each.label, 100) for each in found.codes[:3])
    said = _what_is(found)
    return f"{plain(organisation)}: {said[0].lower()}{said[1:]} is archived or gone in {plain(ledger)}: {told}.", blocks


def _what_is(found: GoneCodes) -> str:
    """What is gone, by who is concerned by it, up to "is archived"."""
    if not any(each.number for each in found.codes):
        return "What rules say"
    with_rules = " or rules say" if any(each.rules for each in found.codes) else ""
    return f"Items that wait are coded to{with_rules} what"


def _move(found: GoneCodes, ledger: str, who: str) -> str:
    restore = f"restore what is gone in {ledger} and type `/dext sync`."
    rules = "A rule has no say there, and what comes in is coded by what is weaker. "
    if not any(each.number for each in found.codes):
        return f"{rules}*Who acts next:* {who}. Change the rules, or {restore}"
    items = f"{ledger} would refuse them; their cards say so. "
    other = "Choose others by *Edit* on the cards, "
    if any(each.rules for each in found.codes):
        return f"{items}{rules}*Who acts next:* {who}. {other}and in the rules; or {restore}"
    return f"{items}*Who acts next:* {who}. {other}or {restore}"


def _line(found: GoneCode, address: str) -> str:
    items = ", ".join(f"<{address}{item.id}|{escape(item.reference, 20)}>" for item in found.first)
    more = found.number - len(found.first)
    count = "1 item" if found.number == 1 else f"{found.number} items"
    what = f"{_WHAT[found.code.kind]} {found.label}".strip()
    concerned = [f"{count}, {items}{f' and {more} more' if more > 0 else ''}"] if found.number else []
    if found.rules:
        said = "1 rule" if found.rules == 1 else f"{found.rules} rules"
        concerned.append(f"{said}, for {escape(_named(found), 150)}")
    return f"• {escape(what[:1].upper() + what[1:], 150)}: {'; '.join(concerned)}"


def _named(found: GoneCode) -> str:
    more = found.rules - len(found.first_rules)
    return ", ".join(found.first_rules) + (f" and {more} more" if more > 0 else "")
