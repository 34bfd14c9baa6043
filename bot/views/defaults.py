"""The message about a default that the ledger does not take any more, and what it turns into."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.domain.books import ListKind
from bot.domain.defaults import DefaultOutcome, MissingDefault
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, UserId
from bot.views.connections import MOST_NAMED
from bot.views.ids import ActionId
from bot.views.parts import section
from bot.views.text import escape, mention, plain

Message = tuple[str, tuple[Block, ...]]

WHAT = {
    ListKind.ACCOUNTS: "category",
    ListKind.TAX_RATES: "tax rate",
    ListKind.PRODUCTS: "product",
    ListKind.TRACKING_CATEGORIES: "tracking option",
}
NAMES = {kind: f"default {what}" for kind, what in WHAT.items()}


def _name(found: MissingDefault) -> str:
    return f"{NAMES[found.kind]}{' for sales' if found.of is ItemKind.SALE else ''}"


def missing(
    organisation: str,
    organisation_id: OrganisationId,
    ledger: str,
    found: MissingDefault,
    admins: tuple[UserId, ...],
) -> Message:
    """What it is, what that does to bills, whose move it is and what to press; with an outcome, what became of it."""
    if found.outcome is not None:
        return done(organisation, found, found.outcome)
    is_sale, ledger = found.of is ItemKind.SALE, escape(ledger)
    things, what = "sales" if is_sale else "bills", WHAT[found.kind]
    title = f"{escape(found.label, 200)} is archived or gone in {ledger}"
    who = " ".join(mention(user) for user in admins[:MOST_NAMED]) or "an admin of this organisation"
    is_needed = found.kind is not ListKind.TRACKING_CATEGORIES
    lack = f"they wait until somebody chooses a {what}" if is_needed else "they go out without"
    used = (
        f"It is the *{_name(found)}* in the settings. New {things} do not get it: {lack}. "
        f"{things.capitalize()} that wait with it say so on their cards; {ledger} would refuse them."
    )
    label, action = _where(found)
    move = (
        f"*Who acts next:* {who}. Press *{label}* and choose another {NAMES[found.kind]}: {things} that wait get it. "
        f"Or restore it in {ledger} and type `/dext sync`."
    )
    button = ButtonElement(
        action_id=action,
        text=label,
        value=str(organisation_id),
        style="primary",
    )
    blocks = (
        section(f"*{escape(organisation)}*\n:warning: *{title}*"),
        section(used),
        section(move),
        ActionsBlock(elements=[button]),
    )
    told = f"{plain(found.label, 200)}, the {_name(found)}, is archived or gone in {plain(ledger)}"
    return f"{plain(organisation)}: {told}.", blocks


def _where(found: MissingDefault) -> tuple[str, ActionId]:
    """The form that has all defaults of its kind."""
    if found.kind is ListKind.TAX_RATES:
        return "Tax", ActionId.OPEN_TAX_SETTINGS
    return (
        ("Sales", ActionId.OPEN_SALES_SETTINGS) if found.of is ItemKind.SALE else ("Settings", ActionId.OPEN_SETTINGS)
    )


def done(organisation: str, found: MissingDefault, outcome: DefaultOutcome) -> Message:
    match outcome:
        case DefaultOutcome.BACK:
            words = f"{escape(found.label, 200)}, the {_name(found)}, is in the ledger's list again."
        case DefaultOutcome.CHANGED:
            words = f"{escape(found.label, 200)} is not the {_name(found)} any more."
    text = f":white_check_mark: *{escape(organisation)}*\n{words} There is nothing to do."
    return f"{plain(organisation)}: {plain(words, 300)}", (section(text),)
