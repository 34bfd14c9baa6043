"""What somebody wrote in a message, as they saw it."""

import pytest

from bot.views.message_text import LONGEST, as_typed


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        ("Paper &amp; ink, 5 &lt; 6 &gt; 4", "Paper & ink, 5 < 6 > 4"),
        ("&amp;lt;", "&lt;"),
        ("<https://paper.example/1|the shop> and <https://ink.example>", "the shop and https://ink.example"),
        ("<mailto:mia@paper.example|Mia>, <mailto:ben@paper.example>", "Mia, ben@paper.example"),
        ("<@U0MIA0001|mia> in <#C0BILLS01|bills>, <!here>", "mia in bills, here"),
        ("<#C0BILLS01|> of <@U0MIA0001>", "C0BILLS01 of U0MIA0001"),
        ("two\nlines\tand \u202eturned\u200b \ud800\x00text", "two lines and turned text"),
        ("<<a>> <|> <", "<a> <"),
        ("<" * 50_000, "<" * LONGEST),
    ],
)
def test_a_message_is_read_as_it_was_seen(text: str, seen: str) -> None:
    assert as_typed(text) == seen
