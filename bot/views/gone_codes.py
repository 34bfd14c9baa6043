"""The message about what items that wait are coded to, or rules say, and the ledger does not take any more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.books import Account, ListKind, TaxRate
from bot.domain.gone_codes import Code, GoneCode, GoneCodes
from bot.domain.ids import OrganisationId, UserId
from bot.domain.replacing import REPLACED, Gone, Replaced
from bot.views import fields
from bot.views.connections import MOST_NAMED
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_lines import parts
from bot.views.metadata import GoneRef
from bot.views.parts import section
from bot.views.text import escape, mention, plain

Message = tuple[str, tuple[Block, ...]]

MOST_CODES = 10
LONGEST_BUTTON = 75
_WHAT = {
    ListKind.ACCOUNTS: "Category",
    ListKind.TAX_RATES: "Tax rate",
    ListKind.PRODUCTS: "Product",
    ListKind.CONTACTS: "Customer",
    ListKind.TRACKING_CATEGORIES: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose list it is, who acts next, and the address that an item's id goes behind."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    keepers: tuple[UserId, ...]
    address: str


def gone(about: About, found: GoneCodes, proposed: Mapping[Code, Account | TaxRate]) -> Message:
    """What it is, which items wait with it, whose move it is and what to do; and buttons that have another one said in its
    place.
    """
    organisation, ledger = escape(about.organisation), escape(about.ledger)
    if found.is_over:
        words = "Nothing that waits is coded any more to what was archived or gone in"
        words = f"No rule says, and {words.lower()}" if any(each.rules for each in found.codes) else words
        text = f":white_check_mark: *{organisation}*\n{words} {ledger}. There is nothing to do."
        return f"{plain(about.organisation)}: {words} {plain(about.ledger)}.", (section(text),)
    who = " ".join(mention(user) for user in about.keepers[:MOST_NAMED]) or "an admin of this organisation"
    title = f"{_what_is(found)} is archived or gone in {ledger}"
    blocks: list[Block] = [section(f"*{organisation}*\n:warning: *{title}*")]
    for each in found.codes[:MOST_CODES]:
        blocks += [section(part) for part in parts([_line(each, about.address)])]
        if each.code.kind in REPLACED:
            blocks.append(_instead(about.organisation_id, each.code, proposed.get(each.code)))
    left = len(found.codes) - MOST_CODES
    blocks += [section(f"• and {left} more")] if left > 0 else []
    blocks.append(section(_move(found, ledger, who)))
    told = ", ".join(plain(each.label, 100) for each in found.codes[:3])
    said = _what_is(found)
    text = f"{plain(about.organisation)}: {said[0].lower()}{said[1:]} is archived or gone in {plain(about.ledger)}: {told}."
    return text, tuple(blocks)


def _instead(organisation_id: OrganisationId, code: Code, proposed: Account | TaxRate | None) -> ActionsBlock:
    ref = GoneRef(organisation_id, code.kind, code.key)
    choose = ButtonElement(action_id=ActionId.CHOOSE_INSTEAD, text="Choose another", value=ref.encode())
    if proposed is None:
        return ActionsBlock(elements=[choose])
    use = ButtonElement(
        action_id=ActionId.USE_INSTEAD,
        text=plain(f"Use {proposed.label}", LONGEST_BUTTON),
        value=replace(ref, by=proposed.code).encode(),
        style="primary",
    )
    return ActionsBlock(elements=[use, choose])


def form(organisation_id: OrganisationId, code: Code, gone: Gone) -> View:
    """Another one in its place, filled in with what is proposed."""
    ref = GoneRef(organisation_id, code.kind, code.key, is_of_sale=gone.is_of_sale)
    what = f"{_WHAT[code.kind]} {gone.label}"
    said = (
        f"*{escape(gone.organisation)}*\n{escape(what)} is archived or gone. What is chosen here stands in its place in all items "
        "that nobody decided on, and in the rules. What was approved stays as it is."
    )
    return View(
        type="modal",
        callback_id=CallbackId.CHOOSE_INSTEAD,
        title=PlainTextObject(text="Use another"),
        submit=PlainTextObject(text="Use it"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=[section(said), _field(code.kind, gone.proposed)],
    )


def _field(kind: ListKind, proposed: Account | TaxRate | None) -> Block:
    if kind is ListKind.ACCOUNTS:
        account = proposed if isinstance(proposed, Account) else None
        return fields.account_field(BlockId.ACCOUNT, "Category", account)
    rate = proposed if isinstance(proposed, TaxRate) else None
    return fields.tax_rate_field(BlockId.TAX_RATE, "Tax rate", rate)


def read(state: dict[str, Any], kind: ListKind) -> str | None:
    """What was chosen.

    Raises:
        NotOursError: an option that was never offered.
    """
    found = fields.Fields(state)
    return found.account(BlockId.ACCOUNT) if kind is ListKind.ACCOUNTS else found.tax_rate(BlockId.TAX_RATE)


def block_of(kind: ListKind) -> BlockId:
    """Where a sentence about what was chosen stands."""
    return BlockId.ACCOUNT if kind is ListKind.ACCOUNTS else BlockId.TAX_RATE


def done(found: Replaced) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Use another"),
        close=PlainTextObject(text="Close"),
        blocks=[section(replaced(found))],
    )


def replaced(found: Replaced) -> str:
    """What one press has done."""
    label = escape(found.label)
    verb = "says" if found.items + found.rules == 1 else "say"
    said = f":white_check_mark: {_counted(found.items, found.rules)} now {verb} {label}."
    if not found.items and not found.rules:
        said = "Nothing was changed."
    if found.left:
        left = "1 item is" if found.left == 1 else f"{found.left} items are"
        said += f" {left} still to do: press again, or *Edit* on the card."
    if found.left_to_admins:
        rules = "1 rule" if found.left_to_admins == 1 else f"{found.left_to_admins} rules"
        said += f" {rules} only an admin can change, by `/dext rules`."
    return said


def _counted(items: int, rules: int) -> str:
    counts = [(items, "item"), (rules, "rule")]
    return " and ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in counts if number)


def _what_is(found: GoneCodes) -> str:
    """What is gone, by who is concerned by it, up to "is archived"."""
    if not any(each.number for each in found.codes):
        return "What rules say"
    with_rules = " or rules say" if any(each.rules for each in found.codes) else ""
    return f"Items that wait are coded to{with_rules} what"


def _move(found: GoneCodes, ledger: str, who: str) -> str:
    restore = f"restore what is gone in {ledger} and type `/dext sync`."
    rules = "A rule has no say there, and what comes in is coded by what is weaker. "
    can_be_replaced = any(each.code.kind in REPLACED for each in found.codes)
    instead = (
        "*Use …* changes at once what its line tells of, and *Choose another* asks by what. " if can_be_replaced else ""
    )
    if not any(each.number for each in found.codes):
        return f"{rules}*Who acts next:* {who}. {instead}Or change the rules, or {restore}"
    items = f"{ledger} would refuse them; their cards say so. "
    other = (
        f"{instead}Or choose others by *Edit* on the cards, " if instead else "Choose others by *Edit* on the cards, "
    )
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
