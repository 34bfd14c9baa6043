"""This machine's clock against the others'."""

from datetime import datetime

from bot.doctor.finding import Finding, ok, warning, wrong

MOST_SECONDS = 60


def against(whose: str, said_at: datetime | None, now: datetime) -> Finding:
    """Signatures are refused from five minutes in the past and one in the future on, and tokens end too early or late."""
    name = f"clock against {whose}"
    if said_at is None:
        return warning(name, f"{whose} did not say what time it is", "Compare this machine's clock by hand.")
    seconds = round((now - said_at).total_seconds())
    if abs(seconds) <= MOST_SECONDS:
        return ok(name, f"{abs(seconds)} seconds apart, of {MOST_SECONDS} at most")
    way = "ahead of" if seconds > 0 else "behind"
    return wrong(name, f"this machine is {abs(seconds)} seconds {way} {whose}", "Set its clock, by NTP for instance.")
