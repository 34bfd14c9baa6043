"""The one offer to publish by itself what a supplier's or customer's rule codes, once its documents went to the ledger just as it
says: made where the last of them is published, in its thread, and answered by an admin in two clicks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bot.db.auto_offers import decline_offer, make_offer, newest_approved, offer_of, offered_before, refused_of
from bot.db.items import load_item
from bot.db.rules import rules_by_id
from bot.db.unit_of_work import Database, Tx
from bot.domain.auto_offers import AutoOffer, is_enough, may_be_offered, rule_offered
from bot.domain.ids import OrganisationId, RuleId
from bot.domain.items import Item
from bot.domain.rights import Deed
from bot.domain.rule_forms import form_of
from bot.domain.rules import AutoPublish, Rule
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.messages import Drawn, Shown, Subject, redraw, want
from bot.services.people import People
from bot.services.rules import RuleNotFoundError, Rules
from bot.services.threads import under_card
from bot.views import auto_offers as views

ROLE = "auto offer"


async def offer(tx: Tx, published: Sequence[Item]) -> None:
    """Of one organisation, in the transaction that publishes them: where that makes enough of them, and it was not offered yet."""
    last = {rule_id: item for item in published if (rule_id := rule_offered(item)) is not None}
    if not last:
        return
    first = published[0]
    of = tx, first.workspace_id, first.organisation_id
    made = await offered_before(tx, first.workspace_id, last)
    rules = await rules_by_id(*of, last.keys() - made)
    for rule in rules.values():
        item = last[rule.id]
        if may_be_offered(rule) and await _is_enough(tx, item, rule) and await make_offer(tx, item, rule.id):
            await want(tx, item.workspace_id, Subject.AUTO_OFFER, rule.id, await under_card(tx, item, ROLE))


async def _is_enough(tx: Tx, item: Item, rule: Rule) -> bool:
    newest = await newest_approved(tx, item)
    return is_enough(newest, rule, await refused_of(tx, item.workspace_id, [each.id for each in newest]))


async def _is_still_so(tx: Tx, made: AutoOffer, rule: Rule) -> bool:
    """Whether what the offer says is true of the rule as it is by now."""
    item = await load_item(tx, rule.workspace_id, made.item_id)
    return item is not None and await _is_enough(tx, item, rule)


@dataclass(frozen=True, slots=True)
class AutoOffers:
    """Answers: each raises NotAllowedError for who is no admin, and RuleNotFoundError. The second one changes nothing."""

    db: Database
    people: People
    rules: Rules

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.AUTO_OFFER`: as its rule is by now."""
        made = await offer_of(tx, message.workspace_id, RuleId(UUID(message.subject_id)))
        if made is None:
            return None
        found = await rules_by_id(tx, message.workspace_id, made.organisation_id, (made.rule_id,))
        rule = found.get(made.rule_id)
        if rule is None:
            return None
        text, blocks = views.offer(rule, made, is_still_so=await _is_still_so(tx, made, rule))
        return Drawn(text=text, blocks=blocks)

    async def accept(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId) -> None:
        """What comes in from now on is published by itself; what the rule says beside stays. Where that was changed since, or
        documents went otherwise, nothing is.
        """
        rule = await self._rule(actor, organisation_id, rule_id)
        async with self.db.read() as tx:
            made = await offer_of(tx, actor.workspace.id, rule_id)
            is_meant = made is not None and await _is_still_so(tx, made, rule)
        if is_meant and may_be_offered(rule):
            said = form_of(rule)
            says = replace(said.opinions, auto_publish=AutoPublish.ALWAYS)
            await self.rules.save(actor, organisation_id, rule_id, replace(said, opinions=says))
        async with self.db.write() as tx:
            await redraw(tx, actor.workspace.id, Subject.AUTO_OFFER, rule_id)

    async def decline(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId) -> None:
        """People go on approving, and it is not offered again."""
        rule = await self._rule(actor, organisation_id, rule_id)
        async with self.db.write() as tx:
            if await decline_offer(tx, actor.workspace.id, rule_id, actor.user_id):
                of = actor.workspace.id, rule.id, "automatic publishing declined"
                await audit.record(tx, *of, by=actor.user_id, organisation_id=organisation_id)
            await redraw(tx, actor.workspace.id, Subject.AUTO_OFFER, rule_id)

    async def _rule(self, actor: Actor, organisation_id: OrganisationId, rule_id: RuleId) -> Rule:
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            found = await rules_by_id(tx, actor.workspace.id, organisation_id, (rule_id,))
        if rule_id not in found:
            raise RuleNotFoundError
        return found[rule_id]
