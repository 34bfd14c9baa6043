"""An organisation's rules written to a file by an operator, and brought in from one: looked through first, each held to what
the form is held to. What is wrong is told with its line, and keeps no other one out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.db import payment_methods
from bot.db import rules as stored
from bot.db.recodings import begin_again
from bot.db.unit_of_work import Database, Tx
from bot.domain.payment_methods import alike
from bot.domain.rule_forms import TARGET, RuleForm, wrong_in
from bot.domain.rules import NO_OPINIONS, Rule, RuleOf
from bot.services.named_books import NamedBooks
from bot.services.rule_checks import FULL, RuleCheck
from bot.services.settings_pages import NoConnectionError, provider_of
from bot.services.writing_rules import as_saved, hold, write
from bot.sheets.rule_lines import RuleLine, WrittenRule, written_rule
from providers.base import Profile

NO_METHOD = "there is no payment method called {name}: add it by /dext payment-methods first."


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleToBring:
    """A rule of a line, and what it would replace."""

    number: int
    form: RuleForm
    is_active: bool
    before: Rule | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None or self.before.is_deleted


@dataclass(slots=True, kw_only=True)
class RulePlan:
    """What bringing rules in would do; of wrong ones, the line and a sentence for each thing that is wrong."""

    new: list[RuleToBring] = field(default_factory=list)
    changed: list[RuleToBring] = field(default_factory=list)
    known: int = 0
    wrong: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RuleLists:
    db: Database
    profiles: Mapping[str, Profile]
    """Of the packages, by their keys."""

    async def written(self, books: NamedBooks) -> tuple[str, ...]:
        """A line for each rule that is not deleted."""
        async with self.db.read() as tx:
            of = tx, books.workspace_id, books.organisation_id
            rules = [rule async for some in stored.every_rule(*of) for rule in some]
            methods = await payment_methods.all_methods(*of)
        names = {str(method.id): method.name for method in methods}
        return tuple(written_rule(rule, names) for rule in rules if not rule.is_deleted)

    async def plan(self, books: NamedBooks, lines: Sequence[RuleLine], *, is_for_waiting: bool) -> RulePlan:
        """Raises:
        NoConnectionError: nothing is connected that could say what there is to choose.
        """
        plan, seen = RulePlan(), dict[tuple[RuleOf, str | None], int]()
        async with self.db.read() as tx:
            reading = await _Reading.begun(tx, books, self.profiles, is_for_waiting=is_for_waiting)
            room = stored.MOST_RULES - await stored.count_rules(tx, books.workspace_id, books.organisation_id)
            for line in lines:
                if line.rule is None:
                    plan.wrong.append((line.number, (line.wrong or "",)))
                    continue
                found = await reading.read(line.number, line.rule)
                if isinstance(found, RuleToBring):
                    key = found.form.target.of, found.form.target.key
                    if key in seen:
                        plan.wrong.append((line.number, (f"it is for the same as line {seen[key]}.",)))
                        continue
                    seen[key] = line.number
                    room -= found.is_new
                    if found.is_new and room < 0:
                        plan.wrong.append((line.number, (FULL,)))
                        continue
                _sorted_in(plan, line.number, found)
        return plan

    async def carry_out(self, books: NamedBooks, rules: Sequence[RuleToBring], *, is_for_waiting: bool) -> int:
        """All of them, or none: how many.

        Raises:
            StaleFormError: somebody changed one of them meanwhile.
        """
        of = books.workspace_id, books.organisation_id
        async with self.db.write() as tx:
            await hold(tx, *of)
            for each in rules:
                rule = as_saved(each.form, each.before, workspace_id=of[0], organisation_id=of[1], by=None, now=tx.now)
                rule = replace(rule, is_active=each.is_active)
                await write(tx, rule, each.before, is_for_waiting=is_for_waiting)
            await begin_again(tx, *of)
        return len(rules)


def _sorted_in(plan: RulePlan, number: int, found: "RuleToBring | tuple[str, ...]") -> None:
    if not isinstance(found, RuleToBring):
        plan.wrong.append((number, found))
    elif found.before is None or found.is_new:
        plan.new.append(found)
    elif found.form.is_held_by(found.before) and found.is_active is found.before.is_active:
        plan.known += 1
    else:
        plan.changed.append(found)


@dataclass(frozen=True, slots=True)
class _Reading:
    tx: Tx
    books: NamedBooks
    profile: Profile
    methods: Mapping[str, str]
    """Our ids by what is alike in names."""
    is_for_waiting: bool

    @classmethod
    async def begun(
        cls, tx: Tx, books: NamedBooks, profiles: Mapping[str, Profile], *, is_for_waiting: bool
    ) -> "_Reading":
        profile = profiles.get(await provider_of(tx, books.workspace_id, books.organisation_id) or "")
        if profile is None:
            raise NoConnectionError
        methods = await payment_methods.all_methods(tx, books.workspace_id, books.organisation_id)
        return cls(tx, books, profile, {alike(method.name): str(method.id) for method in methods}, is_for_waiting)

    async def read(self, number: int, written: WrittenRule) -> RuleToBring | tuple[str, ...]:
        """The rule, or what is wrong with it."""
        of = self.tx, self.books.workspace_id, self.books.organisation_id
        target, says = written.target, written.says
        named = [says.payment_method] if says.payment_method is not None else []
        named += [target.name] if target.of is RuleOf.PAYMENT_METHOD else []
        lacking = [name for name in named if alike(name) not in self.methods]
        if lacking:
            return tuple(NO_METHOD.format(name=name) for name in lacking)
        if says.payment_method is not None:
            says = replace(says, payment_method=self.methods[alike(says.payment_method)])
        if target.of is RuleOf.PAYMENT_METHOD:
            target = replace(target, name=self.methods[alike(target.name)])
        before = None if target.key is None else await stored.rule_with_key(*of, target.of, target.key)
        form = RuleForm(
            version=0 if before is None else before.version,
            target=target,
            opinions=says,
            strength=written.strength,
            is_for_waiting=self.is_for_waiting,
        )
        said = NO_OPINIONS if before is None else before.opinions
        wrong = wrong_in(form) or await RuleCheck(*of, self.profile, form, said).wrong()
        if wrong:
            return tuple(f"{name}: {sentence}" if name != TARGET else sentence for name, sentence in wrong.items())
        return RuleToBring(number=number, form=form, is_active=written.is_active, before=before)
