"""The columns that hold sealed secrets: all of them, and what each value is bound to.

Whoever seals or opens a stored secret does it by one of these, so this is also what the start looks at and what
`dext-bot keys rotate` seals anew. A value opens in its own row and column only, and only while the row is of the same
workspace or provider; a sign-in is shared by workspaces and bound to its provider instead.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table

from bot.db.base import Base, dump, load, table_of
from bot.db.connections import ConnectFlowRow, TokenSetRow
from bot.db.messages import MessageRow
from bot.db.workspaces import WorkspaceRow
from bot.vault import Envelope, SealError, Vault

BOUND = 2
"""The envelope's version from which on a place names everything in `bound_to`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """One column. `former_place` is how a place was named in version 1, which still opens until it is sealed anew."""

    row: type[Base]
    column: str
    bound_to: tuple[str, ...]
    former_place: str
    member: str | None = None
    """Where the column is JSON: the member that holds the sealed value, in base64."""
    among: Mapping[str, str] = field(default_factory=dict)
    """Where only some rows of the table hold one: what is the same in those."""

    @property
    def table(self) -> Table:
        return table_of(self.row)

    @property
    def cell(self) -> ColumnElement[Any]:
        return self.table.c[self.column]

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column}"

    def seal(self, vault: Vault, secret: str, **of_row: object) -> bytes:
        return vault.seal(secret, self._place(of_row, BOUND), version=BOUND)

    def open(self, vault: Vault, sealed: bytes, **of_row: object) -> str:
        """Raises: SealError: it was sealed for another row or column, was altered, or its key is not on the ring."""
        return vault.open(sealed, self._place(of_row, Envelope.of(sealed).version))

    def sealed_in(self, cell: Any) -> bytes | None:
        """The sealed value in a cell as it is stored.

        Raises:
            SealError: there is something else.
        """
        if self.member is None or cell is None:
            return None if cell is None else bytes(cell)
        found = load(cell, dict[str, Any]).get(self.member)
        try:
            return None if found is None else base64.b64decode(found, validate=True)
        except ValueError:
            raise SealError("is no sealed value") from None

    def envelope_in(self, cell: Any) -> Envelope | None:
        """What stands in front of the sealed value; None where there is none."""
        try:
            sealed = self.sealed_in(cell)
            return None if sealed is None else Envelope.of(sealed)
        except SealError:
            return None

    def cell_with(self, cell: Any, sealed: bytes) -> Any:
        """What a cell is to hold instead."""
        if self.member is None:
            return sealed
        return dump({**load(cell, dict[str, Any]), self.member: base64.b64encode(sealed).decode()})

    def _place(self, of_row: Mapping[str, object], version: int) -> str:
        missing = set(self.bound_to) ^ set(of_row)
        assert not missing, f"{self.name} is bound to {', '.join(self.bound_to)}"
        if version < BOUND:
            return self.former_place.format_map(of_row)
        return "|".join((self.name, *(f"{name}={of_row[name]}" for name in self.bound_to)))


BOT_TOKEN = SealedColumn(
    row=WorkspaceRow, column="token_sealed", bound_to=("id",), former_place="workspaces.token:{id}"
)
ACCESS = SealedColumn(
    row=TokenSetRow, column="access_sealed", bound_to=("id", "provider"), former_place="token_sets.access:{id}"
)
REFRESH = SealedColumn(
    row=TokenSetRow, column="refresh_sealed", bound_to=("id", "provider"), former_place="token_sets.refresh:{id}"
)
VERIFIER = SealedColumn(
    row=ConnectFlowRow,
    column="verifier_sealed",
    bound_to=("id", "workspace_id"),
    former_place="connect_flows.verifier:{id}",
)
CODE = SealedColumn(
    row=MessageRow,
    column="facts",
    member="sealed",
    among={"subject": "connect_code"},
    bound_to=("subject_id", "workspace_id"),
    former_place="messages.code:{subject_id}",
)

SEALED_COLUMNS = (BOT_TOKEN, ACCESS, REFRESH, VERIFIER, CODE)
