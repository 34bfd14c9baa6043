"""When an organisation's channels hear no news: the form, read back where it is drawn, and what is said then."""

from collections.abc import Iterable
from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.quiet import TIMES, QuietForm, QuietHours, QuietPage, Weekday
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.kind_settings import Change, change, what_changed
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import context, section
from bot.views.text import escape, moment, plain

BLOCKS = {"quiet_hours": BlockId.QUIET_ENDS, "quiet_days": BlockId.QUIET_DAYS, "quiet_zone": BlockId.QUIET_ZONE}
"""Where the sentence about a field stands in the form."""
LOST = "lost"
ABOUT = (
    "News waits while it is quiet: cards of what came in, alerts, and news of the connection and its lists. They follow when it is "
    "over, in their order. Whatever somebody presses, types or drops is answered at once, and messages that stand there show how "
    "things stand at any time. People's own conversations with me follow the schedule that each has chosen in Slack."
)


def form(page: QuietPage, *, notice: str | None = None) -> View:
    quiet = page.quiet or QuietHours(zone=page.zone)
    times = [fields.an_option(str(each), clock(each)) for each in TIMES]
    days = [fields.an_option(str(int(each)), name_of(each)) for each in Weekday]
    lost = [
        fields.an_option(LOST, "Tell at once when a connection is over", "Nothing is sent until it is reconnected.")
    ]
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        *([] if notice is None else [section(f":warning: {notice}")]),
        section(standing(page)),
        fields.few_field(BlockId.QUIET_BEGINS, "Quiet from", times, _chosen(quiet.begins), "No time"),
        fields.few_field(BlockId.QUIET_ENDS, "Until", times, _chosen(quiet.ends), "No time"),
        fields.boxes_field(BlockId.QUIET_DAYS, "Quiet all day on", days, [str(int(day)) for day in quiet.days]),
        fields.text_field(BlockId.QUIET_ZONE, "Time zone", quiet.zone, longest=60, hint="Such as Europe/London."),
        fields.boxes_field(
            BlockId.QUIET_URGENT, "Posted even while it is quiet", lost, [LOST] if quiet.tells_lost_connections else []
        ),
        context(ABOUT),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.QUIET_SETTINGS,
        title=PlainTextObject(text="Quiet hours"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], version: int) -> QuietForm:
    """The form as it was sent; without hours and days there is no quiet.

    Raises:
        NotOursError: an option that was never offered, or a field is missing that the form always has.
    """
    found = Fields(state)
    zone = found.text(BlockId.QUIET_ZONE)
    if zone is None:
        raise NotOursError("quiet hours without a time zone")
    quiet = QuietHours(
        begins=_time(found.option(BlockId.QUIET_BEGINS)),
        ends=_time(found.option(BlockId.QUIET_ENDS)),
        days=_days(found.ticked(BlockId.QUIET_DAYS)),
        zone=zone,
        tells_lost_connections=LOST in found.ticked(BlockId.QUIET_URGENT),
    )
    is_none = quiet.begins is None and quiet.ends is None and not quiet.days
    return QuietForm(version=version, quiet=None if is_none else quiet)


def saved(page: QuietPage) -> View:
    """What was changed, and what holds from now on."""
    lines = [":white_check_mark: It is saved.", standing(page)]
    if page.before is not None:
        lines.insert(1, what_changed(_changes(page.before, page)))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(lines))],
    )


def standing(page: QuietPage) -> str:
    """How it stands at this moment, in words."""
    if page.quiet is None:
        return "News is posted in this organisation's channels at any time."
    if page.until is None:
        return "It is not quiet now: news is posted as it comes."
    return f"It is quiet now: news waits until {moment(page.until)}."


def _changes(before: QuietPage, now: QuietPage) -> list[Change]:
    old, new = before.quiet or QuietHours(zone=now.zone), now.quiet or QuietHours(zone=now.zone)
    return [
        *change("Quiet", _hours(old), _hours(new)),
        *change("Quiet all day", _named(old.days), _named(new.days)),
        *change("Time zone", escape(old.zone), escape(new.zone)),
        *change("A connection that is over", _lost(old), _lost(new)),
    ]


def _hours(quiet: QuietHours) -> str:
    return "never" if quiet.begins is None or quiet.ends is None else f"{clock(quiet.begins)} to {clock(quiet.ends)}"


def _named(days: Iterable[Weekday]) -> str:
    return ", ".join(name_of(day) for day in sorted(days)) or "on no day"


def _lost(quiet: QuietHours) -> str:
    return "is told of at once" if quiet.tells_lost_connections else "waits too"


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def name_of(day: Weekday) -> str:
    return day.name.capitalize()


def _chosen(minute: int | None) -> str | None:
    return None if minute is None else str(minute)


def _time(chosen: str | None) -> int | None:
    if chosen is None:
        return None
    offered = {str(each): each for each in TIMES}
    if chosen not in offered:
        raise NotOursError(chosen[:60])
    return offered[chosen]


def _days(ticked: Iterable[str]) -> frozenset[Weekday]:
    offered = {str(int(each)): each for each in Weekday}
    unknown = [each for each in ticked if each not in offered]
    if unknown:
        raise NotOursError(unknown[0][:60])
    return frozenset(offered[each] for each in ticked)
