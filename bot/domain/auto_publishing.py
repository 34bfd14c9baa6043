"""Whether an item is published without anybody approving it; and if it is to be and is not, why it waits.

That it is to be is a value like others (`Coding.auto_publish`), but a rule's "never" stands above whatever "always" there is
(`bot.domain.coded`).
That it is needs more: nothing may be left that a person would look at, and no person may have had a hand in it. The act and
what its card says go by this one decision.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.documents import DocumentType, ItemKind
from bot.domain.items import Item, ItemState
from bot.domain.rules import AutoPublish


class Hindrance(StrEnum):
    """Why an item waits for a person."""

    DOWNLOADED = "downloaded"
    REPORT = "report"
    EXCEPTION = "exception"
    UNFINISHED = "unfinished"
    SUGGESTED = "suggested"
    EDITED = "edited"
    DECIDED = "decided"
    WARNED = "warned"
    NOT_SET_UP = "not_set_up"
    NOT_CONNECTED = "not_connected"

    @property
    def words(self) -> str:
        """The end of a sentence."""
        return _WORDS[self]


_WORDS = {
    Hindrance.DOWNLOADED: "it goes into a file that a person downloads",
    Hindrance.REPORT: "an expense report is approved by somebody else than who claims it",
    Hindrance.EXCEPTION: "documents of its type are an exception in the settings",
    Hindrance.UNFINISHED: "it has to be completed first",
    Hindrance.SUGGESTED: "what it is coded to, when it is due, or whom it is from or to is only suggested",
    Hindrance.EDITED: "somebody changed by hand what is decided on",
    Hindrance.DECIDED: "it was decided on before, so a person decides again",
    Hindrance.WARNED: "there is something to be looked at first",
    Hindrance.NOT_SET_UP: "the set-up is not confirmed yet",
    Hindrance.NOT_CONNECTED: "its ledger is not connected; once it is, it goes by itself",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What counts besides the item. `exceptions` are the settings'; `was_decided`: somebody, or a rule, has decided on it once;
    `has_warnings`: an approver would be shown something to look at.
    """

    exceptions: frozenset[DocumentType] = frozenset()
    was_decided: bool = False
    has_warnings: bool = False
    is_set_up: bool = True
    is_connected: bool = True
    is_downloaded: bool = False
    """Whether its software is not called."""


def is_wanted(item: Item) -> bool:
    """Whether the strongest of all who have a say wants it published by itself."""
    return item.is_booked and item.coding.auto_publish.value == AutoPublish.ALWAYS


def hindrances(item: Item, around: Surroundings) -> tuple[Hindrance, ...]:
    """All that keeps an item that is wanted from being published by itself; nothing where it can be, or is not wanted."""
    if not is_wanted(item):
        return ()
    holds = {
        Hindrance.DOWNLOADED: around.is_downloaded,
        Hindrance.REPORT: item.kind is ItemKind.EXPENSE_REPORT,
        Hindrance.EXCEPTION: item.facts.document_type in around.exceptions,
        Hindrance.UNFINISHED: bool(item.complaints) or item.state is not ItemState.IN_APPROVAL,
        Hindrance.SUGGESTED: item.coding.is_only_suggested,
        Hindrance.EDITED: bool(item.edited_by),
        Hindrance.DECIDED: around.was_decided,
        Hindrance.WARNED: around.has_warnings,
        Hindrance.NOT_SET_UP: not around.is_set_up,
        Hindrance.NOT_CONNECTED: not around.is_connected,
    }
    return tuple(hindrance for hindrance, is_there in holds.items() if is_there)
