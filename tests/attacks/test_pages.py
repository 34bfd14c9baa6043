"""Every page tried by four browsers, against the table of whose it is: admin, member, another workspace's admin, nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from uuid import uuid4

from bot.playground.slack import ADMIN, OTHER_TEAM, OUTSIDER
from handlers.pages import form_token
from tests.attacks.jars import Jar, Seen, Stand
from tests.attacks.requests import CANARY
from tests.attacks.rights_table import ANYBODY, KEYED, PAGES, SAME_BROWSER, SIGNED
from tests.attacks.test_states import answered_by_slack
from tests.attacks.traces import logged

NAMES = ("Northwind", "Adam")
"""What only the browser of whoever began may read."""


@dataclass(slots=True)
class Doors:
    """Each door is tried by the other three first; the admin, who began, goes through it last."""

    stand: Stand
    tried: set[tuple[str, str]] = field(default_factory=set)

    async def go(self, method: str, route: str, address: str = "", form: Mapping[str, str] | None = None) -> Seen:
        self.tried.add((method, route))
        whose, address = PAGES[method, route], address or route
        before, asked, told = await self.stand.effects(), len(self.stand.xero.calls), len(self.stand.world.slack.calls)

        others = [await jar.ask(method, address, form=form) for jar in self.others]
        others += [await self._with_own_form(jar, method, address, form) for jar in self.others if form is not None]

        assert await self.stand.effects() == before, route
        assert len(self.stand.xero.calls) == asked, route
        assert len(self.stand.world.slack.calls) == told, route
        own = await self.stand.admin.ask(method, address, form=form)
        for seen in others:
            self._check(whose, seen, own)
        return own

    @property
    def others(self) -> tuple[Jar, ...]:
        return self.stand.member, self.stand.stranger, self.stand.nobody

    async def _with_own_form(self, jar: Jar, method: str, address: str, form: Mapping[str, str]) -> Seen:
        """All as the admin sends it, with a token that fits the own cookie."""
        return await jar.ask(method, address, form={**form, "form": form_token(jar.cookie())})

    def _check(self, whose: str, seen: Seen, own: Seen) -> None:
        if whose == ANYBODY:
            assert (seen.status, seen.source) == (own.status, own.source), seen.address
            return
        assert not [name for name in NAMES if name in seen.source], seen.address
        if whose in (SIGNED, KEYED):  # no cookie opens these
            assert seen.status == own.status == 401
        else:
            assert whose == SAME_BROWSER
            is_stopped = seen.status in (400, 403, 404, 410) or "?stop=" in seen.location
            # the stranger has begun a link and finished an installation too, of Acme Supplies
            is_own_way = seen.location.startswith("/connect/xero/start") or "Acme Supplies" in seen.text
            assert is_stopped or is_own_way, (seen.address, seen.status, seen.location)
            assert own.status in (200, 303), (own.address, own.status)
            assert "?stop=" not in own.location, (own.address, own.location)


async def test_every_page_is_for_whom_the_table_says(either: Stand) -> None:
    doors = Doors(either)
    begun = await either.opened(either.stranger, await either.link(OUTSIDER, OTHER_TEAM))

    await pages_of_everybody(doors)
    await an_installation(doors)
    await up_to_the_ledger(doors)
    proven = await either.stranger.follow(await either.slack_answer(either.stranger, begun, OUTSIDER))
    await either.stranger.press(proven)
    await back_from_the_ledger(doors)

    routes = either.world.product.site.router.routes()
    served = {(route.method, route.resource.canonical) for route in routes if route.resource and route.method != "HEAD"}
    assert served == set(PAGES)
    assert doors.tried == served


async def pages_of_everybody(doors: Doors) -> None:
    await doors.go("POST", "/slack/events", form={"command": "/dext", "team_id": "T0DEXT001", "user_id": ADMIN})
    await doors.go("POST", "/api/v1/items", form={"number": "INV-1"})
    await doors.go("GET", "/api/v1/items/{item}", f"/api/v1/items/{uuid4()}")
    for path in ("/healthz", "/readyz", "/slack/install"):
        await doors.go("GET", path)
    for item in ("x", str(uuid4())):
        await doors.go("GET", "/i/{item}", f"/i/{item}")


async def an_installation(doors: Doors) -> None:
    for jar in doors.stand.jars.values():
        await jar.get("/slack/install")
    answer = await answered_by_slack(doors.stand, doors.stand.admin)
    done = await doors.go("GET", "/slack/oauth_redirect", answer)
    shown = await doors.go("GET", "/slack/installed", done.location)
    assert "Northwind Trading" in shown.text


async def up_to_the_ledger(doors: Doors) -> None:
    """The first half of the admin's way, each step of it tried by the others just before."""
    start, stand = "/connect/{provider}/start", doors.stand
    link = await stand.link()
    page = await stand.admin.get(link)
    at_slack = await stand.admin.ask("POST", page.action(), form=page.fields())
    await doors.go("GET", start, link)
    answer = await stand.slack_answer(stand.admin, at_slack, ADMIN)
    proven = await doors.go("GET", "/slack/signin_redirect", answer)
    page = await doors.go("GET", start, proven.location)
    await doors.go("POST", start, page.action(), page.fields())


