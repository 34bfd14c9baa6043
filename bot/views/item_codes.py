"""What an item or a line is booked to: category, tax rate, product, customer and tracking, drawn and read back.

`suffix` tells the fields of one line from those of another in the same form.
"""

from slack_sdk.models.blocks import Block

from bot.domain.books import TrackingCategory
from bot.domain.coding import Billable, Codes, Track
from bot.domain.forms import ItemPage
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId
from bot.views.text import plain

NOT_COUNTED = " The amount of tax is the one you type above; the rate does not change it."


PRODUCT = "Product or service"
"""What stands in the place of a category in books that ask for one."""


def coding_fields(page: ItemPage) -> list[Block]:
    usual_account = page.accounts.get(page.usual_account or "")
    usual_rate = page.tax_rates.get(page.usual_tax_rate or "")
    account = _empty(page, None if usual_account is None else usual_account.label)
    rate = _empty(page, None if usual_rate is None else usual_rate.label, NOT_COUNTED)
    tax_rate = fields.tax_rate_field(BlockId.TAX_RATE, "Tax rate", page.tax_rate, hint=rate, optional=True)
    booked_to: Block = fields.account_field(BlockId.ACCOUNT, "Category", page.account, hint=account, optional=True)
    if page.asks_product:
        usual = page.products.get(page.usual_product or "")
        product = _empty(page, None if usual is None else usual.label)
        booked_to = fields.product_field(BlockId.PRODUCT, PRODUCT, page.product, hint=product)
    return [
        booked_to,
        *([tax_rate] if page.has_tax_rates else []),
        *(_customer_fields(page, page.edit.codes, hint=WHOM) if page.names_customers else []),
        *(tracking_field(category, page.edit.codes) for category in page.tracking),
    ]


def own_fields(page: ItemPage, own: Codes, suffix: str, *, has_tax: bool, empty: str | None = None) -> list[Block]:
    """What a line has of its own. What it leaves empty it has from the item, which is shown in its place unless `empty` says
    what that means.
    """
    account, rate = page.accounts.get(own.account or ""), page.tax_rates.get(own.tax_rate or "")
    usual_account = empty or _as_the_bill(None if page.account is None else page.account.label)
    usual_rate = empty or _as_the_bill(None if page.tax_rate is None else page.tax_rate.label)
    tax_rate = fields.tax_rate_field(BlockId.TAX_RATE + suffix, "Tax rate", rate, placeholder=usual_rate, optional=True)
    product = page.products.get(own.product or "")
    booked_to: list[Block] = [
        fields.account_field(BlockId.ACCOUNT + suffix, "Category", account, placeholder=usual_account, optional=True)
    ]
    if page.asks_product:
        usual = empty or _as_the_bill(None if page.product is None else page.product.label)
        booked_to = [fields.product_field(BlockId.PRODUCT + suffix, PRODUCT, product, placeholder=usual)]
    elif page.has_products:
        booked_to = [
            fields.product_field(BlockId.PRODUCT + suffix, "Product", product, placeholder=empty),
            *booked_to,
        ]
    return [
        *booked_to,
        *([tax_rate] if has_tax and page.has_tax_rates else []),
        *(_own_customer(page, own, suffix, empty) if page.names_customers else []),
        *(
            tracking_field(category, own, suffix, placeholder=empty or _as_the_bill(_option(category, page.edit.codes)))
            for category in page.tracking_of_lines
        ),
    ]


WHOM = "Whom this cost is for. Leave empty if it is for no customer."
BILLABLE_OPTIONS = [
    fields.an_option(Billable.YES, "Billable: on to their next invoice"),
    fields.an_option(Billable.NO, "Not billable"),
]
NOT_BILLABLE = "Not billable"


def _customer_fields(
    page: ItemPage,
    codes: Codes,
    suffix: str = "",
    *,
    hint: str | None = None,
    nobody: str | None = None,
    unsaid: str = NOT_BILLABLE,
) -> list[Block]:
    """`nobody` and `unsaid` are what the empty fields mean."""
    customer = page.customers.get(codes.customer or "")
    billable = fields.few_field(BlockId.BILLABLE + suffix, "Billable", BILLABLE_OPTIONS, codes.billable, unsaid)
    return [
        fields.customer_field(
            BlockId.FOR_CUSTOMER + suffix, "Customer or project", customer, hint=hint, placeholder=nobody
        ),
        *([billable] if page.rules.bills_customers or page.says_billable else []),
    ]


def _own_customer(page: ItemPage, own: Codes, suffix: str, empty: str | None) -> list[Block]:
    usual = page.customers.get(page.edit.codes.customer or "")
    is_billable = "billable" if page.edit.codes.is_billable else "not billable"
    nobody = empty or _as_the_bill(None if usual is None else usual.label)
    return _customer_fields(page, own, suffix, nobody=nobody, unsaid=empty or _as_the_bill(is_billable))


def _as_the_bill(label: str | None) -> str:
    return "As on the bill: none yet" if label is None else f"As on the bill: {label}"


def tracking_field(
    category: TrackingCategory, codes: Codes, suffix: str = "", *, placeholder: str | None = None
) -> Block:
    chosen = {track.category: track.option for track in codes.tracking}
    block = tracking_block(category.provider_id) + suffix
    return fields.tracking_field(block, category, chosen.get(category.provider_id), placeholder=placeholder)


def _option(category: TrackingCategory, codes: Codes) -> str | None:
    chosen = {track.option for track in codes.tracking}
    return next((option.name for option in category.options if option.provider_id in chosen), None)


def tracking_block(category: str) -> str:
    return f"{BlockId.TRACKING}:{category}"


def category_of(block: str) -> str:
    """The tracking category that a field is of, whatever line it belongs to."""
    return block.split(":")[1] if block.startswith(f"{BlockId.TRACKING}:") else ""


def read_codes(found: Fields, tracking: tuple[TrackingCategory, ...], before: Codes, suffix: str = "") -> Codes:
    """Category, tax rate, product, customer and tracking. What the form does not have a field for stays."""
    offered = {category.provider_id for category in tracking}
    block, rate, account = BlockId.PRODUCT + suffix, BlockId.TAX_RATE + suffix, BlockId.ACCOUNT + suffix
    customer, billable = BlockId.FOR_CUSTOMER + suffix, BlockId.BILLABLE + suffix
    chosen = [track for track in before.tracking if track.category not in offered]
    for category in offered:
        option = found.option(tracking_block(category) + suffix, ActionId.FIND_TRACKING)
        chosen += [] if option is None else [Track(category, option)]
    return Codes(
        account=found.account(account) if found.has(account) else before.account,
        tax_rate=found.tax_rate(rate) if found.has(rate) else before.tax_rate,
        product=found.product(block) if found.has(block) else before.product,
        customer=found.customer(customer) if found.has(customer) else before.customer,
        billable=found.option(billable) if found.has(billable) else before.billable,
        tracking=tuple(sorted(chosen)),
    )


def _empty(page: ItemPage, default: str | None, more: str = "") -> str | None:
    """What leaving the field empty means. A person who empties it in an edit has chosen to have none."""
    if page.item is not None:
        return None
    if default is None:
        return "There is no default. If you leave it empty, the bill waits for a bookkeeper."
    return f"If you leave it empty: {plain(default, 100)}, the organisation's default.{more}"
