"""The other child of the playground: a simulated Slack on one port, the simulated ledgers on the next.

They are in a process of their own, so that the product meets them only as it meets the real ones, over HTTP. What they
hold (messages, files, books, tokens) is kept beside the product's database and survives a restart.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot import log
from bot.clock import SystemClock
from bot.playground.samples import SAMPLES
from bot.playground.slack import Manifest, ManifestError, SlackState
from bot.playground.slack import create_app as slack_app
from bot.serving import listening, stopped
from providers import LEDGERS, simulators

HOST = "127.0.0.1"
PROCESSING_SECONDS = 1.0
"""The real Slack takes about as long to look at a picture: https://github.com/slackapi/python-slack-sdk/issues/1521."""
_IN_A_CHECKOUT, _INSTALLED = (
    Path(__file__).resolve().parents[2] / "manifest.yml",
    Path(__file__).with_name("manifest.yml"),
)
MANIFEST = _IN_A_CHECKOUT if _IN_A_CHECKOUT.exists() else _INSTALLED
"""What is pasted at Slack; it is read here as well, so that what is missing in it is missing in the playground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What `bot.playground.start` told this child by its environment."""

    environment: Mapping[str, str]
    database: Path

    @property
    def app_url(self) -> str:
        return self.environment["DEXT_PUBLIC_URL"]

    @property
    def slack_port(self) -> int:
        return int(self.environment["DEXT_PLAYGROUND_PORT"])

    @property
    def ledgers_port(self) -> int:
        return self.slack_port + 1

    @property
    def ledgers_url(self) -> str:
        return f"http://{HOST}:{self.ledgers_port}"

    def slack(self) -> SlackState:
        env = self.environment
        return SlackState(
            signing_secret=env["SLACK_SIGNING_SECRET"],
            bot_token=env["SLACK_BOT_TOKEN"],
            app_token=env.get("SLACK_APP_TOKEN") or None,
            client_id=env["SLACK_CLIENT_ID"],
            client_secret=env["SLACK_CLIENT_SECRET"],
            app_url=self.app_url,
            public_url=env["SLACK_URL"],
            database=self.database,
            ledgers_url=f"{self.ledgers_url}/",
            manifest=Manifest.read(MANIFEST),
            samples=SAMPLES,
            processing_seconds=PROCESSING_SECONDS,
        )

    def ledger(self, key: str) -> web.Application:
        env, prefix = self.environment, f"DEXT_{key.upper()}"
        app: web.Application = simulators()[key].mounted(
            clock=SystemClock(),
            public_url=f"{self.ledgers_url}/{key}",
            client_id=env[f"{prefix}_CLIENT_ID"],
            client_secret=env[f"{prefix}_CLIENT_SECRET"],
            database=self.database,
            redirect_uris=(f"{self.app_url}/connect/{key}/callback",),
        )
        return app


LARGEST_CALL = 128 * 1024 * 1024
"""In bytes; more than any ledger takes, so that each refuses in its own words."""


_LINKS = "".join(f'<li><a href="/{key}/">{entry.profile.name}</a></li>' for key, entry in LEDGERS.items())
INDEX = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<title>Simulated ledgers</title></head><body><h1>Simulated ledgers</h1><ul>{_LINKS}</ul></body></html>"
)


def ledgers_app(setting: Setting) -> web.Application:
    """Each simulated ledger under its provider's name; the root leads to each."""

    async def index(_: web.Request) -> web.Response:
        return web.Response(
            text=INDEX, content_type="text/html", headers={"Content-Security-Policy": "default-src 'none'"}
        )

    # what is mounted has no limit of its own any more: the outermost one's counts
    app = web.Application(client_max_size=LARGEST_CALL)
    app.router.add_get("/", index)
    for key in LEDGERS:
        app.add_subapp(f"/{key}", setting.ledger(key))
    return app


async def serve(setting: Setting) -> None:
    """Until the process is asked to stop."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listening(ledgers_app(setting), HOST, setting.ledgers_port))
        await stack.enter_async_context(listening(slack_app(setting.slack()), HOST, setting.slack_port))
        await stopped()


def main() -> int:
    log.configure(os.environ["DEXT_LOG_LEVEL"], "text")
    setting = Setting(environment=os.environ, database=Path("var") / "far_ends.db")
    try:
        asyncio.run(serve(setting))
    except ManifestError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
