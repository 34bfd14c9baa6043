"""The sentences of refusal: each is used, and it is told which are not known to be Xero's own words."""

import re
from pathlib import Path

from providers.xero.simulated import sentences

FOLDER = Path(sentences.__file__).parent
NAMES = [name for name in vars(sentences) if name.isupper() and name != "UNVERIFIED"]


def test_no_sentence_is_left_over() -> None:
    code = "".join(path.read_text() for path in FOLDER.rglob("*.py") if path.name != "sentences.py")

    assert [name for name in NAMES if not re.search(rf"sentences\.{name}\b", code)] == []


def test_what_is_unverified_is_among_them() -> None:
    assert {getattr(sentences, name) for name in NAMES} > sentences.UNVERIFIED
