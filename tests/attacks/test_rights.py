"""Every entry tried by every kind of person over signed requests, against the table of who may.

An effect is a row of Northwind's that is not as it was, a message to somebody else, or a call of the ledger.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.views.ids import ActionId, CallbackId
from handlers.dispatch import NOT_INSTALLED
from providers.xero.simulator import TRADING
from tests.attacks import entries
from tests.attacks import rights_table as table
from tests.attacks.entries import IN_THE_FORM, Ids, Payload
from tests.attacks.jars import Stand
from tests.attacks.office import ACMES, HOMES, PEOPLE, Office, an_office

NO = (
    "You belong to another workspace",
    "Bots and workflows cannot act",
    "Your Slack account is deactivated",
    "Guests of this workspace cannot act",
    "Only this organisation's admins",
    "Only Slack owners and admins of this workspace",
    "Connecting accounting software is for",
    "Disconnecting is for",
    "Taking over is for",
    "You are not an approver",
    "Only whoever approved it",
    "I could not find anybody to ask",
    "Only whoever sent that file",
    "Only whoever claims it",
    "I could not check with Slack who you are",
)
NOT_HERE = ("I cannot find that", "is not connected any more", "This connection is gone")
NOTHING_OFFERED = '{"options": []}'
NOT_OURS = ("Something went wrong on our side", "earlier version of me")
OF_WORKSPACES = ("open_default_books", "default_books")
"""Entries that are about the workspace that they come from, whatever they name."""
PARTS = 3
"""Of the table, each tried at an office of its own, which takes half as long to lay out: some 1,000 requests."""
SECRETS = ("Northwind Trading", "Paper & Ink", "Paper &amp; Ink", "INV-", "U0ADAM", "U0PRIYA", "U0BEN", "U0OLIVIA")
"""What nobody of another company may read: Northwind's name, its supplier, its bills, its people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the table: something to ask for."""

    kind: str
    name: Any
    allowed: frozenset[str]
    payload: Callable[[Ids, Any], Payload]

    @property
    def is_changing(self) -> bool:
        return (self.kind, self.name) in table.CHANGING

    @property
    def names_something(self) -> bool:
        """Whether it is about an organisation or an item, by its id."""
        if self.kind == "click":
            return self.name not in (*IN_THE_FORM, "run_command", "open_in_ledger", "all_channels", *OF_WORKSPACES)
        return self.kind == "form" and self.name not in OF_WORKSPACES

    def is_refused(self, text: str) -> bool:
        return any(words in text for words in NO) or NOTHING_OFFERED in text


def the_table() -> Iterator[Entry]:
    """Disconnecting is the last: the ledger does not forget what was given back."""
    yield from of_kind("word", table.WORDS, lambda _, word: entries.command(word))
    yield from of_kind("click", table.CLICKS, entries.click)
    yield from of_kind("shortcut", table.SHORTCUTS, lambda _, callback: entries.shortcut(callback))
    yield from of_kind("search", table.OPTIONS, entries.search)
    yield from of_kind("event", table.EVENTS, lambda _, kind: entries.event(kind))
    yield from of_kind("form", table.FORMS, entries.submission)


def of_kind(kind: str, rows: Mapping[Any, frozenset[str]], payload: Callable[[Ids, Any], Payload]) -> Iterator[Entry]:
    for name, allowed in rows.items():
        yield Entry(kind=kind, name=name, allowed=allowed, payload=payload)


