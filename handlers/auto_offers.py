"""The answer to an offer to publish by itself: the message in the thread is drawn by itself."""

from dataclasses import dataclass

from bot.domain.ids import RuleId
from bot.services.auto_offers import AutoOffers
from bot.views.ids import ActionId
from bot.views.metadata import NotOursError, RuleRef
from handlers.payloads import Click
from handlers.replies import Reply
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class AutoOfferHandlers:
    offers: AutoOffers

    def register(self, routes: Routes) -> None:
        routes.action(ActionId.ACCEPT_AUTO_OFFER, self.accept)
        routes.action(ActionId.DECLINE_AUTO_OFFER, self.decline)

    async def accept(self, click: Click) -> Reply:
        ref = RuleRef.decode(click.value)
        await self.offers.accept(click.actor, ref.organisation_id, _rule(ref))
        return None

    async def decline(self, click: Click) -> Reply:
        ref = RuleRef.decode(click.value)
        await self.offers.decline(click.actor, ref.organisation_id, _rule(ref))
        return None


def _rule(ref: RuleRef) -> RuleId:
    if ref.rule_id is None:
        raise NotOursError("a rule without its id")
    return ref.rule_id
