"""What documents and people write stays text in Slack."""

import pytest

from bot.views.text import escape, mrkdwn
from tests.architecture.tree import sources


def test_a_sign_in_a_suppliers_name_is_drawn_as_its_word() -> None:
    assert escape("Paper :white_check_mark: Ltd").count(":") == 0


@pytest.mark.parametrize("text", ["10:30:45", "Ref: 12", "a:b"])
def test_what_is_no_sign_keeps_its_colons(text: str) -> None:
    assert escape(text) == text


def test_slack_makes_no_link_of_an_address_in_a_document() -> None:
    assert mrkdwn("see https://pay.example").to_dict()["verbatim"] is True


def test_every_text_of_ours_is_made_where_that_is_settled() -> None:
    made = [path.name for path, _ in sources("bot", "handlers") if "MarkdownTextObject" in path.read_text()]

    assert made == ["text.py"]
