"""The rules of an organisation: what they say in words, the list of them, and what one of a new kind is for."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    HeaderBlock,
    InteractiveElement,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.coding import Billable
from bot.domain.ids import OrganisationId
from bot.domain.rule_forms import PER_PAGE, RuleNames, RulesPage
from bot.domain.rules import LONGEST_LABEL, AutoPublish, Opinions, Rule, RuleOf, Strength, Target
from bot.domain.texts import cleaned
from bot.views import fields, payment_fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.metadata import RuleRef, RulesRef
from bot.views.parts import context, section
from bot.views.text import escape, mention, moment, plain

TITLE = "Rules"
WHAT_THEY_DO = (
    "A rule says once how documents are coded: those of a supplier, of a customer, of a person who sends them in, or those paid "
    "with a payment method.\nA person's choice, and what came with the document, count before any rule. Of several rules the one of "
    "who sent it in counts first, then the payment method's, then the supplier's or customer's. Defaults come last."
)
NONE_YET = "No rules yet. Press *Details* on a card, then *Rule for this supplier…*; or choose below whom one is for."
OF_NAMES = {
    RuleOf.SUPPLIER: "Supplier",
    RuleOf.CUSTOMER: "Customer",
    RuleOf.PERSON: "Person who sends in",
    RuleOf.PAYMENT_METHOD: "Payment method",
}
NO_NAME = "Write the name as their documents have it."
NOBODY = "Choose a person."
NO_METHOD = "Choose a payment method."
NO_METHODS_YET = (
    "There are no payment methods yet that a rule could be for. An admin adds them under *Payment methods*."
)


class TargetUnreadableError(Exception):
    """Sentences by block id."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.fields = wrong
        super().__init__("; ".join(wrong.values()))


def label_of(target: Target) -> str:
    """Whom or what it is of, in mrkdwn."""
    return mention(target.name) if target.of is RuleOf.PERSON else escape(target.label, 100)


def said(opinions: Opinions, names: RuleNames, ledger: str) -> str:
    """What a rule says, in a line of mrkdwn."""
    parts = [*_codes(opinions, names), *_publishing(opinions, names, ledger)]
    if opinions.due is not None:
        parts.append(f"due {opinions.due.words}")
    if opinions.currency is not None:
        parts.append(f"in {escape(opinions.currency)} where none is stated")
    if opinions.description is not None:
        parts.append(f"described as “{escape(opinions.description, 60)}”")
    if opinions.split is not None:
        parts.append(f"split into {len(opinions.split.lines)} lines")
    if opinions.auto_publish is not None:
        is_always = opinions.auto_publish is AutoPublish.ALWAYS
        parts.append("published by itself" if is_always else "never published by itself")
    return " · ".join(parts) or "nothing"


def _codes(opinions: Opinions, names: RuleNames) -> list[str]:
    parts = []
    if opinions.account is not None:
        parts.append(escape(names.accounts.get(opinions.account, opinions.account), 60))
    if opinions.product is not None:
        parts.append(escape(names.products.get(opinions.product, opinions.product), 60))
    if opinions.tax_rate is not None:
        parts.append(escape(names.tax_rates.get(opinions.tax_rate, opinions.tax_rate), 60))
    if opinions.customer is not None:
        billable = ", billable" if opinions.billable is Billable.YES else ""
        parts.append(f"for {escape(names.customers.get(opinions.customer, 'a customer'), 60)}{billable}")
    parts += [escape(names.options.get(track.option, "a tracking option"), 60) for track in opinions.tracking]
    return parts


def gone(opinions: Opinions, names: RuleNames) -> list[str]:
    """Of what it says that the ledger does not take any more, in a line of mrkdwn; nothing where there is none."""
    said = [names.accounts.get(code) for code in sorted(opinions.accounts)]
    said += [names.tax_rates.get(code) for code in sorted(opinions.tax_rates)]
    said += [names.products.get(opinions.product or ""), names.customers.get(opinions.customer or "")]
    found = ", ".join(escape(name, 60) for name in said if name in names.gone)
    return [f":warning: Archived or gone, and left out until another one is chosen: {found}."] if found else []


def _publishing(opinions: Opinions, names: RuleNames, ledger: str) -> list[str]:
    parts = []
    if opinions.payment_method is not None:
        parts.append(f"paid with {escape(names.methods.get(opinions.payment_method, 'a payment method'), 60)}")
    if opinions.publish_to is not None:
        parts.append(f"to {DESTINATION_NAMES[opinions.publish_to][0].lower()}")
    if opinions.publish_as is not None:
        parts.append(f"as {STATUS_NAMES[opinions.publish_as][0].lower()} in {escape(ledger, 30)}")
    return parts


def page(found: RulesPage, *, notice: str | None = None) -> View:
    """The list."""
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":white_check_mark: {notice}"))
    title = "*Deleted rules*\nThey no longer apply. *Restore* brings one back as it was."
    blocks.append(section(title if found.deleted else f"*Rules*\n{WHAT_THEY_DO}"))
    blocks += [_line(rule, found) for rule in found.rules]
    if not found.rules:
        none = "No deleted rules." if found.deleted else NONE_YET
        blocks.append(context(none))
    blocks.append(ActionsBlock(elements=_below(found)))
    return _modal(blocks, RulesRef(found.organisation_id, found.page, deleted=found.deleted).encode())


