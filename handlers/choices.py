"""Selects that search: options from the organisation's imported lists, never from the provider."""

from dataclasses import dataclass

from bot.domain.documents import ItemKind
from bot.services.choices import Choices as Lists
from bot.views import offering
from bot.views.ids import ActionId, CallbackId
from bot.views.item_codes import category_of
from bot.views.metadata import FormRef, NotOursError
from bot.views.payment_fields import payment_method_option, usable_method_option
from bot.views.payment_methods import place_in
from bot.views.tax_settings import is_of_sales
from handlers.payloads import OptionsQuery
from handlers.replies import Choices
from handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class ChoiceHandlers:
    lists: Lists

    def register(self, routes: Routes) -> None:
        routes.options(ActionId.FIND_ACCOUNT, self.find_account)
        routes.options(ActionId.FIND_TAX_RATE, self.find_tax_rate)
        routes.options(ActionId.FIND_PRODUCT, self.find_product)
        routes.options(ActionId.FIND_CONTACT, self.find_contact)
        routes.options(ActionId.FIND_CUSTOMER, self.find_customer)
        routes.options(ActionId.FIND_BANK_ACCOUNT, self.find_bank_account)
        routes.options(ActionId.FIND_PAYMENT_METHOD, self.find_payment_method)
        routes.options(ActionId.FIND_USABLE_METHOD, self.find_usable_method)
        routes.options(ActionId.GO_TO_PAYMENT_METHOD, self.find_every_payment_method)
        routes.options(ActionId.FIND_TRACKING, self.find_tracking)

    async def find_account(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        instead_for = about.item_id if _is_form(query, CallbackId.CHOOSE_ACCOUNT) else None
        found = await self.lists.accounts(query.actor, about.organisation_id, query.text, instead_for=instead_for)
        return Choices(groups=offering.accounts(found))

    async def find_tax_rate(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        kind = ItemKind.SALE if about.is_of_sale or is_of_sales(query.block_id) else ItemKind.COST
        instead_for = about.item_id if _is_form(query, CallbackId.CHOOSE_TAX_RATE) else None
        found = await self.lists.tax_rates(
            query.actor, about.organisation_id, query.text, kind, instead_for=instead_for
        )
        return Choices(groups=offering.tax_rates(found))

    async def find_product(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        kind = ItemKind.SALE if about.is_of_sale else ItemKind.COST
        found = await self.lists.products(query.actor, about.organisation_id, query.text, kind)
        return Choices(groups=offering.products(found))

    async def find_contact(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        kind = ItemKind.SALE if about.is_of_sale else ItemKind.COST
        found = await self.lists.contacts(query.actor, about.organisation_id, query.text, kind, item_id=about.item_id)
        return Choices(groups=offering.contacts(found, "Customers" if about.is_of_sale else "Suppliers"))

    async def find_customer(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        found = await self.lists.customers(query.actor, about.organisation_id, query.text)
        return Choices(groups=offering.contacts(found, "Customers"))

    async def find_bank_account(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        place = None if query.form is None else place_in(query.form.state)
        found = await self.lists.bank_accounts(query.actor, about.organisation_id, query.text, place)
        return Choices(groups=offering.bank_accounts(found))

    async def find_payment_method(self, query: OptionsQuery) -> Choices:
        return await self._payment_methods(query, every=False)

    async def find_every_payment_method(self, query: OptionsQuery) -> Choices:
        return await self._payment_methods(query, every=True)

    async def find_usable_method(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None or about.item_id is None:
            return Choices()
        found = await self.lists.usable_methods(query.actor, about.organisation_id, about.item_id, query.text)
        return Choices([usable_method_option(known) for known in found])

    async def _payment_methods(self, query: OptionsQuery, *, every: bool) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        found = await self.lists.payment_methods(query.actor, about.organisation_id, query.text, every=every)
        return Choices([payment_method_option(known.method) for known in found])

    async def find_tracking(self, query: OptionsQuery) -> Choices:
        about = _about(query)
        if about is None:
            return Choices()
        category = category_of(query.block_id)
        found = await self.lists.tracking_options(query.actor, about.organisation_id, category, query.text)
        return Choices(groups=offering.tracking(found))


def _is_form(query: OptionsQuery, callback: CallbackId) -> bool:
    return query.form is not None and query.form.callback_id == callback


def _about(query: OptionsQuery) -> FormRef | None:
    """What the form is about; a form that is not ours offers nothing."""
    try:
        return None if query.form is None else FormRef.decode(query.form.private_metadata)
    except NotOursError:
        return None