async def back_from_the_ledger(doors: Doors) -> None:
    stand = doors.stand
    at_xero = await stand.admin.press(await stand.admin.get("/connect/xero/start"))
    answer = await stand.consented(stand.admin, at_xero.location, "sam")
    granted = await doors.go("GET", "/connect/{provider}/callback", answer)
    page = await doors.go("GET", "/connect/{provider}/organisation", granted.location)
    before = await stand.effects()
    await doors.go("POST", "/connect/{provider}/organisation", page.action(), page.fields())
    assert (await stand.effects()).connections == before.connections + 1


async def test_a_form_that_is_none_is_refused_in_a_line(stand: Stand) -> None:
    """Anybody can send them. The admin has begun, so that only the form is wrong; in the last its kind alone, which the
    web server would read without a limit.
    """
    await stand.proven(stand.admin, await stand.link())
    before, address = await stand.effects(), f"{stand.world.address}/connect/xero/start"
    good_but_multipart: tuple[str, dict[str, str], bytes] = (
        MULTIPART,
        {},
        IN_PARTS % form_token(stand.admin.cookie()).encode(),
    )
    with logged() as lines:
        for kind, headers, body in (*NO_FORMS, good_but_multipart):
            sent = {"Content-Type": kind, "Connection": "close", **headers}
            async with stand.admin.session.post(address, data=BytesIO(body), headers=sent) as answer:
                assert answer.status in (400, 403, 413), (kind, headers, body[:40], answer.status)

    assert await stand.effects() == before
    assert "Traceback" not in lines.getvalue()
    assert CANARY not in lines.getvalue()


FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
IN_PARTS = (
    b"--x\r\nContent-Disposition: form-data; name=step\r\n\r\ngo_on\r\n"
    b"--x\r\nContent-Disposition: form-data; name=form\r\n\r\n%s\r\n--x--\r\n"
)
NO_FORMS: tuple[tuple[str, dict[str, str], bytes], ...] = (
    (FORM, {}, b""),
    (FORM, {}, b"step=go_on&form=" + CANARY.encode()),
    (FORM, {}, b"form=%ff%fe&step=%00"),
    (FORM, {}, b"&" * 10_000),
    (FORM, {}, b"a=b&" * 4_000),
    (FORM, {}, b"x" * 17 * 1024),
    (FORM, {}, b"x" * 2 * 1024 * 1024),
    (f"{FORM}; charset=utf-7", {}, b"form=x"),
    (f"{FORM}; charset={CANARY}", {}, b"form=x"),
    *((FORM, {"Content-Encoding": coding}, CANARY.encode()) for coding in ("gzip", "deflate", "br", "zstd", CANARY)),
    (MULTIPART, {}, IN_PARTS % b"x"),
    ("multipart/form-data", {}, b"form=x"),
    ("application/json", {}, b'{"form": "x"}'),
    ("text/plain", {}, b"form=x"),
    (CANARY, {}, b"form=x"),
)
