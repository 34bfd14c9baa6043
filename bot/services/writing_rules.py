"""A rule as it is written, whoever saves it, with the row of the audit log that tells of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from bot.db import rules as stored
from bot.db.base import new_id, table_of
from bot.db.connections import SettingsRow
from bot.db.unit_of_work import Tx
from bot.domain.books import ListKind
from bot.domain.ids import OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.rule_forms import RuleForm
from bot.domain.rules import Opinions, Rule
from bot.services import audit
from bot.services.new_codes import learn
from bot.services.saving_settings import StaleFormError

SETTINGS = table_of(SettingsRow)
_HOLD = (
    select(SETTINGS.c.version)
    .where(
        SETTINGS.c.workspace_id == bindparam("workspace_id"), SETTINGS.c.organisation_id == bindparam("organisation_id")
    )
    .with_for_update()
)
"""As who saves settings: what comes in meanwhile waits for it, so it is coded by one or the other."""


async def hold(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    await tx.execute(_HOLD, {"workspace_id": workspace_id, "organisation_id": organisation_id})


def as_saved(
    form: RuleForm,
    before: Rule | None,
    *,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    by: UserId | None,
    now: datetime,
) -> Rule:
    """The rule that a form makes; `by` is nobody in Slack where it is done on the command line."""
    since = None if form.is_for_waiting else now
    if before is None:
        return Rule(
            id=RuleId(new_id()),
            workspace_id=workspace_id,
            organisation_id=organisation_id,
            target=form.target,
            opinions=form.opinions,
            strength=form.strength,
            since=since,
            changed_by=by,
            changed_at=now,
        )
    rule = before.changed(form.opinions, form.strength, now=now, is_for_waiting=form.is_for_waiting)
    if before.is_deleted:  # nothing waits for what it said
        rule = replace(rule, since=since, earlier=(), is_active=True, is_deleted=False)
    return replace(at_next_version(rule, by, now), target=form.target)


def at_next_version(rule: Rule, by: UserId | None, now: datetime) -> Rule:
    return replace(rule, version=rule.version + 1, changed_by=by, changed_at=now)


async def write(tx: Tx, rule: Rule, before: Rule | None, *, is_for_waiting: bool) -> None:
    """Raises:
    StaleFormError: it is at another version than `before`, or there is one of the same by now.
    """
    if before is None:
        is_written, deed = await stored.insert_rule(tx, rule), "rule added"
    else:
        is_written = await stored.change_rule(tx, rule, at_version=before.version)
        deed = "rule restored" if before.is_deleted else "rule changed"
    if not is_written:
        raise StaleFormError
    await learn(tx, rule.workspace_id, rule.organisation_id, ListKind.ACCOUNTS, rule.opinions.accounts)
    await learn(tx, rule.workspace_id, rule.organisation_id, ListKind.TAX_RATES, rule.opinions.tax_rates)
    said = None if before is None else before.opinions
    await record(tx, rule, deed, before=said, is_for_waiting=is_for_waiting)


async def record(
    tx: Tx, rule: Rule, deed: str, *, before: Opinions | None = None, is_for_waiting: bool | None = None
) -> None:
    facts: dict[str, Any] = {"of": rule.of, "label": rule.target.label, "says": msgspec.to_builtins(rule.opinions)}
    if before is not None:
        facts["said before"] = msgspec.to_builtins(before)
    if is_for_waiting is not None:
        facts["for waiting items"] = is_for_waiting
    await audit.record(
        tx, rule.workspace_id, rule.id, deed, by=rule.changed_by, organisation_id=rule.organisation_id, facts=facts
    )
