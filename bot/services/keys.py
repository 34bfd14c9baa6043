"""The key ring against what is stored: whether every sealed value can be opened, and sealing all anew with a new key.

Which keys were used is asked of the database by the headers of the sealed values, which stand in the clear, so nothing
is opened to know it. A key is right when a value that names it opens.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bot.clock import Clock
from bot.db import sealed_rows as rows
from bot.db.connections import TokenSetRow
from bot.db.sealed import BOUND, SEALED_COLUMNS, SealedColumn
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.vault import Envelope, SealError, Vault

VARIABLE = "DEXT_ENCRYPTION_KEYS"
BATCH = 50
"""Values of one transaction, so that people's clicks get their turn in between."""
SAMPLES = 5
"""Tried for each key: a value that somebody altered does not say that the key is wrong."""
PATIENCE_SECONDS, BUSY_SECONDS = 60.0, 0.2


class KeyRingMismatchError(Exception):
    """Stored secrets were sealed with keys that are not on the ring, or are other ones there; says what to do."""


class NoSuchKeyError(Exception):
    """Nothing stored names that key; says which are named."""


def counted(values: int) -> str:
    return "1 stored secret" if values == 1 else f"{values} stored secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """How many stored values a key sealed. `is_right`: it is on the ring, and opens them."""

    key_id: str
    values: int
    is_on_ring: bool
    is_right: bool

    @property
    def words(self) -> str:
        sealed = f"{counted(self.values)} sealed with key {self.key_id}"
        return f"{sealed}, which has other bytes there" if self.is_on_ring else f"{sealed}, which is not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What became of a rotation."""

    resealed: int
    unopened: int
    """Values that did not open: altered, moved, or their key is not on the ring. They stay as they are."""
    old: Mapping[str, int]
    """How many values each key but the first seals still."""
    not_needed: tuple[str, ...]
    """Older keys of the ring that seal nothing any more."""

    @property
    def is_whole(self) -> bool:
        return not self.old and not self.unopened

    @property
    def words(self) -> str:
        """What the operator is told at the end."""
        said = [f"{counted(self.resealed)} sealed anew with the first key."]
        if self.not_needed:
            said.append(f"Nothing stored needs {', '.join(self.not_needed)} any more: take it off {VARIABLE}.")
        if self.unopened:
            said.append(
                f"{counted(self.unopened)} did not open, and stay as they are: altered, or moved from elsewhere."
            )
        if self.old:
            still = ", ".join(f"{name} ({values})" for name, values in self.old.items())
            said.append(f"Still sealed with older keys, which stay on the ring: {still}.")
        if self.old and not self.unopened:
            said.append("A process still seals with its old ring: restart it, and run this again.")
        return "\n".join(said)


