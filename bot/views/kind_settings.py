"""What an organisation decides for its costs, or for its sales: the fields of either form, read back where they are drawn."""

from collections.abc import Sequence
from dataclasses import astuple, replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, Option

from bot.domain.books import Account, Product, TaxRate
from bot.domain.coding import Track
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId
from bot.domain.settings import Destination, KindPage, KindSettings, PaymentStatus
from bot.views import fields, payment_fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId
from bot.views.item_codes import category_of, tracking_block
from bot.views.metadata import NotOursError
from bot.views.parts import context
from bot.views.payment_fields import linked
from bot.views.text import escape

BLOCKS = {
    "destination": BlockId.DESTINATION,
    "payment_status": BlockId.PAYMENT_STATUS,
    "account": BlockId.DEFAULT_ACCOUNT,
    "product": BlockId.DEFAULT_PRODUCT,
    "tax_rate": BlockId.DEFAULT_TAX,
    "payment_method": BlockId.DEFAULT_METHOD,
}
"""Where the sentence about a field stands in either form; one about tracking stands in the field of that name."""

Change = tuple[str, str, str]
"""A field's name, what it was, and what it is now; in mrkdwn."""

STATUS_NAMES = {
    PaymentStatus.DRAFT: ("Draft", "Somebody completes and approves it in {ledger}."),
    PaymentStatus.AWAITING_APPROVAL: ("Awaiting approval", "It waits in {ledger} for approval there too."),
    PaymentStatus.AWAITING_PAYMENT: ("Awaiting payment", "Approved in {ledger} at once, and still to be paid."),
    PaymentStatus.PAID: ("Paid", "Approved in {ledger}, paid from its payment method's account."),
}
DESTINATION_NAMES = {
    Destination.PURCHASES: ("Purchases", "A bill in {ledger}, with the supplier as its contact."),
    Destination.SALES: ("Sales", "A sales invoice in {ledger}, with the customer as its contact."),
    Destination.BANK_ACCOUNTS: ("Bank accounts", "Money spent or received, on its payment method's bank account."),
    Destination.QUICK_ENTRIES: ("Quick entries", "By its sums alone, such as a day's takings; never a draft."),
    Destination.CHEQUES: ("Cheques", "A cheque in {ledger}, on its payment method's bank account."),
}
ON_BANKS = ("Booked at once", "What stands on a bank account has no status of its own.")
IN_THE_FILE = "In the file"
NO_PAYMENTS = "A file says nothing of payments: enter them where it is imported."
METHOD_HINT = "Needed only for what is paid already. Each item can have another one."
WORDS = {ItemKind.COST: ("costs", "bills"), ItemKind.SALE: ("sales", "sales invoices")}
"""What is published, and what it is in the ledger."""


NO_RATES = {
    ItemKind.COST: "These books in {ledger} have no tax rates for costs: a bill's tax is booked as part of its cost.",
    ItemKind.SALE: "These books in {ledger} have no tax on sales. Once it is switched on there, /dext sync tells.",
}


def general_fields(page: KindPage) -> list[Block]:
    """All but the tax, which has a part of its own in the form of costs."""
    things, _ = WORDS[page.kind]
    found: list[Block] = [
        fields.radio_field(BlockId.DESTINATION, f"Publish {things} to", _destinations(page), page.chosen.destination),
        fields.radio_field(BlockId.PAYMENT_STATUS, "Publish them as", _statuses(page), page.chosen.payment_status),
    ]
    if page.plan_limit is not None:
        found.append(context(f":information_source: {escape(page.plan_limit, 300)}"))
    if page.can_be_paid:
        found += _method(page)
    return found


def _method(page: KindPage) -> list[Block]:
    method = page.payment_method
    asked = payment_fields.payment_method_field(
        BlockId.DEFAULT_METHOD,
        "Default payment method",
        None if method is None else method.method,
        hint=METHOD_HINT,
        there_are=page.has_methods,
    )
    return [asked, *unpaid(page)]


