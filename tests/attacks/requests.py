"""Requests of Slack as they really were, taken from a day at work, and what becomes of them in bad hands.

Everything is made from a seed, so that a failure can be had again.
"""

import copy
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import urlencode

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, MEMBER, OTHER_TEAM, OUTSIDER
from bot.views.ids import ActionId, BlockId
from handlers.guard import LARGEST_BODY
from tests.fakes.app import SECRET
from tests.handlers.desk import Desk

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CANARY = "canary-5f0e1c"
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """As it goes on the wire. Headers are pairs, because one may come twice."""

    name: str
    body: bytes
    content_type: str = FORM
    stamp: str = ""
    signature: str | None = None
    more: tuple[tuple[str, str], ...] = ()
    secret: str = field(default=SECRET, repr=False)

    def headers(self) -> list[tuple[str, str]]:
        signature = self.signature if self.signature is not None else sign(self.secret, self.stamp, self.body)
        own = [("X-Slack-Request-Timestamp", self.stamp), ("X-Slack-Signature", signature)]
        return [*own, ("Content-Type", self.content_type), *self.more]


def sign(secret: str, stamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode(errors="replace") + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def request_of(payload: Payload, stamp: str, name: str = "") -> Request:
    """A payload in the form in which its kind travels."""
    name = name or str(payload.get("type") or payload.get("command"))
    if payload.get("type") == "event_callback":
        return Request(name=name, body=json.dumps(payload).encode(), content_type=JSON, stamp=stamp)
    if "command" in payload:
        plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in payload.items()}
        return Request(name=name, body=urlencode(plain).encode(), stamp=stamp)
    return Request(name=name, body=urlencode({"payload": json.dumps(payload)}).encode(), stamp=stamp)


async def a_day_at_work(desk: Desk) -> list[Payload]:
    """Every kind of request, each once or more, as the simulated Slack sent it."""
    await desk.add()
    await desk.add(MEMBER, **{BlockId.NUMBER: "INV-2"})
    await desk.edit("INV-2", {BlockId.ACCOUNT: "461"})
    await desk.press(desk.card("INV-1"), ActionId.EXPLAIN_ITEM, BOOKKEEPER)
    await desk.slack.close_modal(BOOKKEEPER, everything=True)
    await desk.approve("INV-1")
    await desk.press(desk.card("INV-2"), ActionId.REJECT_ITEM, APPROVER)
    await desk.slack.submit(desk.modal(APPROVER), {BlockId.REASON: "Twice"})
    await desk.drop("UBL-1")
    for words in ("", "help", "settings", "connect xero", "nonsense"):
        await desk.slack.command("/dext", words, user=ADMIN, channel=BILLS)
        if desk.slack.view(ADMIN) is not None:
            await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.shortcut("of_another_version", user=ADMIN)
    await desk.slack.message_shortcut("of_another_version", desk.card("INV-1"), user=MEMBER)
    for user in (ADMIN, MEMBER):
        await desk.slack.close_modal(user, everything=True)
    await desk.slack.open_home(ADMIN)
    await desk.settle()
    return [found.payload for found in desk.slack.delivered]


# Forged: somebody without the secret has real requests before them


def forged(found: Request, chance: Random) -> Iterator[Request]:
    """Each must be refused: its signature is not of this body, this moment or this app."""
    yield from _bad_signatures(found, chance)
    yield from _bad_stamps(found)
    yield from _altered(found, chance)


def _bad_signatures(found: Request, chance: Random) -> Iterator[Request]:
    good = sign(SECRET, found.stamp, found.body)
    digit = chance.randrange(3, len(good))
    other = good[:digit] + ("0" if good[digit] != "0" else "1") + good[digit + 1 :]
    texts = ("", other, good[:-1], f"{good}0", good.upper(), good[3:], f"v1={good[3:]}", f"v0={'0' * 64}", f"{CANARY}é")
    for text in (*texts, f"{good} , {good}", "v0=" + "f" * 20_000 if chance.random() < 0.02 else "v0="):
        yield replace(found, name=f"{found.name}: signature {text[:20]}", signature=text)
    yield replace(found, name="another app's secret", secret="another")
    yield replace(found, name="two signatures", more=(("X-Slack-Signature", other),))
    yield replace(found, name="two signatures", signature=other, more=(("X-Slack-Signature", good),))


def _bad_stamps(found: Request) -> Iterator[Request]:
    good, now = sign(SECRET, found.stamp, found.body), int(found.stamp)
    for stamp in (
        now + 1,
        now - 1,
        now - 301,
        now + 61,
        -now,
        f"{now}.0",
        f"+{now}",
        f"0{now}",
        "",
        CANARY,
        "1e9",
        "٣",
        "²",
        "9" * 5000,
    ):
        yield replace(found, name=f"stamp {stamp}", stamp=str(stamp), signature=good)
    for stamp in (now - 301, now + 61, now * 1000, f"{now}.0", f"+{now}", f"{now} ", f"{now}\t"):
        yield replace(
            found, name=f"signed stamp {stamp}", stamp=str(stamp), signature=sign(SECRET, str(stamp), found.body)
        )
    yield replace(found, name="two stamps", more=(("X-Slack-Request-Timestamp", str(now - 1)),))


