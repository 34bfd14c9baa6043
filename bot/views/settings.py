"""Setting up: the form with General and Tax, read back where it is drawn, and what is said once it is saved."""

from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.arrivals import DropMode
from bot.domain.ids import ChannelId, UserId
from bot.domain.settings import Settings, SettingsForm, SettingsPage
from bot.views import fields, kind_settings
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.kind_settings import STATUS_NAMES, Change, change
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import context, section
from bot.views.report_settings import read_report_status, report_changed, report_field
from bot.views.text import escape, mention, plain

BLOCKS = {
    **kind_settings.BLOCKS,
    "report_status": BlockId.REPORT_STATUS,
    "approvers": BlockId.APPROVERS,
    "bookkeepers": BlockId.BOOKKEEPERS,
    "approvals_channel": BlockId.APPROVALS_CHANNEL,
    "alerts_channel": BlockId.ALERTS_CHANNEL,
    "news_channel": BlockId.NEWS_CHANNEL,
    "digest_channel": BlockId.DIGEST_CHANNEL,
}
"""Where the sentence about a field stands in the form."""

DROP_NAMES = {
    DropMode.DOCUMENTS: ("PDF and XML files", "They become bills. Of a picture I ask whether it is one."),
    DropMode.EVERY: ("Every file", "Pictures become bills too, without a question."),
    DropMode.SHORTCUT: ("No file by itself", "Only what “Send to Dext” is chosen for, in its message's menu."),
}
MORE_TAX = "More about tax, of sales too: type `/dext settings tax`, or press *Tax* in Manage."
MOST_NAMED = 10
NOT_IN_IT = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel"})


def form(page: SettingsPage, *, notice: str | None = None) -> View:
    settings = page.settings
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    if not settings.is_set_up:
        blocks.append(section(_until_saved(page)))
    blocks += [section("*Costs*"), *_costs(page), *_people(page), *channel_fields(settings)]
    blocks += [DividerBlock(), section("*Tax*"), *kind_settings.tax_field(page.costs), context(MORE_TAX)]
    return View(
        type="modal",
        callback_id=CallbackId.SETTINGS,
        title=PlainTextObject(text="Settings" if settings.is_set_up else "Set up"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, settings.version).encode(),
        blocks=blocks,
    )


def _costs(page: SettingsPage) -> list[Block]:
    costs = page.costs
    return [
        *kind_settings.general_fields(costs),
        *_rights_lacking(page),
        *kind_settings.account_field(costs),
        *kind_settings.tracking_fields(costs),
        *report_field(page),
        context(
            "Sales have settings of their own: type `/dext settings sales`, or press *Sales* in Manage. All other settings are "
            "there, too: closed periods, for instance, under *General*."
        ),
    ]


def _rights_lacking(page: SettingsPage) -> list[Block]:
    """Before it is chosen: afterwards every bill would be refused, one by one."""
    names = " or ".join(f"*{STATUS_NAMES[status][0]}*" for status in page.costs.statuses if status.is_approved)
    if page.may_approve or not names:
        return []
    ledger = escape(page.ledger)
    return [
        context(
            f":warning: Whoever connected it may not approve bills in {ledger}, so as {names} they would be refused "
            f"there. Choose another one, or reconnect as somebody who may."
        )
    ]


def _people(page: SettingsPage) -> list[Block]:
    as_there = page.people_of and context(
        f"Proposed: the approvers and bookkeepers of *{escape(page.people_of)}*. Change them if others decide here."
    )
    return [
        *([as_there] if as_there else []),
        fields.people_field(
            BlockId.APPROVERS,
            "Approvers",
            page.settings.approvers,
            hint="Only they can approve. Nobody can approve what they sent in.",
        ),
        fields.people_field(
            BlockId.BOOKKEEPERS,
            "Bookkeepers",
            page.bookkeepers,
            hint="They edit items, and put right what the ledger refuses. If you choose nobody, admins are asked.",
            optional=True,
        ),
    ]


def channel_fields(settings: Settings) -> list[Block]:
    return [
        fields.channel_field(
            BlockId.APPROVALS_CHANNEL,
            "Channel for approvals",
            settings.approvals_channel,
            hint="Bills are dropped and decided on there, and belong to this organisation. A channel that another company "
            "shares cannot be chosen.",
        ),
        fields.radio_field(
            BlockId.DROPS,
            "Files dropped in it",
            [fields.an_option(mode, name, does) for mode, (name, does) in DROP_NAMES.items()],
            settings.drops,
        ),
        fields.channel_field(
            BlockId.ALERTS_CHANNEL,
            "Channel for alerts",
            settings.alerts_channel,
            hint="What is refused, or needs somebody, is told there. It may be the same channel. A newly chosen one gets a short post, as a test.",
        ),
    ]


def read(state: dict[str, Any], version: int) -> SettingsForm:
    """The form as it was sent.

    Raises:
        NotOursError: an option that was never offered, or a field is missing that the form always has.
    """
    found = Fields(state)
    approvals, alerts = found.channel(BlockId.APPROVALS_CHANNEL), found.channel(BlockId.ALERTS_CHANNEL)
    if approvals is None or alerts is None:
        raise NotOursError("settings without a channel")
    return SettingsForm(
        version=version,
        costs=kind_settings.read(found),
        approvers=tuple(UserId(user) for user in found.users(BlockId.APPROVERS)),
        bookkeepers=tuple(UserId(user) for user in found.users(BlockId.BOOKKEEPERS)),
        approvals_channel=ChannelId(approvals),
        alerts_channel=ChannelId(alerts),
        drops=read_drops(found),
        report_status=read_report_status(found),
    )


