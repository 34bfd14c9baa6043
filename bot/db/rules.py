"""The rules of an organisation, found by what items are known by."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Row, String, UniqueConstraint, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Exact, LongText, dump, load, table_of
from bot.db.items import where
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.parties import name_key, tax_key
from bot.domain.payment_methods import alike
from bot.domain.rules import Earlier, Opinions, Rule, RuleOf, Strength, Target

MOST_RULES = 10_000
"""Of one organisation: twice what the largest is known to have."""
READ_AT_ONCE = 500
"""Rules that are read, and understood, without a turn for anybody else: a fiftieth of a second."""
INSERTED_AT_ONCE = 500


class RuleRow(Base):
    """A rule. Deleted it stays, because items name it and it can be restored; no reading of the ledger's lists changes it,
    and disconnecting only where a person has it forgotten.

    `opinions` and `earlier` are JSON of the domain's. Changes go by compare-and-set on `version`; what was changed is in the
    audit log.
    """

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("organisation_id", "of", "key"),
        Index("ix_rules_name", "organisation_id", "of", "name_key", **where("name_key IS NOT NULL")),
        Index("ix_rules_tax", "organisation_id", "of", "tax_key", **where("tax_key IS NOT NULL")),
        Index("ix_rules_contact", "organisation_id", "of", "contact", **where("contact IS NOT NULL")),
        Index("ix_rules_listed", "organisation_id", "sorted_as", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    of: Mapped[str]
    key: Mapped[str] = mapped_column(Exact)
    name: Mapped[str]
    label: Mapped[str]
    sorted_as: Mapped[str] = mapped_column(Exact)
    """The label as it is searched and ordered by."""
    name_key: Mapped[str | None] = mapped_column(Exact)
    tax_number: Mapped[str | None]
    tax_key: Mapped[str | None] = mapped_column(Exact)
    contact: Mapped[str | None] = mapped_column(Exact)
    """The ledger's id."""
    opinions: Mapped[str] = mapped_column(LongText)
    strength: Mapped[str]
    since: Mapped[datetime | None]
    earlier: Mapped[str] = mapped_column(LongText)
    is_active: Mapped[bool]
    is_deleted: Mapped[bool]
    version: Mapped[int]
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime]


RULES = table_of(RuleRow)

_OURS = (
    RULES.c.workspace_id == bindparam("workspace_id"),
    RULES.c.organisation_id == bindparam("organisation_id"),
)
_PARTIES = (RuleOf.SUPPLIER, RuleOf.CUSTOMER)


def _among(column: str) -> Any:
    return and_(RULES.c.of.in_(_PARTIES), RULES.c[column].in_(bindparam(f"{column}s", expanding=True)))


_MATCHING = select(RULES).where(
    *_OURS,
    RULES.c.is_active.is_(True),
    RULES.c.is_deleted.is_(False),
    or_(
        _among("name_key"),
        _among("tax_key"),
        _among("contact"),
        and_(RULES.c.of == RuleOf.PERSON, RULES.c.key.in_(bindparam("people", expanding=True))),
        # what a rule says something was paid with is not known yet: there are no more of these than payment methods
        RULES.c.of == RuleOf.PAYMENT_METHOD,
    ),
)
_BY_ID = select(RULES).where(*_OURS, RULES.c.id.in_(bindparam("ids", expanding=True)))
_BY_KEY = select(RULES).where(*_OURS, RULES.c.of == bindparam("of_kind"), RULES.c.key == bindparam("key"))
_WANTED = (RULES.c.is_deleted == bindparam("deleted"), RULES.c.sorted_as.like(bindparam("pattern")))
_IN_ORDER = (RULES.c.sorted_as, RULES.c.id)
_AFTER = (bindparam("after", type_=String), bindparam("after_id", type_=RULES.c.id.type))
_LISTED = (
    select(RULES).where(*_OURS, *_WANTED).order_by(*_IN_ORDER).limit(bindparam("most")).offset(bindparam("passed"))
)
_NUMBER = select(func.count()).select_from(RULES).where(*_OURS, *_WANTED)
_NEXT = select(RULES).where(*_OURS, tuple_(*_IN_ORDER) > tuple_(*_AFTER)).order_by(*_IN_ORDER).limit(READ_AT_ONCE)
_HOW_MANY = select(func.count()).select_from(RULES).where(*_OURS, RULES.c.is_deleted.is_(False))
_CHANGE = RULES.update().where(
    RULES.c.workspace_id == bindparam("of_workspace"),
    RULES.c.organisation_id == bindparam("of_organisation"),
    RULES.c.id == bindparam("of_id"),
    RULES.c.version == bindparam("of_version"),
)


async def rules_for(tx: Tx, items: Collection[Item]) -> tuple[Rule, ...]:
    """Those in force that any of these items of one organisation may match (`bot.domain.rules.matching` says which does), in
    one query.
    """
    if not items:
        return ()
    first = next(iter(items))
    parties = [item.counterparty for item in items]
    known = {
        "name_keys": sorted({key for party in parties if (key := name_key(party.name)) is not None}),
        "tax_keys": sorted({key for party in parties if (key := tax_key(party.tax_number)) is not None}),
        "contacts": sorted({contact for item in items if (contact := item.coding.stated_contact) is not None}),
        "people": sorted({item.submitted_by for item in items}),
    }
    of = {"workspace_id": first.workspace_id, "organisation_id": first.organisation_id}
    return tuple(_rule(row) for row in (await tx.execute(_MATCHING, {**of, **known})).all())


