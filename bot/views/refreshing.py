"""Reading lists again: what was typed, what is answered at once, and the message that says how far it is."""

import difflib

from bot.domain.books import ListKind
from bot.domain.connections import LIST_NAMES, ConnectionCard, Health, ListProgress
from bot.domain.managing import Refresh
from bot.views.connections import Message, list_in_words
from bot.views.parts import section
from bot.views.text import escape, moment, plain

ALL = ("", "all", "lists", "everything")
_BY_NAME = {name: kind for kind, name in LIST_NAMES.items()}
_OTHER_NAMES = {"accounts": ListKind.ACCOUNTS, "chart of accounts": ListKind.ACCOUNTS, "suppliers": ListKind.CONTACTS}
_OTHER_NAMES |= {"customers": ListKind.CONTACTS, "tax": ListKind.TAX_RATES, "tracking": ListKind.TRACKING_CATEGORIES}


class UnknownListError(Exception):
    """No list is called that; the words say which is nearest, and which there are."""


def list_named(text: str) -> ListKind | None:
    """The list that somebody typed the name of; None for all.

    Raises:
        UnknownListError: there is no such list.
    """
    typed = " ".join(text.casefold().replace("_", " ").split())
    if typed in ALL:
        return None
    names = {**_BY_NAME, **_OTHER_NAMES}
    if typed in names:
        return names[typed]
    near = difflib.get_close_matches(typed, names, n=1)
    guess = f" Did you mean `/dext sync {near[0]}`?" if near else ""
    raise UnknownListError(
        f"I know no list called `{escape(text, 40)}`, so nothing was refreshed.{guess}\n"
        f"There are: {', '.join(_BY_NAME)}. `/dext sync` alone refreshes all of them."
    )


def answer(refresh: Refresh) -> str:
    """What whoever asked is told at once."""
    name, names = escape(refresh.organisation), ", ".join(LIST_NAMES[kind] for kind in refresh.kinds)
    if refresh.has_begun:
        return (
            f":hourglass_flowing_sand: *{name}*\nReading from {escape(refresh.ledger)}: {names}. I write to you how far "
            "it is, and when it is done. What is there stays in use meanwhile."
        )
    return (
        f":hourglass_flowing_sand: *{name}*\nThese are being read already: {names}. Nothing was begun anew; I write to you "
        "how far it is."
    )


def message(card: ConnectionCard, lists: tuple[ListProgress, ...]) -> Message:
    """The one message to whoever asked, from the start to the end."""
    name = f"*{escape(card.organisation)}*"
    head, words = _head(card, lists)
    lines = "\n".join(list_in_words(found) for found in lists)
    block = section(f"{name}\n{head}\n{lines}".rstrip())
    return f"{plain(card.organisation)}: {words}", (block,)


def _head(card: ConnectionCard, lists: tuple[ListProgress, ...]) -> tuple[str, str]:
    if not lists:
        # over long ago or not: the rows tell of the newest reading only
        return "The lists were read again after this.", "the lists were read again after this."
    if card.health in (Health.BROKEN, Health.DISCONNECTED) and not all(found.is_over for found in lists):
        words = "The connection has ended, so the refresh stopped. Reconnecting goes on with it."
        return f":red_circle: {words}", words
    if not all(found.is_over for found in lists):
        ledger = escape(card.provider_name)
        return f":hourglass_flowing_sand: *Reading lists from {ledger}*", "lists are being read."
    failed = any(found.state == "failed" for found in lists)
    sign = ":warning: *Refreshed, but not every list could be read*" if failed else ":white_check_mark: *Refreshed*"
    finished = max((found.synced_at for found in lists if found.synced_at and found.state == "done"), default=None)
    when = "" if finished is None else f" · finished {moment(finished)}"
    return f"{sign}{when}", "not every list could be read." if failed else "lists were refreshed."
