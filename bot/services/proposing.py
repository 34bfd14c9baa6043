"""What could stand for an entry of a list that is archived or gone: proposed from the list as it is now, decided by a person."""

from bot.db.unit_of_work import Tx
from bot.domain.books import Account, ListKind, TaxRate
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.replacing import nearest_account, nearest_rate, telling_words
from bot.services import lists
from bot.services.settings import load_settings

Proposed = Account | TaxRate


async def proposed(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code) -> Proposed | None:
    """Of a category the one most alike in name, else the default one if it is of the same class; of a tax rate one of the same
    percentage. None where nothing suggests itself, and of all other lists.
    """
    of = tx, workspace_id, organisation_id
    match code.kind:
        case ListKind.ACCOUNTS:
            gone = await lists.load_account(*of, code.key)
            return None if gone is None else await _account(*of, gone)
        case ListKind.TAX_RATES:
            rate = await lists.load_tax_rate(*of, code.key)
            return None if rate is None else nearest_rate(rate, await _rates(*of, rate))
        case _:
            return None


async def _account(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, gone: Account) -> Account | None:
    of = tx, workspace_id, organisation_id
    alike = [account for word in sorted(telling_words(gone.name)) for account in await lists.find_accounts(*of, word)]
    return nearest_account(gone, alike) or await _default(*of, gone)


async def _default(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, gone: Account) -> Account | None:
    settings = await load_settings(tx, workspace_id, organisation_id)
    codes = [settings.defaults_of(kind).account for kind in (ItemKind.COST, ItemKind.SALE)]
    known = await lists.accounts_by_code(tx, workspace_id, organisation_id, [code for code in codes if code])
    usable = [account for account in known.values() if account.is_active and account.is_codable]
    return next((each for each in usable if each.account_class is gone.account_class and each.code != gone.code), None)


async def _rates(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, gone: TaxRate
) -> tuple[TaxRate, ...]:
    kind = ItemKind.COST if gone.goes_with_costs else ItemKind.SALE
    return await lists.live_tax_rates(tx, workspace_id, organisation_id, kind)
