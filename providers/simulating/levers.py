"""What a person may do to a simulated ledger: its bad days, the end of a connection, and levers of the vendor's own.

A vendor gives the kinds of calls that a fault can be planned for (`Target`), and its own levers: each is on a page, has a
name, and is a function from books and a form to the key of a note. What a lever cannot read, it raises a ValueError for.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic
from urllib.parse import quote

from aiohttp import web

from providers.simulating.drawing import form_of
from providers.simulating.idempotency import Keys
from providers.simulating.misbehaviour import Fault
from providers.simulating.pages import Frame
from providers.simulating.state import Books

Form = dict[str, str]
Pull = Callable[[Books, Form], str]
Lever = tuple[str, str, Pull[Books]]
"""The name of the page that it is on, its own, and what it does."""
Target = tuple[str, str, str]
"""Kinds of calls in words, their method and their path, as patterns."""

OFFERED = (
    Fault.TOO_MANY,
    Fault.TOO_LARGE,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.HANG_AFTER,
    Fault.HALF_ANSWER,
    Fault.HTML,
    Fault.SLOW,
)
WAIT_SECONDS = 30
MOST_CALLS = 40
NOTES = {
    "forgotten": "Every key is forgotten: a call that is sent again is done again.",
    "planned": "The next calls of that kind will go wrong.",
    "switched": "The switches are set.",
    "calm": "Nothing is planned any more; the ledger behaves.",
    "expired": "All access tokens have expired. The app asks for new ones by itself.",
    "disconnected": "The connection is ended. The app has to be connected again.",
    "revoked": "Every sign-in is withdrawn. The app has to be connected again.",
    "wrong": "That could not be read, so nothing was changed.",
}
"""Of the levers here; a vendor's `Frame` has them beside its own."""


@dataclass(frozen=True, slots=True)
class Levers(Generic[Books]):
    frame: Frame[Books]
    targets: Mapping[str, Target]
    own: Sequence[Lever[Books]]

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/o/{organisation}/simulation", self.simulation, name="simulation")
        for page, name, pull in (
            *self.own,
            ("simulation", "misbehave", self.misbehave),
            ("simulation", "behave", self.behave),
            ("simulation", "set-switches", self.set_switches),
            ("simulation", "forget-keys", self.forget_keys),
            ("simulation", "expire-tokens", self.expire_tokens),
            ("simulation", "end-connection", self.end_connection),
            ("simulation", "revoke-sign-ins", self.revoke_sign_ins),
        ):
            app.router.add_post(f"/o/{{organisation}}/{name}", self._answering(page, pull), name=name)

    async def simulation(self, request: web.Request) -> web.Response:
        books, state = self.frame.books(request), self.frame.state
        facts = {
            "faults": OFFERED,
            "targets": self.targets,
            "misbehaviour": state.misbehaviour,
            "has_keys": state.vendor.keys is not None,
            "ignores_keys": state.replays.ignores,
            "connections": state.connected_to(books.tenant),
            "calls": list(reversed(state.calls[-MOST_CALLS:])),
        }
        return self.frame.draw(request, "simulation.html", books, facts)

    def _answering(self, page: str, pull: Pull[Books]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Pull a lever, then show its page again with a word on what was done."""

        async def answer(request: web.Request) -> web.StreamResponse:
            form, books = await form_of(request), self.frame.books(request)
            try:
                done = pull(books, form)
            except (KeyError, ValueError, StopIteration):
                done = "wrong"
            where = {"organisation": books.short_code, "done": done, **({"q": form["q"]} if form.get("q") else {})}
            row = f"#{quote(form['id'])}" if "id" in form else ""
            raise web.HTTPSeeOther(self.frame.drawing.path(request, page, **where) + row)

        return answer

    # The far end's moods

    def misbehave(self, _books: Books, form: Form) -> str:
        _, method, path = self.targets[form["target"]]
        times = min(max(int(form["times"]), 1), 99)
        self.frame.state.fail_next(form["fault"], times=times, method=method, path=path, seconds=WAIT_SECONDS)
        return "planned"

    def behave(self, _books: Books, _form: Form) -> str:
        self.frame.state.misbehaviour.calm()
        return "calm"

    def set_switches(self, _books: Books, form: Form) -> str:
        state = self.frame.state
        state.misbehaviour.outage = form.get("outage") == "on"
        state.misbehaviour.late_list_seconds = min(max(float(form["late"]), 0), 3600)
        state.replays.keys = Keys.IGNORED if form.get("ignores_keys") == "on" else Keys.KEPT
        return "switched"

    def forget_keys(self, _books: Books, _form: Form) -> str:
        self.frame.state.forget_idempotency_keys()
        return "forgotten"

    # Signing in

    def expire_tokens(self, _books: Books, _form: Form) -> str:
        self.frame.state.expire_access_tokens()
        return "expired"

    def end_connection(self, books: Books, _form: Form) -> str:
        self.frame.state.disconnect(books.tenant)
        return "disconnected"

    def revoke_sign_ins(self, _books: Books, _form: Form) -> str:
        self.frame.state.revoke_refresh_tokens()
        self.frame.state.expire_access_tokens()
        return "revoked"
