"""General settings: what the form shows, and what has to be true of it before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.db.unit_of_work import Database, Tx
from bot.domain.books import Capability
from bot.domain.closing import ClosedPolicy, locks_of
from bot.domain.documents import ItemKind
from bot.domain.general import GeneralForm, GeneralPage
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.required import NEVER_OF_REPORTS, RequiredField
from bot.domain.settings import PaymentStatus, statuses_for
from bot.domain.slack import Actor
from bot.services import choices
from bot.services.lists import live_tracking
from bot.services.people import People
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings_pages import FormRefusedError, Ground, for_admin, ground_of
from providers.base import AccountingProvider

UNTIL, COSTS, SALES = "until", "closed_costs", "closed_sales"
REQUIRED = {
    ItemKind.COST: "required_costs",
    ItemKind.SALE: "required_sales",
    ItemKind.EXPENSE_REPORT: "required_reports",
}
"""Fields that can be wrong."""
IN_VAIN = "Something else is chosen above. Choose “Another day, chosen below” there to close up to this day, or empty this field."
SAME_DAY_SOMEWHERE = timedelta(days=1)
"""Where it is tomorrow already, today is over."""


@dataclass(frozen=True, slots=True)
class General:
    db: Database
    people: People
    settings: SettingsService
    providers: Mapping[str, AccountingProvider]
    usual_undo: timedelta

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> GeneralPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        NoConnectionError: it is not connected, or is no organisation of this workspace.
        """
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            return await self._page(tx, actor.workspace.id, organisation_id)

    async def save(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        form: GeneralForm,
        wrong: Mapping[str, str],
        day_aside: date | None = None,
    ) -> GeneralPage:
        """`wrong` is what was seen of the form itself. `day_aside` is a last closed day that stands in it while something else
        is chosen: one that was not there before was typed to be the day.

        Raises:
            NotAllowedError, NoConnectionError: as `opened`.
            FormRefusedError: a sentence for each field that cannot stay as it is.
            StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        before = await self.opened(actor, organisation_id)
        if sent_twice(form.version, before.version, is_held=before.general == form.general):
            return before
        if wrong := _typed_in_vain(before, day_aside) | dict(wrong) | _impossible(before, form):
            raise FormRefusedError(wrong)
        await self.settings.save_general(actor, organisation_id, form)
        return replace(await self.opened(actor, organisation_id), before=before)

    async def _page(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> GeneralPage:
        of = tx, workspace_id, organisation_id
        ground = await ground_of(*of, self.providers)
        settings = ground.settings
        return GeneralPage(
            organisation_id=organisation_id,
            organisation=ground.organisation,
            ledger=ground.profile.name,
            listed_in=ground.profile.listed_in,
            general=settings.general,
            version=settings.version,
            today=tx.now.date(),
            policies={kind: offered_policies(ground, kind) for kind in (ItemKind.COST, ItemKind.SALE)},
            locks=locks_of(settings.general.closing, ground.books),
            tells_locks=Capability.LOCK_DATES in ground.profile.capabilities,
            usual_undo=self.usual_undo,
            required_fields=offered_fields(ground),
            tracking=await _tracking(*of, ground),
        )


def offered_policies(ground: Ground, kind: ItemKind) -> tuple[ClosedPolicy, ...]:
    """What can become of one in a closed period: nothing that the package cannot do, and a sale is never moved."""
    can = ground.can
    has_drafts = PaymentStatus.DRAFT in statuses_for(kind, can)
    possible = {
        ClosedPolicy.LEDGER: Capability.DOWNLOADS not in can,
        ClosedPolicy.STOP: True,
        ClosedPolicy.NEXT_OPEN_DAY: kind is not ItemKind.SALE,
        ClosedPolicy.AS_DRAFT: has_drafts,
        ClosedPolicy.ASK: has_drafts or kind is not ItemKind.SALE,
    }
    return tuple(policy for policy in ClosedPolicy if possible[policy])


def offered_fields(ground: Ground) -> dict[ItemKind, tuple[RequiredField, ...]]:
    """What can be asked for of each kind that the package has; nothing that it has no place for."""
    can = ground.can
    without = frozenset[RequiredField]()
    if not can & {Capability.PAYMENTS, Capability.BANK_TRANSACTIONS}:
        without |= {RequiredField.PAYMENT_METHOD}
    if ground.profile.files is None and Capability.DOWNLOADS not in can:
        without |= {RequiredField.FILE}
    has = {ItemKind.EXPENSE_REPORT: Capability.EXPENSE_REPORTS in can}
    return {
        kind: tuple(
            each
            for each in RequiredField
            if each not in without and not (kind is ItemKind.EXPENSE_REPORT and each in NEVER_OF_REPORTS)
        )
        for kind in ItemKind
        if has.get(kind, True)
    }


async def _tracking(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ground: Ground
) -> dict[str, str]:
    """Those that items can be coded to."""
    if Capability.TRACKING not in ground.can:
        return {}
    live = await live_tracking(tx, workspace_id, organisation_id)
    return {category.provider_id: category.name for category in choices.offered_tracking(live)}


def _typed_in_vain(page: GeneralPage, day_aside: date | None) -> dict[str, str]:
    return {} if day_aside in (None, page.general.closing.until) else {UNTIL: IN_VAIN}


def _impossible(page: GeneralPage, form: GeneralForm) -> dict[str, str]:
    closing, wrong = form.general.closing, {}
    if closing.until is not None and not _is_over(closing.until, page.today):
        wrong[UNTIL] = "This day is not over. Choose one that is: what comes in would be stopped until then."
    for kind in ItemKind:
        asked = form.general.required.of(kind)
        if not (asked.fields <= set(page.required_fields.get(kind, ())) and set(asked.tracking) <= set(page.tracking)):
            wrong[REQUIRED[kind]] = f"{page.ledger} does not have all of these any more. Choose again."
    for kind, name in ((ItemKind.COST, COSTS), (ItemKind.SALE, SALES)):
        if closing.of(kind) not in page.policies[kind]:
            wrong[name] = f"{page.ledger} cannot do that. Choose something else."
    return wrong


def _is_over(day: date, today: date) -> bool:
    return day < today + SAME_DAY_SOMEWHERE