def _altered(found: Request, chance: Random) -> Iterator[Request]:
    good, body = sign(SECRET, found.stamp, found.body), found.body
    place = chance.randrange(len(body) - 1)
    flipped = body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :]
    bodies = (
        flipped,
        body[:-1],
        body[1:],
        body[:place],
        body + b"&a=b",
        body + b"\n",
        b"",
        CANARY.encode() + body,
        body * 2,
    )
    for altered in (*bodies, body.replace(b"U0", b"U1"), b"ssl_check=1&" + body):
        yield replace(found, name="altered body", body=altered, signature=good)


# Signed and senseless: what a fault at Slack, or whoever has the secret, might send

JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**31,
    2**63,
    10**400,
    1.5e308,
    "",
    CANARY,
    f"{CANARY}\u202e\u2028😀",
    CANARY * 400,
    "null",
    "../../../etc/passwd",
    "'; drop table items; --",
    [],
    {},
    [CANARY],
    [[]],
    [None],
    [{}],
    {CANARY: CANARY},
    {"id": [CANARY]},
    {"id": None},
)
NAMING = frozenset({"trigger_id", "event_id", "id", "hash"})
"""Another text here is another request, and no malformed one; so they only get values of other kinds."""


def senseless(payload: Payload, chance: Random) -> Payload:
    """One to three members are gone, changed, or of another kind."""
    changed = copy.deepcopy(payload)
    for _ in range(chance.randint(1, 3)):
        # in a form all is text, so that there no value of another kind can stand for a name
        places = [(holder, key) for holder, key in _places(changed) if not ("command" in payload and key in NAMING)]
        holder, key = chance.choice(places)
        if chance.random() < 0.15 and key not in NAMING:
            del holder[key]
            continue
        is_naming = key in NAMING
        holder[key] = copy.deepcopy(chance.choice([junk for junk in JUNK if not (is_naming and isinstance(junk, str))]))
    return changed


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in list(members):
        yield part, key
        yield from _places(value)


def as_an_outsider(payload: Payload, number: int) -> Payload:
    """The same by somebody of another company, under a name that was not seen yet."""
    changed = copy.deepcopy(payload)
    if "trigger_id" in changed:
        changed["trigger_id"] = f"9.{number}"
    if isinstance(changed.get("view"), dict):
        changed["view"]["hash"] = f"9.{number}"
    if isinstance(changed.get("user"), dict):
        changed["user"] = {"id": OUTSIDER, "name": CANARY, "team_id": OTHER_TEAM}
    elif "user_id" in changed:
        changed["user_id"] = OUTSIDER
    if changed.get("type") == "event_callback" and isinstance(changed.get("event"), dict):
        changed["event_id"] = f"Ev9{number}"
        changed["event"] = {**changed["event"], "user": OUTSIDER, "user_id": OUTSIDER, "user_team": OTHER_TEAM}
    return changed


def _named_at(body: bytes) -> int:
    """Where a command says by what it is known. Cut off after that, it might be another, and a good one."""
    return body.find(b"trigger_id=") if b"trigger_id=" in body else len(body)


def broken_texts(found: Request, chance: Random) -> Iterator[Request]:
    """Signed bodies that are not what they say they are: no JSON, two meanings, other types, other encodings."""
    body, stamp = found.body, found.stamp
    deep = b"[" * 50_000
    texts = (
        b"payload=" + deep,
        b"payload=%7B%22type%22:" + deep,
        b"payload=%7B%7D",
        b"payload=null",
        b"payload=" + CANARY.encode(),
        b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        b"payload=%7B%22type%22%3A%22view_submission%22%2C%22view%22%3A%22" + CANARY.encode() + b"%22%7D",
        b"type=event_callback&event=" + CANARY.encode(),
        b"team_id=T0DEXT001&user_id=" + CANARY.encode(),
        body + b"&payload=%7B%7D&payload=%7B%7D",
        body.replace(b"%22", b"%ff", 1) + b"%ff",
        body + b"&x=%00",
        body + b"&x=\xff\xfe",
        body[: chance.randrange(_named_at(body))],
        b"\xef\xbb\xbf" + body,
        body.decode().encode("utf-16"),
        b"\x00" + body,
    )
    for text in texts:
        yield Request(name=f"broken text {text[:30]!r}", body=text, content_type=found.content_type, stamp=stamp)
    kinds = (
        JSON,
        FORM,
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "",
        "x",
        CANARY,
        "a/b/c",
    )
    for kind in (*kinds, "application/xml", "application/json; charset=utf-7", "application/json; charset=" + CANARY):
        if kind != found.content_type:
            yield replace(found, name=f"as {kind}", content_type=kind)
    for coding in ("gzip", "deflate", "br", "identity", "zstd", CANARY):
        yield replace(found, name=f"encoded {coding}", more=(("Content-Encoding", coding),))
    yield replace(found, name="large", body=body + b"&x=" + b"x" * LARGEST_BODY)
