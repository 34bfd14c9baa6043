"""Saving an organisation's settings as a whole, and what that means for its items and channels."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec
from sqlalchemy import bindparam

from bot.db.base import Json, dump
from bot.db.items import newest_items
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.domain.amounts import AmountSettings
from bot.domain.auto_settings import AutoForm, AutoSettings
from bot.domain.books import ListKind
from bot.domain.documents import ItemKind
from bot.domain.general import GeneralForm
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.likeness import Strictness
from bot.domain.quiet import QuietForm
from bot.domain.rights import Role
from bot.domain.settings import SalesForm, Settings, SettingsForm
from bot.domain.slack import Actor
from bot.domain.tax_settings import TaxForm
from bot.services import audit, home_cards, moved_news, quiet
from bot.services.bindings import bind
from bot.services.foreign import redraw_foreign
from bot.services.messages import Subject, redraw, redraw_homes, redraw_items
from bot.services.new_codes import learn
from bot.services.people import People
from bot.services.settings import ALERTS, APPROVALS, GRANTS, SETTINGS, Chosen, load_settings, people_with
from bot.services.settings_pages import for_admin

_FORGET_PEOPLE = GRANTS.delete().where(
    GRANTS.c.workspace_id == bindparam("workspace_id"),
    GRANTS.c.organisation_id == bindparam("organisation_id"),
    GRANTS.c.role == bindparam("role"),
)
_NEW_GRANT = GRANTS.insert()
_SAVE = SETTINGS.update().where(
    SETTINGS.c.organisation_id == bindparam("of_organisation"),
    SETTINGS.c.workspace_id == bindparam("of_workspace"),
    SETTINGS.c.version == bindparam("at_version"),
)


MOST_REDRAWN = 500
"""Cards that are drawn again where amounts come to be hidden, or shown: the newest. An older one is as soon as it changes."""


class StaleFormError(Exception):
    """Somebody else saved while this form was open."""


class LookAtDefaults(Protocol):
    async def __call__(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *kinds: ListKind
    ) -> bool: ...


class BeginToFollow(Protocol):
    async def __call__(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, settings: Settings
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class SettingsService:
    db: Database
    people: People
    look_at_defaults: LookAtDefaults
    """`bot.services.default_messages.look`, which reads settings itself."""
    begin_to_follow: BeginToFollow
    """`bot.services.following.Following.begin`, which does too."""

    async def save(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        form: SettingsForm,
        *,
        also: Callable[[Tx], Awaitable[None]] | None = None,
    ) -> Settings:
        """Save the whole form; both General and Tax count as confirmed. Waiting items are coded again by new defaults.

        `also` is done in the same transaction, so that it holds if and only if the form was saved.

        Raises:
            NotAllowedError: not an admin of the organisation.
            StaleFormError: the settings were saved by somebody else meanwhile.
            ChannelTakenError: another organisation's approvals go to that channel.
        """
        async with self._saving(actor, organisation_id) as saving:
            tx, of, before = saving.tx, saving.of, saving.before
            bookkeepers = await people_with(tx, *of, Role.BOOKKEEPER)
            confirmed = {"general_confirmed_at": tx.now, "tax_confirmed_at": tx.now}
            chosen = replace(chosen_in(before), costs=form.costs, report_status=form.report_status)
            await saving.keep(form.version, chosen=dump(chosen), **confirmed)
            await _save_people(tx, *of, form, {Role.APPROVER: before.approvers, Role.BOOKKEEPER: bookkeepers})
            await _save_channels(tx, *of, form, before)
            await saving.tell("settings saved", msgspec.to_builtins(form))
            if also is not None:
                await also(tx)
            settings = await self._followed(saving)
            await _set_up_redrawn(saving, settings, (*form.approvers, *bookkeepers, *form.bookkeepers))
        return settings

    async def save_sales(self, actor: Actor, organisation_id: OrganisationId, form: SalesForm) -> Settings:
        """Save what is decided for sales; waiting sales follow.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            await saving.keep(form.version, chosen=dump(replace(chosen_in(saving.before), sales=form.sales)))
            await saving.tell("settings of sales saved", msgspec.to_builtins(form))
            return await self._followed(saving)

    async def save_tax(self, actor: Actor, organisation_id: OrganisationId, form: TaxForm) -> Settings:
        """Save what is decided of tax, which counts as confirmed; waiting items follow.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            before = saving.before
            chosen = replace(
                chosen_in(before),
                costs=replace(before.costs, default_tax_rate=form.rates[ItemKind.COST]),
                sales=replace(before.sales, default_tax_rate=form.rates[ItemKind.SALE]),
                tax=form.tax,
            )
            await saving.keep(form.version, chosen=dump(chosen), tax_confirmed_at=saving.tx.now)
            await saving.tell("settings of tax saved", msgspec.to_builtins(form))
            settings = await self._followed(saving)
            await _set_up_redrawn(saving, settings)
        return settings

    async def save_general(self, actor: Actor, organisation_id: OrganisationId, form: GeneralForm) -> Settings:
        """Save what is decided whatever items are; waiting ones follow.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            await saving.keep(form.version, general=dump(form.general))
            await saving.tell("general settings saved", msgspec.to_builtins(form))
            settings = await self._followed(saving)
            if settings.general.private_channels != saving.before.general.private_channels:
                seen = await newest_items(saving.tx, *saving.of, limit=MOST_REDRAWN)
                await redraw_items(saving.tx, actor.workspace.id, seen)
        return settings

    async def save_suppliers(
        self, actor: Actor, organisation_id: OrganisationId, version: int, supplier_match: Strictness
    ) -> Settings:
        """Save how like a contact's name has to be to be suggested; what is suggested of waiting items follows.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            before = saving.before
            await saving.keep(version, chosen=dump(replace(chosen_in(before), supplier_match=supplier_match)))
            facts: Json = {"supplier_match": [before.supplier_match, supplier_match]}
            await saving.tell("settings of suppliers saved", facts)
            settings = await saving.after()
            if settings.supplier_match is not before.supplier_match:
                await self.begin_to_follow(saving.tx, *saving.of, settings)
        return settings

    async def save_amounts(
        self, actor: Actor, organisation_id: OrganisationId, version: int, amounts: AmountSettings
    ) -> Settings:
        """Save what is decided about amounts: what is asked of small ones that wait follows, and cards of what waits in another
        currency are drawn again.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            before = saving.before
            await saving.keep(version, chosen=dump(replace(chosen_in(before), amounts=amounts)))
            facts: Json = {"amounts": [msgspec.to_builtins(before.amounts), msgspec.to_builtins(amounts)]}
            await saving.tell("settings of amounts saved", facts)
            settings = await saving.after()
            if amounts != before.amounts:
                await redraw_foreign(saving.tx, *saving.of)
            is_measured = amounts.materiality is not None and amounts.rates != before.amounts.rates
            if is_measured or amounts.materiality != before.amounts.materiality:
                await self.begin_to_follow(saving.tx, *saving.of, settings)
            return settings

    async def save_quiet(self, actor: Actor, organisation_id: OrganisationId, form: QuietForm) -> Settings:
        """Save when channels hear no news; what waits for the hours there were is looked at again.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            await saving.keep(form.version, chosen=dump(replace(chosen_in(saving.before), quiet=form.quiet)))
            await saving.tell("quiet hours saved", msgspec.to_builtins(form))
            await quiet.release(saving.tx, actor.workspace.id)
            return await saving.after()

    async def save_auto(self, actor: Actor, organisation_id: OrganisationId, form: AutoForm) -> Settings:
        """Save what is published without anybody's approval. It is for what comes in from now on, where it was not so before;
        whatever waits says by the exceptions of now why it does.

        Raises:
            NotAllowedError, StaleFormError: as `save`.
        """
        async with self._saving(actor, organisation_id) as saving:
            before = saving.before.auto
            since = (before.since or saving.tx.now) if form.is_for_all else None
            auto = AutoSettings(since=since, exceptions=form.exceptions)
            await saving.keep(form.version, chosen=dump(replace(chosen_in(saving.before), auto=auto)))
            await saving.tell("settings of automatic publishing saved", msgspec.to_builtins(auto))
            settings = await self._followed(saving)
            if auto.exceptions != before.exceptions:
                await redraw_items(
                    saving.tx, saving.of[0], await newest_items(saving.tx, *saving.of, limit=MOST_REDRAWN)
                )
        return settings

    @asynccontextmanager
    async def _saving(self, actor: Actor, organisation_id: OrganisationId) -> "AsyncIterator[_Saving]":
        async with for_admin(self.db, self.people, actor, organisation_id, writes=True) as tx:
            before = await load_settings(tx, actor.workspace.id, organisation_id)
            yield _Saving(tx, actor, organisation_id, before)

    async def _followed(self, saving: "_Saving") -> Settings:
        """As they are now: waiting items take over what changed for them, and defaults that cannot be used are told."""
        settings, tx, of = await saving.after(), saving.tx, saving.of
        defaults = settings.costs, settings.sales
        await learn(tx, *of, ListKind.ACCOUNTS, [each.default_account for each in defaults])
        rates = [each.default_tax_rate for each in defaults]
        untaxed = [settings.tax.costs.without_amount, settings.tax.sales.without_amount]
        await learn(tx, *of, ListKind.TAX_RATES, [*rates, *untaxed])
        if settings.for_items != saving.before.for_items:
            await self.begin_to_follow(tx, *of, settings)
        await self.look_at_defaults(tx, *of, *ListKind)
        return settings


@dataclass(frozen=True, slots=True)
class _Saving:
    """A form being saved, in the transaction that writes it."""

    tx: Tx
    actor: Actor
    organisation_id: OrganisationId
    before: Settings

    @property
    def of(self) -> tuple[WorkspaceId, OrganisationId]:
        return self.actor.workspace.id, self.organisation_id

    async def keep(self, version: int, **saved: object) -> None:
        """Write columns of the settings' row, if it is still at the version that the form was drawn from.

        Raises:
            StaleFormError: it is not.
        """
        if not await next_version(self.tx, self.actor.workspace.id, self.organisation_id, version, **saved):
            raise StaleFormError

    async def tell(self, deed: str, facts: Json) -> None:
        """In the audit."""
        by, workspace_id = self.actor.user_id, self.actor.workspace.id
        await audit.record(
            self.tx, workspace_id, self.organisation_id, deed, by=by, organisation_id=self.organisation_id, facts=facts
        )

    async def after(self) -> Settings:
        return await load_settings(self.tx, *self.of)


async def _set_up_redrawn(saving: _Saving, settings: Settings, people: tuple[UserId, ...] = ()) -> None:
    """Where it is said how far setting up is: cards, the connection, Home of who saved it, of approvers and of `people`."""
    tx, of, before = saving.tx, saving.of, saving.before
    await home_cards.follow(tx, *of, before, settings)
    await moved_news.follow(tx, *of, before, settings)
    await redraw(tx, saving.actor.workspace.id, Subject.CONNECTION, saving.organisation_id)
    await redraw_homes(tx, saving.actor.workspace.id, (saving.actor.user_id, *before.approvers, *people))
    tx.nudge(Nudge.PLANNER)


def sent_twice(drawn: int, now: int, *, is_held: bool) -> bool:
    """Whether a form drawn from version `drawn` is saved already. `is_held`: what it says stands at version `now`.

    Raises:
        StaleFormError: something else was saved since it was drawn.
    """
    if now > drawn and is_held:
        return True
    if now != drawn:
        raise StaleFormError
    return False


def chosen_in(settings: Settings) -> Chosen:
    """What of these is kept as chosen."""
    return Chosen(
        costs=settings.costs,
        sales=settings.sales,
        report_status=settings.report_status,
        supplier_match=settings.supplier_match,
        tax=settings.tax,
        amounts=settings.amounts,
        quiet=settings.quiet,
        auto=settings.auto,
    )


async def _save_people(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    form: SettingsForm,
    before: Mapping[Role, tuple[UserId, ...]],
) -> None:
    """Of the roles whose people are others than before."""
    for role, users in ((Role.APPROVER, form.approvers), (Role.BOOKKEEPER, form.bookkeepers)):
        if users != before[role]:
            await replace_grants(tx, workspace_id, organisation_id, role, users)


async def _save_channels(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, form: SettingsForm, before: Settings
) -> None:
    """A channel that was bound before is bound still: whoever changes that changes the settings' version.

    Raises:
        ChannelTakenError: as `SettingsService.save`.
    """
    if (form.approvals_channel, form.drops) != (before.approvals_channel, before.drops):
        await bind(tx, workspace_id, organisation_id, APPROVALS, form.approvals_channel, drops=form.drops)
    if form.alerts_channel != before.alerts_channel:
        await bind(tx, workspace_id, organisation_id, ALERTS, form.alerts_channel)


async def next_version(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, version: int, **saved: object
) -> bool:
    """False when somebody else saved meanwhile. Roles and channels share the settings' version, because the settings'
    form names them too.
    """
    seen = {"of_organisation": organisation_id, "of_workspace": workspace_id, "at_version": version}
    return (await tx.execute(_SAVE, {**saved, **seen, "version": version + 1})).rowcount > 0


async def replace_grants(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, role: Role, users: tuple[UserId, ...]
) -> None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "role": role}
    await tx.execute(_FORGET_PEOPLE, of)
    for position, user in enumerate(dict.fromkeys(users)):
        await tx.execute(_NEW_GRANT, {**of, "user_id": user, "position": position})
