"""A made-up ledger, as small as one can be: the kit with nothing but parameters, each of which a test may change."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from providers.simulating import grants
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.drawing import HERE, Drawing, environment
from providers.simulating.grants import Asked, Granted, TokenRules
from providers.simulating.idempotency import KeyRules
from providers.simulating.levers import NOTES, Levers
from providers.simulating.limits import Limits
from providers.simulating.numbers import Json
from providers.simulating.pages import Frame
from providers.simulating.people import Person
from providers.simulating.server import application
from providers.simulating.serving import Front, Server
from providers.simulating.signin import SignIn, SignInRules, Wrong
from providers.simulating.state import Simulated, Vendor
from tests.contract.signing_in import REDIRECT
from tests.fakes.clock import FakeClock
from tests.fakes.served import served

PAT = Person(key="pat", vendor="slate", first_name="Pat", last_name="Slater", roles={"1": "owner", "2": "owner"})
TOKENS = TokenRules(code_life=timedelta(minutes=15), access_life=timedelta(hours=1), refresh_life=timedelta(days=100))
SIGN_IN = SignInRules(
    authorize="/approve",
    pages="/sign-in",
    token="/token",
    revocation="/revoke",
    scopes={},
    rights=("keep your books",),
    words=dict.fromkeys(Wrong, "no"),
    denied={"error": "access_denied"},
    beside_code=lambda _, tenants: {"realm": tenants[0]},
    has_pkce=False,
    is_of_one=True,
)
FRONT = Front(
    roots=("api", "token"),
    kept_headers=(),
    offline=Answer(status=503),
    broken=Answer(status=500),
    too_large=lambda: Answer(status=413),
    too_many=lambda broken: Answer(status=429, headers={"Retry-After": "60", "Because": broken.limit}),
)


@dataclass(frozen=True, slots=True)
class SlateBooks:
    tenant: str
    name: str

    @property
    def short_code(self) -> str:
        return self.tenant

    def role_of(self, user_id: str) -> str | None:
        return "owner"


class SlateGrants(grants.Grants[Json]):
    def _tokens(self, granted: Granted, access: str, refresh: str | None) -> Json:
        return {"access_token": access, "refresh_token": refresh, **granted.of}


def keys(**changes: Any) -> KeyRules:
    rules = KeyRules(
        longest=50,
        remembered_for=timedelta(days=1),
        too_long=lambda _: RefusalError(Answer(status=400)),
        used_otherwise=None,
    )
    return replace(rules, **changes)


class SlateState(Simulated[SlateBooks]):
    vendor = Vendor(key="slate", name="Slate", limits=Limits, keys=keys())
    people = {PAT.key: PAT}  # noqa: RUF012 - nobody writes to it
    rules = TOKENS

    def _open(self, client_id: str, client_secret: str) -> None:
        self.books = {key: SlateBooks(key, f"Slate & Sons {key}") for key in PAT.roles}
        self.grants = SlateGrants(self.clock, client_id, client_secret, self.store, self.people, self.rules)

    def allow(self, person: Person, tenants: Sequence[str], asked: Asked) -> str:
        return self.grants.code_for(person, asked, {"realm": tenants[0]})

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        return [(PAT, one["since"]) for one in self.grants.refreshes.values() if one["realm"] == tenant]

    def disconnect(self, tenant: str) -> None:
        self.grants.end(lambda record: bool(record["realm"] == tenant))

    def grant(self, realm: str = "1") -> Json:
        code = self.allow(PAT, [realm], Asked(redirect_uri="", scopes=()))
        found: Json = self.grants.exchange(code, redirect_uri="", verifier=None)
        return found


@dataclass(slots=True)
class Api:
    server: Server
    written: list[bytes] = field(default_factory=list)

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/api/bills", self.write)

    async def write(self, request: web.Request) -> web.StreamResponse:
        def work(_: web.Request, body: bytes) -> Answer:
            return self.server.state.replays.once(request.query.get("id"), body.decode(), lambda: done(body))

        def done(body: bytes) -> Answer:
            self.written.append(body)
            if body == b"wrong":
                raise RefusalError(Answer(status=422))
            return Answer.json({"number": len(self.written)})

        return await self.server.serve(request, work, who="1")


@asynccontextmanager
async def a_slate(clock: FakeClock, rules: SignInRules = SIGN_IN) -> AsyncIterator[SlateState]:
    """Served on a port of its own."""
    state = SlateState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(REDIRECT,))
    server, drawing = Server(state, FRONT), Drawing("Slate", state.app_name, environment(HERE / "templates", {}))
    frame: Frame[SlateBooks] = Frame(state, drawing, [("simulation", "Misbehave")], NOTES, lambda *_: {})
    levers = Levers(frame, {"any": ("any call", "*", "*")}, ())
    parts = (Api(server), SignIn(state, server, drawing, rules), frame, levers)
    app = application(state, parts, static=Path(HERE / "static"), largest_body=1024)
    async with served(state, app):
        yield state
