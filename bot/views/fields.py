"""A form's fields: drawn one way, and read back from Slack's `view.state.values` by the block they stand in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ConversationSelectElement,
    DatePickerElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
    UserMultiSelectElement,
)
from slack_sdk.models.blocks.block_elements import ConversationFilter, FileInputElement, InputInteractiveElement
from slack_sdk.models.views import View

from bot.domain.books import Account, Contact, Product, TaxRate, TrackingCategory, TrackingOption
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import DefaultBooksRef, FormRef, method_of
from bot.views.text import plain

LONGEST_OPTION, LONGEST_LABEL, LONGEST_HINT = 75, 150, 2000


@dataclass(frozen=True, slots=True)
class Fields:
    """What a person left in a form. Each reader answers None, or nothing chosen, for a field that is empty."""

    state: dict[str, Any]

    def has(self, block: str) -> bool:
        return block in self.state

    def named(self, name: str) -> str:
        """The block that has this name, whatever follows it."""
        return next((block for block in self.state if block == name or block.startswith(f"{name}:")), name)

    def text(self, block: str) -> str | None:
        value = self._entry(block, ActionId.VALUE).get("value")
        return str(value).strip() or None if value is not None else None

    def option(self, block: str, action: ActionId = ActionId.VALUE) -> str | None:
        chosen = self._entry(block, action).get("selected_option")
        return str(chosen["value"]) if chosen else None

    def is_ticked(self, block: BlockId) -> bool:
        return bool(self._entry(block, ActionId.VALUE).get("selected_options"))

    def ticked(self, block: BlockId) -> tuple[str, ...]:
        """The values of the boxes that are ticked."""
        return tuple(
            str(option["value"]) for option in self._entry(block, ActionId.VALUE).get("selected_options") or ()
        )

    def users(self, block: BlockId) -> tuple[str, ...]:
        return tuple(str(user) for user in self._entry(block, ActionId.VALUE).get("selected_users") or ())

    def user(self, block: BlockId) -> str | None:
        chosen = self._entry(block, ActionId.VALUE).get("selected_user")
        return str(chosen) if chosen else None

    def channel(self, block: BlockId) -> str | None:
        chosen = self._entry(block, ActionId.VALUE).get("selected_conversation")
        return str(chosen) if chosen else None

    def day(self, block: BlockId) -> date | None:
        chosen = self._entry(block, ActionId.VALUE).get("selected_date")
        return date.fromisoformat(str(chosen)) if chosen else None

    def file_address(self, block: str) -> str | None:
        """Where the file is that somebody put in."""
        files = self._entry(block, ActionId.VALUE).get("files") or [{}]
        address = files[0].get("url_private_download") or files[0].get("url_private")
        return None if address is None else str(address)

    def account(self, block: str) -> str | None:
        return self.option(block, ActionId.FIND_ACCOUNT)

    def tax_rate(self, block: str) -> str | None:
        return self.option(block, ActionId.FIND_TAX_RATE)

    def product(self, block: str) -> str | None:
        return self.option(block, ActionId.FIND_PRODUCT)

    def customer(self, block: str) -> str | None:
        return self.option(block, ActionId.FIND_CUSTOMER)

    def bank_account(self, block: str) -> str | None:
        return self.option(block, ActionId.FIND_BANK_ACCOUNT)

    def payment_method(self, block: str, action: ActionId = ActionId.FIND_PAYMENT_METHOD) -> str | None:
        """Raises:
        NotOursError: not an id.
        """
        chosen = self.option(block, action)
        return None if chosen is None else str(method_of(chosen))

    def _entry(self, block: str, action: ActionId) -> dict[str, Any]:
        found: dict[str, Any] = self.state.get(block, {}).get(action, {})
        return found


REDRAWN = ":v"


def redrawn(view: View, ref: FormRef | DefaultBooksRef) -> View:
    """A form that takes the place of one that was being filled in: Slack keeps what somebody entered in a block that has the same
    name, and it is to show what stands now. So the blocks are named for the version that they are drawn from.
    """
    for block in view.blocks or ():
        if isinstance(block, InputBlock):
            block.block_id = f"{block.block_id}{_suffix(ref)}"
    return view


def entered(state: dict[str, Any], ref: FormRef | DefaultBooksRef) -> dict[str, Any]:
    """What was left in a form, whether it was redrawn or not, by the names that its blocks were given first."""
    return {block.removesuffix(_suffix(ref)): entry for block, entry in state.items()}


def _suffix(ref: FormRef | DefaultBooksRef) -> str:
    return f"{REDRAWN}{ref.version if isinstance(ref, FormRef) else ref.encode()}"


def field(
    block: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatches: bool = False,
) -> InputBlock:
    return InputBlock(
        dispatch_action=dispatches or None,
        block_id=block,
        label=PlainTextObject(text=plain(label, LONGEST_LABEL)),
        element=element,
        hint=None if hint is None else PlainTextObject(text=hint[:LONGEST_HINT]),
        optional=optional,
    )


def text_field(
    block: str,
    label: str,
    initial: str | None,
    *,
    longest: int = 255,
    is_long: bool = False,
    hint: str | None = None,
    placeholder: str | None = None,
    optional: bool = False,
) -> InputBlock:
    element = PlainTextInputElement(
        action_id=ActionId.VALUE,
        initial_value=None if initial is None else initial[:longest],
        max_length=longest,
        multiline=is_long,
        placeholder=None if placeholder is None else PlainTextObject(text=placeholder),
    )
    return field(block, label, element, hint=hint, optional=optional)


def file_field(block: str, label: str, *, filetypes: Sequence[str], hint: str | None = None) -> InputBlock:
    """One file, or none."""
    element = FileInputElement(action_id=ActionId.VALUE, filetypes=list(filetypes), max_files=1)
    return field(block, label, element, hint=hint, optional=True)


def day_field(
    block: BlockId, label: str, initial: date | None, *, hint: str | None = None, optional: bool = False
) -> InputBlock:
    element = DatePickerElement(action_id=ActionId.VALUE, initial_date=None if initial is None else initial.isoformat())
    return field(block, label, element, hint=hint, optional=optional)


def radio_field(
    block: str, label: str, options: Sequence[Option], initial: str, *, hint: str | None = None
) -> InputBlock:
    element = RadioButtonsElement(action_id=ActionId.VALUE, options=options, initial_option=_chosen(options, initial))
    return field(block, label, element, hint=hint)


def tick_field(block: BlockId, label: str, sentence: str) -> InputBlock:
    """One box that has to be ticked before the form can be sent."""
    option = Option(value="yes", text=PlainTextObject(text=plain(sentence, LONGEST_OPTION)))
    return field(block, label, CheckboxesElement(action_id=ActionId.VALUE, options=[option]))


def ticks_field(block: BlockId, label: str, options: Sequence[Option]) -> InputBlock:
    """Boxes of which at least one has to be ticked; all are, to begin with."""
    element = CheckboxesElement(action_id=ActionId.VALUE, options=options, initial_options=options)
    return field(block, label, element)


def boxes_field(block: BlockId, label: str, options: Sequence[Option], ticked: Collection[str]) -> InputBlock:
    """Boxes of which any, or none, may be ticked."""
    chosen = [option for option in options if option.value in ticked]
    element = CheckboxesElement(action_id=ActionId.VALUE, options=options, initial_options=chosen or None)
    return field(block, label, element, optional=True)


def people_field(
    block: BlockId, label: str, initial: Sequence[str], *, hint: str | None = None, optional: bool = False
) -> InputBlock:
    element = UserMultiSelectElement(
        action_id=ActionId.VALUE, initial_users=list(initial) or None, max_selected_items=50
    )
    return field(block, label, element, hint=hint, optional=optional)


def channel_field(
    block: BlockId, label: str, initial: str | None, *, hint: str | None = None, optional: bool = False
) -> InputBlock:
    element = ConversationSelectElement(
        action_id=ActionId.VALUE,
        initial_conversation=initial,
        filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
    )
    return field(block, label, element, hint=hint, optional=optional)


def account_field(
    block: str,
    label: str,
    initial: Account | None,
    *,
    hint: str | None = None,
    placeholder: str | None = None,
    optional: bool = False,
) -> InputBlock:
    """Searches the organisation's chart of accounts; the form's metadata names the organisation."""
    option = None if initial is None else account_option(initial)
    element = search(ActionId.FIND_ACCOUNT, option, placeholder)
    return field(block, label, element, hint=hint, optional=optional)


def tax_rate_field(
    block: str,
    label: str,
    initial: TaxRate | None,
    *,
    hint: str | None = None,
    placeholder: str | None = None,
    optional: bool = False,
) -> InputBlock:
    """Searches the organisation's tax rates; the form's metadata names the organisation."""
    option = None if initial is None else tax_rate_option(initial)
    element = search(ActionId.FIND_TAX_RATE, option, placeholder)
    return field(block, label, element, hint=hint, optional=optional)


def product_field(
    block: str, label: str, initial: Product | None, *, hint: str | None = None, placeholder: str | None = None
) -> InputBlock:
    """Searches the organisation's products and services; the form's metadata names the organisation."""
    option = None if initial is None else product_option(initial)
    return field(block, label, search(ActionId.FIND_PRODUCT, option, placeholder), hint=hint, optional=True)


def contact_field(
    block: str, label: str, initial: Contact | None, *, hint: str | None = None, optional: bool = True
) -> InputBlock:
    """Searches the organisation's contacts; the form's metadata names the organisation."""
    option = None if initial is None else contact_option(initial)
    return field(block, label, search(ActionId.FIND_CONTACT, option), hint=hint, optional=optional)


def customer_field(
    block: str, label: str, initial: Contact | None, *, hint: str | None = None, placeholder: str | None = None
) -> InputBlock:
    """Searches those whom a cost can be for; the form's metadata names the organisation."""
    option = None if initial is None else contact_option(initial)
    return field(block, label, search(ActionId.FIND_CUSTOMER, option, placeholder), hint=hint, optional=True)


