"""What a person may do to the simulated ledger: archive, lock, make it misbehave, end the connection."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from aiohttp import web

from providers.xero.simulated.books import Books
from providers.xero.simulated.drawing import Drawing, form_of
from providers.xero.simulated.idempotency import Keys
from providers.xero.simulated.misbehaviour import Fault
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.reading import PLANS, ROLES
from providers.xero.simulated.seed import CURRENCY_NAMES
from providers.xero.simulated.state import XeroState

Form = dict[str, str]

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
TARGETS = {
    "bills": ("writing bills and invoices", "PUT", "*/Invoices"),
    "documents": ("writing anything but files", "PUT", "*s"),
    "payments": ("writing payments", "PUT", "*/Payments"),
    "files": ("attaching files", "PUT", "*/Attachments/*"),
    "changes": ("voiding, deleting and changing", "POST", "*"),
    "reading": ("reading anything", "GET", "*"),
    "tokens": ("asking for tokens", "POST", "/connect/token"),
    "any": ("any call", "*", "*"),
}
WAIT_SECONDS = 30
NOTES = {
    "archived": "Archived. Whatever is coded to it is refused from now on.",
    "contact_archived": "Archived. Documents for this contact are refused from now on, and lists leave it out.",
    "restored": "Restored. It can be used again.",
    "locked": "The lock dates are set.",
    "role": "The role is changed.",
    "plan": "The subscription is changed.",
    "currency": "The currency is added. Documents may be in it, if the plan has several currencies.",
    "forgotten": "Every key is forgotten: a call that is sent again is done again.",
    "done": "Done, as by a person in Xero.",
    "refused": "Xero does not allow that for this document, so nothing was changed.",
    "planned": "The next calls of that kind will go wrong.",
    "switched": "The switches are set.",
    "calm": "Nothing is planned any more; the ledger behaves.",
    "expired": "All access tokens have expired. The app asks for new ones by itself.",
    "disconnected": "The connection is ended. The app has to be connected again.",
    "revoked": "Every sign-in is withdrawn. The app has to be connected again.",
    "wrong": "That could not be read, so nothing was changed.",
}


@dataclass(slots=True)
class Levers:
    state: XeroState
    drawing: Drawing

    def add_to(self, app: web.Application) -> None:
        for page, name, pull in (
            ("accounts", "set-account", self.set_account),
            ("contacts", "set-contact", self.set_contact),
            ("settings", "set-tax-rate", self.set_tax_rate),
            ("settings", "set-lock-dates", self.set_lock_dates),
            ("settings", "set-role", self.set_role),
            ("settings", "set-plan", self.set_plan),
            ("settings", "add-currency", self.add_currency),
            ("settings", "set-option", self.set_option),
            ("simulation", "misbehave", self.misbehave),
            ("simulation", "behave", self.behave),
            ("simulation", "set-switches", self.set_switches),
            ("simulation", "forget-keys", self.forget_keys),
            ("simulation", "expire-tokens", self.expire_tokens),
            ("simulation", "end-connection", self.end_connection),
            ("simulation", "revoke-sign-ins", self.revoke_sign_ins),
        ):
            app.router.add_post(f"/o/{{organisation}}/{name}", self._answering(page, pull), name=name)

    def _answering(
        self, page: str, pull: Callable[[Books, Form], str]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Pull a lever, then show its page again with a word on what was done."""

        async def answer(request: web.Request) -> web.StreamResponse:
            form, books = await form_of(request), self.state.by_short_code(request.match_info["organisation"])
            if books is None:
                raise web.HTTPNotFound(text="There is no organisation with this short code")
            try:
                done = pull(books, form)
            except (KeyError, ValueError, StopIteration):
                done = "wrong"
            where = {"organisation": books.short_code, "done": done, **({"q": form["q"]} if form.get("q") else {})}
            row = f"#{quote(form['id'])}" if "id" in form else ""
            raise web.HTTPSeeOther(self.drawing.path(request, page, **where) + row)

        return answer

    # The books

    def set_account(self, books: Books, form: Form) -> str:
        books.save_account({**books.accounts[form["id"]], "Status": _status(form)})
        return _word(form)

    def set_contact(self, books: Books, form: Form) -> str:
        books.save_contact({**books.contacts[form["id"]], "ContactStatus": _status(form)})
        return f"contact_{_word(form)}" if form["status"] == "ARCHIVED" else _word(form)

    def set_tax_rate(self, books: Books, form: Form) -> str:
        books.tax_rates.save(form["id"], {**books.tax_rates[form["id"]], "Status": _status(form)})
        return _word(form)

    def set_lock_dates(self, books: Books, form: Form) -> str:
        self.state.set_lock_date(books.tenant, period=_day(form["period"]), year_end=_day(form["year_end"]))
        return "locked"

    def set_role(self, books: Books, form: Form) -> str:
        if form["role"] not in ROLES:
            raise ValueError(form["role"])
        books.users.save(form["id"], {**books.users[form["id"]], "OrganisationRole": form["role"]})
        return "role"

    def set_plan(self, books: Books, form: Form) -> str:
        if form["plan"] not in (*PLANS, books.organisation["Class"]):
            raise ValueError(form["plan"])
        self.state.set_plan(books.tenant, form["plan"])
        self.state.set_lapsed(books.tenant, is_lapsed=form.get("lapsed") == "on")
        return "plan"

    def add_currency(self, books: Books, form: Form) -> str:
        code = form["code"].strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise ValueError(code)
        books.currencies.save(code, {"Code": code, "Description": CURRENCY_NAMES.get(code, code)})
        return "currency"

    def set_option(self, books: Books, form: Form) -> str:
        """Of a tracking category, which holds its options."""
        found = next(one for one in books.tracking.values() if any(_is(option, form) for option in one["Options"]))
        options = [{**one, "Status": _status(form)} if _is(one, form) else one for one in found["Options"]]
        books.tracking.save(found["TrackingCategoryID"], {**found, "Options": options})
        return _word(form)

    # The far end's moods

    def misbehave(self, _books: Books, form: Form) -> str:
        _, method, path = TARGETS[form["target"]]
        times = min(max(int(form["times"]), 1), 99)
        self.state.fail_next(form["fault"], times=times, method=method, path=path, seconds=WAIT_SECONDS)
        return "planned"

    def behave(self, _books: Books, _form: Form) -> str:
        self.state.misbehaviour.calm()
        return "calm"

    def set_switches(self, _books: Books, form: Form) -> str:
        self.state.misbehaviour.outage = form.get("outage") == "on"
        self.state.misbehaviour.late_list_seconds = min(max(float(form["late"]), 0), 3600)
        self.state.replays.keys = Keys.IGNORED if form.get("ignores_keys") == "on" else Keys.KEPT
        return "switched"

    def forget_keys(self, _books: Books, _form: Form) -> str:
        self.state.forget_idempotency_keys()
        return "forgotten"

    # Signing in

    def expire_tokens(self, _books: Books, _form: Form) -> str:
        self.state.expire_access_tokens()
        return "expired"

    def end_connection(self, books: Books, _form: Form) -> str:
        self.state.disconnect(books.tenant)
        return "disconnected"

    def revoke_sign_ins(self, _books: Books, _form: Form) -> str:
        self.state.revoke_refresh_tokens()
        self.state.expire_access_tokens()
        return "revoked"


def _is(option: Json, form: Form) -> bool:
    return bool(option["TrackingOptionID"] == form["id"])


def _status(form: Form) -> str:
    if form["status"] not in ("ACTIVE", "ARCHIVED"):
        raise ValueError(form["status"])
    return form["status"]


def _word(form: Form) -> str:
    return "archived" if form["status"] == "ARCHIVED" else "restored"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
