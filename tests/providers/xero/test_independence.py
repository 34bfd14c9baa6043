"""The simulation judges our client, so it must not think with our client's head."""

import re
from pathlib import Path

from providers.xero import simulator

FOLDER = Path(simulator.__file__).parent
KIT = FOLDER.parent / "simulating"
IMPORTED = re.compile(r"^\s*(?:from|import) ((?:bot|handlers|providers)[\w.]*)(?: import (.+))?", re.MULTILINE)


def test_no_part_of_it_knows_our_rules_or_our_mapping() -> None:
    files = [FOLDER / "simulator.py", *(FOLDER / "simulated").rglob("*.py")]
    found = {(module, names) for path in files for module, names in IMPORTED.findall(path.read_text(encoding="utf-8"))}

    foreign = {(module, names) for module, names in found if not module.startswith("providers.xero.simulated")}
    alien = {module for module, _ in foreign if module.partition(".simulating")[0] != "providers"}
    assert alien <= {"bot.clock", "providers.xero"}
    assert {names for module, names in foreign if module == "providers.xero"} == {"wire"}


def test_what_simulators_are_made_of_knows_nothing_of_ours_but_the_clock_and_how_files_are_answered() -> None:
    found = {module for path in KIT.rglob("*.py") for module, _ in IMPORTED.findall(path.read_text(encoding="utf-8"))}

    assert {module for module in found if not module.startswith("providers.simulating.")} == {
        "bot.clock",
        "bot.static",
    }
