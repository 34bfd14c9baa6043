"""A rule that a supplier's or customer's past comes to, and what it would have changed of that past: a back-test."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.coding import Evidence, Track
from bot.domain.due import Due
from bot.domain.history import NEWEST, Past, Suggested
from bot.domain.ids import ItemId
from bot.domain.rules import Opinions, Target

LEAST = 3
"""Documents that have to agree before a rule is offered, which counts for all that follow."""
ACCOUNT, TAX_RATE, PRODUCT, DUE = "account", "tax_rate", "product", "due"
"""Fields, as `Opinions` has them; of what is tracked the tracking category's id stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that the rule says: a code of the ledger, or a `Due`."""

    field: str
    code: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A document of the past that the rule would have booked otherwise: by field, what it was, and what it would have been.
    None is nothing, or several.
    """

    item_id: ItemId
    reference: str
    approved_on: date
    fields: tuple[tuple[str, str | None, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRule:
    """A rule of `target`; and of the `looked_at` newest documents those that it would have changed, newest first."""

    target: Target
    says: tuple[Said, ...]
    looked_at: int
    otherwise: tuple[Otherwise, ...] = ()

    @property
    def opinions(self) -> Opinions:
        codes = {said.field: said.code for said in self.says}
        due = codes.pop(DUE, None)
        return Opinions(
            account=codes.pop(ACCOUNT, None),
            tax_rate=codes.pop(TAX_RATE, None),
            product=codes.pop(PRODUCT, None),
            due=None if due is None else Due.of(due),
            tracking=tuple(sorted(Track(category, option) for category, option in codes.items())),
        )

    @property
    def digest(self) -> str:
        return digest_of(self.target, self.opinions)


def digest_of(target: Target, opinions: Opinions) -> str:
    """Whether what somebody was shown is what it is now."""
    return hashlib.sha256(repr((target.of, target.key, opinions)).encode()).hexdigest()[:16]


def offered(target: Target, pasts: Sequence[Past], found: Suggested) -> OfferedRule | None:
    """What these, newest first, come to; None where that is too little for a rule, or says nothing of where it is booked to."""
    says = tuple(_said(found))
    if not any(said.field in (ACCOUNT, PRODUCT) for said in says):
        return None
    newest = pasts[:NEWEST]
    changed = (_otherwise(past, says) for past in newest)
    return OfferedRule(
        target=target,
        says=says,
        looked_at=len(newest),
        otherwise=tuple(each for each in changed if each is not None),
    )


def _said(found: Suggested) -> Iterator[Said]:
    values = ((ACCOUNT, found.account), (PRODUCT, found.product), (TAX_RATE, found.tax_rate), (DUE, found.due))
    for field, value in (*values, *found.tracking.items()):
        if value is not None and value.value is not None and _is_enough(value.evidence):
            assert value.evidence is not None
            yield Said(field=field, code=value.value, evidence=value.evidence)


def _is_enough(evidence: Evidence | None) -> bool:
    return evidence is not None and evidence.alike >= LEAST


def _otherwise(past: Past, says: Sequence[Said]) -> Otherwise | None:
    """A due date that its document stated is left alone by a rule, so no document of the past would have another one."""
    fields = tuple(
        (said.field, was, said.code)
        for said in says
        if said.field != DUE and (was := _was(past, said.field)) != said.code
    )
    if not fields:
        return None
    return Otherwise(item_id=past.item_id, reference=past.reference, approved_on=past.approved_on, fields=fields)


def _was(past: Past, field: str) -> str | None:
    match field:
        case "account":
            return past.codes.account
        case "tax_rate":
            return past.codes.tax_rate
        case "product":
            return past.codes.product
        case _:
            return past.option(field)
