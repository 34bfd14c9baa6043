"""The time for Undo, and channels that show no amounts: their parts of the general settings, read back where they are drawn."""

from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.domain.general import UNDO_CHOICES, GeneralPage, Purpose
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId
from bot.views.kind_settings import Change, change
from bot.views.metadata import NotOursError
from bot.views.parts import section

USUAL = "usual"
PURPOSE_NAMES = {
    Purpose.APPROVALS: (
        "In the channel for approvals",
        "Cards and alerts show no amounts, and no picture of the document.",
    ),
    Purpose.ALERTS: ("In the channel for alerts", "Its lines name the document, and not what it comes to."),
    Purpose.DIGEST: ("In the channel for the digest", "It counts what was published, and says no sums."),
}


def undo_fields(page: GeneralPage) -> list[Block]:
    usual = fields.an_option(USUAL, f"The usual time: {in_words(page.usual_undo)}")
    options = [usual, *(fields.an_option(str(each), in_words(timedelta(seconds=each))) for each in UNDO_CHOICES)]
    chosen = page.general.undo_seconds
    return [
        section(
            "*Time for Undo*\nHow long an approved document waits before it is sent. *Publish now*, on its card, sends it at once."
        ),
        fields.choice_field(
            BlockId.UNDO_TIME, "An approved document waits", options, USUAL if chosen is None else str(chosen)
        ),
    ]


def in_words(wait: timedelta) -> str:
    seconds = wait.total_seconds()
    if not seconds:
        return "no time"
    if seconds % 60:
        return f"{seconds:g} seconds"
    minutes = int(seconds // 60)
    return "1 minute" if minutes == 1 else "1 hour" if minutes == 60 else f"{minutes} minutes"


def read_undo(found: Fields) -> int | None:
    """Raises:
    NotOursError: a time that was never offered.
    """
    chosen = found.option(BlockId.UNDO_TIME)
    if chosen == USUAL:
        return None
    offered = {str(each): each for each in UNDO_CHOICES}
    if chosen not in offered:
        raise NotOursError(str(chosen)[:60])
    return offered[chosen]


def privacy_fields(page: GeneralPage) -> list[Block]:
    options = [fields.an_option(purpose, *names) for purpose, names in PURPOSE_NAMES.items()]
    label = "Leave amounts out of cards and alerts"
    return [
        section(
            "*Amounts in channels*\nEverybody in a channel reads what is posted there. Whoever may see amounts presses *Details*."
        ),
        fields.boxes_field(BlockId.PRIVATE_CHANNELS, label, options, page.general.private_channels),
    ]


def read_privacy(found: Fields) -> frozenset[Purpose]:
    """Raises:
    NotOursError: a box that was never offered.
    """
    try:
        return frozenset(Purpose(each) for each in found.ticked(BlockId.PRIVATE_CHANNELS))
    except ValueError as error:
        raise NotOursError(str(error)[:60]) from None


def time_and_channels_changed(before: GeneralPage, now: GeneralPage) -> list[Change]:
    return [
        *change("Time for Undo", _undo(before), _undo(now)),
        *change("Amounts", _where(before), _where(now)),
    ]


def _undo(page: GeneralPage) -> str:
    chosen = page.general.undo_seconds
    return in_words(page.usual_undo if chosen is None else timedelta(seconds=chosen))


def _where(page: GeneralPage) -> str:
    hidden = [PURPOSE_NAMES[each][0].lower() for each in Purpose if each in page.general.private_channels]
    return f"left out {' and '.join(hidden)}" if hidden else "shown in all channels"
