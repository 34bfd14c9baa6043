"""FreeAgent's tokens: dev.freeagent.com/docs/oauth, and for lifetimes api-discuss.freeagent.com/t/2033 and 6309.

That a refresh gives another refresh token is what the example shows; that the one before ends at once is unverified, and
the strictest way to read it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypedDict

from providers.freeagent.simulated import seed
from providers.simulating import grants
from providers.simulating.grants import Asked, Granted, TokenRules
from providers.simulating.people import Person
from providers.simulating.store import Shelf

RULES = TokenRules(
    code_life=timedelta(minutes=15),
    access_life=timedelta(hours=1),
    refresh_life=timedelta(seconds=631151957),
)
"""The life of a refresh token is in each answer, and may change."""


class TokenAnswer(TypedDict):
    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    refresh_token_expires_in: int


@dataclass(slots=True)
class Grants(grants.Grants[TokenAnswer]):
    """Each grant is of one person and one company; or of one account manager and the practice, for all its clients."""

    connections: Shelf = field(init=False)

    def __post_init__(self) -> None:
        grants.Grants.__post_init__(self)
        self.connections = Shelf(self.store, "connection")

    def allow(self, person: Person, tenant: str, asked: Asked) -> str:
        """A person said yes for this company or practice; gives the code of the redirect."""
        record = {"person": person.key, "company": tenant, "at": self.clock.now().isoformat()}
        self.connections.save(f"{tenant}/{person.key}", record)
        return self.code_for(person, asked, {"company": tenant})

    def _tokens(self, granted: Granted, access: str, refresh: str | None) -> TokenAnswer:
        del granted
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": int(self.rules.access_life.total_seconds()),
            "refresh_token": refresh or "",
            "refresh_token_expires_in": int(self.rules.refresh_life.total_seconds()),
        }

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        found = [one for one in self.connections.values() if one["company"] in _doors(tenant)]
        return [(self.people[one["person"]], one["at"]) for one in found]

    def disconnect(self, tenant: str) -> None:
        """Somebody took the app's access away inside FreeAgent; of a client of the practice, from the practice too."""
        self.end(lambda record: record["company"] in _doors(tenant))
        for key, record in list(self.connections.items()):
            if record["company"] in _doors(tenant):
                self.connections.drop(key)


def _doors(tenant: str) -> tuple[str, ...]:
    """By which grants a company is reached."""
    return (tenant, seed.PRACTICE) if tenant in seed.CLIENTS else (tenant,)
