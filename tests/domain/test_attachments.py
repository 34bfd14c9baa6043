"""A file's name in a ledger: accepted whatever it is called here, and found again by it."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.attachments import LONGEST_NAME, KeptFile, attachment_of
from bot.domain.ids import FileId, ItemId
from bot.domain.postings import Attachment, PostingKind
from bot.domain.problems import Problem, ProblemCode
from providers.xero import PROFILE

RULES = PROFILE.files
assert RULES is not None


def attached(name: str, size: int = 10) -> Attachment | Problem:
    assert RULES is not None
    return attachment_of(
        KeptFile(id=FileId(UUID(int=1)), name=name, size=size),
        RULES,
        item_id=ItemId(UUID(int=2)),
        reference="B-1001",
        kind=PostingKind.BILL,
        document_id="d",
    )


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("a\u202egpj.exe")
@example("x" * 255)
@example(" . ")
@example("")
def test_whatever_a_file_is_called_its_name_is_one_that_xero_accepts(stem: str) -> None:
    found = attached(f"{stem}.PDF")

    assert isinstance(found, Attachment)
    assert found.name.startswith("B-1001")
    assert found.name.endswith(".pdf")
    assert len(found.name) <= LONGEST_NAME
    assert RULES is not None
    assert not set(found.name) & set(RULES.not_in_names)
    assert found.name.isprintable()
    assert found.media_type == "application/pdf"


@given(st.text(max_size=300))
def test_what_has_no_ending_that_is_taken_is_told(name: str) -> None:
    found = attached(name)

    if isinstance(found, Problem):
        assert found.code is ProblemCode.FILE_KIND_NOT_TAKEN


@pytest.mark.parametrize(("size", "taken"), [(10 * 1024 * 1024, True), (10 * 1024 * 1024 + 1, False)])
def test_a_file_is_taken_up_to_the_size_that_xero_names(size: int, *, taken: bool) -> None:
    found = attached("a.pdf", size)

    assert isinstance(found, Attachment) is taken
    if isinstance(found, Problem):
        assert found.facts["most"] == "10.0 MB"
