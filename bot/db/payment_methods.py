"""Payment methods of an organisation, with the bank account of the ledger that each is linked to."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Row, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Exact, table_of
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import PaymentMethod, PaymentMethodForm, PaymentMethodId, alike


class PaymentMethodRow(Base):
    """Switched off it stays, because items name it. No reading of the ledger's lists changes it."""

    __tablename__ = "payment_methods"
    __table_args__ = (UniqueConstraint("organisation_id", "alike"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    alike: Mapped[str] = mapped_column(Exact)
    """The name as people tell it from others: no two of an organisation are the same. It is also the order of lists."""
    last_digits: Mapped[str | None]
    bank_account: Mapped[str | None]
    """The ledger's own id."""
    is_active: Mapped[bool]
    changed_at: Mapped[datetime]


METHODS = table_of(PaymentMethodRow)

_OURS = (
    METHODS.c.workspace_id == bindparam("workspace_id"),
    METHODS.c.organisation_id == bindparam("organisation_id"),
)
_ALL = select(METHODS).where(*_OURS).order_by(METHODS.c.alike)
_SOME = select(METHODS).where(*_OURS, METHODS.c.id.in_(bindparam("ids", expanding=True)))
_NAMED = select(METHODS).where(*_OURS, METHODS.c.alike == bindparam("alike"))
_HOW_MANY = select(func.count()).select_from(METHODS).where(*_OURS)
_IN_USE = select(METHODS.c.id).where(*_OURS, METHODS.c.is_active).limit(1)
_CHANGE = METHODS.update().where(
    METHODS.c.workspace_id == bindparam("of_workspace"),
    METHODS.c.organisation_id == bindparam("of_organisation"),
    METHODS.c.id == bindparam("of_id"),
    METHODS.c.version == bindparam("of_version"),
)


async def all_methods(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[PaymentMethod, ...]:
    """By name, those switched off too."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return tuple(_method(row) for row in (await tx.execute(_ALL, of)).all())


async def count_methods(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> int:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return int((await tx.execute(_HOW_MANY, of)).scalar_one())


async def has_methods(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
    """Whether there is one that can be chosen."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return (await tx.execute(_IN_USE, of)).scalar_one_or_none() is not None


async def methods_by_id(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ids: Collection[PaymentMethodId]
) -> dict[PaymentMethodId, PaymentMethod]:
    """Those of them that this organisation has."""
    if not ids:
        return {}
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "ids": list(ids)}
    return {PaymentMethodId(row.id): _method(row) for row in (await tx.execute(_SOME, of)).all()}


async def method_named(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, name: str
) -> PaymentMethod | None:
    """The one that has a name like this."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "alike": alike(name)}
    row = (await tx.execute(_NAMED, of)).one_or_none()
    return None if row is None else _method(row)


async def insert_method(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    method_id: PaymentMethodId,
    form: PaymentMethodForm,
) -> bool:
    """False where another of the organisation has a name like it."""
    of = {"id": method_id, "workspace_id": workspace_id, "organisation_id": organisation_id, "version": 1}
    statement = tx.insert(PaymentMethodRow).values(**of, **_values(tx, form))
    done = await tx.execute(statement.on_conflict_do_nothing(index_elements=["organisation_id", "alike"]))
    return bool(done.rowcount)


async def change_method(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    method_id: PaymentMethodId,
    form: PaymentMethodForm,
) -> bool:
    """False where it is not at the version of the form any more. Its name has to be free."""
    of = {
        "of_workspace": workspace_id,
        "of_organisation": organisation_id,
        "of_id": method_id,
        "of_version": form.version,
    }
    statement = _CHANGE.values(version=METHODS.c.version + 1, **_values(tx, form))
    return bool((await tx.execute(statement, of)).rowcount)


def _values(tx: Tx, form: PaymentMethodForm) -> dict[str, Any]:
    return {
        "name": form.name,
        "alike": alike(form.name),
        "last_digits": form.last_digits,
        "bank_account": form.bank_account,
        "is_active": form.is_active,
        "changed_at": tx.now,
    }


def _method(row: Row[Any]) -> PaymentMethod:
    return PaymentMethod(
        id=PaymentMethodId(row.id),
        name=row.name,
        last_digits=row.last_digits,
        bank_account=row.bank_account,
        is_active=row.is_active,
        version=row.version,
    )