def few_field(block: str, label: str, options: Sequence[Option], initial: str | None, placeholder: str) -> InputBlock:
    """One of a few, or none: `placeholder` says what that means."""
    chosen = next((option for option in options if option.value == initial), None)
    words = PlainTextObject(text=plain(placeholder, LONGEST_LABEL))
    element = StaticSelectElement(action_id=ActionId.VALUE, options=options, initial_option=chosen, placeholder=words)
    return field(block, label, element, optional=True)


def tracking_field(
    block: str, category: TrackingCategory, initial: str | None, *, placeholder: str | None = None
) -> InputBlock:
    """Searches the options of a tracking category, which `block` names (`tracking_block`)."""
    option = next((option for option in category.options if option.provider_id == initial), None)
    chosen = None if option is None else tracking_option(option)
    return field(block, category.name, search(ActionId.FIND_TRACKING, chosen, placeholder), optional=True)


def choice_field(
    block: str, label: str, options: Sequence[Option], initial: str, *, action: ActionId = ActionId.VALUE
) -> InputBlock:
    """One of a few, of which one is always chosen. With an action of its own it tells at once what was chosen."""
    element = StaticSelectElement(action_id=action, options=options, initial_option=_chosen(options, initial))
    return field(block, label, element, dispatches=action is not ActionId.VALUE)


