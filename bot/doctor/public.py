"""The public address: it leads here, over https, and the process there runs with our signing secret."""

import asyncio
import hashlib
import hmac
import json
import secrets
import socket
from urllib.parse import urlsplit

import aiohttp

from bot.assembly import called_of
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.setup import Setup
from bot.slack import LOOPBACK
from bot.version import IDENTITY, IDENTITY_HEADER, PRODUCT

ADDRESS, REACHES, SECRET, REDIRECTS = "public address", "what answers there", "signing secret", "redirect addresses"
VARIABLE = "DEXT_PUBLIC_URL"


async def address(setup: Setup) -> Finding:
    url = setup.config.public_url
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK:
        return _loopback(setup, url)
    if parts.scheme != "https":
        return wrong(ADDRESS, f"{url} is not https", f"Write the https address in {VARIABLE}; Slack takes no other.")
    try:
        await asyncio.get_running_loop().getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return wrong(ADDRESS, f"nobody knows the name {host}", f"Enter it in DNS, or correct {VARIABLE}.")
    return ok(ADDRESS, f"{url} is https and has an address")


def _loopback(setup: Setup, url: str) -> Finding:
    is_here = urlsplit(setup.config.slack_api_url).hostname in LOOPBACK
    if is_here:
        return ok(ADDRESS, f"{url} is on this machine, as Slack's is")
    if setup.config.app_token is None:
        return wrong(
            ADDRESS, f"Slack cannot reach {url}", f"Write a public https address in {VARIABLE}, or use SLACK_APP_TOKEN."
        )
    return warning(
        ADDRESS, f"{url} is on this machine only", "Connecting software works only in a browser on this machine."
    )


async def reaches_us(setup: Setup) -> Finding:
    url = f"{setup.config.public_url}/healthz"
    try:
        async with setup.session.get(url, allow_redirects=False) as answer:
            await answer.read()
    except aiohttp.ClientConnectorCertificateError as error:
        why = getattr(error.certificate_error, "verify_message", "") or type(error.certificate_error).__name__
        words = f"the certificate of {url} is not valid ({why})"
        return wrong(REACHES, words, "Renew it for that name, and send the whole chain of certificates.")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        words = f"nothing answers at {url} ({type(error).__name__})"
        return wrong(REACHES, words, "Start `dext-bot run`, and let the web server before it pass requests on.")
    said = answer.headers.get(IDENTITY_HEADER, "")
    if 300 <= answer.status < 400:
        words = f"{url} sends on to {answer.headers.get('Location', 'elsewhere')}"
        return wrong(REACHES, words, f"Write the address it ends at in {VARIABLE}: Slack and the packages follow none.")
    if answer.status != 200 or not said.startswith(f"{PRODUCT}/"):
        words = f"something else answers at {url} (status {answer.status})"
        return wrong(REACHES, words, f"Let the web server pass requests on to `dext-bot run`, or correct {VARIABLE}.")
    if said != IDENTITY:
        return warning(REACHES, f"{said} runs there, and this is {IDENTITY}", "Start it again with this version.")
    return ok(REACHES, f"{said}")


async def signing_secret(setup: Setup) -> Finding:
    """Slack tells nobody its secret, so it is proved only that the process at our address runs with ours."""
    secret = setup.config.signing_secret
    if secret is None:
        return ok(SECRET, "not needed: Slack's requests come over a websocket")
    challenge = secrets.token_urlsafe(16)
    raw = json.dumps({"type": "url_verification", "challenge": challenge}).encode()
    url = f"{setup.config.public_url}/slack/events"
    headers = {**_signed(secret, raw, setup.clock.now().timestamp()), "Content-Type": "application/json"}
    try:
        async with setup.session.post(url, data=raw, headers=headers, allow_redirects=False) as answer:
            text = await answer.text(errors="replace")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return wrong(
            SECRET, f"{url} did not answer ({type(error).__name__})", "See that POST requests are passed on too."
        )
    if answer.status == 200 and challenge in text:
        words = "the process there has the same one; that it is Slack's own, only Slack's first request proves"
        return ok(SECRET, words)
    if answer.status == 401:
        remedy = "Copy SLACK_SIGNING_SECRET anew from Basic Information, and start the process there again with it."
        return wrong(SECRET, "the process there has another one, or its clock is wrong", remedy)
    return wrong(SECRET, f"{url} answers {answer.status}", "See that POST requests are passed on unchanged.")


def _signed(secret: str, raw: bytes, at: float) -> dict[str, str]:
    """As Slack signs (docs.slack.dev, "Verifying requests from Slack")."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}


async def redirects(setup: Setup) -> list[Finding]:
    """To be pasted as they stand: one letter of difference is refused where people sign in."""
    base = setup.config.public_url
    found = [
        ok(REDIRECTS, f"{provider.profile.name} must have: {base}/connect/{key}/callback")
        for key, provider in called_of(setup.providers).items()
    ]
    return found if setup.config.slack_client_id is None else [_of_slack(setup), *found]


def _of_slack(setup: Setup) -> Finding:
    """Slack refuses an address that is not https, localhost too (docs.slack.dev, "Installing with OAuth"); a simulated
    Slack on this machine does not.
    """
    base = setup.config.public_url
    if not setup.config.is_https and urlsplit(setup.config.slack_url).hostname not in LOOPBACK:
        words = f"with SLACK_CLIENT_ID set, people sign in through Slack, which sends nobody back to {base}: it is not https"
        remedy = (
            f"Write an https address in {VARIABLE}; or leave SLACK_CLIENT_ID and SLACK_CLIENT_SECRET out: "
            "Dext then asks for a code instead."
        )
        return wrong(REDIRECTS, words, remedy)
    ours = f"{base}/slack/oauth_redirect and {base}/slack/signin_redirect"
    return ok(REDIRECTS, f"Slack must have (OAuth & Permissions): {ours}")
