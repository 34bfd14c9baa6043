"""What is said of all that a payment method pays for, in its own form: the opinions of its rule, which the list of rules shows as
well.
"""

from dataclasses import replace

from bot.db import rules as stored
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.payment_methods import PaymentMethodId
from bot.domain.rule_forms import RuleForm
from bot.domain.rules import NO_OPINIONS, Opinions, Rule, RuleOf, Target
from bot.services.writing_rules import as_saved, at_next_version, record, write


async def rule_of_method(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, method_id: PaymentMethodId
) -> Rule | None:
    """Its rule, switched off or not; None where it has none."""
    rule = await stored.rule_with_key(tx, workspace_id, organisation_id, RuleOf.PAYMENT_METHOD, str(method_id))
    return None if rule is None or rule.is_deleted else rule


async def say_of_method(  # noqa: PLR0917 - where, of what, by whom
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    method_id: PaymentMethodId,
    label: str,
    by: UserId,
    says: Opinions,
) -> None:
    """Have its rule say this, for what waits too; a rule that says nothing any more is deleted. Whoever calls holds the rules."""
    of, name = (tx, workspace_id, organisation_id), str(method_id)
    before = await stored.rule_with_key(*of, RuleOf.PAYMENT_METHOD, name)
    standing = NO_OPINIONS if before is None or before.is_deleted else before.opinions
    if says == standing:
        return
    if says == NO_OPINIONS and before is not None:
        gone = at_next_version(replace(before, is_deleted=True), by, tx.now)
        await stored.change_rule(tx, gone, at_version=before.version)
        await record(tx, gone, "rule deleted")
        return
    target = Target(of=RuleOf.PAYMENT_METHOD, name=name, label=label)
    version = 0 if before is None else before.version
    form = RuleForm(version=version, target=target, opinions=says, is_for_waiting=True)
    rule = as_saved(form, before, workspace_id=workspace_id, organisation_id=organisation_id, by=by, now=tx.now)
    await write(tx, rule, before, is_for_waiting=True)
