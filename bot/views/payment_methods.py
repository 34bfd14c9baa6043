"""Payment methods of an organisation: the list, and the form of one, read back where it is drawn."""

from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    HeaderBlock,
    InteractiveElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.payment_methods import (
    DIGITS,
    LONGEST_NAME,
    PER_PAGE,
    KnownMethod,
    Link,
    PaymentMethodForm,
    PaymentMethodPage,
    PaymentMethodsPage,
    alike,
    is_card_number,
)
from bot.domain.settings import Destination
from bot.domain.texts import cleaned
from bot.views import fields, payment_fields
from bot.views.by_itself import auto_field, read_auto
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.kind_settings import DESTINATION_NAMES
from bot.views.metadata import FormRef, MethodRef, MethodsRef, NotOursError
from bot.views.parts import context, section
from bot.views.reading import member
from bot.views.text import escape, plain

BLOCKS = {
    "name": BlockId.METHOD_NAME,
    "bank_account": BlockId.BANK_ACCOUNT,
    "publish_to": BlockId.METHOD_DESTINATION,
    "auto_publish": BlockId.METHOD_AUTO,
}
"""Where the sentence about a field stands in the form, before what tells one form from another."""


def wrong_at(sentences: dict[str, str], state: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by field, as sentences where the fields stand."""
    found = Fields(state)
    return {found.named(BLOCKS[field]): sentence for field, sentence in sentences.items()}


NO_OPINION = "As the settings and other rules say"
YES, NO = "yes", "no"
NO_NAME = "Give it a name that people know it by, such as Company Visa."
WHOLE_NUMBER = "Do not write a whole card or account number here. Its last four digits are enough, in their own field."
NOT_FOUR = f"Write the last {DIGITS} digits, such as 4242, or leave it empty."
SAVED = ":white_check_mark: It is saved."
STALE = "Somebody else changed this payment method while your form was open. This is how it is now; change what you meant to."


class MethodUnreadableError(Exception):
    """Sentences by block id."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(fields.values()))


def page(found: PaymentMethodsPage, *, notice: str | None = None) -> View:
    value = str(found.organisation_id)
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(notice))
    ledger = escape(found.ledger)
    goes = "to a bank account" if found.is_typed else "as paid, or to a bank account,"
    blocks.append(
        section(
            f"*Payment methods*\nThe cards and accounts that things are paid with. What is published {goes} goes through the bank "
            f"account in {ledger} that its payment method is linked to."
        )
    )
    blocks += [_line(known, found) for known in found.methods]
    if not found.methods:
        blocks.append(
            context(
                f"There is none yet, so nothing can be published {'to a bank account' if found.is_typed else 'as paid'}."
            )
        )
    add = ButtonElement(action_id=ActionId.ADD_PAYMENT_METHOD, text="Add payment method", value=value)
    blocks.append(ActionsBlock(elements=[add, *_turning(found)]))
    new = "in {ledger} is offered once its list is refreshed: see *Manage*."
    if found.is_typed:
        new = "is typed by an admin under *Manage*, Bank accounts."
    blocks.append(context(f"A bank account that is new {new.format(ledger=ledger)}"))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Payment methods"),
        close=PlainTextObject(text="Close"),
        private_metadata=FormRef(found.organisation_id).encode(),
        blocks=blocks,
    )


def _line(known: KnownMethod, found: PaymentMethodsPage) -> SectionBlock:
    method = known.method
    line = section(
        f"*{escape(method.label)}*{'' if method.is_active else ' · switched off'}\n{payment_fields.linked(known, found.ledger)}"
    )
    is_without = known.link is Link.NONE and method.is_active
    line.accessory = ButtonElement(
        action_id=ActionId.CHANGE_PAYMENT_METHOD,
        text="Link" if is_without else "Change",
        value=MethodRef(found.organisation_id, method.id).encode(),
        style="primary" if is_without else None,
    )
    return line


def _turning(found: PaymentMethodsPage) -> list[InteractiveElement]:
    """Only where there are more than one page holds."""
    if found.total <= PER_PAGE:
        return []
    before = MethodsRef(found.organisation_id, found.page - 1).encode()
    after = MethodsRef(found.organisation_id, found.page + 1).encode()
    turns: list[InteractiveElement] = []
    if found.page > 0:
        turns.append(ButtonElement(action_id=ActionId.PREVIOUS_PAYMENT_METHODS, text="Previous", value=before))
    if found.page + 1 < found.pages:
        turns.append(ButtonElement(action_id=ActionId.NEXT_PAYMENT_METHODS, text="Next", value=after))
    look_for = ExternalDataSelectElement(
        action_id=ActionId.GO_TO_PAYMENT_METHOD,
        placeholder=PlainTextObject(text=f"Find one of {found.total}"),
        min_query_length=0,
    )
    return [*turns, look_for]


