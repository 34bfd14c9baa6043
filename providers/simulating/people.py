"""Who has a login at a simulated ledger, and ids that are the same at every start.

A vendor names its people in its seed, each with what they are in which organisation, in its own codes for roles.
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5


def stable_id(vendor: str, *names: str) -> str:
    """The same id at every start, so that a link kept from yesterday still works."""
    return str(uuid5(NAMESPACE_URL, "/".join((f"simulated-{vendor}", *names))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a login; `roles` says what they are in which organisation."""

    key: str
    vendor: str
    first_name: str
    last_name: str
    roles: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return f"{self.first_name.lower()}@northwind.example"

    @property
    def id(self) -> str:
        return stable_id(self.vendor, "person", self.key)