async def rules_by_id(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ids: Collection[RuleId]
) -> dict[RuleId, Rule]:
    """Those of them that this organisation has, switched off and deleted ones too."""
    if not ids:
        return {}
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "ids": sorted(ids)}
    return {RuleId(row.id): _rule(row) for row in (await tx.execute(_BY_ID, of)).all()}


async def rule_with_key(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, of: RuleOf, key: str
) -> Rule | None:
    """The one there is of it, switched off or deleted or not."""
    asked = {"workspace_id": workspace_id, "organisation_id": organisation_id, "of_kind": of, "key": key}
    row = (await tx.execute(_BY_KEY, asked)).one_or_none()
    return None if row is None else _rule(row)


async def every_rule(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> AsyncIterator[tuple[Rule, ...]]:
    """By label, switched off and deleted ones too, in pieces of `READ_AT_ONCE`."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    after: dict[str, Any] = {"after": "", "after_id": UUID(int=0)}
    while rows := (await tx.execute(_NEXT, {**of, **after})).all():
        yield tuple(_rule(row) for row in rows)
        after = {"after": rows[-1].sorted_as, "after_id": rows[-1].id}


async def rules_listed(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    *,
    text: str = "",
    deleted: bool = False,
    limit: int,
    passed: int = 0,
) -> tuple[Rule, ...]:
    """By label, those in whose label `text` is, or what people would take for it; the first `passed` are left out."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "most": limit, "passed": passed}
    rows = (await tx.execute(_LISTED, {**of, **_wanted(text, deleted=deleted)})).all()
    return tuple(_rule(row) for row in rows)


async def number_listed(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, deleted: bool = False
) -> int:
    """How many `rules_listed` would list of all of them."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return int((await tx.execute(_NUMBER, {**of, **_wanted("", deleted=deleted)})).scalar_one())


def _wanted(text: str, *, deleted: bool) -> dict[str, object]:
    """A label as it is searched has letters, digits and spaces alone, so nothing in it stands for anything else."""
    return {"pattern": f"%{alike(text)}%", "deleted": deleted}


async def count_rules(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> int:
    """Without those that were deleted."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return int((await tx.execute(_HOW_MANY, of)).scalar_one())


async def insert_rule(tx: Tx, rule: Rule) -> bool:
    """False where the organisation has one of the same already."""
    of = {"id": rule.id, "workspace_id": rule.workspace_id, "organisation_id": rule.organisation_id}
    statement = tx.insert(RuleRow).values(**of, **_values(rule))
    done = await tx.execute(statement.on_conflict_do_nothing(index_elements=["organisation_id", "of", "key"]))
    return bool(done.rowcount)


async def insert_rules(tx: Tx, rules: Sequence[Rule]) -> None:
    """Those that are of nothing that the organisation has a rule of already."""
    for start in range(0, len(rules), INSERTED_AT_ONCE):
        values = [
            {"id": rule.id, "workspace_id": rule.workspace_id, "organisation_id": rule.organisation_id, **_values(rule)}
            for rule in rules[start : start + INSERTED_AT_ONCE]
        ]
        statement = tx.insert(RuleRow).on_conflict_do_nothing(index_elements=["organisation_id", "of", "key"])
        await tx.execute(statement, values)


async def change_rule(tx: Tx, rule: Rule, *, at_version: int) -> bool:
    """False where it is not at that version any more. Its key has to be free."""
    of = {
        "of_workspace": rule.workspace_id,
        "of_organisation": rule.organisation_id,
        "of_id": rule.id,
        "of_version": at_version,
    }
    return bool((await tx.execute(_CHANGE.values(**_values(rule)), of)).rowcount)


async def delete_rules(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """All of them; each can be restored."""
    ours = RULES.c.workspace_id == workspace_id, RULES.c.organisation_id == organisation_id
    gone = RULES.update().where(*ours, RULES.c.is_deleted.is_(False))
    await tx.execute(gone.values(is_deleted=True, version=RULES.c.version + 1, changed_at=tx.now))


def _values(rule: Rule) -> Mapping[str, Any]:
    target = rule.target
    return {
        "of": target.of,
        "key": target.key,
        "name": target.name,
        "label": target.label,
        "sorted_as": alike(target.label),
        "name_key": target.name_key,
        "tax_number": target.tax_number,
        "tax_key": target.tax_key,
        "contact": target.contact,
        "opinions": dump(rule.opinions),
        "strength": rule.strength,
        "since": rule.since,
        "earlier": dump(rule.earlier),
        "is_active": rule.is_active,
        "is_deleted": rule.is_deleted,
        "version": rule.version,
        "changed_by": rule.changed_by,
        "changed_at": rule.changed_at,
    }


def _rule(row: Row[Any]) -> Rule:
    return Rule(
        id=RuleId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.organisation_id),
        target=Target(
            of=RuleOf(row.of), name=row.name, label=row.label, tax_number=row.tax_number, contact=row.contact
        ),
        opinions=load(row.opinions, Opinions),
        strength=Strength(row.strength),
        since=row.since,
        earlier=load(row.earlier, tuple[Earlier, ...]),
        is_active=row.is_active,
        is_deleted=row.is_deleted,
        version=row.version,
        changed_by=None if row.changed_by is None else UserId(row.changed_by),
        changed_at=row.changed_at,
    )