def _line(rule: Rule, found: RulesPage) -> SectionBlock:
    off = "" if rule.is_active else " · switched off"
    since = "" if rule.since is None else f" · for what came in since {moment(rule.since)}"
    weak = " · only where nothing else says" if rule.strength is Strength.IF_BLANK else ""
    says = said(rule.opinions, found.names, found.ledger)
    unpaid = found.unpaid.get(rule.id) if rule.is_in_force else None
    warned = [*gone(rule.opinions, found.names), *([] if unpaid is None else [f":warning: {escape(unpaid, 300)}"])]
    line = section("\n".join([f"*{label_of(rule.target)}* · {rule.of.words}{weak}{since}{off}", says, *warned]))
    ref = RuleRef(found.organisation_id, rule.of, rule.version, rule.id).encode()
    action, text = (ActionId.RESTORE_RULE, "Restore") if found.deleted else (ActionId.CHANGE_RULE, "Change")
    line.accessory = ButtonElement(action_id=action, text=text, value=ref)
    return line


def _below(found: RulesPage) -> list[InteractiveElement]:
    here = RulesRef(found.organisation_id, found.page, deleted=found.deleted)
    elements: list[InteractiveElement] = [] if found.deleted else [_adding()]
    if found.page > 0:
        before = RulesRef(here.organisation_id, here.page - 1, deleted=here.deleted)
        elements.append(ButtonElement(action_id=ActionId.PREVIOUS_RULES, text="Previous", value=before.encode()))
    if found.page + 1 < found.pages:
        after = RulesRef(here.organisation_id, here.page + 1, deleted=here.deleted)
        elements.append(ButtonElement(action_id=ActionId.NEXT_RULES, text="Next", value=after.encode()))
    if found.total > PER_PAGE and not found.deleted:
        elements.append(
            ExternalDataSelectElement(
                action_id=ActionId.GO_TO_RULE,
                placeholder=PlainTextObject(text=f"Find one of {found.total}"),
                min_query_length=0,
            )
        )
    other = RulesRef(here.organisation_id, deleted=not here.deleted).encode()
    name = "All rules" if found.deleted else "Deleted rules"
    elements.append(ButtonElement(action_id=ActionId.OPEN_RULES, text=name, value=other))
    return elements


def _adding() -> StaticSelectElement:
    options = [fields.an_option(of, name) for of, name in OF_NAMES.items()]
    return StaticSelectElement(
        action_id=ActionId.ADD_RULE, placeholder=PlainTextObject(text="Add a rule for…"), options=options
    )


def is_of_rules(callback_id: str, metadata: str) -> bool:
    """Whether a modal is the list, or what that turns into."""
    is_list = callback_id == CallbackId.EXPLANATION and ":" in metadata
    return is_list or callback_id in (CallbackId.RULE, CallbackId.RULE_TARGET)


def rule_options(rules: Sequence[Rule]) -> list[Option]:
    """Of the select that looks for one."""
    return [fields.an_option(str(rule.id), rule.target.label, OF_NAMES[rule.of]) for rule in rules]


def target_form(organisation_id: OrganisationId, of: RuleOf, *, there_are: bool = True) -> View:
    """Whom or what a new rule is for. Where there are no payment methods, where one is made."""
    back = back_to_list(organisation_id)
    make = ButtonElement(action_id=ActionId.OPEN_PAYMENT_METHODS, text="Payment methods", value=str(organisation_id))
    asked = [_target_field(of), ActionsBlock(elements=[back])]
    return View(
        type="modal",
        callback_id=CallbackId.RULE_TARGET,
        title=PlainTextObject(text="Add a rule"),
        submit=PlainTextObject(text="Next") if there_are else None,
        close=PlainTextObject(text="Cancel"),
        private_metadata=RuleRef(organisation_id, of).encode(),
        blocks=asked if there_are else [section(NO_METHODS_YET), ActionsBlock(elements=[make, back])],
    )


def back_to_list(organisation_id: OrganisationId) -> ButtonElement:
    return ButtonElement(
        action_id=ActionId.OPEN_RULES, text="Back to the rules", value=RulesRef(organisation_id).encode()
    )


def _target_field(of: RuleOf) -> Block:
    match of:
        case RuleOf.PERSON:
            element = UserSelectElement(action_id=ActionId.VALUE)
            return fields.field(BlockId.RULE_NAME, OF_NAMES[of], element, hint="Whoever sends the documents in.")
        case RuleOf.PAYMENT_METHOD:
            hint = "What is not here yet is added with /dext payment-methods."
            return payment_fields.payment_method_field(BlockId.RULE_NAME, OF_NAMES[of], None, hint=hint, optional=False)
        case _:
            return fields.text_field(
                BlockId.RULE_NAME,
                OF_NAMES[of],
                None,
                longest=LONGEST_LABEL,
                hint="Write the name as it stands on their documents. Capitals and dots make no difference. You may leave out Ltd or "
                "GmbH; but with another one of these it is another company.",
            )


def read_target(state: dict[str, Any], of: RuleOf) -> Target:
    """Raises:
    TargetUnreadableError: nothing was chosen or written.
    NotOursError: an option that was never offered.
    """
    found = Fields(state)
    match of:
        case RuleOf.PERSON:
            name, wrong = found.user(BlockId.RULE_NAME), NOBODY
        case RuleOf.PAYMENT_METHOD:
            name, wrong = found.payment_method(BlockId.RULE_NAME), NO_METHOD
        case _:
            name, wrong = cleaned(found.text(BlockId.RULE_NAME) or "", LONGEST_LABEL), NO_NAME
    target = Target(of=of, name=name or "", label=name or "")
    if target.key is None:
        raise TargetUnreadableError({BlockId.RULE_NAME: wrong})
    return target


def _modal(blocks: list[Block], metadata: str) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=TITLE),
        close=PlainTextObject(text="Close"),
        private_metadata=metadata,
        blocks=blocks,
    )
