"""The offer to publish by itself what a supplier's or customer's rule codes, and what became of it."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, PlainTextObject

from bot.domain.auto_offers import ENOUGH, AutoOffer, may_be_offered
from bot.domain.rules import AutoPublish, Rule
from bot.views.connections import Message
from bot.views.ids import ActionId
from bot.views.metadata import RuleRef
from bot.views.parts import section
from bot.views.text import escape, mention, plain


def offer(rule: Rule, made: AutoOffer, *, is_still_so: bool) -> Message:
    """With buttons while it stands; then how it is decided. `is_still_so`: the last documents are as the rule says by now."""
    label = escape(rule.target.label, 100)
    words = (
        f":information_source: *The last {ENOUGH} documents of {label} went to the ledger just as their rule says*, and nobody changed anything. "
        "Shall those that come in from now on be published without an approval? There is the same time for *Undo*, and what is "
        "incomplete or odd still waits for people. An admin decides; this is asked once."
    )
    text = f"Publish what comes from {plain(rule.target.label, 100)} by itself?"
    if made.declined_by is not None:
        return text, (section(f"{words}\n*Not published by themselves*, says {mention(made.declined_by)}."),)
    if not may_be_offered(rule):
        return text, (section(f"{words}\n{_decided(rule)}"),)
    if not is_still_so:
        return text, (section(f":bulb: {_otherwise(label)}"),)
    return text, (section(words), _buttons(rule))


def _otherwise(label: str) -> str:
    return (
        f"The last documents of {label} are not as their rule says any more, so people go on approving. `/dext rules` has the rule: "
        "there an admin can let it publish by itself."
    )


def _decided(rule: Rule) -> str:
    """Whoever changed the rule last has said so, there or here."""
    if not rule.is_in_force:
        return "Their rule is not in force any more, so people go on approving."
    by = "" if rule.changed_by is None else f" {mention(rule.changed_by)} changed it last."
    is_always = rule.opinions.auto_publish is AutoPublish.ALWAYS
    return f":white_check_mark: Their rule says: *{'publish' if is_always else 'never publish'} by itself*.{by} `/dext rules` has it."


def _buttons(rule: Rule) -> Block:
    value = RuleRef(rule.organisation_id, rule.of, rule.version, rule.id).encode()
    accept = ButtonElement(action_id=ActionId.ACCEPT_AUTO_OFFER, text="Publish by itself", value=value, style="primary")
    accept.confirm = ConfirmObject(
        title="Without anybody's approval?",
        text=PlainTextObject(
            text=f"What comes from {plain(rule.target.label, 100)} from now on goes to the ledger by itself. "
            "You can change that in their rule at any time."
        ),
        confirm="Publish by itself",
        deny="Not now",
    )
    decline = ButtonElement(action_id=ActionId.DECLINE_AUTO_OFFER, text="No, people approve", value=value)
    return ActionsBlock(elements=[accept, decline])
