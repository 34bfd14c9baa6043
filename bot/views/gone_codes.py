"""The message about what items that wait are coded to, or rules say, and the ledger does not take any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.books import ListKind
from bot.domain.gone_codes import Code, GoneCode, GoneCodes
from bot.domain.ids import OrganisationId, UserId
from bot.domain.replacing import Gone, Instead, Replaced
from bot.views import fields
from bot.views.connections import MOST_NAMED
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_codes import tracking_block
from bot.views.item_lines import parts
from bot.views.metadata import GoneRef
from bot.views.parts import section
from bot.views.text import escape, mention, plain

Message = tuple[str, tuple[Block, ...]]

MOST_CODES = 10
LONGEST_BUTTON = 75
USED = "Something that is still used here"
_WHAT = {
    ListKind.ACCOUNTS: "Category",
    ListKind.TAX_RATES: "Tax rate",
    ListKind.PRODUCTS: "Product",
    ListKind.CONTACTS: "Contact",
    ListKind.TRACKING_CATEGORIES: "",
    ListKind.BANK_ACCOUNTS: "Bank account",
}
_SEARCHES = {
    ListKind.ACCOUNTS: (BlockId.ACCOUNT, "Category", ActionId.FIND_ACCOUNT),
    ListKind.TAX_RATES: (BlockId.TAX_RATE, "Tax rate", ActionId.FIND_TAX_RATE),
    ListKind.PRODUCTS: (BlockId.PRODUCT, "Product or service", ActionId.FIND_PRODUCT),
    ListKind.CONTACTS: (BlockId.CONTACT, "Contact", ActionId.FIND_CONTACT),
    ListKind.TRACKING_CATEGORIES: (BlockId.TRACKING, "", ActionId.FIND_TRACKING),
    ListKind.BANK_ACCOUNTS: (BlockId.BANK_ACCOUNT, "Bank account", ActionId.FIND_BANK_ACCOUNT),
}
"""Where another one is chosen: the field's block and name, and what it searches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose list it is, who acts next, and the address that an item's id goes behind."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    keepers: tuple[UserId, ...]
    address: str
    is_typed: bool = False
    """Whether people type its lists, so that nothing is archived, nor restored, anywhere else."""

    @property
    def gone(self) -> str:
        """After "what is"."""
        return "taken off the lists" if self.is_typed else f"archived or gone in {self.ledger}"


def gone(about: About, found: GoneCodes, proposed: Mapping[Code, Sequence[Instead]]) -> Message:
    """What it is, which items wait with it, whose move it is and what to do; and buttons that have another one said in its
    place.
    """
    organisation, gone_there = escape(about.organisation), escape(about.gone)
    if found.is_over:
        words = "Nothing that waits is coded any more to what was"
        words = f"No rule says, and {words.lower()}" if any(each.rules for each in found.codes) else words
        if any(each.methods for each in found.codes):
            words = "Nothing that waits, no rule and no payment method needs any more what was"
        text = f":white_check_mark: *{organisation}*\n{words} {gone_there}. There is nothing to do."
        return f"{plain(about.organisation)}: {words} {plain(about.gone)}.", (section(text),)
    who = " ".join(mention(user) for user in about.keepers[:MOST_NAMED]) or "an admin of this organisation"
    blocks: list[Block] = [section(f"*{organisation}*\n:warning: *{USED} is {gone_there}*")]
    for each in found.codes[:MOST_CODES]:
        blocks += [section(part) for part in parts([_line(each, about.address)])]
        blocks.append(_instead(about.organisation_id, each.code, proposed.get(each.code, ())))
    left = len(found.codes) - MOST_CODES
    blocks += [section(f"• and {left} more")] if left > 0 else []
    blocks.append(section(_move(about, found, who)))
    told = ", ".join(plain(each.label, 100) for each in found.codes[:3])
    used = f"{USED[0].lower()}{USED[1:]}"
    text = f"{plain(about.organisation)}: {used} is {plain(about.gone)}: {told}."
    return text, tuple(blocks)


_USE = (ActionId.USE_INSTEAD, ActionId.USE_SECOND_INSTEAD, ActionId.USE_THIRD_INSTEAD)
"""A button for each that is proposed: no two of one block have the same id."""


def _instead(organisation_id: OrganisationId, code: Code, proposed: Sequence[Instead]) -> ActionsBlock:
    ref = GoneRef(organisation_id, code.kind, code.key, of=code.of)
    choose = ButtonElement(action_id=ActionId.CHOOSE_INSTEAD, text="Choose another", value=ref.encode())
    use = [
        ButtonElement(
            action_id=action,
            text=plain(f"Use {each.label}", LONGEST_BUTTON),
            value=replace(ref, by=each.key).encode(),
            style="primary" if action is ActionId.USE_INSTEAD else None,
        )
        for action, each in zip(_USE, proposed, strict=False)
    ]
    return ActionsBlock(elements=[*use, choose])


