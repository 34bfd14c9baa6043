"""The whole product as `dext-bot run` and `dext-bot worker` start it, in a process that dies at a step of its loop.

What is leased for minutes is leased for seconds here: how long the dead are waited for is not what is tested.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot import cli, posting
from bot.db import outbox, places
from bot.domain import budgets
from bot.services import connect_flow, connect_grant, giving_back, revoking, tokens
from providers.xero.adapter import XeroProvider
from tests.kill.hook import Hook

SHORT = timedelta(seconds=3)
A_CALL_SECONDS = 1.0
"""What of a lease has to be left for a call of Slack to begin."""
A_SIGN_IN = timedelta(seconds=20)
"""What a sign-in that died half-way keeps open: nothing is given back at a provider while somebody may come from there."""
VISIBLE_AFTER, LONGEST_WRITE = timedelta(seconds=0.2), timedelta(seconds=0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Which command, with which environment, when it dies, and where it says what is on its mind."""

    command: str
    environment: Mapping[str, str]
    kill_at: int
    printed: str


def serve(serving: Serving) -> None:
    """Never returns: it is killed by itself, or by whoever started it."""
    output = os.open(serving.printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(serving.environment)
    impatient()
    Hook(serving.kill_at).arm()
    sys.exit(cli.main([serving.command]))


def impatient() -> None:
    patched: Any = (outbox, places, tokens, revoking)
    for module in patched:
        module.LEASE = SHORT
    vars(posting)["CALL_SECONDS"] = A_CALL_SECONDS
    patched = (connect_flow, connect_grant)
    for module in patched:
        module.LIFE = A_SIGN_IN
    patched = (giving_back, revoking)
    for module in patched:
        module.FINISHING = SHORT
    vars(budgets)["HELD_FOR"] = SHORT.total_seconds()
    marker = replace(XeroProvider.profile.marker, visibility_delay=VISIBLE_AFTER)
    XeroProvider.profile = replace(XeroProvider.profile, marker=marker, longest_write=LONGEST_WRITE)
