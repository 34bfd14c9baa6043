"""`/i/{item}`: the address that a bill carries in the ledger leads back to its card in Slack; with `?alert`, to an alert in
its thread; with `?file`, to the message that brought its file.

An address that was made up, one of another installation and one that is no address at all get the same page, so it
tells nothing about what there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.domain.connecting import Explanation
from bot.domain.ids import ItemId
from bot.domain.publishing import StepKind
from bot.services.links import ItemLinks
from handlers.pages import Pages, see_other

NOWHERE = Explanation(
    "There is no bill here",
    "This address leads to no bill of this installation.",
    "In Slack, App Home of Dext lists what waits for you.",
)
BROKEN = Explanation("Something went wrong on our side", "Nothing was changed.", "Load this page again in a moment.")


@dataclass(frozen=True, slots=True)
class ItemPages:
    links: ItemLinks

    def register(self, app: web.Application) -> None:
        app.router.add_get("/i/{item}", self._pages.served(self.open_in_slack))

    async def open_in_slack(self, request: web.Request) -> web.StreamResponse:
        address = await self._address(request.match_info["item"], request.query)
        if address is None:
            return self._pages.explained(NOWHERE, self.links.site.slack_url, 404)
        return see_other(address)

    async def _address(self, text: str, asked: Mapping[str, str]) -> str | None:
        try:
            item_id = ItemId(UUID(text))
        except ValueError:
            return None
        if "file" in asked:
            return await self.links.address_of_file(item_id)
        return await self.links.address(item_id, alert_of=_step_of(asked))

    @property
    def _pages(self) -> Pages:
        site = self.links.site
        return Pages(public_url=site.public_url, slack_url=site.slack_url, broken=BROKEN)


def _step_of(asked: Mapping[str, str]) -> StepKind | None:
    """The kind of step whose alert is asked for; without a name, the document."""
    name = asked.get("alert")
    return StepKind(name) if name in tuple(StepKind) else None if name is None else StepKind.DOCUMENT