def form(organisation_id: OrganisationId, code: Code, gone: Gone) -> View:
    """Another one in its place, filled in with what is proposed."""
    ref = GoneRef(organisation_id, code.kind, code.key, of=code.of, is_of_sale=gone.is_of_sale)
    what = f"{_WHAT[code.kind]} {gone.label}".strip()
    where = "all items that nobody decided on, and in the rules"
    if code.kind is ListKind.BANK_ACCOUNTS:
        where = "the payment methods that paid from it"
    said = (
        f"*{escape(gone.organisation)}*\n{escape(what)} is archived or gone. What is chosen here stands in its place in {where}. What "
        "was approved stays as it is."
    )
    return View(
        type="modal",
        callback_id=CallbackId.CHOOSE_INSTEAD,
        title=PlainTextObject(text="Use another"),
        submit=PlainTextObject(text="Use it"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=[section(said), _field(code, gone)],
    )


def _field(code: Code, gone: Gone) -> Block:
    _, label, action = _SEARCHES[code.kind]
    chosen = None if gone.proposed is None else fields.an_option(gone.proposed.key, gone.proposed.label)
    return fields.field(block_of(code), gone.category or label, fields.search(action, chosen), optional=True)


def read(state: dict[str, Any], code: Code) -> str | None:
    """What was chosen.

    Raises:
        NotOursError: an option that was never offered.
    """
    return fields.Fields(state).option(block_of(code), _SEARCHES[code.kind][2])


def block_of(code: Code) -> str:
    """Where it is chosen, and where a sentence about it stands. Options are searched in the category that their field names."""
    return tracking_block(code.of) if code.kind is ListKind.TRACKING_CATEGORIES else _SEARCHES[code.kind][0]


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
    if found.methods:
        who = "1 payment method now pays" if found.methods == 1 else f"{found.methods} payment methods now pay"
        said = f":white_check_mark: {who} from {label}."
    elif not found.items and not found.rules:
        said = "Nothing was changed."
    if found.left:
        left = "1 item is" if found.left == 1 else f"{found.left} items are"
        said += f" {left} still to do: press again, or *Edit* on the card."
    if found.left_to_admins:
        rules = "1 rule" if found.left_to_admins == 1 else f"{found.left_to_admins} rules"
        said += f" {rules} only an admin can change, by `/dext rules`."
    if found.unfit:
        rules = "1 rule is" if found.unfit == 1 else f"{found.unfit} rules are"
        said += f" {rules} for documents that {label} is not for, and left as before: change them by `/dext rules`."
    return said


def _counted(items: int, rules: int) -> str:
    counts = [(items, "item"), (rules, "rule")]
    return " and ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in counts if number)


def _is_coded(found: GoneCode) -> bool:
    """What is to be paid with a payment method is coded to that."""
    return found.number > 0 and found.code.kind is not ListKind.BANK_ACCOUNTS


def _move(about: About, found: GoneCodes, who: str) -> str:
    """What comes of it meanwhile, and what to do."""
    meanwhile, singly = [], []
    if any(map(_is_coded, found.codes)):
        refuses = "What imports the file may" if about.is_typed else f"{escape(about.ledger)} would"
        meanwhile.append(f"{refuses} refuse these items, and their cards say so.")
        singly.append("by *Edit* on the cards")
    if any(each.rules for each in found.codes):
        meanwhile.append("Rules leave it out meanwhile: a default, or another rule, fills that field in.")
        singly.append("in `/dext rules`")
    if any(each.methods for each in found.codes):
        meanwhile.append(
            "What is to be paid from a bank account that is gone waits until an admin chooses another one."
        )
    do = "*Use …* puts that one in its place at once; *Choose another* asks for one."
    one_by_one = f"change each {' and '.join(singly)}, or " if singly else ""
    restore = f"restore it in {escape(about.ledger)} and type `/dext sync`."
    if about.is_typed:
        restore = "have an admin type it again, under *Manage*."
    return f"{' '.join(meanwhile)}\n*Who acts next:* {who}. {do} Or {one_by_one}{restore}"


def _line(found: GoneCode, address: str) -> str:
    items = ", ".join(f"<{address}{item.id}|{escape(item.reference, 20)}>" for item in found.first)
    more = found.number - len(found.first)
    count = "1 item" if found.number == 1 else f"{found.number} items"
    what = f"{_WHAT[found.code.kind]} {found.label}".strip()
    concerned = [f"{count}, {items}{f' and {more} more' if more > 0 else ''}"] if found.number else []
    if found.rules:
        said = "1 rule" if found.rules == 1 else f"{found.rules} rules"
        concerned.append(f"{said}, for {escape(_named(found), 150)}")
    if found.methods:
        concerned.append(f"what is paid with {escape(', '.join(found.methods), 150)}")
    return f"• {escape(what[:1].upper() + what[1:], 150)}: {'; '.join(concerned)}"


def _named(found: GoneCode) -> str:
    more = found.rules - len(found.first_rules)
    return ", ".join(found.first_rules) + (f" and {more} more" if more > 0 else "")