def unpaid(page: KindPage) -> list[Block]:
    """Told before anything is published: what is to go to a bank account, and has none, waits and says so."""
    method = page.payment_method
    if not page.chosen.needs_bank_account or (method is not None and method.pays_from is not None):
        return []
    waits = "waits for one, and is published as nothing else meanwhile."
    if method is None:
        return [context(f":warning: No default payment method is chosen. What has none of its own {waits}")]
    why = "switched off" if not method.method.is_active else linked(method, page.ledger).removeprefix(":warning: ")
    waits = f"What is to be paid with it {waits} *Payment methods* changes that."
    return [context(f":warning: *{escape(method.method.label)}*: {why}. {waits}")]


def unpaid_once_saved(page: KindPage, organisation_id: OrganisationId) -> list[Block]:
    """With where to go next."""
    told = unpaid(page)
    if not told:
        return []
    mend = ButtonElement(action_id=ActionId.OPEN_PAYMENT_METHODS, text="Payment methods", value=str(organisation_id))
    return [*told, ActionsBlock(elements=[mend])]


def what_becomes(page: KindPage) -> str:
    """Of what is approved, and what it is paid with unless somebody chooses another."""
    ledger, (things, documents) = escape(page.ledger), WORDS[page.kind]
    status, _ = STATUS_NAMES[page.chosen.payment_status]
    if page.is_downloaded:
        return f"Approved {documents} wait until a bookkeeper or an admin presses *Download*."
    said = f"Approved {documents} go to {ledger} as *{status}*."
    if page.chosen.destination.is_of_bank:
        as_cheques = ", as cheques" if page.chosen.destination is Destination.CHEQUES else ""
        said = f"Approved {things} are booked on bank accounts in {ledger}{as_cheques}."
    elif page.chosen.destination is Destination.QUICK_ENTRIES:
        said = f"Approved {things} are entered in {ledger} by their sums alone."
    method = page.payment_method
    if method is None or method.pays_from is None or not page.chosen.needs_bank_account:
        return said
    how = "received with" if page.kind is ItemKind.SALE else "paid with"
    name = escape(method.method.label, 100)
    return f"{said} They are {how} *{name}* {linked(method, page.ledger)}, where nobody chose another."


def changed(before: KindPage, now: KindPage) -> list[Change]:
    """What somebody decided otherwise than it was, by the names that the form has for it."""
    things, _ = WORDS[now.kind]
    was, new = before.chosen, now.chosen
    return [
        *change(f"Publish {things} to", DESTINATION_NAMES[was.destination][0], DESTINATION_NAMES[new.destination][0]),
        *change("Publish them as", STATUS_NAMES[was.payment_status][0], STATUS_NAMES[new.payment_status][0]),
        *change("Default payment method", _method_name(before), _method_name(now)),
        *change("Default category", _label(before.account), _label(now.account)),
        *_tracking_changed(before, now),
        *change("Default product or service", _label(before.product), _label(now.product)),
        *change(f"Default tax for {things}", _label(before.tax_rate), _label(now.tax_rate)),
    ]


def _tracking_changed(before: KindPage, now: KindPage) -> list[Change]:
    was, new = (dict(map(astuple, page.chosen.default_tracking)) for page in (before, now))
    found: list[Change] = []
    for category in now.tracking:
        names = {option.provider_id: escape(option.name, 100) for option in category.options}
        old, chosen = (names.get(each.get(category.provider_id, ""), "none") for each in (was, new))
        found += change(f"Default {escape(category.name, 60)}", old, chosen)
    return found


def change(name: str, was: str, now: str) -> list[Change]:
    return [] if was == now else [(name, was, now)]


def what_changed(changes: Sequence[Change]) -> str:
    """As lines; escaped by whoever named the values."""
    if not changes:
        return "Nothing is otherwise than it was."
    return "\n".join(f"• *{name}*: {now} (was: {was})" for name, was, now in changes)


def _method_name(page: KindPage) -> str:
    return "none" if page.payment_method is None else escape(page.payment_method.method.label, 100)


def _label(chosen: Account | TaxRate | Product | None) -> str:
    return "none" if chosen is None else escape(chosen.label, 100)


