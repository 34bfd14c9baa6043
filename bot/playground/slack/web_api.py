"""`/api/{method}`, response addresses, file downloads and uploads: everything the app calls."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.clock import Clock
from bot.playground.slack.calls import Args, Call, Caller, Method
from bot.playground.slack.errors import NotPossibleError, SlackRefusalError
from bot.playground.slack.file_methods import FileMethods
from bot.playground.slack.files import StoredFile
from bot.playground.slack.installations import Installations
from bot.playground.slack.oauth import Oauth
from bot.playground.slack.pace import Fault, Faults, Pace
from bot.playground.slack.people import TEAM
from bot.playground.slack.pictures import THUMBS, thumb
from bot.playground.slack.response_urls import ResponseUrls
from bot.playground.slack.shapes import Json
from bot.playground.slack.sockets import SCOPE, Sockets
from bot.playground.slack.workspace import Workspace

HANG_SECONDS = 40
LOOKS_A_SECOND = 10
_LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to your workspace</body></html>"
)
_ATTACHED = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}


@dataclass(slots=True)
class WebApi:
    workspace: Workspace
    clock: Clock
    pace: Pace
    faults: Faults
    oauth: Oauth
    files: FileMethods
    response_urls: ResponseUrls
    methods: Mapping[str, Method]
    sockets: Sockets
    installations: Installations
    calls: list[Call] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self.call)
        app.router.add_post("/actions/{number}/{secret}", self.use_response_url)
        app.router.add_get("/files-pri/{file}/{name}", self.download)
        app.router.add_get("/files-pri/{file}/download/{name}", self.download)
        app.router.add_get("/files-tmb/{file}/{most}/{name}", self.thumb)
        app.router.add_post("/upload/v1/{upload}", self.upload)
        app.router.add_get("/link/", self.sockets.connect)

    async def call(self, request: web.Request) -> web.Response:
        """One call of the Web API."""
        name = request.match_info["method"]
        method = self.methods.get(name)
        given = await _given(request, takes_json=method is None or method.takes_json)
        fault = self.faults.take(name)
        if fault is not None and fault.kind != "lost":
            return await self._spoiled(request, name, given, fault)
        answer, status, headers = self._answered(name, method, given, _token(request, given))
        self._record(name, given, answer, status)
        if fault is not None:
            return _hung_up(request)
        return web.json_response(answer, status=status, headers=headers)

    def _answered(self, name: str, method: Method | None, given: Json, token: str) -> tuple[Json, int, dict[str, str]]:
        try:
            return {"ok": True, **self._run(name, method, given, token)}, 200, self._granted(token)
        except SlackRefusalError as refusal:
            if refusal.code == "ratelimited":
                wait = refusal.facts.pop("retry_after", "1")
                return refusal.to_slack(), 429, {"Retry-After": wait}
            self._remember(name, refusal)
            return refusal.to_slack(), 200, {}
        except NotPossibleError as nothing:
            return {"ok": False, "error": "internal_error", "detail": str(nothing)}, 200, {}

    def _run(self, name: str, method: Method | None, given: Json, token: str) -> Json:
        if method is None:
            raise SlackRefusalError("unknown_method", req_method=name)
        caller = self._caller(token) if method.needs_token else Caller("", frozenset())
        if (SCOPE in method.scopes) != (caller.scopes == frozenset({SCOPE})):
            raise SlackRefusalError("not_allowed_token_type")
        wait = self.pace.wait_for_call(name, method.tier)
        if wait is not None:
            raise SlackRefusalError("ratelimited", retry_after=str(wait))
        if method.needs_token:
            _check_scopes(method, caller)
        missing = [argument for argument in method.required if given.get(argument) in (None, "")]
        if missing:
            messages = [f"[ERROR] missing required field: {argument}" for argument in missing]
            raise SlackRefusalError("invalid_arguments", messages=messages)
        return method.run(Args(given, caller))

    def _granted(self, token: str) -> dict[str, str]:
        """With a good answer Slack tells what the token may."""
        caller = self.installations.caller(token)
        if caller is None:
            return {}
        everything = {scope for method in self.methods.values() for scope in method.scopes} - {SCOPE} | {"commands"}
        return {"X-OAuth-Scopes": ",".join(sorted(everything if caller.scopes is None else caller.scopes))}

    def _caller(self, token: str) -> Caller:
        if not token:
            raise SlackRefusalError("not_authed")
        if token == self.sockets.app_token:
            return Caller("", frozenset({SCOPE}))
        caller = self.installations.caller(token) or self.oauth.caller(token)
        if caller is None:
            raise SlackRefusalError("invalid_auth")
        return caller

    async def _spoiled(self, request: web.Request, name: str, given: Json, fault: Fault) -> web.Response:
        if fault.kind == "timeout":
            self._record(name, given, {}, 0)
            await self._hang(request)
            return _hung_up(request)
        if fault.kind == "500":
            self._record(name, given, {}, 500)
            return web.Response(status=500, text="Internal Server Error")
        answer = {"ok": False, "error": "ratelimited"}
        self._record(name, given, answer, 429)
        return web.json_response(answer, status=429, headers={"Retry-After": str(fault.retry_after)})

    async def _hang(self, request: web.Request) -> None:
        """Until whoever asked hangs up; nobody else waits for it."""
        for _ in range(HANG_SECONDS * LOOKS_A_SECOND):
            if request.transport is None or request.transport.is_closing():
                return
            await self.clock.sleep(1 / LOOKS_A_SECOND)

    def _remember(self, what: str, refusal: SlackRefusalError) -> None:
        """Keep it for the page and the tests when it was the payload that was wrong."""
        if refusal.messages:
            self.refusals.append(f"{what}: {refusal}")
            self.workspace.touch()

    def _record(self, name: str, given: Json, answer: Json, status: int) -> None:
        args = {key: _readable(key, value) for key, value in given.items() if key not in {"token", "_basic_auth"}}
        self.calls.append(Call(method=name, args=args, answer=answer, status=status, at=self.clock.now()))

    async def use_response_url(self, request: web.Request) -> web.Response:
        secret = f"{request.match_info['number']}/{request.match_info['secret']}"
        given = await _response_body(request)
        try:
            self.response_urls.use(secret, given)
        except SlackRefusalError as refusal:
            self._remember("response_url", refusal)
            self._record("response_url", given or {}, refusal.to_slack(), 404)
            return web.json_response(refusal.to_slack(), status=404)
        self._record("response_url", given or {}, {"ok": True}, 200)
        return web.Response(text="ok")

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes for the app's token; for anybody else the page to sign in, with 200 as at Slack."""
        stored = self._for_the_app(request)
        if stored is None:
            return web.Response(text=_LOGIN_PAGE, content_type="text/html")
        content = self.workspace.store.bytes_of(stored.id) or b""
        return web.Response(body=content, content_type=stored.mimetype, headers=_ATTACHED)

    async def thumb(self, request: web.Request) -> web.Response:
        """A small copy of a picture, for the same caller."""
        stored, most = self._for_the_app(request), request.match_info["most"]
        if stored is None or not stored.is_picture or most not in map(str, THUMBS):
            return web.Response(text=_LOGIN_PAGE, content_type="text/html")
        small = thumb(self.workspace.store.bytes_of(stored.id) or b"", int(most))
        if small is None:
            raise web.HTTPNotFound(text="there is no small copy of it")
        return web.Response(body=small, content_type="image/png", headers=_ATTACHED)

    def _for_the_app(self, request: web.Request) -> StoredFile | None:
        stored = self.workspace.files.get(request.match_info["file"].removeprefix(f"{TEAM}-"))
        scopes, installed = self.installations.scopes, self.installations.of(TEAM)
        has_scope = scopes is None or "files:read" in scopes
        is_known = has_scope and installed is not None and _bearer(request) == installed.token
        is_there = stored is not None and stored.mode == "hosted" and self.workspace.is_within_reach(stored)
        return stored if is_known and is_there else None

    async def upload(self, request: web.Request) -> web.Response:
        if request.content_type == "multipart/form-data":
            form = await request.post()
            part = next((value for value in form.values() if isinstance(value, web.FileField)), None)
            content = part.file.read() if part else b""
        else:
            content = await request.read()
        if not self.files.received(request.match_info["upload"], content):
            return web.Response(status=400, text="not what was announced")
        return web.Response(text=f"OK - {len(content)}")