@pytest.fixture
async def office(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(sqlite_url, tmp_path) as made:
        yield made


@pytest.mark.slow
@pytest.mark.timeout(240)  # under half a minute, and some two beside many other tests
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_entry_is_for_whom_the_table_says_and_has_no_effect_by_anybody_else(
    office: Office, part: int
) -> None:
    wrong: list[tuple[object, ...]] = []
    for entry in list(the_table())[part::PARTS]:
        wrong += [(entry.kind, entry.name, *fault) for fault in await faults(office, entry)]

    assert wrong == []


async def test_what_slack_tells_of_another_workspace_changes_nothing_here(office: Office) -> None:
    wrong: list[tuple[object, ...]] = []
    for kind in sorted(table.EVENTS_OF_SLACK):  # Acme removes the app, and says so in the name of Northwind's bot
        await office.send(entries.event(kind), table.NEIGHBOUR)
        wrong += [(kind, f"changed {name}") for name in office.changed]

    assert wrong == []


async def test_nothing_can_be_asked_for_that_has_no_row_in_the_table(stand: Stand) -> None:
    routes = stand.world.product.routes
    assert set(routes.words) == set(table.WORDS)
    assert set(routes.clicks) == set(table.CLICKS)
    assert set(routes.submissions) == set(table.FORMS)
    assert set(routes.options_by_id) == set(table.OPTIONS)
    assert set(routes.shortcuts) == set(table.SHORTCUTS)
    assert set(routes.events) == set(table.EVENTS) | table.EVENTS_OF_SLACK


async def faults(office: Office, entry: Entry) -> list[tuple[str, object]]:
    """By whom something was not as the table says. The others come first, so that no deed is in their way."""
    others = [who for who in PEOPLE if who not in entry.allowed]
    found = [fault for who in others for fault in await faults_of_others(office, entry, who)]
    start = office.mark
    await office.desk.settle()
    found += [("somebody of these", deed) for deed in office.posted(start)]
    found += [("somebody of these", f"changed {name}") for name in office.changed]
    for who in entry.allowed:
        found += [(who, fault) for fault in await faults_of_allowed(office, entry, who)]
    return found


async def faults_of_others(office: Office, entry: Entry, who: str) -> list[tuple[str, object]]:
    start = office.mark
    text = await office.send(entry.payload(office.ids, entry.name), who)
    if entry.kind == "event" or who in HOMES:
        await office.desk.settle()
    text += office.told(start)
    tenants = office.asked(start)
    is_neighbour = who in (table.NEIGHBOUR, table.TWOFOLD)
    bad = {
        "was not refused": not entry.is_refused(text) and who not in HOMES,
        "was not told that there is no Dext": who == table.ELSEWHERE
        and entry.kind == "word"
        and NOT_INSTALLED not in text,
        "was not told that there is no such thing": is_neighbour
        and entry.names_something
        and not any(words in text for words in NOT_HERE),
        "read": [secret for secret in SECRETS if secret in text] if who in (*HOMES, table.OUTSIDER) else [],
        "posted": office.posted(start, *(ACMES if who in HOMES else (PEOPLE[who],))),
        "asked the ledger": TRADING in tenants if is_neighbour else tenants,
        "met an error": any(words in text for words in NOT_OURS),
    }
    return [(who, (fault, value, text[:300])) for fault, value in bad.items() if value]


async def faults_of_allowed(office: Office, entry: Entry, who: str) -> list[object]:
    start = office.mark
    text = await office.send(entry.payload(office.ids, entry.name), who)
    await office.desk.settle()
    text += office.told(start)
    changed = office.changed
    if changed:
        office.put_back()
    bad = {
        "was refused": entry.is_refused(text),
        "changed nothing": entry.is_changing and not changed,
        "changed by looking": [] if entry.is_changing else changed,
        "met an error": any(words in text for words in (*NOT_OURS, *NOT_HERE)),
    }
    return [(fault, value, text[:300]) for fault, value in bad.items() if value]


async def test_values_that_nobody_wrote_have_no_effect_and_are_no_error(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """By those who may, so that it is the value alone that is refused."""
    item, organisation = office.ids.waiting.partition(":")[0], office.ids.organisation
    odd = ("", "x", ":", item, f"{item}:", f"{item}:x", f"{item}:{10**30}", f"{item}:-1", f"{uuid4()}:1", "'; drop")
    metadata = (
        *odd,
        f"{organisation}:1:x",
        f"{organisation}:{10**30}:{item}",
        f"{uuid4()}:1:{item}",
    )
    wrong: list[tuple[object, ...]] = []
    for entry in the_table():
        if entry.kind in ("click", "form", "search") and entry.allowed and entry.name not in UNCONCERNED:
            for value in odd if entry.kind == "click" else metadata:
                text = await office.send(with_value(entry.payload(office.ids, entry.name), value), a_person(entry))
                wrong += [(entry.name, value, text[:200])] * ("Something went wrong" in text)
            wrong += [(entry.name, f"changed {name}") for name in office.changed]

    assert wrong == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_whoever_may_not_send_a_form_is_told_that_before_anything_of_what_is_in_it(office: Office) -> None:
    wrong: list[tuple[object, ...]] = []
    for entry in of_kind("form", table.FORMS, emptied):
        for who in PEOPLE:
            if who not in entry.allowed:
                wrong += [(entry.name, *fault) for fault in await faults_of_others(office, entry, who)]

    assert wrong == []
    assert office.changed == []


def emptied(ids: Ids, callback: CallbackId) -> Payload:
    """The form with nothing in it, as no client of Slack sends it."""
    sent = entries.submission(ids, callback)
    sent["view"]["state"] = {"values": {}}
    return sent


UNCONCERNED = (*IN_THE_FORM, *OF_WORKSPACES, *table.OF_LINES, ActionId.RUN_COMMAND, ActionId.OPEN_IN_LEDGER)
"""Their values say nothing of what they are about."""


def a_person(entry: Entry) -> str:
    return next(who for who in PEOPLE if who in entry.allowed)


def with_value(payload: Payload, value: str) -> Payload:
    if "actions" in payload:
        payload["actions"][0]["value"] = value
    else:
        payload["view"]["private_metadata"] = value
    return payload
