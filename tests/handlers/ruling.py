"""Rules as bookkeepers and admins save them, at a desk."""

from bot.domain.rule_forms import RuleForm
from bot.domain.rules import Opinions, Rule, RuleOf, Strength, Target
from bot.playground.slack import ADMIN
from bot.services.rules import Rules
from tests.handlers.desk import Desk

SUPPLIER = Target(of=RuleOf.SUPPLIER, name="Paper & Ink Ltd", label="Paper & Ink Ltd")


def rules_of(desk: Desk) -> Rules:
    return desk.world.services.rules


async def save_rule(
    desk: Desk,
    target: Target = SUPPLIER,
    *,
    before: Rule | None = None,
    is_for_waiting: bool = True,
    strength: Strength = Strength.ALWAYS,
    user: str = ADMIN,
    **says: object,
) -> Rule:
    """A new rule, or `before` with other opinions."""
    opinions = Opinions(**says)  # type: ignore[arg-type]  # each test names its own fields
    version = 0 if before is None else before.version
    form = RuleForm(version=version, target=target, opinions=opinions, strength=strength, is_for_waiting=is_for_waiting)
    return await save_form(desk, form, before, user=user)


async def save_form(desk: Desk, form: RuleForm, before: Rule | None = None, *, user: str = ADMIN) -> Rule:
    actor, rule_id = await desk.world.actor(user), None if before is None else before.id
    rule = await rules_of(desk).save(actor, desk.world.organisation_id, rule_id, form)
    await desk.settle()
    return rule


async def switch(desk: Desk, rule: Rule, *, is_active: bool, user: str = ADMIN) -> Rule:
    actor = await desk.world.actor(user)
    turned = await rules_of(desk).switch(actor, desk.world.organisation_id, rule.id, rule.version, is_active=is_active)
    await desk.settle()
    return turned
