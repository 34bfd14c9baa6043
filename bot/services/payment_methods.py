"""An organisation's payment methods: listed, added, changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Select, bindparam, select

from bot.db import payment_methods as stored
from bot.db.base import new_id, table_of
from bot.db.connections import ConnectionRow, OrganisationRow, SettingsRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.booking import taken_by
from bot.domain.books import Capability
from bot.domain.card_accounts import takes_card
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import (
    MOST_METHODS,
    PER_PAGE,
    Link,
    PaymentMethod,
    PaymentMethodForm,
    PaymentMethodId,
    PaymentMethodPage,
    PaymentMethodsPage,
)
from bot.domain.rights import Deed
from bot.domain.rule_forms import kinds_of
from bot.domain.rules import NO_OPINIONS, AutoPublish, RuleOf
from bot.domain.settings import Destination, destinations_for
from bot.domain.slack import Actor
from bot.services import audit, home_cards
from bot.services.bank_accounts import bank_accounts
from bot.services.known_methods import all_known, as_known
from bot.services.lists import rules_of
from bot.services.method_rules import rule_of_method, say_of_method
from bot.services.namesakes import IS_NAMESAKE, called
from bot.services.people import OrganisationNotFoundError, People
from bot.services.rule_checks import NOT_SET_UP
from bot.services.saving_settings import BeginToFollow, StaleFormError
from bot.services.settings import load_settings
from bot.services.settings_pages import provider_of
from providers.base import AccountingProvider

ORGANISATIONS, CONNECTIONS, SETTINGS = table_of(OrganisationRow), table_of(ConnectionRow), table_of(SettingsRow)

NAME, BANK_ACCOUNT, PUBLISH_TO, AUTO_PUBLISH = "name", "bank_account", "publish_to", "auto_publish"
"""Fields that can be wrong, by their names in `PaymentMethodForm`."""
GONE = "This bank account is not in the ledger's list of live ones any more. Choose another one, or none."
FULL = f"{MOST_METHODS} payment methods are the most an organisation can have. Change one that is not used any more."

_BOOKS: Select[tuple[str, str | None, bool]] = (
    select(ORGANISATIONS.c.name, CONNECTIONS.c.provider, IS_NAMESAKE)
    .outerjoin(CONNECTIONS, CONNECTIONS.c.organisation_id == ORGANISATIONS.c.id)
    .where(
        ORGANISATIONS.c.workspace_id == bindparam("workspace_id"), ORGANISATIONS.c.id == bindparam("organisation_id")
    )
)
_HOLD = (
    select(SETTINGS.c.version)
    .where(
        SETTINGS.c.workspace_id == bindparam("workspace_id"), SETTINGS.c.organisation_id == bindparam("organisation_id")
    )
    .with_for_update()
)
"""As who saves settings: a name is free until it is taken, and an item that is judged meanwhile follows afterwards."""


class MethodRefusedError(Exception):
    """What is wrong with a form, as a sentence by field. Nothing was saved."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))


class MethodNotFoundError(Exception):
    """The organisation has no such payment method."""

    def __init__(self) -> None:
        super().__init__("I cannot find that payment method. Type `/dext payment-methods` to see those there are.")


