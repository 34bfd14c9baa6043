"""As what expense reports are published: drawn in the settings, and read back."""

from slack_sdk.models.blocks import Block

from bot.domain.settings import PaymentStatus, SettingsPage
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId
from bot.views.kind_settings import STATUS_NAMES, Change, change
from bot.views.reading import member

AS_COSTS = "as_costs"
LABEL = "Expense reports are published as"


def report_field(page: SettingsPage) -> list[Block]:
    """Where the package takes them."""
    if not page.report_statuses:
        return []
    named = [(status, *STATUS_NAMES[status]) for status in page.report_statuses]
    options = [
        fields.an_option(AS_COSTS, "As costs are, and never as paid", "Where costs are Paid, awaiting payment."),
        *(fields.an_option(status, name, does.format(ledger=page.ledger)) for status, name, does in named),
    ]
    return [fields.choice_field(BlockId.REPORT_STATUS, LABEL, options, page.settings.report_status or AS_COSTS)]


def read_report_status(found: Fields) -> PaymentStatus | None:
    """Raises:
    NotOursError: a status that was never offered.
    """
    chosen = found.option(BlockId.REPORT_STATUS)
    return None if chosen in (None, AS_COSTS) else member(PaymentStatus, chosen or "")


def report_changed(before: SettingsPage, now: SettingsPage) -> list[Change]:
    return change(LABEL, _name(before.settings.report_status), _name(now.settings.report_status))


def _name(status: PaymentStatus | None) -> str:
    return "as costs are" if status is None else STATUS_NAMES[status][0]
