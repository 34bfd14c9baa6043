"""When an organisation's channels hear no news: the page, and saving it."""

from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.ids import OrganisationId
from bot.domain.quiet import QuietForm, QuietHours, QuietPage, Weekday, zone_of
from bot.domain.slack import Actor
from bot.services.people import People
from bot.services.saving_settings import SettingsService, sent_twice
from bot.services.settings import load_settings, organisation_name
from bot.services.settings_pages import FormRefusedError, for_admin

HOURS, DAYS, ZONE = "quiet_hours", "quiet_days", "quiet_zone"
"""Fields that can be wrong."""


@dataclass(frozen=True, slots=True)
class QuietSettings:
    db: Database
    people: People
    settings: SettingsService

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> QuietPage:
        """Raises:
        NotAllowedError: only admins of the organisation set it up.
        OrganisationNotFoundError: the workspace has no such organisation.
        """
        person = await self.people.identify(actor)
        async with for_admin(self.db, self.people, actor, organisation_id) as tx:
            settings = await load_settings(tx, actor.workspace.id, organisation_id)
            quiet = settings.quiet
            return QuietPage(
                organisation_id=organisation_id,
                organisation=await organisation_name(tx, actor.workspace.id, organisation_id),
                version=settings.version,
                quiet=quiet,
                zone=(None if person is None else person.zone) or "UTC",
                until=None if quiet is None else quiet.end_of_quiet(tx.now),
            )

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: QuietForm) -> QuietPage:
        """Raises:
        NotAllowedError, OrganisationNotFoundError: as `opened`.
        FormRefusedError: a sentence for each field that cannot stay as it is.
        StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        before = await self.opened(actor, organisation_id)
        if sent_twice(form.version, before.version, is_held=before.quiet == form.quiet):
            return before
        if form.quiet is not None and (wrong := _impossible(form.quiet)):
            raise FormRefusedError(wrong)
        await self.settings.save_quiet(actor, organisation_id, form)
        return replace(await self.opened(actor, organisation_id), before=before)


def _impossible(quiet: QuietHours) -> dict[str, str]:
    wrong = {}
    if (quiet.begins is None) != (quiet.ends is None):
        wrong[HOURS] = "Choose both when it begins and when it ends, or neither."
    elif quiet.begins is not None and quiet.begins == quiet.ends:
        wrong[HOURS] = "It would be quiet all day long. Let it end at another time than it begins."
    if len(quiet.days) == len(Weekday):
        wrong[DAYS] = "Nothing would ever be told. Leave at least one day."
    if zone_of(quiet.zone) is None:
        wrong[ZONE] = "I do not know this time zone. Write it as Europe/London or America/New_York."
    return wrong
