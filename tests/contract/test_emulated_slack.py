"""Our side of Slack's OAuth, views and files, against a Slack that nobody here wrote."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.app import assembled
from bot.assembly import Services
from bot.clock import SystemClock
from bot.config import read_config
from bot.domain.slack import Workspace
from bot.downloads import SlackFiles
from bot.services.arrivals import Found
from bot.serving import listening
from bot.slack import reason_of
from bot.vault import new_key
from providers import PROVIDERS
from tests.contract.emulated_slack import APP_ID, CLIENT_ID, CLIENT_SECRET, USER, Emulated, emulated_slack
from tests.fakes.browser import Page, a_browser
from tests.fakes.jobs import InlineJobs
from tests.fakes.ports import free_port
from tests.services.arriving import an_arrival

TEAM = "T000000001"
HOME = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]}


@dataclass(slots=True)
class Installed:
    """The product, installed into the other Slack by a browser."""

    services: Services
    slack: Emulated
    page: Page
    workspace: Workspace
    client: AsyncWebClient


@pytest.fixture
async def installed(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Installed]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with emulated_slack(tmp_path, f"{address}/slack/oauth_redirect") as slack:
        environment = {
            "SLACK_SIGNING_SECRET": "a-signing-secret",
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_API_URL": f"{slack.url}/api/",
            "SLACK_URL": slack.url,
            "SLACK_FILES_HOST": slack.url.removeprefix("http://"),
            "DEXT_PUBLIC_URL": address,
            "DEXT_DATABASE_URL": sqlite_url,
            "DEXT_ENCRYPTION_KEYS": new_key("test"),
        }
        config = read_config(environment, tuple(PROVIDERS))
        async with (
            assembled(config, SystemClock(), jobs=InlineJobs()) as product,
            listening(product.site, "127.0.0.1", port),
            a_browser() as browser,
        ):
            page = await browser.press(await browser.open(f"{address}/slack/install"))
            workspace = await product.services.workspaces.find("", TEAM)
            assert workspace is not None, page.text
            client = await product.services.clients.of(workspace.id)
            assert client is not None
            yield Installed(product.services, slack, page, workspace, client)


async def test_it_installs_and_keeps_what_that_slack_says(installed: Installed) -> None:
    assert "Emulated Ltd" in installed.page.text
    assert f"id={APP_ID}" in installed.page.source
    assert (installed.workspace.team_id, installed.workspace.installer_user_id) == (TEAM, USER)
    tested = await installed.client.auth_test()
    assert (tested["user_id"], tested["bot_id"]) == (installed.workspace.bot_user_id, installed.workspace.bot_id)


async def test_a_home_is_published_and_an_old_hash_conflicts(installed: Installed) -> None:
    first = await installed.client.views_publish(user_id=USER, view=HOME)
    await installed.client.views_publish(user_id=USER, view=HOME, hash=first["view"]["hash"])

    with pytest.raises(SlackApiError) as refused:
        await installed.client.views_publish(user_id=USER, view=HOME, hash=first["view"]["hash"])

    assert reason_of(refused.value) == "hash_conflict"


async def test_a_modal_wants_a_trigger_of_slacks(installed: Installed) -> None:
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "A form"}, "blocks": HOME["blocks"]}

    with pytest.raises(SlackApiError) as refused:
        await installed.client.views_open(trigger_id="1.2.made-up", view=modal)

    assert reason_of(refused.value) == "invalid_trigger_id"


async def test_a_file_is_fetched_as_it_was_dropped(installed: Installed) -> None:
    token, content = str(installed.client.token), b"<Invoice/>" * 100
    call = installed.slack.call
    upload = await call("files.getUploadURLExternal", token, filename="bill.xml", length=len(content))
    async with installed.slack.session.post(URL(str(upload["upload_url"])), data=content) as answer:
        assert answer.status == 200
    done = await call("files.completeUploadExternal", token, files=[{"id": upload["file_id"]}])
    assert done["ok"], done
    files = SlackFiles(
        installed.services.clients, installed.services.clients.session, installed.slack.url.removeprefix("http://")
    )

    found = await files.look(an_arrival(installed.workspace.id, str(upload["file_id"])))
    assert isinstance(found, Found), found

    assert found.name == "bill.xml"
    assert await files.fetch(installed.workspace.id, found) == content
