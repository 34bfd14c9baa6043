"""A database with something in every sealed column, in two workspaces and twice over, all of it known."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bot.db.base import dump
from bot.db.sealed import ACCESS, BOT_TOKEN, CODE, REFRESH, SEALED_COLUMNS, VERIFIER, SealedColumn
from bot.db.sealed_rows import replace_cell
from bot.db.unit_of_work import Database, Tx
from bot.vault import SealError, Vault

Secrets = dict[tuple[str, UUID], str]
"""By column and row."""


@dataclass(slots=True)
class Stored:
    db: Database
    secrets: Secrets

    async def cells(self) -> list[tuple[SealedColumn, Any]]:
        """Every cell with its row."""
        found: list[tuple[SealedColumn, Any]] = []
        async with self.db.read() as tx:
            for column in SEALED_COLUMNS:
                found += [(column, row) for row in await _rows(tx, column)]
        return found

    async def opened(self, vault: Vault) -> dict[tuple[str, UUID], str | None]:
        """What every cell opens to; None where it does not."""
        return {(column.name, row.id): opened(vault, column, row) for column, row in await self.cells()}

    async def key_ids(self) -> set[str]:
        found = [column.envelope_in(row.cell) for column, row in await self.cells()]
        return {envelope.key_id for envelope in found if envelope is not None}

    async def put(self, column: SealedColumn, row: Any, sealed: bytes) -> None:
        """As a thief with a pen would."""
        async with self.db.write() as tx:
            assert await replace_cell(tx, column, row, column.cell_with(row.cell, sealed))


def opened(vault: Vault, column: SealedColumn, row: Any, sealed: bytes | None = None) -> str | None:
    """What a cell opens to in this row."""
    found = sealed if sealed is not None else column.sealed_in(row.cell)
    assert found is not None
    try:
        return column.open(vault, found, **{name: getattr(row, name) for name in column.bound_to})
    except SealError:
        return None


async def _rows(tx: Tx, column: SealedColumn) -> Any:
    table = column.table
    names = dict.fromkeys(("id", *column.bound_to))
    statement = table.select().with_only_columns(*(table.c[name] for name in names), column.cell.label("cell"))
    held = [table.c[name] == value for name, value in column.among.items()]
    return (await tx.execute(statement.where(column.cell.is_not(None), *held))).all()


async def stored(db: Database, vault: Vault, *, each: int = 2, is_former: bool = False) -> Stored:
    """`each` workspaces, with as many sign-ins, tries to connect and waiting codes. `is_former`: sealed as version 1."""
    secrets: Secrets = {}
    async with db.write() as tx:
        for number in range(each):
            await _fill(tx, vault, number, secrets, is_former=is_former)
    return Stored(db, secrets)


async def _fill(tx: Tx, vault: Vault, number: int, secrets: Secrets, *, is_former: bool) -> None:
    def sealed(column: SealedColumn, row_id: UUID, **of_row: object) -> bytes:
        secret = f"canary of {column.name} {row_id}"
        secrets[column.name, row_id] = secret
        if is_former:
            return vault.seal(secret, column.former_place.format(**of_row))
        return column.seal(vault, secret, **of_row)

    workspace, tokens, flow, message = uuid4(), uuid4(), uuid4(), uuid4()
    token = sealed(BOT_TOKEN, workspace, id=workspace)
    await tx.execute(
        BOT_TOKEN.table.insert().values(
            id=workspace,
            enterprise_id="",
            team_id=f"T{number}",
            name=f"Workspace {number}",
            bot_user_id="UBOT",
            bot_id="B1",
            token_sealed=token,
            installed_at=tx.now,
        )
    )
    of_tokens = {"id": tokens, "provider": "xero"}
    await tx.execute(
        ACCESS.table.insert().values(
            **of_tokens,
            subject=f"person {number}",
            access_sealed=sealed(ACCESS, tokens, **of_tokens),
            refresh_sealed=sealed(REFRESH, tokens, **of_tokens),
            expires_at=tx.now + timedelta(minutes=30),
            refreshed_at=tx.now,
            generation=1,
        )
    )
    await tx.execute(
        VERIFIER.table.insert().values(
            id=flow,
            workspace_id=workspace,
            user_id="U1",
            provider="xero",
            stage="sent",
            link_hash=f"link {number}",
            code_tries=0,
            verifier_sealed=sealed(VERIFIER, flow, id=flow, workspace_id=workspace),
            created_at=tx.now,
            expires_at=tx.now + timedelta(minutes=10),
        )
    )
    code = sealed(CODE, message, subject_id=flow, workspace_id=workspace)
    await tx.execute(
        CODE.table.insert().values(
            id=message,
            workspace_id=workspace,
            subject="connect_code",
            subject_id=str(flow),
            role="code",
            surface="direct",
            user_id="U1",
            facts=dump({"sealed": base64.b64encode(code).decode()}),
            wanted=1,
            sent=0,
            is_waiting=True,
            attempts=0,
            due_at=tx.now,
            created_at=tx.now,
        )
    )
