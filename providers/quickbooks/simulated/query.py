"""The vendor's SQL, answered.

A list entity's inactive records are left out unless the statement names `Active`. That text is compared without regard to
capitals is unverified.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from providers.quickbooks.simulated.entities import ENTITIES, Entity
from providers.quickbooks.simulated.faults import FaultError, fault
from providers.quickbooks.simulated.statements import Condition, Select
from providers.simulating.numbers import Json

MOST = 1000
_SCALARS = frozenset(
    {
        *(
            "SyncToken",
            "PrivateNote",
            "CurrencyRef",
            "ExchangeRate",
            "GlobalTaxCalculation",
            "DepartmentRef",
            "DueDate",
        ),
        *("HomeBalance", "Balance", "Credit", "EntityRef", "PrintStatus", "EmailStatus", "PaymentRefNum", "TxnStatus"),
    }
)
"""What may be selected of transactions beside what may be asked for."""


def matching(select: Select, records: Sequence[Json], largest: int = MOST) -> list[Json]:
    """All that match, in order, without the window.

    Raises:
        FaultError: it asks for what there is not, or what may not be asked for.
    """
    entity = ENTITIES[select.entity]
    _check(select, entity, records, largest)
    names = {condition.name for condition in select.conditions}
    found = [one for one in records if all(_holds(one, condition) for condition in select.conditions)]
    if entity.is_list and "Active" not in names:
        found = [one for one in found if one["Active"]]
    for name, is_falling in reversed(select.order):
        found.sort(key=lambda one: _sortable(one, name), reverse=is_falling)
    return found


def window(select: Select, found: Sequence[Json]) -> list[Json]:
    rows = found[select.start - 1 : select.start - 1 + select.most]
    if not select.columns:
        return list(rows)
    kept = ("domain", *select.columns)
    return [{**{name: one[name] for name in kept if name in one}, "sparse": True} for one in rows]


def _check(select: Select, entity: Entity, records: Sequence[Json], largest: int) -> None:
    if select.most > largest:
        raise fault("4001", f"QueryValidationError: value is too large. Max allowed value is {largest}.")
    if select.start < 1:
        raise fault("4001", "QueryValidationError: value is too small. Min allowed value is 1.")
    for name in [*(one.name for one in select.conditions), *(name for name, _ in select.order)]:
        if name not in entity.fields:
            raise _refused(name, entity, records)
    if any(name == "Id" for name, _ in select.order):  # since January 2026
        raise fault("4001", "QueryValidationError: property 'Id' is not sortable")
    for name in select.columns:
        if name not in entity.fields and not (name in _SCALARS or _is_plain(name, records)):
            raise fault("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def _refused(name: str, entity: Entity, records: Sequence[Json]) -> FaultError:
    if name in _SCALARS or any(name in one for one in records):
        return fault("4001", f"QueryValidationError: property '{name}' is not queryable")
    return fault("4001", f"QueryValidationError: Property {name} not found for Entity {entity.name}")


def _is_plain(name: str, records: Sequence[Json]) -> bool:
    """Whether a field holds a value; what is nested cannot be selected."""
    return any(not isinstance(one[name], dict | list) for one in records if name in one)


def _values(record: Any, path: Sequence[str]) -> list[Any]:
    """What stands under a path: of a list, whatever any of its elements has."""
    if isinstance(record, list):
        return [found for one in record for found in _values(one, path)]
    if not path:
        return [record.get("value")] if isinstance(record, dict) else [record]
    if not isinstance(record, dict):
        return []
    return _values(record.get(path[0], record.get(path[0].lower())), path[1:])


def _holds(record: Json, condition: Condition) -> bool:
    found = [value for value in _values(record, condition.name.split(".")) if value is not None]
    if condition.operator == "in":
        return any(_compared(one, "=", wanted) for one in found for wanted in condition.values)
    return any(_compared(one, condition.operator, condition.values[0]) for one in found)


def _compared(found: Any, operator: str, wanted: Any) -> bool:
    try:
        left, right = _alike(found, wanted)
    except (ValueError, ArithmeticError):
        raise fault("4001", f"QueryValidationError: value {wanted} is not valid") from None
    match operator:
        case "=":
            return bool(left == right)
        case "<":
            return bool(left < right)
        case ">":
            return bool(left > right)
        case "<=":
            return bool(left <= right)
        case ">=":
            return bool(left >= right)
    pattern = ".*".join(re.escape(part) for part in str(right).split("%"))
    return re.fullmatch(pattern, str(left), re.DOTALL) is not None


def _alike(found: Any, wanted: Any) -> tuple[Any, Any]:
    """Both in the kind of what is found: a truth, a number, a moment or text."""
    if isinstance(found, bool):
        return found, wanted if isinstance(wanted, bool) else str(wanted).lower() == "true"
    if isinstance(found, int | Decimal):
        return Decimal(found), Decimal(wanted)
    if re.match(r"\d{4}-\d\d-\d\dT", found):
        return _moment(found), _moment(str(wanted))
    return str(found).casefold(), str(wanted).casefold()


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _sortable(record: Json, name: str) -> tuple[bool, Any]:
    found = _values(record, name.split("."))
    value = found[0] if found else None
    if value is None:
        return False, ""
    return True, _alike(value, value)[0]