def _chosen(options: Sequence[Option], initial: str) -> Option | None:
    """The only one there is, whatever it was before; of several, none where that is not offered."""
    if len(options) == 1:
        return options[0]
    return next((option for option in options if option.value == initial), None)


def contact_option(contact: Contact) -> Option:
    return an_option(contact.provider_id, contact.label, contact.tax_number)


def tracking_option(option: TrackingOption) -> Option:
    return an_option(option.provider_id, option.name)


def product_option(product: Product) -> Option:
    return an_option(product.code, product.label)


def account_option(account: Account) -> Option:
    return an_option(account.code, account.label)


def tax_rate_option(rate: TaxRate) -> Option:
    return an_option(rate.code, rate.label)


def an_option(value: str, label: str, description: str | None = None) -> Option:
    return Option(
        value=value,
        text=PlainTextObject(text=plain(label, LONGEST_OPTION)),
        description=None if description is None else PlainTextObject(text=plain(description, LONGEST_OPTION)),
    )


def search(action: ActionId, initial: Option | None, placeholder: str | None = None) -> ExternalDataSelectElement:
    """`placeholder` is what an empty field means."""
    return ExternalDataSelectElement(
        action_id=action,
        placeholder=PlainTextObject(text=plain(placeholder or "Type to search", LONGEST_LABEL)),
        initial_option=initial,
        min_query_length=0,
    )