def _check_scopes(method: Method, caller: Caller) -> None:
    if caller.scopes is not None and method.scopes and not caller.scopes & set(method.scopes):
        needed, provided = ",".join(method.scopes), ",".join(sorted(caller.scopes))
        raise SlackRefusalError("missing_scope", needed=needed, provided=provided)


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _token(request: web.Request, given: Json) -> str:
    return _bearer(request) or str(given.get("token") or "")


async def _given(request: web.Request, *, takes_json: bool) -> Json:
    """All arguments. A token in the address is ignored, and a JSON body only works where the method takes one."""
    given: Json = {name: value for name, value in request.query.items() if name != "token"}
    if request.content_type == "application/json":
        parsed = await _json(request) if takes_json else None
        given |= parsed if isinstance(parsed, dict) else {}
    elif request.method == "POST":
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    authorization = request.headers.get("Authorization", "")
    return given | ({"_basic_auth": authorization} if authorization.startswith("Basic ") else {})


async def _json(request: web.Request) -> object:
    try:
        return await request.json()
    except ValueError:
        return None


async def _response_body(request: web.Request) -> Json | None:
    parsed = await _json(request)
    return parsed if isinstance(parsed, dict) else None


def _readable(name: str, value: object) -> object:
    if name in {"blocks", "view", "metadata", "files", "attachments"} and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _hung_up(request: web.Request) -> web.Response:
    """The connection breaks before an answer: the caller cannot know what happened."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
