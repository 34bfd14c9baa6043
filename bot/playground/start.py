"""What `make run` starts: the ordinary product beside simulated far ends, all on this machine.

Two children: the far ends (a simulated Slack, simulated ledgers) and the ordinary `run`. What they share (secrets,
addresses) is made once and kept in `var/playground.env`; the rest of the environment stays as it is.
"""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.vault import new_key
from providers import LEDGERS

HOST = "127.0.0.1"
VAR = Path("var")
OURS = ("playground.*", "far_ends.*")
"""Its databases with what SQLite keeps beside them, and the secrets."""
START_SECONDS = 30.0
STOP_SECONDS = 15.0


class _StoppedError(Exception):
    """The playground cannot go on; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    app: int
    slack: int

    @property
    def ledgers(self) -> int:
        return self.slack + 1

    def require_free(self) -> None:
        """Raises:
        _StoppedError: names the variable that gives another port.
        """
        wanted = {
            self.app: "DEXT_PORT",
            self.slack: "DEXT_PLAYGROUND_PORT",
            self.ledgers: "DEXT_PLAYGROUND_PORT (the simulated ledgers take the port after it)",
        }
        for port, variable in wanted.items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError:
                    raise _StoppedError(f"Port {port} is taken. Choose another one with {variable}.") from None


def start(environment: Mapping[str, str], *, is_fresh: bool) -> int:
    """Run until Ctrl-C; answers the exit code."""
    try:
        return asyncio.run(_play(environment, is_fresh=is_fresh))
    except _StoppedError as error:
        sys.stderr.write(f"{error}\n")
        return 2


async def _play(environment: Mapping[str, str], *, is_fresh: bool) -> int:
    ports = _ports(environment)
    ports.require_free()
    if is_fresh:
        forget(VAR)
    children = {**environment, **kept_secrets(VAR / "playground.env"), **addresses(environment, ports)}
    asked = _asked_to_stop()
    async with AsyncExitStack() as stack:
        migrating = await asyncio.create_subprocess_exec(*_ours("-m", "bot", "migrate"), env=children)
        if await migrating.wait() != 0:
            raise _StoppedError("The database could not be prepared; the lines above say why.")
        far_ends = await stack.enter_async_context(_child(children, "-m", "bot.playground.far_ends"))
        await _healthy(far_ends, f"http://{HOST}:{ports.slack}/", asked)
        app = await stack.enter_async_context(_child(children, "-m", "bot", "run"))
        await _healthy(app, f"http://{HOST}:{ports.app}/readyz", asked)
        if not asked.is_set():
            sys.stdout.write(f"\n  Open http://{HOST}:{ports.slack}/ and type /dext connect.  Ctrl-C stops.\n\n")
            sys.stdout.flush()
        return await _until_over(asked, (far_ends, app))


def forget(folder: Path) -> None:
    """What the playground kept, and nothing else: a real installation's database may lie in the same folder."""
    for pattern in OURS:
        for path in folder.glob(pattern):
            path.unlink()


def _ports(environment: Mapping[str, str]) -> Ports:
    found = {}
    for name, default in (("DEXT_PORT", "3000"), ("DEXT_PLAYGROUND_PORT", "3001")):
        text = environment.get(name, "").strip() or default
        if not text.isdigit() or not 0 < int(text) < 65535:
            raise _StoppedError(f"{name} is {text!r}: write a port number such as {default}")
        found[name] = int(text)
    return Ports(app=found["DEXT_PORT"], slack=found["DEXT_PLAYGROUND_PORT"])


def kept_secrets(path: Path) -> dict[str, str]:
    """Made on the first run and readable by this user only; later runs must open what earlier ones sealed."""
    wanted = {
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "SLACK_BOT_TOKEN": f"xoxb-playground-{secrets.token_hex(12)}",
        "SLACK_CLIENT_ID": f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**13)}",
        "SLACK_CLIENT_SECRET": secrets.token_hex(16),
        "DEXT_ENCRYPTION_KEYS": new_key("playground"),
    }
    for key in LEDGERS:
        wanted[f"DEXT_{key.upper()}_CLIENT_ID"] = secrets.token_hex(16).upper()
        wanted[f"DEXT_{key.upper()}_CLIENT_SECRET"] = secrets.token_urlsafe(32)
    kept = _read(path)
    if wanted.keys() - kept.keys():
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = wanted | kept
        text = "".join(f"{name}={value}\n" for name, value in kept.items())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
    return kept


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def addresses(environment: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """Where the product finds the far ends, and they find it."""
    slack, ledgers = f"http://{HOST}:{ports.slack}", f"http://{HOST}:{ports.ledgers}"
    found = {
        "SLACK_API_URL": f"{slack}/api/",
        "SLACK_URL": slack,
        "SLACK_FILES_HOST": f"{HOST}:{ports.slack}",
        "DEXT_HOST": HOST,
        "DEXT_PORT": str(ports.app),
        # its own, whatever the environment says: what is played with is never somebody's real books
        "DEXT_DATABASE_URL": f"sqlite+aiosqlite:///{VAR / 'playground.db'}",
        "DEXT_PLAYGROUND_PORT": str(ports.slack),
        "DEXT_PUBLIC_URL": f"http://{HOST}:{ports.app}",
        "DEXT_LOG_LEVEL": environment.get("DEXT_LOG_LEVEL") or "warning",
    }
    for key, entry in LEDGERS.items():
        for name, vendor in entry.profile.addresses.items():
            found[f"DEXT_{key.upper()}_{name.upper()}"] = stand_in(f"{ledgers}/{key}", name, vendor)
    return found


def stand_in(base: str, name: str, vendor: str) -> str:
    """A simulated ledger has the vendor's own paths, under a prefix of its own."""
    if name in ("api_url", "web_url"):
        return base
    return f"{base}/{vendor.split('/', 3)[3]}"


def _ours(*arguments: str) -> Sequence[str]:
    return (sys.executable, *arguments)


@asynccontextmanager
async def _child(environment: Mapping[str, str], *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Started in a session of its own, so that Ctrl-C reaches it through us, in order."""
    child = await asyncio.create_subprocess_exec(*_ours(*arguments), env=dict(environment), start_new_session=True)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()


async def _healthy(child: asyncio.subprocess.Process, address: str, asked: asyncio.Event) -> None:
    clock = SystemClock()
    give_up_at = clock.monotonic() + START_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while not asked.is_set():
            if child.returncode is not None:
                raise _StoppedError("A part of the playground ended at once; the lines above say why.")
            if clock.monotonic() > give_up_at:
                raise _StoppedError(f"{address} did not answer within {START_SECONDS:.0f} seconds.")
            try:
                async with session.get(address, allow_redirects=False) as answer:
                    if answer.status < 500:
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await clock.sleep(0.1)


def _asked_to_stop() -> asyncio.Event:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked


async def _until_over(asked: asyncio.Event, children: Sequence[asyncio.subprocess.Process]) -> int:
    """Until somebody stops it, or one child ends by itself, which stops the other."""
    waits = [asyncio.create_task(asked.wait()), *(asyncio.create_task(child.wait()) for child in children)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return 0 if asked.is_set() else 1
