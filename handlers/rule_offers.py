"""Making the rule that is offered in Details."""

from dataclasses import dataclass

from bot.services.details import ItemDetails
from bot.services.rule_offers import RuleOffers
from bot.services.rules import RuleRefusedError
from bot.views import rule_offers as views
from bot.views.ids import ActionId
from bot.views.item_details import details
from bot.views.metadata import OfferRef
from bot.views.text import escape
from handlers.payloads import Click
from handlers.replies import Reply
from handlers.routes import Routes
from handlers.stacking import instead


@dataclass(frozen=True, slots=True)
class RuleOfferHandlers:
    offers: RuleOffers
    details: ItemDetails

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.MAKE_RULE, self.make_rule)

    async def make_rule(self, click: Click) -> Reply:
        """Details as they are then say what came of it."""
        ref = OfferRef.decode(click.value)
        try:
            rule = await self.offers.make(click.actor, ref.item_id, ref.digest)
        except RuleRefusedError as refused:
            notice = f":warning: {escape(' '.join(refused.fields.values()), 1000)}"
        else:
            notice = views.GONE if rule is None else views.made(rule)
        return instead(click, details(await self.details.seen(click.actor, ref.item_id), notice=notice))
