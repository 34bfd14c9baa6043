"""The form of one rule, drawn and read back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    HeaderBlock,
    Option,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.domain.coding import Billable
from bot.domain.due import DueKind
from bot.domain.rule_forms import NOTHING_SAID, TARGET, RuleDeed, RuleForm, RulePage, kinds_of
from bot.domain.rules import SAYS, AutoPublish, RuleOf, Strength
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.splitting import Split, SplitLine
from bot.domain.templates import LONGEST_TEMPLATE, PLACEHOLDERS
from bot.views import fields, payment_fields
from bot.views.by_itself import AUTO_NAMES, auto_field
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_codes import BILLABLE_OPTIONS, tracking_block
from bot.views.item_lines import parts
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.metadata import NotOursError, RuleRef
from bot.views.parts import context, section
from bot.views.rule_reading import Reading
from bot.views.rules import OF_NAMES, back_to_list, gone, label_of, said
from bot.views.text import escape, mention, moment, plain

BLOCKS = {
    TARGET: BlockId.RULE_FOR,
    NOTHING_SAID: BlockId.RULE_FOR,
    "account": BlockId.RULE_ACCOUNT,
    "tax_rate": BlockId.RULE_TAX,
    "product": BlockId.RULE_PRODUCT,
    "customer": BlockId.RULE_CUSTOMER,
    "billable": BlockId.RULE_BILLABLE,
    "payment_method": BlockId.RULE_METHOD,
    "publish_to": BlockId.RULE_DESTINATION,
    "publish_as": BlockId.RULE_STATUS,
    "auto_publish": BlockId.RULE_AUTO,
    "due": BlockId.RULE_DUE_DAYS,
    "description": BlockId.RULE_DESCRIPTION,
    "currency": BlockId.RULE_CURRENCY,
    "split": BlockId.RULE_SPLIT,
}
"""Where the sentence about a field stands; one about tracking stands beside what the rule is for."""
NO_OPINION = "Leave as it is"
NEW_ONLY, WAITING = "new", "waiting"
AS_IT_IS, NOT_SPLIT = "as_it_is", "none"
LIKE_ITEM = ("like", "like_amounts")
"""As the document that it is made from: by shares, by amounts."""
STALE = "Somebody else changed this while your form was open. This is how it is now; change what you meant to."
DUE_NAMES = {
    DueKind.AFTER_DATE: "Days after the document's date",
    DueKind.OF_NEXT_MONTH: "Day of the next month",
    DueKind.AFTER_MONTH: "Days after the end of its month",
}


class RuleUnreadableError(Exception):
    """Sentences by block id."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.fields = wrong
        super().__init__("; ".join(wrong.values()))


