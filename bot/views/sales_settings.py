"""What an organisation decides for its sales: the form, read back where it is drawn, and what is said once it is saved."""

from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.settings import SalesForm, SalesPage
from bot.views import kind_settings
from bot.views.fields import Fields
from bot.views.ids import CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.text import plain

BLOCKS = kind_settings.BLOCKS


def form(page: SalesPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    sales = page.sales
    blocks += [
        *kind_settings.general_fields(sales),
        *kind_settings.account_field(sales),
        *kind_settings.tracking_fields(sales),
        *kind_settings.tax_field(sales),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.SALES_SETTINGS,
        title=PlainTextObject(text="Sales"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version, is_of_sale=True).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], version: int) -> SalesForm:
    """The form as it was sent.

    Raises:
        NotOursError: an option that was never offered.
    """
    return SalesForm(version=version, sales=kind_settings.read(Fields(state)))


def saved(page: SalesPage) -> View:
    """What was changed, and what holds from now on."""
    sales = page.sales
    words = [":white_check_mark: It is saved."]
    if page.before is not None:
        words.append(kind_settings.what_changed(kind_settings.changed(page.before.sales, sales)))
    words.append(kind_settings.what_becomes(sales))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[
            HeaderBlock(text=plain(page.organisation, 150)),
            section("\n".join(words)),
            *kind_settings.unpaid_once_saved(sales, page.organisation_id),
        ],
    )
