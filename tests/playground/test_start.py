"""What the playground keeps is its own, and starting anew forgets nothing else."""

from pathlib import Path

from bot.playground.start import Ports, addresses, forget


def test_starting_anew_leaves_a_real_database_in_the_same_folder_alone(tmp_path: Path) -> None:
    for name in ("dext.db", "dext.db-wal", "playground.db", "playground.db-wal", "far_ends.db", "playground.env"):
        (tmp_path / name).touch()

    forget(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["dext.db", "dext.db-wal"]


def test_it_plays_on_a_database_of_its_own_whatever_the_environment_says() -> None:
    environment = {"DEXT_DATABASE_URL": "postgresql+asyncpg://real.example/books"}

    assert addresses(environment, Ports(app=1, slack=2))["DEXT_DATABASE_URL"].endswith("/playground.db")
