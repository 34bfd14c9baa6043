"""What people send, each made from what the app showed: buttons of a card, forms that it opened."""

import itertools
import json
from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from benchmarks import requests
from benchmarks.far_end import PERSON
from benchmarks.load import Line
from benchmarks.stand import Stand
from bot.playground.slack.entries import Entries, untouched
from bot.views.ids import ActionId, BlockId

NO_DATABASE, READ, DECISION = "no database", "read", "decision"
REPEATED = "a repeated delivery"

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """`make` gives a fresh request each time, as Slack does, about an item of `items` where it decides on one."""

    name: str
    kind: str
    make: Callable[[str], bytes]
    items: Iterator[str] = field(default_factory=lambda: itertools.repeat(""))

    def request(self) -> bytes:
        return self.make(next(self.items))


async def entries(here: Stand) -> list[Entry]:
    card = await opened(here, requests.click(ActionId.SHOW_ITEM, here.items[0]))
    desk = Desk(here, card, here.fresh())
    return [*_without_database(), *await _reads(desk), *await _decisions(desk)]


@dataclass(frozen=True, slots=True)
class Desk:
    """A card as it was shown, and the ids of items that stand as that one does."""

    here: Stand
    card: View
    items: Iterator[str]

    @property
    def known(self) -> str:
        return self.here.items[0]

    def press(self, action: ActionId, item: str) -> bytes:
        value = next(str(each["value"]) for each in _walk(self.card) if each.get("action_id") == action)
        return requests.click(action, value.replace(self.known, item))

    async def form(self, request: bytes) -> View:
        return await opened(self.here, request)

    def submit(self, form: View, item: str, **typed: Any) -> bytes:
        """The form as it would have been opened for that item, filled in."""
        view = deepcopy(form)
        view["private_metadata"] = view["private_metadata"].replace(self.known, item)
        return requests.submission(view, _filled(view, typed))


def _without_database() -> list[Entry]:
    return [
        Entry("/dext help", NO_DATABASE, lambda _: requests.command("help")),
        Entry("bare /dext", NO_DATABASE, lambda _: requests.command("")),
        Entry("a link's click", NO_DATABASE, lambda _: requests.click(ActionId.LINK_OUT)),
    ]


async def _reads(desk: Desk) -> list[Entry]:
    settings = await desk.form(requests.command("settings"))
    return [
        Entry("App Home", READ, lambda _: requests.home_opened()),
        Entry("/dext settings", READ, lambda _: requests.command("settings")),
        Entry("/dext add", READ, lambda _: requests.command("add")),
        Entry("search a category", READ, lambda _: requests.options(ActionId.FIND_ACCOUNT, "costs 5", settings)),
        Entry("search a tax rate", READ, lambda _: requests.options(ActionId.FIND_TAX_RATE, "20", settings)),
        Entry("Why?", READ, lambda _: desk.press(ActionId.EXPLAIN_ITEM, desk.known)),
        Entry("Edit: the form", READ, lambda _: desk.press(ActionId.EDIT_ITEM, desk.known)),
        Entry("Reject: the form", READ, lambda _: desk.press(ActionId.REJECT_ITEM, desk.known)),
    ]


async def _decisions(desk: Desk) -> list[Entry]:
    rejecting = await desk.form(desk.press(ActionId.REJECT_ITEM, desk.known))
    editing = await desk.form(desk.press(ActionId.EDIT_ITEM, desk.known))
    adding = await desk.form(requests.command("add"))
    settings = await desk.form(requests.command("settings"))
    approved: deque[str] = deque()
    held: deque[str] = deque()
    return [
        Entry(
            "Approve",
            DECISION,
            lambda item: desk.press(ActionId.APPROVE_ITEM, item),
            _remembered(desk.items, approved, held),
        ),
        Entry("Hold", DECISION, lambda item: requests.click(ActionId.HOLD_ITEM, f"{item}:0"), _emptied(held)),
        Entry("Undo", DECISION, lambda item: requests.click(ActionId.UNDO_ITEM, f"{item}:0"), _emptied(approved)),
        Entry("Reject", DECISION, lambda item: desk.submit(rejecting, item, reason="Not ours"), desk.items),
        Entry("save an edit", DECISION, lambda item: desk.submit(editing, item, number=_number()), desk.items),
        Entry("add a bill", DECISION, lambda _: desk.submit(adding, desk.known, **_bill())),
        Entry("save settings", DECISION, _saving(settings)),
        Entry(REPEATED, DECISION, await _repeated(desk)),
    ]


def _remembered(items: Iterator[str], *into: deque[str]) -> Iterator[str]:
    for item in items:
        for each in into:
            each.append(item)
        yield item


def _emptied(items: deque[str]) -> Iterator[str]:
    while items:
        yield items.popleft()


def _saving(form: View) -> Callable[[str], bytes]:
    """With and without a bookkeeper in turn, on the version that the time before left.

    Another default or status would be followed by every item that waits: that grows with them, and is no answer's cost.
    """
    organisation, version, rest = form["private_metadata"].split(":")
    versions, bookkeepers = itertools.count(int(version)), itertools.cycle(([], [PERSON]))

    def save(_: str) -> bytes:
        view = form | {"private_metadata": f"{organisation}:{next(versions)}:{rest}"}
        return requests.submission(view, _filled(view, {BlockId.BOOKKEEPERS: next(bookkeepers)}))

    return save


async def _repeated(desk: Desk) -> Callable[[str], bytes]:
    """An approval that Slack delivers again, byte for byte but for the signature's time."""
    payload = requests.payload_of(desk.press(ActionId.APPROVE_ITEM, next(desk.items)))
    await Line(desk.here.app.port).ask(requests.again(payload))
    return lambda _: requests.again(payload)


async def opened(here: Stand, request: bytes) -> View:
    """The modal that the request opens."""
    here.slack.calls.clear()
    status, body = await Line(here.app.port).ask(request)
    sent = here.slack.last("views.open")
    if status != 200 or sent is None:
        raise RuntimeError(f"nothing was opened: {status} {body!r}")
    view = sent["view"]
    return dict(json.loads(view) if isinstance(view, str) else view)


def _number() -> str:
    return f"N-{uuid4().hex[:8]}"


def _bill() -> dict[str, str]:
    return {"supplier": "Supplier 7", "number": _number(), "issued_on": "2026-03-02", "gross": "120.00"}


def _filled(view: View, typed: dict[str, Any]) -> Entries:
    """Slack's `state.values`: as the app filled it, and what was typed over it."""
    state = untouched(view["blocks"])
    for block, text in typed.items():
        for entry in state[block].values():
            _type(entry, text)
    return state


def _type(entry: dict[str, Any], text: Any) -> None:
    match entry["type"]:
        case "multi_users_select":
            entry["selected_users"] = text
        case "datepicker":
            entry["selected_date"] = text
        case _:
            entry["value"] = text


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _walk(each)