def form(found: RulePage, ref: RuleRef, *, notice: str | None = None) -> View:
    rule, target = found.rule, found.form.target
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks.append(section(f"*{OF_NAMES[target.of]}: {label_of(target)}*\n{_standing(found)}"))
    blocks += [section(line) for line in gone(found.form.opinions, found.names)]
    if found.unpaid is not None:
        blocks.append(section(f":warning: {escape(found.unpaid, 300)}"))
    blocks += [*_codes(found), *_paying(found), *_facts(found)]
    if target.of is RuleOf.PERSON:
        blocks.append(_strength(found))
    blocks.append(_for_what(found))
    blocks.append(ActionsBlock(elements=_buttons(found, ref)))
    blocks += _history(found)
    return View(
        type="modal",
        callback_id=CallbackId.RULE,
        title=PlainTextObject(text="Add a rule" if rule is None else "Rule"),
        submit=PlainTextObject(text="Add" if rule is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=blocks,
    )


def _standing(found: RulePage) -> str:
    words = "Leave a field empty, and this rule does not touch it."
    rule = found.rule
    if rule is None:
        return words
    who = "on the command line" if rule.changed_by is None else f"by {mention(rule.changed_by)}"
    off = " It is *switched off*." if not rule.is_active else ""
    done = "Added" if rule.version == 1 else "Changed"
    return f"{done} {who}, {moment(rule.changed_at)}.{off} {words}"


def _block(found: RulePage, name: str) -> str:
    """Slack keeps what was typed where a block keeps its id, and forms take turns in one modal: each rule has blocks of its
    own at each version.
    """
    rule = found.rule
    whose = f"new:{found.form.target.of}" if rule is None else f"{rule.id}:{rule.version}"
    return f"{name}:{whose}"


def _codes(found: RulePage) -> list[Block]:
    says, can = found.form.opinions, SAYS[found.form.target.of]
    kinds = kinds_of(found.form.target.of)
    blocks: list[Block] = []
    if not all(found.books.asks_product(kind) for kind in kinds):
        blocks.append(
            fields.account_field(
                _block(found, BlockId.RULE_ACCOUNT), "Category", found.account, placeholder=NO_OPINION, optional=True
            )
        )
    if "product" in can and any(found.books.asks_product(kind) for kind in kinds):
        blocks.append(
            fields.product_field(
                _block(found, BlockId.RULE_PRODUCT), "Product or service", found.product, placeholder=NO_OPINION
            )
        )
    if any(found.books.taxes(kind) for kind in kinds):
        blocks.append(
            fields.tax_rate_field(
                _block(found, BlockId.RULE_TAX), "Tax rate", found.tax_rate, placeholder=NO_OPINION, optional=True
            )
        )
    if "customer" in can and (found.books.customers_on or says.customer is not None):
        blocks += _customer(found)
    chosen = {track.category: track.option for track in says.tracking}
    for category in found.tracking:
        block = _block(found, tracking_block(category.provider_id))
        blocks.append(fields.tracking_field(block, category, chosen.get(category.provider_id), placeholder=NO_OPINION))
    return blocks


def _customer(found: RulePage) -> list[Block]:
    """Whom costs are for, and whether they are billed on to them."""
    block = _block(found, BlockId.RULE_CUSTOMER)
    asked: list[Block] = [fields.customer_field(block, "Customer or project", found.customer, placeholder=NO_OPINION)]
    if found.books.bills_customers or found.form.opinions.billable is not None:
        block, says = _block(found, BlockId.RULE_BILLABLE), found.form.opinions.billable
        asked.append(fields.few_field(block, "Billable", BILLABLE_OPTIONS, says, NO_OPINION))
    return asked


def _paying(found: RulePage) -> list[Block]:
    says, can = found.form.opinions, SAYS[found.form.target.of]
    blocks: list[Block] = []
    if "payment_method" in can:
        method = None if found.payment_method is None else found.payment_method.method
        block = _block(found, BlockId.RULE_METHOD)
        there_are = found.has_methods
        blocks.append(
            payment_fields.payment_method_field(
                block, "Payment method", method, placeholder=NO_OPINION, there_are=there_are
            )
        )
    if len(found.destinations) > 1 or says.publish_to is not None:
        options = [fields.an_option(place, DESTINATION_NAMES[place][0]) for place in found.destinations]
        block = _block(found, BlockId.RULE_DESTINATION)
        blocks.append(fields.few_field(block, "Publish to", options, says.publish_to, NO_OPINION))
    if len(found.statuses) > 1 or says.publish_as is not None:
        options = [fields.an_option(status, STATUS_NAMES[status][0]) for status in found.statuses]
        block = _block(found, BlockId.RULE_STATUS)
        blocks.append(fields.few_field(block, "Publish as", options, says.publish_as, NO_OPINION))
    return [*blocks, *_by_itself(found)]


def _by_itself(found: RulePage) -> list[Block]:
    """For admins, who alone let documents out without anybody's approval."""
    says = found.form.opinions.auto_publish
    if not found.is_admin:
        return [] if says is None else [context(f"Published by itself: *{AUTO_NAMES[says][0]}*. Admins decide that.")]
    if not found.can_go_by_itself and says is None:
        return []
    return [auto_field(_block(found, BlockId.RULE_AUTO), "Publish by itself", says, NO_OPINION)]


def _facts(found: RulePage) -> list[Block]:
    """What counts only where the document and people say nothing."""
    says, can = found.form.opinions, SAYS[found.form.target.of]
    blocks: list[Block] = []
    if "due" in can:
        due = [fields.an_option(kind, name) for kind, name in DUE_NAMES.items()]
        days = None if says.due is None else str(says.due.days)
        blocks += [
            fields.few_field(
                _block(found, BlockId.RULE_DUE),
                "Due date is counted as",
                due,
                None if says.due is None else says.due.kind,
                NO_OPINION,
            ),
            fields.text_field(
                _block(found, BlockId.RULE_DUE_DAYS),
                "Number of days, or day of the month (1 to 31)",
                days,
                longest=4,
                hint="Where the document states no due date.",
                optional=True,
            ),
        ]
    if "description" in can:
        blocks.append(
            fields.text_field(
                _block(found, BlockId.RULE_DESCRIPTION),
                "Description",
                says.description,
                longest=LONGEST_TEMPLATE,
                hint="Where the document has none. You can use "
                f"{', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}; such as: Paper {{month}}.",
                optional=True,
            )
        )
    if "currency" in can:
        hint = "Three letters, such as EUR. Only where the document states none."
        block = _block(found, BlockId.RULE_CURRENCY)
        blocks.append(fields.text_field(block, "Currency", says.currency, longest=3, hint=hint, optional=True))
    if "split" in can:
        blocks += _split(found)
    return blocks


def _split(found: RulePage) -> list[Block]:
    """By fixed lines, which are taken over from a document that is split."""
    splits = _splits(found)
    if len(splits) == 1:
        return []
    options = [Option(value=name, text=plain_option(words)) for name, (words, _) in splits.items()]
    initial = AS_IT_IS if AS_IT_IS in splits else NOT_SPLIT
    hint = "Documents of one line only, which nobody has split. The shares add up to the cent."
    return [fields.radio_field(_block(found, BlockId.RULE_SPLIT), "Split", options, initial, hint=hint)]


def plain_option(words: str) -> PlainTextObject:
    return PlainTextObject(text=plain(words, fields.LONGEST_OPTION))


def _splits(found: RulePage) -> Mapping[str, tuple[str, Split | None]]:
    """What can be chosen, by the option's value."""
    says = found.form.opinions.split
    offered: dict[str, tuple[str, Split | None]] = {NOT_SPLIT: ("Not split", None)}
    if says is not None:
        offered[AS_IT_IS] = (f"As now: {_shares(says)}", says)
    for name, split in zip(LIKE_ITEM, found.like, strict=False):
        if split != says:
            offered[name] = (f"As this document: {_shares(split)}", split)
    return offered


def _shares(split: Split) -> str:
    def share(line: SplitLine) -> str:
        if line.percent is not None:
            return f"{line.percent.normalize():f} %"
        return "the rest" if line.amount is None else f"{line.amount:.2f}"

    return ", ".join(f"{line.description[:20]} {share(line)}" for line in split.lines)


def _strength(found: RulePage) -> Block:
    options = [
        fields.an_option(Strength.ALWAYS, "Always", "Above the rules of suppliers and payment methods."),
        fields.an_option(Strength.IF_BLANK, "Only if blank", "Where no other rule says anything."),
    ]
    return fields.radio_field(_block(found, BlockId.RULE_STRENGTH), "It counts", options, found.form.strength)


def _for_what(found: RulePage) -> Block:
    waiting = {0: "what waits (nothing now)", 1: "1 waiting item"}.get(found.waiting, f"{found.waiting} waiting items")
    options = [
        fields.an_option(WAITING, f"New items and {waiting}", "What is approved already stays as it was approved."),
        fields.an_option(NEW_ONLY, "New items only", "What waits stays as it is coded now."),
    ]
    is_new_only = found.rule is not None and found.rule.since is not None
    initial = NEW_ONLY if is_new_only else WAITING
    return fields.radio_field(_block(found, BlockId.RULE_FOR), "Apply it to", options, initial)


def _buttons(found: RulePage, ref: RuleRef) -> list[ButtonElement]:
    value, rule = ref.encode(), found.rule
    buttons = [ButtonElement(action_id=ActionId.PREVIEW_RULE, text="What would change?", value=value)]
    back = [] if ref.item_id is not None else [back_to_list(found.organisation_id)]
    if rule is None:
        return [*buttons, *back]
    switch = ButtonElement(
        action_id=ActionId.SWITCH_RULE, text="Switch off" if rule.is_active else "Switch on", value=value
    )
    if rule.is_active:
        switch.confirm = ConfirmObject(
            title="Switch this rule off?",
            text=PlainTextObject(
                text="What it says is taken back from items that nobody has decided on, until it is switched on again."
            ),
            confirm="Switch off",
            deny="Keep it on",
        )
    delete = ButtonElement(action_id=ActionId.DELETE_RULE, text="Delete", value=value, style="danger")
    delete.confirm = ConfirmObject(
        title="Delete this rule?",
        text=PlainTextObject(
            text="What it says is taken back from items that nobody has decided on. It can be restored."
        ),
        confirm="Delete",
        deny="Keep it",
    )
    return [*buttons, switch, delete, *back]


def _history(found: RulePage) -> list[Block]:
    told = [f"• {_done(each, found)}" for each in found.history]
    return [section(part) for part in parts(["*What was done*", *told])] if told else []


def _done(each: RuleDeed, found: RulePage) -> str:
    who = "On the command line" if each.by is None else mention(each.by)
    waiting = ", for what waited, too" if each.is_for_waiting else ""
    says = said(each.says, found.names, found.ledger)
    return f"{moment(each.at)} {who}: {escape(each.deed, 60)}{waiting}: {says}"


def wrong_at(sentences: Mapping[str, str], state: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by field, as sentences where the fields stand."""
    found = Fields(state)
    placed: dict[str, str] = {}
    for name, sentence in sentences.items():
        block = found.named(BLOCKS.get(name, BlockId.RULE_FOR))
        block = block if found.has(block) else found.named(BlockId.RULE_FOR)
        placed[block] = f"{placed[block]} {sentence}" if block in placed else sentence
    return placed


def read(state: dict[str, Any], ref: RuleRef, page: RulePage) -> RuleForm:
    """The form as it was sent. What it has no field for stays.

    Raises:
        RuleUnreadableError: what is wrong, in a sentence for each field.
        NotOursError: an option that was never offered.
    """
    reading, base = Reading(Fields(state)), page.form.opinions
    for_what = reading.option(BlockId.RULE_FOR)
    if for_what not in (NEW_ONLY, WAITING):
        raise NotOursError("what it applies to")
    opinions = replace(
        base,
        account=reading.searched(BlockId.RULE_ACCOUNT, ActionId.FIND_ACCOUNT, base.account),
        tax_rate=reading.searched(BlockId.RULE_TAX, ActionId.FIND_TAX_RATE, base.tax_rate),
        product=reading.searched(BlockId.RULE_PRODUCT, ActionId.FIND_PRODUCT, base.product),
        customer=reading.searched(BlockId.RULE_CUSTOMER, ActionId.FIND_CUSTOMER, base.customer),
        billable=reading.one_of(Billable, BlockId.RULE_BILLABLE, base.billable),
        payment_method=reading.method(base.payment_method),
        publish_to=reading.one_of(Destination, BlockId.RULE_DESTINATION, base.publish_to),
        publish_as=reading.one_of(PaymentStatus, BlockId.RULE_STATUS, base.publish_as),
        auto_publish=reading.one_of(AutoPublish, BlockId.RULE_AUTO, base.auto_publish),
        description=reading.text(BlockId.RULE_DESCRIPTION, base.description),
        currency=_upper(reading.text(BlockId.RULE_CURRENCY, base.currency)),
        tracking=reading.tracking([each.provider_id for each in page.tracking], base.tracking),
        split=reading.split({name: split for name, (_, split) in _splits(page).items()}, base.split),
        due=reading.due(base.due),
    )
    if reading.wrong:
        raise RuleUnreadableError(reading.wrong)
    strength = reading.one_of(Strength, BlockId.RULE_STRENGTH, page.form.strength)
    if strength is None:
        raise NotOursError("how much it counts")
    return RuleForm(
        version=ref.version,
        target=page.form.target,
        opinions=opinions,
        strength=strength,
        is_for_waiting=for_what == WAITING,
    )


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()
