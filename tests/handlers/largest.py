"""The largest requests that our own views lead to: everything in them as long as it can be, in one character."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from slack_sdk.models.views import View

from bot.domain.books import Account, AccountClass, Books, ListKind, TaxRate
from bot.domain.conditions import Condition, ConnectionStatus, Verdict
from bot.domain.connections import ConnectionCard, Health, ListProgress
from bot.domain.documents import Facts, Party
from bot.domain.forms import ItemPage
from bot.domain.ids import OrganisationId, UserId
from bot.domain.rights import Deed
from bot.views import item_form, statuses
from bot.views.item_form import LONGEST_NOTE, LONGEST_NUMBER, LONGEST_SUPPLIER
from tests.views.test_item_form import state_of
from tests.views.test_items import NOW, an_item

SCRIPTS = {"ASCII": "a", "Cyrillic": "Ж", "Chinese": "合", "emoji": "😀"}
LONGEST_METADATA, LONGEST_MESSAGE = 3000, 40_000
MANY = 1000
"""More characters than any of our views shows of a text."""


def as_slack_sends(payload: dict[str, Any]) -> bytes:
    r"""JSON with `\/` and `\uXXXX`, in a form: 8 bytes for a character that is not ASCII, 16 for one beyond 16 bits."""
    person = {"team": {"id": "T0123456789"}, "user": {"id": "U0123456789", "team_id": "T0123456789"}}
    written = json.dumps({**person, **payload}, separators=(",", ":")).replace("/", "\\/")
    return urlencode({"payload": written}).encode()


def full_bill(char: str) -> dict[str, Any]:
    """The form of a bill sent with every field full, and more metadata than ours ever has."""
    facts = Facts(
        supplier=Party(name=char * LONGEST_SUPPLIER),
        number=char * LONGEST_NUMBER,
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 31),
        currency="GBP",
        net=Decimal("12345678901234.50"),
        tax=Decimal("12345678901234.50"),
        gross=Decimal("24691357802469.00"),
        note=char * LONGEST_NOTE,
    )
    page = ItemPage(
        organisation_id=OrganisationId(UUID(int=3)),
        organisation=char * MANY,
        currency="GBP",
        accounts={"429": Account(provider_id="a", code="429", name=char * MANY, account_class=AccountClass.EXPENSE)},
        tax_rates={"INPUT2": TaxRate(code="INPUT2", name=char * MANY, percent=Decimal(20))},
        item=an_item(facts=facts),
    )
    form = item_form.form(page)
    return _submitted(form, {"private_metadata": char * LONGEST_METADATA})


def click_in_connections(char: str) -> dict[str, Any]:
    """A click in what `/dext connections` opens, where there are more connections than it shows."""
    return _clicked(statuses.modal([_status(char, number) for number in range(200)], named=char * MANY))


def long_message(char: str) -> dict[str, Any]:
    """A message shortcut on somebody's longest message: its text comes twice."""
    text = char * LONGEST_MESSAGE
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    message = {"type": "message", "ts": "1.1", "text": text, "blocks": [{"type": "rich_text", "elements": [rich]}]}
    return {"type": "message_action", "callback_id": "shortcut", "trigger_id": "1.2.3", "message": message}


def _submitted(form: View, more: dict[str, Any]) -> dict[str, Any]:
    view = {**form.to_dict(), "id": "V1", "hash": "1.a", "state": {"values": state_of(form)}, **more}
    return {"type": "view_submission", "trigger_id": "1.2.3", "view": view}


def _clicked(view: View) -> dict[str, Any]:
    shown = {**view.to_dict(), "id": "V1", "hash": "1.a"}
    action = {"type": "button", "action_id": "open", "block_id": "b", "value": "x"}
    return {"type": "block_actions", "trigger_id": "1.2.3", "view": shown, "actions": [action]}


def _status(char: str, number: int) -> ConnectionStatus:
    long = char * MANY
    card = ConnectionCard(
        organisation_id=OrganisationId(UUID(int=number)),
        organisation=long,
        books=Books(provider_id="b", name=long, base_currency="GBP"),
        provider_name="Xero",
        connected_by=UserId("U0123456789"),
        connected_at=NOW,
        health=Health.BROKEN,
        problem=None,
        lists=tuple(ListProgress(kind=kind, state="failed", read=1) for kind in ListKind),
        steps_done=1,
        is_set_up=False,
        access=(long,),
    )
    condition = Condition(verdict=Verdict.BROKEN, reason=long, remedy=long)
    return ConnectionStatus(card=card, condition=condition, read_at=NOW, deeds=frozenset(Deed))
