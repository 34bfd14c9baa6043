"""What an organisation's payment methods are, and what can be paid from with them, for whatever names one."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from bot.db import payment_methods as stored
from bot.db.unit_of_work import Tx
from bot.domain.books import Account
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.payment_methods import KnownMethod, Link, PaymentMethod, PaymentMethodId
from bot.services.bank_accounts import Standing, bank_accounts

PAYMENT_METHOD = "payment_method"
"""A field of other forms that names one."""
METHOD_GONE = "This payment method is not in use any more. Choose another one, or none."


async def known_methods(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ids: Collection[PaymentMethodId]
) -> dict[PaymentMethodId, KnownMethod]:
    """Those of them that this organisation has, switched off or not, each with its bank account."""
    methods = await stored.methods_by_id(tx, workspace_id, organisation_id, ids)
    accounts = await bank_accounts(tx, workspace_id, organisation_id) if methods else {}
    return {method_id: as_known(method, accounts) for method_id, method in methods.items()}


async def bank_account_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, method_id: PaymentMethodId
) -> Account | None:
    """What is paid from with it now; None where it is switched off, not linked, or linked to what the ledger has not."""
    found = await known_methods(tx, workspace_id, organisation_id, (method_id,))
    return found[method_id].pays_from if method_id in found else None


async def methods_named(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, named: Iterable[str | None]
) -> dict[str, KnownMethod]:
    """Those that an item or the settings name, by the name that they have there: our id, as text."""
    ids = {PaymentMethodId(UUID(method)) for method in named if method is not None}
    found = await known_methods(tx, workspace_id, organisation_id, ids)
    return {str(method_id): known for method_id, known in found.items()}


async def method_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, method: str | None
) -> KnownMethod | None:
    """The payment method that an item or the settings name, with its bank account."""
    return (await methods_named(tx, workspace_id, organisation_id, (method,))).get(method or "")


async def paid_from(tx: Tx, item: Item) -> Account | None:
    """The bank account that an item is paid from or received on, by the name that it has now."""
    if item.paid_from is None:
        return None
    found = await bank_accounts(tx, item.workspace_id, item.organisation_id)
    _, account = found.get(item.paid_from, (Link.GONE, None))
    return account


async def method_not_offered(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, method: str | None
) -> dict[str, str]:
    """A sentence for a payment method that was chosen and is not there, or switched off. Not linked is no mistake: items
    that need the bank account wait for it and say so.
    """
    if method is None:
        return {}
    found = await method_of(tx, workspace_id, organisation_id, method)
    return {} if found is not None and found.method.is_active else {PAYMENT_METHOD: METHOD_GONE}


async def all_known(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[KnownMethod, ...]:
    """By name, those switched off too."""
    methods = await stored.all_methods(tx, workspace_id, organisation_id)
    accounts = await bank_accounts(tx, workspace_id, organisation_id) if methods else {}
    return tuple(as_known(method, accounts) for method in methods)


def as_known(method: PaymentMethod, accounts: Mapping[str, Standing]) -> KnownMethod:
    if method.bank_account is None:
        return KnownMethod(method=method)
    link, account = accounts.get(method.bank_account, (Link.GONE, None))
    return KnownMethod(method=method, link=link, account=account)


async def has_methods(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
    """Whether there is one in use: a field that searches among none finds nothing, and its form says why."""
    return await stored.has_methods(tx, workspace_id, organisation_id)