@dataclass(frozen=True, slots=True)
class StoredSecrets:
    """All sealed values of a database, as the holder of a key ring sees them."""

    db: Database
    vault: Vault
    clock: Clock

    async def require_keys(self) -> None:
        """Raises: KeyRingMismatchError: a stored secret cannot be opened with the ring. Nothing is changed."""
        wrong = [use for use in await self.uses() if not use.is_right]
        if wrong:
            raise KeyRingMismatchError(f"{VARIABLE}: {'; '.join(use.words for use in wrong)}. {remedy(wrong)}")

    async def require_used(self, key_id: str) -> None:
        """Raises: NoSuchKeyError: a slip of the pen, since nothing stored was sealed with that key."""
        named = [use.key_id for use in await self.uses()]
        if key_id not in named:
            raise NoSuchKeyError(f"There is no key {key_id}; there are: {', '.join(named) or 'none'}.")

    async def uses(self) -> tuple[KeyUse, ...]:
        """Every key that a stored value names, by id."""
        counted: Counter[str] = Counter()
        right: set[str] = set()
        async with self.db.read() as tx:
            for column in SEALED_COLUMNS:
                for envelope, values in (await rows.envelopes(tx, column)).items():
                    counted[envelope.key_id] += values
                    if envelope.key_id not in right and await self._opens(tx, column, envelope):
                        right.add(envelope.key_id)
        return tuple(
            KeyUse(key_id=name, values=values, is_on_ring=name in self.vault.key_ids, is_right=name in right)
            for name, values in sorted(counted.items())
        )

    async def _opens(self, tx: Tx, column: SealedColumn, envelope: Envelope) -> bool:
        if envelope.key_id not in self.vault.key_ids:
            return False
        samples = await rows.samples(tx, column, envelope, SAMPLES)
        return any(self._opened(column, row) is not None for row in samples)

    async def count_old(self) -> int:
        """How many values are not sealed with the first key in the newest way."""
        async with self.db.read() as tx:
            found = [await rows.envelopes(tx, column) for column in SEALED_COLUMNS]
        return sum(values for each in found for envelope, values in each.items() if envelope != self._newest)

    async def reseal(self, told: Callable[[int], None] = lambda _: None, *, batch: int = BATCH) -> Rotation:
        """Seal with the ring's first key whatever another one sealed, a few values at a time; `told` hears how many.

        Killed anywhere, what is done is done, and a second call does the rest. A value that was written anew meanwhile
        stays as it is: a refreshed token is never put back.
        """
        resealed, unopened = 0, 0
        for column in SEALED_COLUMNS:
            async for old in self._old(column, batch):
                anew = [(row, cell) for row in old if (cell := self._anew(column, row)) is not None]
                unopened += len(old) - len(anew)
                resealed += await self._write(column, anew)
                told(resealed)
        return await self._look_back(resealed, unopened)

    async def give_up(self, key_id: str) -> int:
        """For a key that is lost: what it sealed becomes an empty secret, which nobody accepts, so that people are asked
        to sign in again; answers how many there were.
        """
        given_up = 0
        for column in SEALED_COLUMNS:
            for version in range(1, BOUND + 1):
                while lost := await self._sealed_with(column, Envelope(version, key_id)):
                    anew = [(row, column.cell_with(row.cell, self._seal(column, row, ""))) for row in lost]
                    async with self.db.write() as tx:
                        done = [row.id for row, cell in anew if await rows.replace_cell(tx, column, row, cell)]
                        if column.row is TokenSetRow:
                            ended = column.table.update().where(column.table.c.id.in_(done))
                            await tx.execute(ended.values(ended_at=tx.now))
                    given_up += len(done)
        return given_up

    async def _sealed_with(self, column: SealedColumn, envelope: Envelope) -> Sequence[Row[Any]]:
        async with self.db.read() as tx:
            return await rows.samples(tx, column, envelope, BATCH)

    @property
    def _newest(self) -> Envelope:
        return Envelope(BOUND, self.vault.key_ids[0])

    async def _old(self, column: SealedColumn, batch: int) -> AsyncIterator[list[Row[Any]]]:
        """Each row once, in the order of ids, so that one that does not open is not met again."""
        after: object = None
        while True:
            async with self.db.read() as tx:
                found = await rows.others(tx, column, self._newest, after=after, most=batch)
            if not found:
                return
            after = found[-1].id
            old = [row for row in found if column.envelope_in(row.cell) != self._newest]
            if old:
                yield old

    def _anew(self, column: SealedColumn, row: Row[Any]) -> Any:
        """What the cell is to hold; None when it does not open."""
        secret = self._opened(column, row)
        if secret is None:
            return None
        return column.cell_with(row.cell, self._seal(column, row, secret))

    def _seal(self, column: SealedColumn, row: Row[Any], secret: str) -> bytes:
        return column.seal(self.vault, secret, **_bound(column, row))

    async def _write(self, column: SealedColumn, anew: Sequence[tuple[Row[Any], Any]]) -> int:
        """In one transaction; a database that is busy with people's clicks is asked again."""
        until = self.clock.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                async with self.db.write() as tx:
                    return sum([await rows.replace_cell(tx, column, row, cell) for row, cell in anew])
            except BusyError:
                if self.clock.monotonic() >= until:
                    raise
            await self.clock.sleep(BUSY_SECONDS)

    async def _look_back(self, resealed: int, unopened: int) -> Rotation:
        """A process with the old ring may have written meanwhile; what is there now says what is still needed."""
        uses = {use.key_id: use.values for use in await self.uses()}
        first, *older = self.vault.key_ids
        return Rotation(
            resealed=resealed,
            unopened=unopened,
            old={name: values for name, values in uses.items() if name != first},
            not_needed=tuple(name for name in older if name not in uses),
        )

    def _opened(self, column: SealedColumn, row: Row[Any]) -> str | None:
        try:
            sealed = column.sealed_in(row.cell)
            return None if sealed is None else column.open(self.vault, sealed, **_bound(column, row))
        except SealError:
            return None


def _bound(column: SealedColumn, row: Row[Any]) -> dict[str, object]:
    return {name: getattr(row, name) for name in column.bound_to}


def remedy(wrong: Sequence[KeyUse]) -> str:
    """What the operator does about keys that are missing or other ones."""
    ids = ", ".join(use.key_id for use in wrong)
    one = "that key" if len(wrong) == 1 else "those keys"
    return (
        f"Put {one} ({ids}) back at the end of {VARIABLE}, as `dext-bot keys new` printed it, and start again; "
        "`dext-bot keys rotate` seals everything with the first key, and says which keys may then be taken away. "
        "A key that is lost for ever is given up with `dext-bot keys rotate --give-up ID`: people then sign in again."
    )
