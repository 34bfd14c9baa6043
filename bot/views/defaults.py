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

NAMES = {ListKind.ACCOUNTS: "default category", ListKind.TAX_RATES: "default tax rate"}


def _name(found: MissingDefault) -> str:
    return f"{NAMES[found.kind]}{' for sales' if found.of is ItemKind.SALE else ''}"


def missing(
    organisation: str, organisation_id: OrganisationId, found: MissingDefault, admins: tuple[UserId, ...]
) -> Message:
    """What it is, where it is used, whose move it is and what to press; with an outcome, what became of it."""
    name = _name(found)
    if found.outcome is not None:
        return done(organisation, found, found.outcome)
    title = f"The {name} is archived or gone in the ledger"
    who = " ".join(mention(user) for user in admins[:MOST_NAMED]) or "an admin of this organisation"
    used = (
        f"*{escape(found.label, 200)}* is the {name} in the settings, and the ledger would refuse bills with it. Bills "
        "that come in now do not get it and wait in review; those that have it already say so on their cards."
    )
    move = (
        f"*Who can change it:* {who}. Press *Settings* and choose another one; waiting bills follow. Or bring it back in the "
        "ledger: after the next refresh this message says so, and the bills that wait get it."
    )
    button = ButtonElement(
        action_id=ActionId.OPEN_SETTINGS, text="Settings", value=str(organisation_id), style="primary"
    )
    blocks = (
        section(f"*{escape(organisation)}*\n:warning: *{title}*"),
        section(used),
        section(move),
        ActionsBlock(elements=[button]),
    )
    return f"{plain(organisation)}: {title}. {plain(found.label, 200)}", blocks


def done(organisation: str, found: MissingDefault, outcome: DefaultOutcome) -> Message:
    match outcome:
        case DefaultOutcome.BACK:
            words = f"{escape(found.label, 200)}, the {_name(found)}, is in the ledger's list again."
        case DefaultOutcome.CHANGED:
            words = f"{escape(found.label, 200)} is not the {_name(found)} any more."
    text = f":white_check_mark: *{escape(organisation)}*\n{words} There is nothing to do."
    return f"{plain(organisation)}: {plain(words, 300)}", (section(text),)
