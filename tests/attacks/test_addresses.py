"""Where browsers are sent, what may frame a page, which methods count, and what a cookie gives away."""

from http.cookies import SimpleCookie
from itertools import chain, product
from urllib.parse import parse_qsl, urlsplit

import pytest
from yarl import URL

from bot.playground.slack import ADMIN
from tests.attacks.jars import Jar, Seen, Stand, a_stand
from tests.attacks.test_states import answered_by_slack

FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Prefix": "//evil.example",
    "X-Original-URL": "https://evil.example/",
    "Forwarded": "host=evil.example;proto=ftp",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
}
ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "%2F%2Fevil.example",
    "%252F%252Fevil.example",
    "javascript:alert('evil.example')",
    "data:text/html,evil.example",
    "http://127.0.0.1@evil.example",
    "\thttps://evil.example",
    "https://evil.example\r\nLocation: https://evil.example",
)
NAMES = ("next", "return", "return_to", "redirect", "redirect_uri", "url", "continue", "goto", "t", "stop", "chosen")
METHODS = ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "EVIL")
PROTECTED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def paths(stand: Stand, method: str) -> list[str]:
    """Every address that this method is served at, from the router of the app itself."""
    routes = stand.world.product.site.router.routes()
    served = {route.resource.canonical for route in routes if route.method == method and route.resource is not None}
    return sorted(path.replace("{provider}", "xero").replace("{item}", "x") for path in served)


def redirects_elsewhere(stand: Stand, seen: Seen) -> bool:
    target = urlsplit(seen.location)
    ours = (stand.world.address, stand.world.slack.public_url, stand.xero.public_url)
    is_known = f"{target.scheme}://{target.netloc}" in ours or (seen.location.startswith("/") and not target.netloc)
    return bool(seen.location) and not (is_known and "\\" not in seen.location)


async def the_whole_way(stand: Stand, jar: Jar) -> None:
    """Everything that a browser sees of connecting, errors too."""
    await stand.connected(jar, await stand.link())
    await jar.follow("/connect/xero/organisation")
    answer = await stand.returned(jar, await stand.link())
    for _ in range(2):
        await jar.follow(answer)
    at_slack = await stand.opened(jar, await stand.link())
    back = await stand.slack_answer(jar, at_slack, ADMIN)
    for _ in range(2):
        await jar.follow(back)
    installing = await answered_by_slack(stand, jar)
    for _ in range(2):
        await jar.follow(installing)
    for path in chain(paths(stand, "GET"), ("/nothing", "/connect/nobody/start", "/connect/nobody/callback?code=c")):
        await jar.follow(path)


async def test_addresses_come_from_the_configuration_whatever_a_request_says(stand: Stand) -> None:
    """Each header by itself, so that none is hidden behind another."""
    for header, value in FORGED.items():
        await connect_with(stand, {header: value})

    for seen in stand.admin.history:
        assert "evil" not in f"{seen.location} {seen.source} {seen.headers}"


async def connect_with(stand: Stand, forged: dict[str, str]) -> None:
    page = await stand.admin.ask("GET", await stand.link(), headers=forged)
    opened = await stand.admin.ask("POST", page.action(), form=page.fields(), headers=forged)
    await stand.admin.follow(await stand.slack_answer(stand.admin, opened, ADMIN))
    page = await stand.admin.ask("GET", "/connect/xero/start", headers=forged)
    sent = await stand.admin.ask("POST", page.action(), form=page.fields(), headers=forged)
    installed = await stand.nobody.ask("GET", "/slack/install", headers=forged)
    for path in paths(stand, "GET"):
        await stand.admin.ask("GET", path, headers=forged)

    assert opened.query["redirect_uri"] == f"{stand.world.address}/slack/signin_redirect"
    assert sent.query["redirect_uri"] == f"{stand.world.address}/connect/xero/callback"
    assert installed.query["redirect_uri"] == f"{stand.world.address}/slack/oauth_redirect"


async def test_no_address_leads_off_this_site(stand: Stand) -> None:
    tried = 0
    await stand.proven(stand.admin, await stand.link())
    for path in paths(stand, "GET"):
        for target in ELSEWHERE:
            for jar in (stand.admin, stand.nobody):
                query = dict.fromkeys(NAMES, target)
                seen = await jar.ask("GET", URL(f"{stand.world.address}{path}").with_query(query).human_repr())
                assert not redirects_elsewhere(stand, seen), seen.location
                assert "Location" not in seen.headers or "evil" not in seen.location
                tried += 1
    assert tried >= 200


async def test_an_odd_path_leads_nowhere(stand: Stand) -> None:
    odd = ("//evil.example/start", "/%2F%2Fevil.example/start", "/\\evil.example", "/.//evil")
    for prefix, path in product(("", "/connect", "/i"), odd):
        seen = await stand.nobody.ask("GET", f"{stand.world.address}{prefix}{path}")
        assert seen.status == 404
        assert seen.location == ""


