"""Files that commands write: whole, or not there."""

import errno
import os
from pathlib import Path

import pytest

from bot.commands.asking import StoppedError
from bot.commands.new_file import new_file


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"

    with new_file(path) as write:
        write("a\r\n")
        is_there_early = path.exists()
        write("é\r\n")

    assert not is_there_early
    assert path.read_bytes() == "\ufeffa\r\né\r\n".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError])
def test_what_is_stopped_half_way_leaves_nothing_behind(tmp_path: Path, trouble: type[BaseException]) -> None:
    def stopped() -> None:
        with new_file(tmp_path / "items.csv") as write:
            write("half" * 100_000)
            raise trouble

    with pytest.raises(trouble):
        stopped()

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(StoppedError, match=r"items.csv cannot be written: No space left on device\."):  # noqa: SIM117
        with new_file(tmp_path / "items.csv") as write:
            write("a")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_came_there_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"

    def written() -> None:
        with new_file(path) as write:
            write("mine")
            path.write_text("somebody else's")

    with pytest.raises(StoppedError, match="is there already"):
        written()

    assert path.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(StoppedError, match="cannot be written: No such file or directory"),
        new_file(tmp_path / "no" / "x"),
    ):
        pass
