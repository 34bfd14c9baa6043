"""The rule that a supplier's or customer's past comes to: what it would say and why, what it would have changed, its button."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, PlainTextObject

from bot.domain.cards import Details, NamedOffer
from bot.domain.offered_rule import Otherwise
from bot.domain.rules import Rule
from bot.domain.texts import dated
from bot.views.ids import ActionId
from bot.views.metadata import OfferRef
from bot.views.parts import section
from bot.views.text import escape, plain

MOST_SHOWN = 5
GONE = (
    ":warning: Nothing was made: what was approved says something else by now, or there is a rule already. This is how it is "
    "now."
)


def offer(found: Details, others: Sequence[ButtonElement] = ()) -> list[Block]:
    """Nothing where nothing is offered. `others` are buttons that stand beside."""
    if found.offer is None:
        return []
    named, item = found.offer, found.card.item
    address, rule = found.card.link.removesuffix(str(item.id)), named.offer
    says = [
        f"• {escape(named.fields.get(said.field, 'Tracking'), 40)}: {escape(named.codes[said.field, said.code], 75)}, "
        f"{said.evidence.words}"
        for said in rule.says
    ]
    words = "\n".join([f"*A rule for {escape(rule.target.label, 150)}?*", *says, _tested(named, address)])
    button = ButtonElement(
        action_id=ActionId.MAKE_RULE,
        text="Make it a rule",
        value=OfferRef(item.id, rule.digest).encode(),
        confirm=ConfirmObject(
            title=PlainTextObject(text="Make it a rule?"),
            text=PlainTextObject(
                text=plain(
                    f"It codes what waits and what comes in of {rule.target.label}, below what a person chooses.", 300
                )
            ),
            confirm=PlainTextObject(text="Make it"),
            deny=PlainTextObject(text="Cancel"),
        ),
    )
    return [section(words), ActionsBlock(elements=[button, *others])]


def made(rule: Rule) -> str:
    return f":white_check_mark: {escape(rule.target.label, 150)} has this rule now. What waits follows it."


def _tested(named: NamedOffer, address: str) -> str:
    """What the rule would have changed of the past."""
    rule = named.offer
    number = len(rule.otherwise)
    if not number:
        return f"It would have changed none of the last {rule.looked_at} that were approved."
    changed = [_changed(named, each, address) for each in rule.otherwise[:MOST_SHOWN]]
    more = [f"and {number - MOST_SHOWN} more"] if number > MOST_SHOWN else []
    head = f"It would have changed {number} of the last {rule.looked_at} that were approved:"
    return "\n".join([head, *(f"• {line}" for line in (*changed, *more))])


def _changed(named: NamedOffer, each: Otherwise, address: str) -> str:
    link = f"<{address}{each.item_id}|{escape(each.reference, 20)}>"
    fields = [
        f"{escape('none or several' if was is None else named.codes[field, was], 75)} → {escape(named.codes[field, would], 75)}"
        for field, was, would in each.fields
    ]
    return f"{link}, {dated(each.approved_on)}: {'; '.join(fields)}"