def read_drops(found: Fields) -> DropMode:
    """Raises:
    NotOursError: an option that was never offered.
    """
    try:
        return DropMode(found.option(BlockId.DROPS) or "")
    except ValueError as error:
        raise NotOursError(str(error)[:60]) from None


def dropped_there(channel: ChannelId | None, drops: DropMode) -> str:
    """What becomes of files in the channel for approvals."""
    match drops:
        case DropMode.DOCUMENTS:
            return f"PDF and XML files dropped in <#{channel}> are its bills; of a picture I ask first."
        case DropMode.EVERY:
            return f"Files dropped in <#{channel}> are its bills, pictures too."
        case DropMode.SHORTCUT:
            return f"Files in <#{channel}> are its bills once somebody chooses “Send to Dext” on their message."


def saved(page: SettingsPage) -> View:
    """What holds from now on, and what happens next."""
    settings = page.settings
    costs = page.costs
    told = "needs somebody" if costs.is_downloaded else f"{escape(page.ledger)} refuses"
    lines = [
        f"• {dropped_there(settings.approvals_channel, settings.drops)} `/dext add` works there too.",
        f"• {' '.join(mention(user) for user in settings.approvers[:MOST_NAMED])} can approve them.",
        f"• {kind_settings.what_becomes(costs)}",
        f"• What {told} is told in <#{settings.alerts_channel}>.",
    ]
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150)), section(_done(page))]
    blocks.append(section("\n".join(lines)))
    blocks += kind_settings.unpaid_once_saved(costs, page.organisation_id)
    if page.waiting:
        items = (
            "1 approved item that waited goes" if page.waiting == 1 else f"{page.waiting} approved items that waited go"
        )
        blocks.append(context(f"{items} to {escape(page.ledger)} now."))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def _done(page: SettingsPage) -> str:
    """The first time all of it is new; from then on what was changed."""
    before = page.before
    if before is None:
        return ":white_check_mark: It is saved."
    if not before.settings.is_set_up:
        return ":white_check_mark: It is set up."
    return f":white_check_mark: It is saved.\n{kind_settings.what_changed(_changed(before, page))}"


def _changed(before: SettingsPage, now: SettingsPage) -> list[Change]:
    was, new = before.settings, now.settings
    return [
        *kind_settings.changed(before.costs, now.costs),
        *report_changed(before, now),
        *change("Approvers", _named(was.approvers), _named(new.approvers)),
        *change("Bookkeepers", _named(before.bookkeepers), _named(now.bookkeepers)),
        *change("Channel for approvals", _channel(was.approvals_channel), _channel(new.approvals_channel)),
        *change("Files dropped in it", DROP_NAMES[was.drops][0], DROP_NAMES[new.drops][0]),
        *change("Channel for alerts", _channel(was.alerts_channel), _channel(new.alerts_channel)),
    ]


def _named(users: tuple[UserId, ...]) -> str:
    named = " ".join(mention(user) for user in users[:MOST_NAMED]) or "nobody"
    return named if len(users) <= MOST_NAMED else f"{named} and {len(users) - MOST_NAMED} more"


def _channel(channel: ChannelId | None) -> str:
    return "none" if channel is None else f"<#{channel}>"


STALE = (
    "Somebody else saved these settings while your form was open. This is how they are now; change what you meant to."
)


def chosen_for(user_id: UserId, organisation: str, purposes: list[str]) -> str:
    """The post that tries a channel out: who chose it, and what for. `purposes` are names of `BLOCKS`."""
    what = " and ".join(purpose.removesuffix("_channel") for purpose in purposes)
    more = " Drop its bills here; approvers decide on them here." if "approvals_channel" in purposes else ""
    name = f"{what} of *{escape(organisation)}*"
    return f":white_check_mark: {mention(user_id)} chose this channel for the {name}.{more}"


def why_not(reason: str) -> str:
    """Slack's reason for not letting us post, with what to do. Plain text: it stands under a field."""
    if reason in NOT_IN_IT:
        return "I am not in this channel. Type /invite @Dext in it, then press Save again."
    if reason == "is_archived":
        return "This channel is archived. Choose another one, or bring it back and press Save again."
    if reason == "shared_outside":
        return "People of another company are in this channel, and amounts are not for them. Choose another channel."
    if reason.startswith("restricted_action"):
        return "Only some people may post in this channel. Choose another one, or let apps post in it, then press Save."
    if reason == "no_answer":
        return "Slack did not say in time whether I may post here. Press Save again."
    return f"Slack does not let me post here ({plain(reason, 60)}). Choose another channel."


def _until_saved(page: SettingsPage) -> str:
    nothing = "Nothing can be downloaded" if page.costs.is_downloaded else f"Nothing is sent to {escape(page.ledger)}"
    words = f"{nothing} before you press *Save*. You can change everything later."
    match page.waiting:
        case 0:
            return words
        case 1:
            return f"{words} 1 approved item waits for that."
        case number:
            return f"{words} {number} approved items wait for that."
