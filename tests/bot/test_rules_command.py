"""`dext-bot rules import|export`, typed by an operator while the product runs."""

import asyncio
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cli import main
from bot.domain.due import Due, DueKind
from bot.domain.rules import AutoPublish, RuleOf, Strength, Target
from bot.domain.splitting import Split, SplitLine
from bot.playground.slack import MEMBER
from bot.views.ids import BlockId
from tests.fakes.clock import FakeClock
from tests.fakes.connected import connected_app
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, TAX, a_desk, words
from tests.handlers.ruling import rules_of, save_rule
from tests.handlers.test_downloading import beside_no_ledger

Type = Callable[..., tuple[int, str, str]]
SPLIT = Split((SplitLine(description="Office", account="400", percent=Decimal("12.5")), SplitLine(description="Rest")))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def type_in(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    monkeypatch.setenv("DEXT_DATABASE_URL", database_url)
    monkeypatch.setattr("bot.commands.rules.SystemClock", FakeClock)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def type_in(*command: str) -> tuple[int, str, str]:
        code = main(("rules", *command))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return type_in


async def test_rules_that_publish_by_themselves_are_brought_in_as_an_admin_would_save_them(
    database_url: str, type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rules.jsonl"
    async with a_desk(database_url) as desk:
        monkeypatch.setattr("bot.commands.rules.SystemClock", lambda: FakeClock(desk.world.services.clock.now()))
        rule = await save_rule(desk, account=OTHER_CATEGORY, auto_publish=AutoPublish.ALWAYS)
        await asyncio.to_thread(type_in, "export", "--out", str(file))
        await rules_of(desk).delete(await desk.world.actor(), desk.world.organisation_id, rule.id, rule.version)
        await desk.settle()
        await desk.add()
        await desk.world.later(1)

        new = await asyncio.to_thread(type_in, "import", str(file), "--yes")
        await desk.world.later(120)
        waits = words(desk.card("INV-1"))
        goes = words(await desk.add(**{BlockId.NUMBER: "INV-2", BlockId.ISSUED_ON: "2026-03-09"}))
        waiting = await asyncio.to_thread(type_in, "import", str(file), "--yes", "--for-waiting")
        await desk.world.later(120)
        went = words(desk.card("INV-1"))

    assert '"auto_publish": "always"' in file.read_text(encoding="utf-8-sig")
    assert ("1 rule brought in." in new[1], "1 rule brought in." in waiting[1]) == (True, True)
    assert "In approval" in waits
    assert "*Approved automatically* by the rule for Paper &amp; Ink Ltd" in goes
    assert "*Approved automatically* by the rule for Paper &amp; Ink Ltd" in went


async def test_nothing_that_publishes_by_itself_is_brought_in_where_the_form_would_refuse_it(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file = tmp_path / "rules.jsonl"
    rule = {"of": "supplier", "name": "Paper & Ink Ltd", "says": {"auto_publish": "always"}}
    file.write_text(json.dumps(rule))
    async with connected_app(database_url):
        before = await asyncio.to_thread(type_in, "import", str(file), "--yes")

    assert before[0] == 1
    assert "line 1: auto_publish: Save Settings once first" in before[1]


async def test_nothing_is_brought_in_that_would_publish_by_itself_what_goes_into_files(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file = tmp_path / "rules.jsonl"
    rule = {"of": "supplier", "name": "Paper & Ink Ltd", "says": {"auto_publish": "always"}}
    file.write_text(json.dumps(rule))
    async with beside_no_ledger(database_url):
        done = await asyncio.to_thread(type_in, "import", str(file), "--yes")

    assert done[0] == 1
    assert "line 1: auto_publish: Nothing is published by itself here" in done[1]


async def test_rules_are_written_and_brought_in_again_and_wrong_lines_keep_no_other_one_out(
    database_url: str, type_in: Type, tmp_path: Path
) -> None:
    file, again = tmp_path / "rules.jsonl", tmp_path / "again.jsonl"
    async with a_desk(database_url) as desk:
        mia = Target(of=RuleOf.PERSON, name=MEMBER, label="Mia")
        await save_rule(desk, account=OTHER_CATEGORY, due=Due(DueKind.AFTER_DATE, 30), split=SPLIT)
        await save_rule(desk, mia, tax_rate=TAX, strength=Strength.IF_BLANK)
        actor, of = await desk.world.actor(), desk.world.organisation_id
        before = (await rules_of(desk).listed(actor, of)).rules

        written = await asyncio.to_thread(type_in, "export", "--out", str(file))
        same = await asyncio.to_thread(type_in, "import", str(file), "--yes")
        for rule in before:
            await rules_of(desk).delete(actor, of, rule.id, rule.version)
        gone = await asyncio.to_thread(type_in, "import", str(file), "--dry-run")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        other = json.loads(lines[0]) | {"name": "Other Ltd", "label": "Other Ltd", "says": {"account": "9999"}}
        file.write_text("\n".join([lines[0], json.dumps(other), "{", lines[1], lines[1]]))
        unasked = await asyncio.to_thread(type_in, "import", str(file))
        done = await asyncio.to_thread(type_in, "import", str(file), "--yes", "--for-waiting")
        await desk.add()
        card = words(desk.card("INV-1"))
        after = (await rules_of(desk).listed(actor, of)).rules
        await asyncio.to_thread(type_in, "export", "--out", str(again))

    assert written == (0, "", f"2 rules written to {file}.\n")
    assert ("2 here already" in same[1], "brought in" in same[1]) == (True, False)
    assert "2 new" in gone[1]
    assert (unasked[0], "Say --yes" in unasked[2]) == (2, True)
    assert (done[0], "2 new" in done[1], "3 wrong, left out" in done[1], "2 rules brought in." in done[1]) == (
        1,
        True,
        True,
        True,
    )
    assert "line 2: account: This category is not in the ledger's list any more." in done[1]
    assert "line 3: it is no rule as this file has them" in done[1]
    assert "line 5: it is for the same as line 4." in done[1]
    assert [(rule.target, rule.opinions, rule.strength) for rule in after] == [
        (rule.target, rule.opinions, rule.strength) for rule in before
    ]
    assert again.read_text(encoding="utf-8-sig").splitlines() == lines
    assert "461" in card
    assert CATEGORY not in card.split("Category")[1][:20]


async def test_a_file_brings_in_no_more_rules_than_an_organisation_can_have(
    database_url: str, type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.db.rules.MOST_RULES", 3)
    file = tmp_path / "rules.jsonl"
    names = ("One Ltd", "Two Ltd", "Three Ltd")
    lines = [json.dumps({"of": "supplier", "name": name, "says": {"account": CATEGORY}}) for name in names]
    file.write_text("\n".join(lines))
    async with a_desk(database_url) as desk:
        await save_rule(desk, account=OTHER_CATEGORY)

        done = await asyncio.to_thread(type_in, "import", str(file), "--yes")
        rules = (await rules_of(desk).listed(await desk.world.actor(), desk.world.organisation_id)).rules

    assert (done[0], "2 rules brought in." in done[1]) == (1, True)
    assert "line 3: 10,000 rules are the most an organisation can have" in done[1]
    assert sorted(rule.target.label for rule in rules) == ["One Ltd", "Paper & Ink Ltd", "Two Ltd"]
