"""The Manage page of one connection: how it stands, and a button for everything this person may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.conditions import ConnectionStatus
from bot.domain.connections import Health
from bot.domain.ids import ChannelId, UserId
from bot.domain.managing import ManagePage
from bot.domain.rights import Deed, Role
from bot.views import taking_over
from bot.views.connections import NEW, connect_button, disconnect_button, set_up_button
from bot.views.ids import ActionId, CallbackId
from bot.views.metadata import ListRef
from bot.views.parts import context, section
from bot.views.people import ROLE_NAMES
from bot.views.statements import add_button
from bot.views.statuses import head, list_line, needs_reconnecting
from bot.views.text import escape, mention, plain
from bot.views.typed_lists import typed_name

MOST_NAMED = 8


def page(found: ManagePage, *, notice: str | None = None) -> View:
    status = found.status
    blocks: list[Block] = [HeaderBlock(text=plain(f"{status.card.organisation} · {status.card.provider_name}", 150))]
    if notice is not None:
        blocks.append(section(notice))
    blocks.append(section("\n".join(head(status)[1:])))
    blocks += [
        DividerBlock(),
        *_lists(found),
        *_statements(found),
        DividerBlock(),
        *_setting_up(found),
        *_merging(found),
        DividerBlock(),
        *_connection(found),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Manage" if status.deeds else "Connection"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def _lists(found: ManagePage) -> list[Block]:
    status = found.status
    if status.card.is_downloaded:
        return _typed_lists(found)
    lists = status.card.lists
    may_refresh = Deed.REFRESH in status.deeds
    is_being_read = status.card.is_importing and not _is_over(status)
    is_offered = may_refresh and not is_being_read and not _is_over(status)
    blocks: list[Block] = [section(f"*Lists from {escape(status.card.provider_name)}*")]
    for each in lists:
        line = section(f"{list_line(each, status)}")
        if is_offered:
            line.accessory = _refresh("Refresh", ListRef(status.card.organisation_id, each.kind))
        blocks.append(line)
    if is_offered:
        blocks.append(ActionsBlock(elements=[_refresh("Refresh all", ListRef(status.card.organisation_id))]))
    elif not may_refresh:
        who = _names((*found.people[Role.BOOKKEEPER], *found.people[Role.ADMIN]))
        blocks.append(context(f"Refreshing is for this organisation's admins and bookkeepers: {who}"))
    elif not is_being_read:
        blocks.append(context("They can be read again once it is reconnected."))
    return [*blocks, *_being_read(status)] if is_being_read else blocks


def _statements(found: ManagePage) -> list[Block]:
    """Where bank lines come by them, for who keeps the books."""
    is_theirs = Deed.REFRESH in found.status.deeds
    if found.bank is None or not found.bank.takes_statements or not is_theirs:
        return []
    lines = sum(count for _, count, _ in found.bank.accounts)
    block = section(f"Bank lines, for bank match: {lines:,}" if lines else "Bank lines, for bank match: none yet")
    block.accessory = add_button(found.status.card.organisation_id)
    return [block]


def _typed_lists(found: ManagePage) -> list[Block]:
    """Of software that is not called: nothing is read, and an admin says what there is."""
    status = found.status
    known = {each.kind: each for each in status.card.lists}
    blocks: list[Block] = [section("*Lists*\nWhat is not in them can be typed as a code where it is needed.")]
    for kind in status.card.typed:
        name = typed_name(kind)
        line = section(f"{name}: {known[kind].read:,}" if kind in known else f"{name}: none yet")
        if Deed.SET_UP in status.deeds:
            value = ListRef(status.card.organisation_id, kind).encode()
            line.accessory = ButtonElement(action_id=ActionId.TYPE_LIST, text="Type or paste", value=value)
        blocks.append(line)
    return blocks


def _being_read(status: ConnectionStatus) -> list[Block]:
    """A page cannot tell by itself how far it is: Slack lets nothing change it but a press in it."""
    look = ButtonElement(action_id=ActionId.OPEN_MANAGE, text="How far is it?", value=str(status.card.organisation_id))
    words = "They are being read now. What is there stays in use meanwhile."
    return [context(words), ActionsBlock(elements=[look])]


def _setting_up(found: ManagePage) -> list[Block]:
    status = found.status
    people = section("*People and roles*\n" + "\n".join(_holders(found)))
    approvals, alerts = _channel(found.approvals_channel), _channel(found.alerts_channel)
    news = "" if found.news_channel is None else f"\nNews of the connection: <#{found.news_channel}>"
    digest = "" if found.digest_channel is None else f"\nDigest of the day: <#{found.digest_channel}>"
    channels = section(f"*Channels*\nApprovals: {approvals}\nAlerts: {alerts}{news}{digest}")
    rules = _rules(status)
    if Deed.TAKE_OVER in status.deeds:
        return [people, channels, *taking_over.offer(status.card.organisation_id, found.lost)]
    if Deed.SET_UP not in status.deeds:
        who = _names(found.people[Role.ADMIN])
        return [
            *rules,
            people,
            channels,
            context(f"Settings, people and channels are for this organisation's admins: {who}"),
        ]
    value = str(status.card.organisation_id)
    people.accessory = ButtonElement(action_id=ActionId.OPEN_PEOPLE, text="Change roles", value=value)
    channels.accessory = ButtonElement(action_id=ActionId.OPEN_CHANNELS, text="Change channels", value=value)
    words = _OF_FILES if status.card.is_downloaded else _OF_LEDGERS
    settings = section(words.settings)
    settings.accessory = set_up_button(status.card)
    sales = section(words.sales)
    sales.accessory = ButtonElement(action_id=ActionId.OPEN_SALES_SETTINGS, text="Sales", value=value)
    general = section(
        "*General*\nClosed periods, the fields that documents need, new suppliers, time for Undo, and amounts in channels."
    )
    general.accessory = ButtonElement(action_id=ActionId.OPEN_GENERAL_SETTINGS, text="General", value=value)
    tax = section("*Tax*\nWhether items have tax rates, which ones they get by default, and who works the tax out.")
    tax.accessory = ButtonElement(action_id=ActionId.OPEN_TAX_SETTINGS, text="Tax", value=value)
    suppliers = section("*Suppliers*\nHow much alike two names have to be for a contact to be suggested.")
    suppliers.accessory = ButtonElement(action_id=ActionId.OPEN_SUPPLIER_SETTINGS, text="Suppliers", value=value)
    amounts = section("*Amounts*\nExchange rates that you type yourself, and up to how much an amount is small.")
    amounts.accessory = ButtonElement(action_id=ActionId.OPEN_AMOUNT_SETTINGS, text="Amounts", value=value)
    quiet = section("*Quiet hours*\nWhen nothing is posted in channels, and what is posted even then.")
    quiet.accessory = ButtonElement(action_id=ActionId.OPEN_QUIET_SETTINGS, text="Quiet hours", value=value)
    auto = section("*Automatic publishing*\nWhat is published without anybody's approval, and what never is.")
    auto.accessory = ButtonElement(action_id=ActionId.OPEN_AUTO_SETTINGS, text="Automatic", value=value)
    by_itself = [] if status.card.is_downloaded else [auto]
    methods = section(words.methods)
    methods.accessory = ButtonElement(action_id=ActionId.OPEN_PAYMENT_METHODS, text="Payment methods", value=value)
    keys = section("*API keys*\nWhat other systems send bills with: their keys, and when each was used.")
    keys.accessory = ButtonElement(action_id=ActionId.OPEN_API_KEYS, text="API keys", value=value)
    return [
        settings,
        sales,
        tax,
        general,
        suppliers,
        amounts,
        quiet,
        methods,
        *rules,
        *by_itself,
        *_bank_match(found),
        people,
        channels,
        keys,
    ]


def _rules(status: ConnectionStatus) -> list[Block]:
    """For whoever keeps the books."""
    if Deed.FIX not in status.deeds:
        return []
    block = section("*Rules*\nHow documents are coded by themselves: by supplier, customer, sender or payment method.")
    value = str(status.card.organisation_id)
    block.accessory = ButtonElement(action_id=ActionId.OPEN_RULES, text="Rules", value=value)
    return [block]


def _bank_match(found: ManagePage) -> list[Block]:
    """Where there is something that could be matched."""
    if found.bank is None:
        return []
    block = section("*Bank match*\nFinds, for each cost, the line of your bank account that paid it.")
    value = str(found.status.card.organisation_id)
    block.accessory = ButtonElement(action_id=ActionId.OPEN_BANK_SETTINGS, text="Bank match", value=value)
    return [block]


def _merging(found: ManagePage) -> list[Block]:
    """Where other books can be taken over from, or were; of old ones, which took their place."""
    offer = found.merging
    if offer is None:
        return []
    if offer.successor is not None:
        words = "has taken the place of these books" if offer.is_done else "is to take the place of these books"
        return [context(f"*{escape(offer.successor)}* {words}: see *Merge lists* there.")]
    if offer.source is None:
        words = "Take over rules, settings and what waits from books that were disconnected."
    elif offer.is_done:
        words = f"Carried over from {escape(offer.source)}: what was left, and what is still there."
    else:
        words = f"Begun: rules, settings and what waits are to be carried over from {escape(offer.source)}."
    block = section(f"*Merge lists*\n{words}")
    value = str(found.status.card.organisation_id)
    style = "primary" if offer.source is not None and not offer.is_done else None
    block.accessory = ButtonElement(action_id=ActionId.OPEN_MERGE, text="Merge lists", value=value, style=style)
    return [block]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    settings: str
    sales: str
    methods: str


_OF_LEDGERS = _Words(
    settings="*Settings*\nWhere costs go, their status, and the default category and tax.",
    sales="*Sales*\nWhere sales go, their status, and their own category, tax and payment method.",
    methods="*Payment methods*\nThe cards and accounts things are paid with, and the bank account of each.",
)
_OF_FILES = _Words(
    settings="*Settings*\nWhat costs become in the files, and their default category and tax.",
    sales="*Sales*\nWhat sales become in the files, and their own category, tax and payment method.",
    methods="*Payment methods*\nThe cards and accounts that money is spent from or received on, each with one of the bank accounts "
    "typed above: only what is booked on a bank account needs one.",
)


def _holders(found: ManagePage) -> list[str]:
    return [f"{ROLE_NAMES[role]}: {_names(users)}" for role, users in found.people.items() if users]


def _connection(found: ManagePage) -> list[Block]:
    status = found.status
    name, ledger = escape(status.card.organisation), escape(status.card.provider_name)
    again, one_more = f"Reconnecting takes *{name}* again", f"Another organisation of {ledger} is connected"
    if status.card.is_downloaded:
        again, one_more = "Reconnecting changes its name, its software or its currency", "Another organisation is named"
    blocks: list[Block] = [
        section(
            f"*Connection*\n{again}, and keeps settings, items, people and lists. {one_more} beside this one, with settings of its "
            "own."
        )
    ]
    if Deed.CONNECT not in status.deeds and not needs_reconnecting(status):
        words = "Connecting is for this workspace's Slack owners and admins, and for whoever installed Dext."
        return [*blocks, context(words), *_ending(status)]
    label = "Reconnect" if Deed.CONNECT in status.deeds else "Ask to reconnect"
    button = connect_button(label, str(status.card.organisation_id))
    button.style = "primary" if needs_reconnecting(status) else None
    blocks.append(ActionsBlock(elements=[button]))
    if Deed.CONNECT in status.deeds and Deed.SET_UP in status.deeds:
        change = ButtonElement(
            action_id=ActionId.OPEN_CHANGE, text="Change organisation", value=str(status.card.organisation_id)
        )
        blocks.append(ActionsBlock(elements=[change]))
    if Deed.CONNECT in status.deeds:
        # a block takes each action once, so this one stands by itself
        other = ButtonElement(action_id=ActionId.OPEN_CONNECT, text="Connect another organisation", value=NEW)
        blocks.append(ActionsBlock(elements=[other]))
    return [*blocks, *_ending(status)]


def _ending(status: ConnectionStatus) -> list[Block]:
    found = disconnect_button(status.card) if Deed.DISCONNECT in status.deeds else []
    return [ActionsBlock(elements=found)] if found else []


def _is_over(status: ConnectionStatus) -> bool:
    return status.card.health in (Health.BROKEN, Health.DISCONNECTED)


def _refresh(label: str, ref: ListRef) -> ButtonElement:
    return ButtonElement(action_id=ActionId.REFRESH_LISTS, text=label, value=ref.encode())


def _channel(channel: ChannelId | None) -> str:
    return "none chosen yet" if channel is None else f"<#{channel}>"


def _names(users: Sequence[UserId]) -> str:
    named = list(dict.fromkeys(users))
    if not named:
        return "nobody yet"
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return " ".join(mention(user) for user in named[:MOST_NAMED]) + more
