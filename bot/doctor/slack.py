"""Slack: reachable, and our tokens and credentials taken for what they are."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot.doctor import clocks
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.setup import Setup
from bot.domain.slack import BOT_SCOPES
from bot.slack import NoAnswerError, TokenRefusedError, reason_of, socket_address
from bot.vault import SealError
from providers.http import date_of

REACHABLE, BOT, APP, CLIENT = "Slack", "bot token", "app token", "Slack client"
BARE = "workspaces without a token"
UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)
MOST_WORKSPACES = 20
"""Asked about their tokens; it would be rude to ask about all of thousands."""
AGAIN = "Try again later; Slack's state is at slack-status.com."
OF_CLIENT = {"invalid_client_id": "SLACK_CLIENT_ID", "bad_client_secret": "SLACK_CLIENT_SECRET"}


async def reachable(setup: Setup) -> Finding:
    url = setup.config.slack_api_url
    try:
        await setup.clients.with_token(None).api_test()
    except SlackApiError as error:
        words = f"{url} answers, but not as Slack does ({reason_of(error)})"
        return wrong(REACHABLE, words, "Write Slack's own address in SLACK_API_URL, or take the variable away.")
    except UNREACHABLE as error:
        words = f"{url} cannot be reached ({type(error).__name__})"
        return wrong(REACHABLE, words, "Let this machine call it by https, and see that SLACK_API_URL is right.")
    return ok(REACHABLE, f"{url} answers")


async def clock(setup: Setup) -> Finding:
    answer = await setup.clients.with_token(None).api_test()
    return clocks.against("Slack", date_of(_headers(answer.headers)), setup.clock.now())


async def bot_token(setup: Setup) -> Finding:
    """The environment's, where there is one."""
    token = setup.config.bot_token
    if token is None:
        return ok(BOT, "none is set: workspaces install the app themselves")
    return await _token(setup, BOT, token, "Copy it anew from OAuth & Permissions into SLACK_BOT_TOKEN.")


async def workspace_tokens(setup: Setup) -> list[Finding]:
    """Those that came by installation."""
    installed = [found for found in await setup.inspection.workspaces() if found.has_own_token]
    findings = []
    for workspace in installed[:MOST_WORKSPACES]:
        name = f"workspace {workspace.name}"
        try:
            token = await setup.workspaces.token(workspace.id, default=None)
        except SealError:
            remedy = "Put the key that sealed it back into DEXT_ENCRYPTION_KEYS, or let the workspace install again."
            findings.append(wrong(name, "its bot token cannot be opened with the keys that there are", remedy))
            continue
        again = f"An admin of the workspace installs the app again: {setup.config.public_url}/slack/install"
        findings.append(await _token(setup, name, token or "", again))
    if len(installed) > MOST_WORKSPACES:
        left = len(installed) - MOST_WORKSPACES
        findings.append(ok("workspaces", f"{left} more were not asked about"))
    return findings


async def without_token(setup: Setup) -> list[Finding]:
    """Workspaces that have no token of their own, and that the environment's is not of."""
    try:
        bare = [found for found in await setup.inspection.workspaces() if not found.has_own_token]
    except (SQLAlchemyError, OSError):
        return []  # the database has a finding of its own
    token = setup.config.bot_token
    home = (await setup.clients.with_token(token).auth_test())["team_id"] if bare and token is not None else None
    remedy = (
        "Write its bot token in SLACK_BOT_TOKEN."
        if setup.config.slack_client_id is None
        else f"An admin of the workspace installs the app: {setup.config.public_url}/slack/install"
    )
    words = "it has no bot token, so what is meant for it waits"
    return [wrong(f"workspace {each.name}", words, remedy) for each in bare if each.team_id != home]


async def _token(setup: Setup, name: str, token: str, remedy: str) -> Finding:
    try:
        answer = await setup.clients.with_token(token).auth_test()
    except SlackApiError as error:
        return wrong(name, f"Slack refuses it ({reason_of(error)})", remedy)
    except UNREACHABLE as error:
        return wrong(name, f"Slack did not answer ({type(error).__name__})", AGAIN)
    told = _headers(answer.headers).get("x-oauth-scopes")
    who = f"it is of the workspace {answer.get('team')}"
    if told is None:
        return warning(name, f"{who}; Slack did not say what it may", "Compare OAuth & Permissions with manifest.yml.")
    lacking = [scope for scope in BOT_SCOPES if scope not in {each.strip() for each in told.split(",")}]
    if lacking:
        words = f"{who}, and lacks {', '.join(lacking)}"
        return wrong(name, words, "Add them at OAuth & Permissions (manifest.yml has all), and install the app again.")
    return ok(name, f"{who}, and has every scope of the manifest")


async def app_token(setup: Setup) -> Finding:
    token = setup.config.app_token
    if token is None:
        return ok(APP, "none is set: Slack sends its requests to the public address")
    try:
        await socket_address(setup.clients, token)
    except TokenRefusedError as error:
        words, _, remedy = str(error).partition(": ")
        return wrong(APP, words, f"{remedy[:1].upper()}{remedy[1:]}.")
    except NoAnswerError as error:
        return wrong(
            APP, f"Slack opens no websocket ({error})", "Switch Socket Mode on in the app's settings, or try later."
        )
    return ok(APP, "Slack opens a websocket for it")


async def client(setup: Setup) -> Finding:
    """Asked with a code that nobody was given: only of a client that it knows Slack says that the code is wrong."""
    name, secret = setup.config.slack_client_id, setup.config.slack_client_secret
    if name is None or secret is None:
        return ok(CLIENT, "none is set: who connects proves it by a code in Slack")
    asked = {"client_id": name, "client_secret": secret, "code": "doctor"}
    try:
        await setup.clients.with_token(None).api_call("oauth.v2.access", data=asked)
    except SlackApiError as error:
        reason = reason_of(error)
        if reason == "invalid_code":
            return ok(CLIENT, "Slack knows client id and secret")
        variable = OF_CLIENT.get(reason, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET")
        return wrong(CLIENT, f"Slack refuses them ({reason})", f"Copy {variable} anew from Basic Information.")
    except UNREACHABLE as error:
        return wrong(CLIENT, f"Slack did not answer ({type(error).__name__})", AGAIN)
    return warning(CLIENT, "Slack answered what it never should", AGAIN)


def _headers(headers: Any) -> dict[str, str]:
    """By lower-case names for ours, and as they came for `Date`."""
    found = {str(name): str(value) for name, value in dict(headers).items()}
    return found | {name.lower(): value for name, value in found.items()}
