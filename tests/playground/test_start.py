"""What the playground keeps is its own, and starting anew forgets nothing else."""

from io import BytesIO
from pathlib import Path
from uuid import UUID

from aiohttp.test_utils import TestClient, TestServer

from bot.playground.far_ends import LARGEST_CALL, Setting, ledgers_app
from bot.playground.start import Ports, addresses, forget
from providers import LEDGERS, PROVIDERS

ENVIRONMENT = {
    "DEXT_PUBLIC_URL": "http://here",
    "DEXT_PLAYGROUND_PORT": "1",
    **{f"DEXT_{key.upper()}_CLIENT_{name}": "ours" for key in LEDGERS for name in ("ID", "SECRET")},
}


def test_starting_anew_leaves_a_real_database_in_the_same_folder_alone(tmp_path: Path) -> None:
    for name in ("dext.db", "dext.db-wal", "playground.db", "playground.db-wal", "far_ends.db", "playground.env"):
        (tmp_path / name).touch()

    forget(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["dext.db", "dext.db-wal"]


def test_it_plays_on_a_database_of_its_own_whatever_the_environment_says() -> None:
    environment = {"DEXT_DATABASE_URL": "postgresql+asyncpg://real.example/books"}

    assert addresses(environment, Ports(app=1, slack=2))["DEXT_DATABASE_URL"].endswith("/playground.db")


async def test_the_first_page_of_the_ledgers_leads_to_each(tmp_path: Path) -> None:
    app = ledgers_app(Setting(environment=ENVIRONMENT, database=tmp_path / "far_ends.db"))
    async with TestClient(TestServer(app)) as client:
        page = await (await client.get("/")).text()

        for key, entry in LEDGERS.items():
            assert f'<a href="/{key}/">{entry.profile.name}</a>' in page
            assert (await client.get(f"/{key}/")).status == 200


def test_every_file_that_a_ledger_takes_gets_as_far_as_the_ledger() -> None:
    assert max(entry.profile.files.most_bytes for entry in PROVIDERS.values() if entry.profile.files) < LARGEST_CALL


async def test_a_large_file_reaches_the_ledger_that_is_mounted_beside_others(tmp_path: Path) -> None:
    """Of two web applications, one within the other, the outer one's limit counts."""
    app = ledgers_app(Setting(environment=ENVIRONMENT, database=tmp_path / "far_ends.db"))
    async with TestClient(TestServer(app)) as client:
        path = f"/xero/api.xro/2.0/Invoices/{UUID(int=1)}/Attachments/scan.pdf"
        answer = await client.put(path, data=BytesIO(bytes(5_000_000)))

        assert answer.status == 401