@dataclass(frozen=True, slots=True)
class PaymentMethods:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]
    begin_to_follow: BeginToFollow

    async def listed(self, actor: Actor, organisation_id: OrganisationId, page: int = 0) -> PaymentMethodsPage:
        """Raises:
        NotAllowedError: only admins of the organisation see and change them.
        OrganisationNotFoundError: it is no organisation of this workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            return await self._list(tx, actor.workspace.id, organisation_id, page)

    async def opened(
        self, actor: Actor, organisation_id: OrganisationId, method_id: PaymentMethodId | None = None
    ) -> PaymentMethodPage:
        """One of them, or a new one.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `listed`.
            MethodNotFoundError: the organisation has no such payment method.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            return await self._page(tx, actor.workspace.id, organisation_id, method_id)

    async def save(
        self,
        actor: Actor,
        organisation_id: OrganisationId,
        method_id: PaymentMethodId | None,
        form: PaymentMethodForm,
    ) -> PaymentMethodsPage:
        """Add one, or change one. The same form once more, saved already, changes nothing.

        Raises:
            NotAllowedError, OrganisationNotFoundError, MethodNotFoundError: as `opened`.
            MethodRefusedError: a sentence for each field that cannot stay as it is.
            StaleFormError: somebody else changed it while the form was open.
        """
        person = await self.people.identify(actor)
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await tx.execute(_HOLD, {"workspace_id": workspace_id, "organisation_id": organisation_id})
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            before = await self._page(tx, workspace_id, organisation_id, method_id)
            same_name = await stored.method_named(tx, workspace_id, organisation_id, form.name)
            earlier = same_name if before.known is None else before.known.method
            is_new = before.known is None and earlier is not None
            standing = await self._page(tx, workspace_id, organisation_id, earlier.id) if is_new and earlier else before
            if earlier is None or not form.is_held_by(earlier) or not standing.holds(form):
                await _require_fit(tx, actor, before, form, same_name)
                await _saved(tx, actor, before, form)
                await self._followed(tx, workspace_id, organisation_id)
            return await self._list(tx, workspace_id, organisation_id, 0)

    async def relink(self, actor: Actor, organisation_id: OrganisationId, old: str, new: str) -> int:
        """Have those in use that pay from one bank account pay from another; how many.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `listed`.
            MethodRefusedError: one of them cannot pay from that; nothing was changed.
        """
        person = await self.people.identify(actor)
        of = actor.workspace.id, organisation_id
        async with self.db.write() as tx:
            await tx.execute(_HOLD, {"workspace_id": of[0], "organisation_id": of[1]})
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            methods = await stored.all_methods(tx, *of)
            meant = [method for method in methods if method.is_active and method.bank_account == old]
            for method in meant:
                form = PaymentMethodForm(
                    version=method.version, name=method.name, last_digits=method.last_digits, bank_account=new
                )
                before = await self._page(tx, *of, method.id)
                await _require_fit(tx, actor, before, form, method)
                await _saved(tx, actor, before, form)
            if meant:
                await self._followed(tx, *of)
        return len(meant)

    async def _followed(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
        """What waits for a bank account of it goes on, what it paid from waits, and all that name it have its new name; a new
        one may be the card on what waits.
        """
        settings = await load_settings(tx, workspace_id, organisation_id)
        await self.begin_to_follow(tx, workspace_id, organisation_id, settings)
        await home_cards.methods_changed(tx, workspace_id, organisation_id)

    async def _list(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, page: int
    ) -> PaymentMethodsPage:
        """The last page there is, where they have become fewer."""
        name, ledger = await self._books(tx, workspace_id, organisation_id)
        known = await all_known(tx, workspace_id, organisation_id)
        page = min(page, max(0, (len(known) - 1) // PER_PAGE))
        return PaymentMethodsPage(
            organisation_id=organisation_id,
            organisation=name,
            ledger=ledger,
            is_typed=not await self._is_called(tx, workspace_id, organisation_id),
            methods=known[page * PER_PAGE : (page + 1) * PER_PAGE],
            page=page,
            total=len(known),
        )

    async def _page(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, method_id: PaymentMethodId | None
    ) -> PaymentMethodPage:
        name, ledger = await self._books(tx, workspace_id, organisation_id)
        accounts = await bank_accounts(tx, workspace_id, organisation_id)
        is_called = await self._is_called(tx, workspace_id, organisation_id)
        known, rule = None, None
        if method_id is not None:
            found = await stored.methods_by_id(tx, workspace_id, organisation_id, (method_id,))
            if method_id not in found:
                raise MethodNotFoundError
            known = as_known(found[method_id], accounts)
            rule = await rule_of_method(tx, workspace_id, organisation_id, method_id)
        return PaymentMethodPage(
            organisation_id=organisation_id,
            organisation=name,
            ledger=ledger,
            known=known,
            total=await stored.count_methods(tx, workspace_id, organisation_id),
            has_accounts=any(link is Link.LIVE for link, _ in accounts.values()),
            destinations=await self._destinations(tx, workspace_id, organisation_id),
            publish_to=None if rule is None else rule.opinions.publish_to,
            auto_publish=None if rule is None else rule.opinions.auto_publish,
            can_go_by_itself=is_called,
            is_typed=not is_called,
            is_rule_off=rule is not None and not rule.is_active,
        )

    async def _is_called(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
        """Whether documents are sent to its software, and not downloaded for it."""
        provider = self.providers.get(await provider_of(tx, workspace_id, organisation_id) or "")
        return provider is not None and Capability.DOWNLOADS not in provider.profile.capabilities

    async def _destinations(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
    ) -> tuple[Destination, ...]:
        """The places that what a payment method pays for can go to; none where nothing is connected."""
        provider = self.providers.get(await provider_of(tx, workspace_id, organisation_id) or "")
        if provider is None:
            return ()
        can = taken_by(provider.profile.capabilities, await rules_of(tx, workspace_id, organisation_id))
        kinds = kinds_of(RuleOf.PAYMENT_METHOD)
        return tuple(dict.fromkeys(place for kind in kinds for place in destinations_for(kind, can)))

    async def _books(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[str, str]:
        """What the organisation is called, and where its bank accounts are listed."""
        of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
        row = (await tx.execute(_BOOKS, of)).one_or_none()
        if row is None:
            raise OrganisationNotFoundError
        provider = self.providers.get(row.provider or "")
        return called(row), "the ledger" if provider is None else provider.profile.listed_in


async def _require_fit(
    tx: Tx, actor: Actor, before: PaymentMethodPage, form: PaymentMethodForm, same_name: PaymentMethod | None
) -> None:
    """Raises:
    StaleFormError, MethodRefusedError: as `PaymentMethods.save`.
    """
    of = (tx, actor.workspace.id, before.organisation_id)
    now = None if before.known is None else before.known.method
    if now is not None and now.version != form.version:
        raise StaleFormError
    wrong = {}
    if same_name is not None and (now is None or same_name.id != now.id):
        wrong[NAME] = _taken(same_name)
    elif now is None and await stored.count_methods(*of) >= MOST_METHODS:
        wrong[NAME] = FULL
    is_kept = now is not None and form.bank_account == now.bank_account
    if form.bank_account is not None and not is_kept:
        link, _ = (await bank_accounts(*of)).get(form.bank_account, (Link.GONE, None))
        if link is not Link.LIVE:
            wrong[BANK_ACCOUNT] = GONE
    wrong |= await _not_on_card(*of, form, before)
    if form.says_where and form.publish_to not in (None, before.publish_to, *before.destinations):
        wrong[PUBLISH_TO] = f"{before.ledger} cannot take it there. Choose another place."
    if form.says_auto and form.auto_publish == AutoPublish.ALWAYS != before.auto_publish:
        settings = await load_settings(*of)
        wrong |= {} if settings.is_set_up else {AUTO_PUBLISH: NOT_SET_UP}
    if wrong:
        raise MethodRefusedError(wrong)


async def _not_on_card(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    form: PaymentMethodForm,
    before: PaymentMethodPage,
) -> dict[str, str]:
    """A sentence where its bank account is a credit card, and it publishes to where the ledger takes none from one."""
    place = form.publish_to if form.says_where else before.publish_to
    if place is None or form.bank_account is None:
        return {}
    _, account = (await bank_accounts(tx, workspace_id, organisation_id)).get(form.bank_account, (Link.GONE, None))
    rules = await rules_of(tx, workspace_id, organisation_id)
    if account is None or not account.is_card or takes_card(Destination(place), rules):
        return {}
    words = Destination(place).words
    return {BANK_ACCOUNT: f"{account.label} is a credit card, and {before.ledger} takes no {words} from one."}


def _taken(method: PaymentMethod) -> str:
    if method.is_active:
        return f"There is a payment method with this name already: {method.label}. Choose another name."
    return (
        f"There was one with this name: {method.label}, which is switched off. Change that one, or choose another name."
    )


async def _saved(tx: Tx, actor: Actor, before: PaymentMethodPage, form: PaymentMethodForm) -> None:
    of = (tx, actor.workspace.id, before.organisation_id)
    if before.known is None:
        method_id, deed = PaymentMethodId(new_id()), "payment method added"
        await stored.insert_method(*of, method_id, form)
    else:
        method_id, deed = before.known.method.id, "payment method changed"
        await stored.change_method(*of, method_id, form)
    await audit.record(
        tx,
        actor.workspace.id,
        method_id,
        deed,
        by=actor.user_id,
        organisation_id=before.organisation_id,
        facts={"name": form.name, "bank account": form.bank_account, "in use": form.is_active},
    )
    if before.holds(form):
        return
    rule = await rule_of_method(*of, method_id)
    says = NO_OPINIONS if rule is None else rule.opinions
    if form.says_where:
        says = replace(says, publish_to=None if form.publish_to is None else Destination(form.publish_to))
    if form.says_auto:
        says = replace(says, auto_publish=None if form.auto_publish is None else AutoPublish(form.auto_publish))
    label = PaymentMethod(id=method_id, name=form.name, last_digits=form.last_digits).label
    await say_of_method(*of, method_id, label, actor.user_id, says)
