"""Sign in with Slack: one code, one use, ten minutes, and only for addresses that were named."""

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import ADMIN, BOOKKEEPER, TEAM, SlackState
from tests.fakes.clock import FakeClock
from tests.playground.conftest import TOKEN
from tests.playground.test_slack_web_api import refused


def question(slack: SlackState, **more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": "11.22",
        "state": "my-state",
        "nonce": "my-nonce",
        "redirect_uri": f"{slack.app_url}/slack/signin_redirect",
        **more,
    }


async def consent(
    slack: SlackState, http: aiohttp.ClientSession, query: dict[str, str], *, answer: str = "allow", user: str = ADMIN
) -> dict[str, str]:
    """What comes back to the app's address."""
    page = "install" if "response_type" not in query else "openid"
    path = "/oauth/v2/authorize" if page == "install" else "/openid/connect/authorize"
    async with http.get(f"{slack.public_url}{path}?{urlencode(query)}") as response:
        ticket = re.search(r'name="ticket" value="([^"]+)"', await response.text())
    assert ticket is not None
    form = {"ticket": ticket[1], "user": user, "answer": answer}
    async with http.post(f"{slack.public_url}/oauth/decide", data=form, allow_redirects=False) as response:
        assert response.status == 302
        target = urlsplit(response.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == query["redirect_uri"]
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def exchange(client: AsyncWebClient, query: dict[str, str], code: str, **more: str) -> Any:
    given = {"client_id": "11.22", "client_secret": "shh", "code": code, "redirect_uri": query["redirect_uri"]} | more
    return client.api_call("openid.connect.token", data=given)


async def test_a_person_signs_in_and_is_named(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    query = question(slack)
    back = await consent(slack, http, query, user=BOOKKEEPER)

    answer = await exchange(client, query, back["code"])

    claims = json.loads(base64.urlsafe_b64decode(answer["id_token"].split(".")[1] + "=="))
    info = await AsyncWebClient(token=answer["access_token"], base_url=client.base_url).openid_connect_userInfo()
    assert back["state"] == "my-state"
    assert (claims["nonce"], claims["aud"], claims["sub"]) == ("my-nonce", "11.22", BOOKKEEPER)
    assert (info["https://slack.com/user_id"], info["https://slack.com/team_id"]) == (BOOKKEEPER, TEAM)


async def test_a_code_works_once_and_for_ten_minutes(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient, clock: FakeClock
) -> None:
    query = question(slack)
    first, second = [(await consent(slack, http, query))["code"] for _ in range(2)]
    await exchange(client, query, first)

    assert await refused(exchange(client, query, first)) == "invalid_code"
    await clock.advance(601)
    assert await refused(exchange(client, query, second)) == "invalid_code"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1/other"}, "bad_redirect_uri"),
    ],
)
async def test_a_code_is_bound_to_its_app(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient, more: dict[str, str], error: str
) -> None:
    query = question(slack)
    code = (await consent(slack, http, query))["code"]

    assert await refused(exchange(client, query, code, **more)) == error


async def test_a_refusal_comes_back_as_one(slack: SlackState, http: aiohttp.ClientSession) -> None:
    back = await consent(slack, http, question(slack), answer="deny")

    assert back == {"error": "access_denied", "state": "my-state"}


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"redirect_uri": "http://evil.example/"}, "bad_redirect_uri"),
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"scope": "profile"}, "invalid_scope"),
    ],
)
async def test_a_wrong_question_is_never_sent_back(
    slack: SlackState, http: aiohttp.ClientSession, more: dict[str, str], error: str
) -> None:
    url = f"{slack.public_url}/openid/connect/authorize?{urlencode(question(slack, **more))}"

    async with http.get(url, allow_redirects=False) as response:
        assert response.status == 400
        assert error in await response.text()


async def test_a_challenge_has_to_be_met(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"secret-verifier").digest()).rstrip(b"=").decode()
    query = question(slack, code_challenge=challenge, code_challenge_method="S256")
    code = (await consent(slack, http, query))["code"]

    assert await refused(exchange(client, query, code, code_verifier="guess")) == "invalid_code_verifier"
    await exchange(client, query, code, code_verifier="secret-verifier")


async def test_an_install_hands_out_the_bot_token(
    slack: SlackState, http: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    redirect_uri = f"{slack.app_url}/slack/oauth_redirect"
    query = {"client_id": "11.22", "scope": "commands,chat:write", "state": "s", "redirect_uri": redirect_uri}
    code = (await consent(slack, http, query))["code"]

    headers = {"Authorization": "Basic " + base64.b64encode(b"11.22:shh").decode()}
    data = {"code": code, "redirect_uri": redirect_uri}
    async with http.post(f"{client.base_url}oauth.v2.access", data=data, headers=headers) as response:
        answer = await response.json()

    assert answer["access_token"] == TOKEN
    assert (answer["team"]["id"], answer["authed_user"]["id"]) == (TEAM, ADMIN)


async def test_the_bot_token_is_nobody(slack: SlackState, client: AsyncWebClient) -> None:
    assert await refused(client.openid_connect_userInfo()) == "not_allowed_token_type"
