"""What is wrong with a rule that somebody sends in, as far as the ledger's lists and the package say.

Only what is chosen anew is looked up. What the rule said before may be gone from the lists: then it is no opinion, until it
is back.
"""

from dataclasses import dataclass

from bot.db import rules as stored
from bot.db.unit_of_work import Tx
from bot.domain.auto_settings import IN_FILES
from bot.domain.book_rules import BookRules
from bot.domain.booking import taken_by
from bot.domain.books import Capability
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.rule_forms import TARGET, RuleForm, kinds_of
from bot.domain.rules import NO_OPINIONS, AutoPublish, Opinions, Rule, RuleOf
from bot.domain.settings import destinations_for, statuses_for
from bot.services import choices, lists
from bot.services.choices import NotOfferedError, tracks_of
from bot.services.known_methods import method_not_offered, methods_named
from bot.services.settings import load_settings
from providers.base import Profile

FULL = f"{stored.MOST_RULES:,} rules are the most an organisation can have. Delete some that are not needed any more."
NOT_TRACKED = (
    "The books do not track costs by customer: switch that on in the ledger and type /dext sync, or leave it empty."
)
NOT_BILLED_ON = (
    "The books bill no costs on to customers: switch that on in the ledger and type /dext sync, or leave it empty."
)
NOT_SET_UP = "Save Settings once first: nothing is published before an admin has confirmed where it goes."
METHOD_GONE = "I cannot find that payment method any more."


async def why_not_free(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, before: Rule | None, same: Rule | None
) -> dict[str, str]:
    """A sentence where another rule is of the same as the one that is saved; or there are too many."""
    if same is not None and (before is None or same.id != before.id):
        there = "There was a rule for this, which is deleted" if same.is_deleted else "There is a rule for this already"
        return {TARGET: f"{there}: {same.target.label}. Change that one."}
    is_full = before is None and await stored.count_rules(tx, workspace_id, organisation_id) >= stored.MOST_RULES
    return {TARGET: FULL} if is_full else {}


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """One form, and what its rule says by now."""

    tx: Tx
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    profile: Profile
    form: RuleForm
    said: Opinions = NO_OPINIONS

    async def wrong(self) -> dict[str, str]:
        """A sentence by field, as of `RuleRefusedError`."""
        books = await lists.rules_of(self.tx, self.workspace_id, self.organisation_id)
        found = {**await self._codes(), **await self._others(), **await self._customer(books)}
        return {**found, **self._places(books), **await self._by_itself(books), **await self._target()}

    async def _codes(self) -> dict[str, str]:
        says, said = self.form.opinions, self.said
        wrong: dict[str, str] = {}
        for account in sorted(says.accounts - said.accounts):
            field = choices.ACCOUNT if account == says.account else "split"
            wrong |= dict.fromkeys([field], await self._why_not(account=account))
        for rate in sorted(says.tax_rates - said.tax_rates):
            field = choices.TAX_RATE if rate == says.tax_rate else "split"
            wrong |= dict.fromkeys([field], await self._why_not(tax_rate=rate))
        if says.product not in (None, said.product):
            wrong[choices.PRODUCT] = await self._why_not(product=says.product)
        return {field: sentence for field, sentence in wrong.items() if sentence}

    async def _why_not(
        self, *, account: str | None = None, tax_rate: str | None = None, product: str | None = None
    ) -> str:
        """Empty where it is offered for one of the kinds of items that the rule is for."""
        sentences = set()
        for kind in kinds_of(self.form.target.of):
            try:
                await choices.require_offered(
                    self.tx, self.workspace_id, self.organisation_id, account, tax_rate, kind=kind, product=product
                )
            except NotOfferedError as error:
                sentences |= set(error.fields.values())
            else:
                return ""
        return " ".join(sorted(sentences))

    async def _others(self) -> dict[str, str]:
        of = self.tx, self.workspace_id, self.organisation_id
        says, said = self.form.opinions, self.said
        wrong: dict[str, str] = {}
        if says.payment_method not in (None, said.payment_method):
            wrong |= await method_not_offered(*of, says.payment_method)
        tracks = set(says.tracking) - set(said.tracking)
        if tracks and not tracks <= tracks_of(await lists.live_tracking(*of)):
            wrong[choices.TRACKING] = choices.GONE[choices.TRACKING]
        return wrong

    async def _customer(self, books: BookRules) -> dict[str, str]:
        says, said = self.form.opinions, self.said
        wrong = {}
        if says.billable not in (None, said.billable) and not books.bills_customers:
            wrong["billable"] = NOT_BILLED_ON
        if says.customer in (None, said.customer):
            return wrong
        if not books.customers_on:
            return wrong | {"customer": NOT_TRACKED}
        found = await lists.contacts_by_id(self.tx, self.workspace_id, self.organisation_id, {says.customer})
        is_one = [each.is_active and (each.is_customer or not books.parts_contacts) for each in found.values()]
        return wrong if any(is_one) else wrong | {"customer": choices.GONE[choices.CUSTOMER]}

    def _places(self, books: BookRules) -> dict[str, str]:
        says, said, name = self.form.opinions, self.said, self.profile.name
        can, kinds = taken_by(self.profile.capabilities, books), kinds_of(self.form.target.of)
        wrong = {}
        places = [place for kind in kinds for place in destinations_for(kind, can)]
        if says.publish_to not in (None, said.publish_to, *places):
            wrong["publish_to"] = f"{name} cannot take it there. Choose another place."
        statuses = [status for kind in kinds for status in statuses_for(kind, can)]
        if says.publish_as not in (None, said.publish_as, *statuses):
            wrong["publish_as"] = f"{name} cannot take it with this status. Choose another one."
        return wrong

    async def _by_itself(self, books: BookRules) -> dict[str, str]:
        """What lets documents out without anybody is not switched on before it is known where they go."""
        says, said = self.form.opinions.auto_publish, self.said.auto_publish
        if says is not AutoPublish.ALWAYS or says is said:
            return {}
        if Capability.DOWNLOADS in taken_by(self.profile.capabilities, books):
            return {"auto_publish": IN_FILES.format(ledger=self.profile.name)}
        settings = await load_settings(self.tx, self.workspace_id, self.organisation_id)
        return {} if settings.is_set_up else {"auto_publish": NOT_SET_UP}

    async def _target(self) -> dict[str, str]:
        of, target = (self.tx, self.workspace_id, self.organisation_id), self.form.target
        if target.contact is not None and await lists.load_contact(*of, target.contact) is None:
            return {TARGET: choices.GONE[choices.CONTACT]}
        if target.of is RuleOf.PAYMENT_METHOD and not await methods_named(*of, (target.name,)):
            return {TARGET: METHOD_GONE}
        return {}
