"""What an organisation decides for its costs, or for its sales: what either form shows, and what has to be true of it."""

from bot.db.unit_of_work import Tx
from bot.domain.books import Books, Capability
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.settings import KindPage, KindSettings, destinations_for, statuses_for
from bot.services import choices
from bot.services.choices import NotOfferedError
from bot.services.known_methods import has_methods, method_not_offered, method_of
from bot.services.settings_pages import Ground
from providers.base import Profile

DESTINATION, PAYMENT_STATUS = "destination", "payment_status"
"""Fields that can be wrong, by their names in `KindSettings`; `choices` and `payment_methods` name those that search."""
NAMES = {ItemKind.COST: "costs", ItemKind.SALE: "sales"}


async def kind_page(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ground: Ground, kind: ItemKind
) -> KindPage:
    of = tx, workspace_id, organisation_id
    chosen, rules, can = ground.settings.of(kind), ground.rules, ground.can
    known = await choices.chosen(*of, chosen.default_account, chosen.default_tax_rate, product=chosen.default_product)
    return KindPage(
        kind=kind,
        ledger=ground.profile.name,
        chosen=chosen,
        destinations=destinations_for(kind, can),
        statuses=statuses_for(kind, can),
        account=known.account,
        tax_rate=known.tax_rate,
        product=known.product,
        payment_method=await method_of(*of, chosen.default_payment_method),
        has_methods=await has_methods(*of),
        rules=rules,
        tracking=await choices.tracked_documents(*of) if rules.tracks_documents else (),
        plan_limit=_plan_limit(ground.profile, ground.books),
        is_downloaded=Capability.DOWNLOADS in can,
    )


def impossible(page: KindPage, chosen: KindSettings) -> dict[str, str]:
    """What the package cannot do, as a sentence by field."""
    wrong, things = {}, NAMES[page.kind]
    if chosen.destination not in page.destinations:
        wrong[DESTINATION] = f"{page.ledger} cannot take {things} there. Choose another place."
    if chosen.payment_status not in page.statuses:
        wrong[PAYMENT_STATUS] = f"{page.ledger} cannot take {things} with this status. Choose another one."
    return wrong


async def not_offered(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, kind: ItemKind, chosen: KindSettings
) -> dict[str, str]:
    """What the lists do not have, or not any more, as a sentence by field."""
    of = tx, workspace_id, organisation_id
    wrong = await method_not_offered(*of, chosen.default_payment_method)
    try:
        codes = chosen.default_account, chosen.default_tax_rate
        await choices.require_offered(*of, *codes, kind=kind, product=chosen.default_product)
    except NotOfferedError as error:
        wrong |= error.fields
    if chosen.default_tracking:
        live = choices.tracks_of(await choices.tracked_documents(*of))
        gone = [track for track in chosen.default_tracking if track not in live]
        wrong |= {f"{choices.TRACKING}:{track.category}": choices.GONE[choices.TRACKING] for track in gone}
    return wrong


def _plan_limit(profile: Profile, books: Books | None) -> str | None:
    """What the organisation's plan allows of what is published, as far as the ledger told which one it has."""
    plan = None if books is None else books.plan
    return None if plan is None else profile.plan_limits.get(plan.upper())
