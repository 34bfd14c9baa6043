"""A simulated Slack, as strict as the real one: Web API, signed deliveries, sign-in pages, and a page to click on.

It knows nothing of the app; they meet over HTTP only. For tests:

    slack = SlackState(signing_secret=…, bot_token=…, clock=clock, app_url="http://127.0.0.1:3000")
    runner = web.AppRunner(create_app(slack))      # … and set slack.public_url / slack.app_url once ports are known

What people do (each awaits the app's answer; people and channels are the constants below):

    answer = await slack.command("/dext", "connect", user=ADMIN, channel=BILLS)    # Answer(status, text, error, .body)
    await slack.typed("/invite @dext", user=ADMIN, channel=FINANCE)                # whatever is typed in a channel
    await slack.click(message_or_view, "action_id", user=…, value=…, block_id=…, values={…})
    done = await slack.submit(view, {"block_id or action_id": value}, user=…)      # Submitted(errors, error, view, was_sent)
    await slack.options(message_or_view, "action_id", "query", user=…)             # remembered, so it can be chosen then
    await slack.close_modal(user, everything=False)
    await slack.upload(b"…", "bill.xml", channel=BILLS, user=…, thread_ts=None)    # StoredFile
    await slack.share([Dropped(content=b"…", name="bill.xml")], channel=BILLS, user=…, text="…")   # several in one message
    await slack.link_file("https://drive…", "bill.pdf", channel=BILLS, user=…); await slack.delete_file(stored)
    await slack.open_home(user); await slack.shortcut("id", user=…); await slack.message_shortcut("id", message, user=…)
    await slack.invite(channel, by=user); await slack.join(channel, user); slack.leave(channel, user)
    await slack.uninstall(); slack.change_person(user, is_deleted=True); await slack.settle()

A `value` is plain: a text, an option's value (or the option), a user or channel id, a date, or a list of these. A hand
can only do what a person could: otherwise `NotPossibleError`. A `Message` is a snapshot: clicking an old one is
clicking what was seen then; `slack.message(channel, ts)` gives it as it stands. A `View` is live.

What is there to see:

    slack.messages(channel)  slack.thread(channel, ts)  slack.ephemerals(user, channel)  slack.dms(user)
    slack.home(user)  slack.view(user)                # View(.blocks .title .callback_id .private_metadata .entries .hash)
    slack.calls  slack.calls_of("chat.postMessage")   # Call(method, args, answer, status, at); also "response_url"
    slack.delivered                                   # Delivered(kind, payload, answer, retry_num)
    slack.drawn                                       # [("MessageBlocks" | "ModalView" | "HomeView", payload)], for the schema
    slack.refusals                                    # payloads of the app Slack would not take; should stay empty

Switches: `slack.faults.next_call("chat.postMessage" | "chat.*" | "*", "429" | "500" | "timeout" | "lost", retry_after=1,
times=1)`, `slack.faults.deliver_twice = True`, `slack.pace.is_on = False`. With an `app_token` deliveries go over websockets (`slack.sockets`:
`.count`, `.lose_next`, `await .disconnect(reason)`, `await .say(text)`, `.cut()`).
"""

from bot.playground.slack.blocks import message_problems, view_problems
from bot.playground.slack.calls import Call
from bot.playground.slack.deliveries import Answer, Delivered
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.files import StoredFile
from bot.playground.slack.forms import Submitted
from bot.playground.slack.manifest import Manifest, ManifestError
from bot.playground.slack.people import (
    ADMIN,
    ALERTS,
    APP,
    APPROVER,
    BILLS,
    BOOKKEEPER,
    BOT,
    BOT_USER,
    FINANCE,
    FORMER,
    GENERAL,
    GUEST,
    MEMBER,
    OTHER_BOT,
    OTHER_TEAM,
    OUTSIDER,
    OWNER,
    SHARED,
    SINGLE_GUEST,
    TEAM,
    Channel,
    Person,
)
from bot.playground.slack.server import create_app
from bot.playground.slack.sharing import Dropped, Sample
from bot.playground.slack.state import SlackState
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Message

__all__ = [
    "ADMIN",
    "ALERTS",
    "APP",
    "APPROVER",
    "BILLS",
    "BOOKKEEPER",
    "BOT",
    "BOT_USER",
    "FINANCE",
    "FORMER",
    "GENERAL",
    "GUEST",
    "MEMBER",
    "OTHER_BOT",
    "OTHER_TEAM",
    "OUTSIDER",
    "OWNER",
    "SHARED",
    "SINGLE_GUEST",
    "TEAM",
    "Answer",
    "Call",
    "Channel",
    "Delivered",
    "Dropped",
    "Manifest",
    "ManifestError",
    "Message",
    "NotPossibleError",
    "Person",
    "Sample",
    "SlackRefusalError",
    "SlackState",
    "StoredFile",
    "Submitted",
    "View",
    "create_app",
    "message_problems",
    "view_problems",
]