async def test_no_answer_may_be_framed_kept_or_named_to_others(stand: Stand) -> None:
    """Pages, redirects, refusals, and what the web server says by itself."""
    await the_whole_way(stand, stand.admin)
    for method in METHODS[:5]:
        await stand.admin.ask(method, "/connect/xero/start")
    await stand.admin.ask("POST", "/slack/events", form={"a": "b"})
    ours = [seen for seen in stand.admin.history if seen.address.startswith(stand.world.address)]

    assert len(ours) > 40
    assert {seen.status for seen in ours} >= {200, 303, 401, 404, 405, 410}
    for seen in ours:
        assert PROTECTED.items() <= seen.headers.items(), seen
        assert "frame-ancestors 'none'" in seen.headers["Content-Security-Policy"]
        assert "unsafe" not in seen.headers["Content-Security-Policy"]


async def test_no_code_or_state_stays_in_an_address(stand: Stand) -> None:
    """An address bar, the history and a referrer keep what a page stands at; redirects are gone over."""
    await the_whole_way(stand, stand.admin)

    for seen in stand.admin.history:
        if seen.address.startswith(stand.world.address):
            if seen.status != 303:
                assert not names_in(seen.address) & {"code", "state"}, seen.address
            if seen.location.startswith(("/", stand.world.address)):
                assert not names_in(seen.location) & {"code", "state", "t", "cookie"}, seen.location


def names_in(address: str) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}


async def test_other_methods_do_nothing(stand: Stand) -> None:
    answer = await stand.returned(stand.admin, await stand.link())
    before, asked = await stand.effects(), len(stand.xero.calls)
    addresses = {*paths(stand, "GET"), *paths(stand, "POST"), answer}

    for method, address in product(METHODS, addresses):
        seen = await stand.admin.ask(method, address)
        is_looking = method == "HEAD" and address in ("/healthz", "/readyz", "/i/x")
        assert seen.status in (400, 404, 405) or is_looking, (method, address, seen.status)

    assert await stand.effects() == before
    assert len(stand.xero.calls) == asked
    assert "stop=" not in (await stand.admin.get(answer)).location


async def test_looking_changes_nothing(stand: Stand) -> None:
    """GET of every address, by everybody, at every stage; answers of sign-ins apart, which carry their own proof."""
    await stand.granted(stand.admin, await stand.link())
    before = await stand.effects()

    for jar in stand.jars.values():
        for path in paths(stand, "GET"):
            await jar.get(path)

    assert await stand.effects() == before
    assert (await stand.admin.follow("/connect/xero/start")).status == 200


@pytest.mark.parametrize("is_https", [False, True])
async def test_cookies_keep_to_this_host_and_away_from_scripts(sqlite_url: str, *, is_https: bool) -> None:
    more = {"DEXT_PUBLIC_URL": "https://dext.example"} if is_https else {}
    async with a_stand(sqlite_url, more, is_installed=False) as stand:
        link = (await stand.link()).replace("https://dext.example", stand.world.address)
        page = await stand.admin.get(link)
        opened = await stand.admin.ask("POST", page.action(), form=page.fields(), headers=_cookies(page))
        install = await stand.admin.get("/slack/install")

    found = [SimpleCookie(text) for seen in (page, opened, install) for text in seen.cookies]
    assert len(found) == 3
    for name, cookie in ((name, morsel) for each in found for name, morsel in each.items()):
        assert name.startswith("__Host-") is is_https
        assert bool(cookie["secure"]) is is_https
        assert (bool(cookie["httponly"]), cookie["samesite"], cookie["path"], cookie["domain"]) == (
            True,
            "Lax",
            "/",
            "",
        )


async def test_under_https_a_cookie_of_the_plain_name_is_nobodys(sqlite_url: str) -> None:
    """That name a neighbour under the same domain could set."""
    async with a_stand(sqlite_url, {"DEXT_PUBLIC_URL": "https://dext.example"}, is_installed=False) as stand:
        link = (await stand.link()).replace("https://dext.example", stand.world.address)
        page = await stand.admin.get(link)
        plain = {"Cookie": _cookies(page)["Cookie"].replace("__Host-", "")}

        refused = await stand.nobody.ask("POST", page.action(), form=page.fields(), headers=plain)
        taken = await stand.nobody.ask("POST", page.action(), form=page.fields(), headers=_cookies(page))

    assert refused.status == 403
    assert taken.location.startswith(stand.world.slack.public_url)


def _cookies(seen: Seen) -> dict[str, str]:
    """Secure cookies, which a browser keeps back on plain HTTP, as they come behind a proxy that ends TLS."""
    return {"Cookie": "; ".join(text.partition(";")[0] for text in seen.cookies)}
