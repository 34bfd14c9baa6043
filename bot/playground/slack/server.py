"""The aiohttp application of the simulated Slack."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground.slack.consent_pages import OauthPages
from bot.playground.slack.drawing import the_environment
from bot.playground.slack.page import Page
from bot.playground.slack.page_files import LARGEST_UPLOAD, PageFiles
from bot.playground.slack.page_guard import is_ours
from bot.playground.slack.state import SlackState

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(state: SlackState) -> web.Application:
    """Serve the Web API, the sign-in pages and the page of this workspace."""

    @web.middleware
    async def only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_ours(request, state.public_url):
            raise web.HTTPMisdirectedRequest(text="this server is for this machine only")
        return await handler(request)

    async def stop(_: web.Application) -> None:
        await state.close()

    async def hang_up(_: web.Application) -> None:
        await state.sockets.close()

    app = web.Application(client_max_size=LARGEST_UPLOAD, middlewares=[only_here])
    state.web_api.add_to(app)
    OauthPages(state.oauth, state.workspace).add_to(app)
    Page(state, the_environment()).add_to(app)
    PageFiles(state).add_to(app)
    app.on_shutdown.append(hang_up)
    app.on_cleanup.append(stop)
    return app