def form(found: PaymentMethodPage, *, notice: str | None = None) -> View:
    known = found.known
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    if known is not None and known.link in (Link.ARCHIVED, Link.GONE):
        blocks.append(section(f"{payment_fields.linked(known, found.ledger)}. Choose another one."))
    blocks += _what_it_is(found)
    blocks += [_account(found), *_by_rule(found)]
    if known is not None:
        blocks.append(_in_use(found, known))
    return View(
        type="modal",
        callback_id=CallbackId.PAYMENT_METHOD,
        title=PlainTextObject(text="Add payment method" if known is None else "Payment method"),
        submit=PlainTextObject(text="Add" if known is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=_ref(found).encode(),
        blocks=blocks,
    )


def _ref(found: PaymentMethodPage) -> MethodRef:
    if found.known is None:
        return MethodRef(found.organisation_id)
    return MethodRef(found.organisation_id, found.known.method.id, found.known.method.version)


def _block(found: PaymentMethodPage, name: BlockId) -> str:
    """The list and every form take turns in one modal, and Slack keeps what was typed where a block keeps its id: each
    method has blocks of its own at each version, and each new one by how many there were before it.
    """
    if found.known is None:
        return f"{name}:new:{found.total}"
    return f"{name}:{found.known.method.id}:{found.known.method.version}"


def _what_it_is(found: PaymentMethodPage) -> list[Block]:
    method = None if found.known is None else found.known.method
    return [
        fields.text_field(
            _block(found, BlockId.METHOD_NAME),
            "Name",
            None if method is None else method.name,
            longest=LONGEST_NAME,
            placeholder="Company Visa",
            hint="What people choose it by.",
        ),
        fields.text_field(
            _block(found, BlockId.LAST_DIGITS),
            "Last four digits",
            None if method is None else method.last_digits,
            longest=DIGITS,
            placeholder="4242",
            hint="Of the card or account, to tell it from others.",
            optional=True,
        ),
    ]


def _account(found: PaymentMethodPage) -> Block:
    ledger = plain(found.ledger, 40)
    if found.is_typed:
        hint = f"One of {ledger}. Without it, nothing can be published to a bank account with this method."
        if not found.has_accounts:
            hint = f"There is no bank account in {ledger}: an admin types them under Manage, Bank accounts."
        return _account_field(found, hint)
    hint = f"One of {ledger}'s. Without it, nothing can be published as paid with this method, or to a bank account."
    if not found.has_accounts:
        hint = f"There is no live bank account in {ledger}'s list: add one there, then refresh the list in Manage."
    return _account_field(found, hint)


def _account_field(found: PaymentMethodPage, hint: str) -> Block:
    chosen = None if found.known is None else found.known.account
    return payment_fields.bank_account_field(_block(found, BlockId.BANK_ACCOUNT), "Bank account", chosen, hint=hint)


def _by_rule(found: PaymentMethodPage) -> list[Block]:
    """What its rule says of all that it pays for, which can say more."""
    if found.is_rule_off:
        return [context("Its rule is switched off, so it says nothing of where to publish: see `/dext rules`.")]
    asked = [*_where(found), *_by_itself(found)]
    about = "Of all that is paid with it, and what waits follows. It is kept as the rule of this payment method."
    return [*asked, context(about)] if asked else []


def _where(found: PaymentMethodPage) -> list[Block]:
    """Where what it pays for is published to."""
    if not found.asks_where:
        return []
    places = dict.fromkeys((*found.destinations, *([] if found.publish_to is None else [found.publish_to])))
    named = [(place, *DESTINATION_NAMES[Destination(place)]) for place in places]
    where = "the file" if found.is_typed else found.ledger
    options = [fields.an_option(place, name, does.format(ledger=where)) for place, name, does in named]
    block = _block(found, BlockId.METHOD_DESTINATION)
    return [fields.few_field(block, "Publish to", options, found.publish_to, NO_OPINION)]


def _by_itself(found: PaymentMethodPage) -> list[Block]:
    """Whether anybody has to approve what it pays for."""
    if not found.can_go_by_itself and found.auto_publish is None:
        return []
    return [auto_field(_block(found, BlockId.METHOD_AUTO), "Publish by itself", found.auto_publish, NO_OPINION)]


def _in_use(found: PaymentMethodPage, known: KnownMethod) -> Block:
    return fields.radio_field(
        _block(found, BlockId.IN_USE),
        "Use it",
        [
            fields.an_option(YES, "In use", "It can be chosen, and is found by its last digits."),
            fields.an_option(NO, "Switched off", "Nobody is offered it any more; what names it keeps its name."),
        ],
        YES if known.method.is_active else NO,
    )


def place_in(state: dict[str, Any]) -> Destination | None:
    """Where to publish, as it is chosen by now in a form that is still open."""
    found = Fields(state)
    place = found.option(found.named(BlockId.METHOD_DESTINATION))
    return None if place is None else member(Destination, place)


def read(state: dict[str, Any], ref: MethodRef) -> PaymentMethodForm:
    """The form as it was sent.

    Raises:
        MethodUnreadableError: what is wrong, in a sentence for each field.
        NotOursError: an option that was never offered.
    """
    found = Fields(state)
    name_block, digits_block = found.named(BlockId.METHOD_NAME), found.named(BlockId.LAST_DIGITS)
    name, digits = cleaned(found.text(name_block) or "", LONGEST_NAME) or "", found.text(digits_block)
    wrong: dict[str, str] = {}
    if not alike(name):
        wrong[name_block] = NO_NAME
    elif is_card_number(name):
        wrong[name_block] = WHOLE_NUMBER
    if digits is not None and not (len(digits) == DIGITS and digits.isascii() and digits.isdigit()):
        wrong[digits_block] = NOT_FOUR
    in_use = YES if ref.method_id is None else found.option(found.named(BlockId.IN_USE))
    if in_use not in (YES, NO):
        raise NotOursError("whether it is in use")
    if wrong:
        raise MethodUnreadableError(wrong)
    by_itself = found.named(BlockId.METHOD_AUTO)
    return PaymentMethodForm(
        publish_to=place_in(state),
        says_where=found.has(found.named(BlockId.METHOD_DESTINATION)),
        auto_publish=read_auto(found, by_itself),
        says_auto=found.has(by_itself),
        version=ref.version,
        name=name,
        last_digits=digits,
        bank_account=found.bank_account(found.named(BlockId.BANK_ACCOUNT)),
        is_active=in_use == YES,
    )
