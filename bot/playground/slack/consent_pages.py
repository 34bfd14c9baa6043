"""The pages to consent on, for Sign in with Slack and for the install flow."""

import html
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.installations import ORGANISATION, ORGANISATION_NAME
from bot.playground.slack.oauth import Oauth
from bot.playground.slack.people import TEAM
from bot.playground.slack.workspace import Workspace

COOKIE = "simslack_user"


@dataclass(frozen=True, slots=True)
class OauthPages:
    """The consent pages. Whoever the page acts as is signed in; the cookie says who."""

    oauth: Oauth
    workspace: Workspace

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/openid/connect/authorize", self.openid)
        app.router.add_get("/oauth/v2/authorize", self.install)
        app.router.add_post("/oauth/decide", self.decide)

    async def openid(self, request: web.Request) -> web.Response:
        return self._ask(request, "openid")

    async def install(self, request: web.Request) -> web.Response:
        return self._ask(request, "install")

    def _ask(self, request: web.Request, kind: str) -> web.Response:
        try:
            consent = self.oauth.asks(kind, request.query)
        except SlackRefusalError as refusal:
            return _page("Something went wrong", f"<p>Slack cannot go on: <code>{refusal.code}</code>.</p>", status=400)
        ticket, chosen = self.oauth.remember(consent), request.cookies.get(COOKIE, "")
        people = [p for p in self.workspace.people.values() if not p.is_bot and not p.is_deleted]
        people = [p for p in people if kind == "install" or not p.is_outsider]
        options = "".join(
            f'<option value="{p.id}"{" selected" if p.id == chosen else ""}>{html.escape(p.name)}</option>'
            for p in people
        )
        what = "confirm your identity" if kind == "openid" else "be installed"
        places = {**self.oauth.installations.names, ORGANISATION: f"{ORGANISATION_NAME} (the whole organisation)"}
        teams = "".join(f'<option value="{team}">{html.escape(name)}</option>' for team, name in places.items())
        where = f'<label>Into <select name="team">{teams}</select></label>' if kind == "install" else ""
        body = f"""<p>The app <strong>Dext</strong> asks to {what}.</p>
          <p class="scopes">{html.escape(consent.scopes)}</p>
          <form method="post" action="/oauth/decide"><input type="hidden" name="ticket" value="{ticket}">
          <label>Signed in as <select name="user">{options}</select></label>{where}
          <div class="row"><button name="answer" value="deny">Cancel</button>
          <button class="primary" name="answer" value="allow">Allow</button></div></form>"""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(consent.redirect_uri))
        return _page("Sign in to Northwind Trading with Slack", body, form_action=f"'self' {origin}")

    async def decide(self, request: web.Request) -> web.Response:
        form = await request.post()
        user = str(form.get("user", ""))
        if user not in self.workspace.people:
            raise web.HTTPBadRequest(text="who are you?")
        team = str(form.get("team", TEAM))
        if team not in (*self.oauth.installations.names, ORGANISATION):
            raise web.HTTPBadRequest(text="no such workspace")
        ticket, is_allowed = str(form.get("ticket", "")), form.get("answer") == "allow"
        target = self.oauth.decided(ticket, user, is_allowed=is_allowed, team=team)
        if target is None:
            return _page("This was answered already", "<p>Go back to the app and start again.</p>", status=400)
        raise web.HTTPFound(target)


def _page(title: str, body: str, *, status: int = 200, form_action: str = "'self'") -> web.Response:
    text = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/static/slack.css">
      </head><body class="consent"><main><p class="brand">Simulated Slack</p><h1>{title}</h1>{body}</main></body></html>"""
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
