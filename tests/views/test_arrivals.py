"""Words about files that came in."""

from bot.views.arrivals import MOST_TOLD, noticed


def test_what_does_not_agree_is_told_and_the_rest_is_counted() -> None:
    warnings = tuple(f"Line {number} is odd." for number in range(1, MOST_TOLD + 3))

    assert noticed("Read.", warnings) == (
        "Read. *Please check:* Line 1 is odd. Line 2 is odd. Line 3 is odd. And 2 more of this kind."
    )
    assert noticed("Read.", warnings[:1]) == "Read. *Please check:* Line 1 is odd."
    assert noticed("Read.", ()) == "Read."


def test_a_warning_never_becomes_live() -> None:
    assert "<!channel>" not in noticed("Read.", ("<!channel> *now*",))