def account_field(page: KindPage) -> list[Block]:
    """Or the product that stands in its place."""
    if page.rules.asks_product(page.kind):
        return _product_field(page)
    field = fields.account_field(
        BlockId.DEFAULT_ACCOUNT,
        "Default category",
        page.account,
        hint="Used where nobody chose another one. Leave it empty to choose it on each item.",
        optional=True,
    )
    return [field, *_gone(page, page.account)]


def _product_field(page: KindPage) -> list[Block]:
    field = fields.product_field(
        BlockId.DEFAULT_PRODUCT,
        "Default product or service",
        page.product,
        hint=f"{page.ledger} has one on each line of a sale, and books it where the product says. Leave it empty to choose "
        "it on each item.",
    )
    return [field, *_gone(page, page.product)]


def tracking_fields(page: KindPage) -> list[Block]:
    """Of what is tracked once for a whole document."""
    chosen = {track.category: track.option for track in page.chosen.default_tracking}
    return [
        fields.tracking_field(
            tracking_block(category.provider_id),
            replace(category, name=f"Default {category.name}"),
            chosen.get(category.provider_id),
        )
        for category in page.tracking
    ]


def default_tax_hint(kind: ItemKind) -> str:
    """It stands in two forms: what is saved last, in whichever, holds."""
    other = "Sales" if kind is ItemKind.SALE else "Settings"
    return (
        "Used where nobody and no rule chose a tax rate. Leave it empty to choose one on each item. "
        f"It is the same setting under {other} and under Tax."
    )


def tax_field(page: KindPage) -> list[Block]:
    """In books without tax rates, what that means instead."""
    things, _ = WORDS[page.kind]
    if not page.rules.taxes(page.kind):
        return [context(NO_RATES[page.kind].format(ledger=escape(page.ledger)))]
    field = fields.tax_rate_field(
        BlockId.DEFAULT_TAX,
        f"Default tax for {things}",
        page.tax_rate,
        hint=default_tax_hint(page.kind),
        optional=True,
    )
    return [field, *_gone(page, page.tax_rate)]


def _gone(page: KindPage, default: Account | TaxRate | Product | None) -> list[Block]:
    """Before *Save* says so: the form is opened to mend just that."""
    if default is None or default.is_active:
        return []
    name = escape(default.label, 100)
    return [context(f":warning: *{name}* is archived or gone in {escape(page.ledger)}. Choose another one.")]


def read(found: Fields) -> KindSettings:
    """What was chosen.

    Raises:
        NotOursError: an option that was never offered.
    """
    try:
        destination = Destination(found.option(BlockId.DESTINATION) or "")
        status = PaymentStatus(found.option(BlockId.PAYMENT_STATUS) or "")
    except ValueError as error:
        raise NotOursError(str(error)[:60]) from None
    return KindSettings(
        destination=destination,
        payment_status=status,
        default_account=found.account(BlockId.DEFAULT_ACCOUNT),
        default_tax_rate=found.tax_rate(BlockId.DEFAULT_TAX),
        default_payment_method=found.payment_method(BlockId.DEFAULT_METHOD),
        default_product=found.product(BlockId.DEFAULT_PRODUCT),
        default_tracking=_read_tracking(found),
    )


def _read_tracking(found: Fields) -> tuple[Track, ...]:
    chosen = [
        (category, found.option(block, ActionId.FIND_TRACKING))
        for block in found.state
        if (category := category_of(block))
    ]
    return tuple(sorted(Track(category, option) for category, option in chosen if option is not None))


def _destinations(page: KindPage) -> list[Option]:
    named = [(destination, *DESTINATION_NAMES[destination]) for destination in page.destinations]
    where = "the file" if page.is_downloaded else page.ledger
    return [fields.an_option(destination, name, does.format(ledger=where)) for destination, name, does in named]


def _statuses(page: KindPage) -> list[Option]:
    named = [(status, *STATUS_NAMES[status]) for status in page.statuses]
    if page.is_downloaded:
        named = [(status, IN_THE_FILE, NO_PAYMENTS) for status, _, _ in named]
    elif page.is_booked_on_banks:
        named = [(status, *ON_BANKS) for status, _, _ in named]
    return [fields.an_option(status, name, does.format(ledger=page.ledger)) for status, name, does in named]
