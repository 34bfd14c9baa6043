"""Fields that name a payment method or a bank account. They search in what the organisation has, which the form's metadata
names.
"""

from slack_sdk.models.blocks import InputBlock, Option

from bot.domain.books import Account
from bot.domain.payment_methods import KnownMethod, Link, PaymentMethod
from bot.views.fields import an_option, field, search
from bot.views.ids import ActionId
from bot.views.text import escape


def bank_account_field(block: str, label: str, initial: Account | None, *, hint: str | None = None) -> InputBlock:
    """Searches the ledger's bank accounts."""
    option = None if initial is None else bank_account_option(initial)
    return field(block, label, search(ActionId.FIND_BANK_ACCOUNT, option), hint=hint, optional=True)


NONE_YET = "No payment methods yet"
ADD_ONE = "There is none yet: add one with /dext payment-methods first."


def payment_method_field(
    block: str,
    label: str,
    initial: PaymentMethod | None,
    *,
    hint: str | None = None,
    placeholder: str | None = None,
    there_are: bool = True,
    optional: bool = True,
) -> InputBlock:
    """Searches the organisation's payment methods. Where there are none, it says so, and where one is made."""
    option = None if initial is None else payment_method_option(initial)
    if not there_are:
        hint, placeholder = " ".join(filter(None, (hint, ADD_ONE))), NONE_YET
    element = search(ActionId.FIND_PAYMENT_METHOD, option, placeholder)
    return field(block, label, element, hint=hint, optional=optional)


def bank_account_option(account: Account) -> Option:
    return an_option(account.provider_id, bank_account_label(account))


def bank_account_label(account: Account) -> str:
    """With its currency, because what is paid from it is in that one."""
    return f"{account.label} ({account.currency})" if account.currency else account.label


def payment_method_option(method: PaymentMethod) -> Option:
    return an_option(str(method.id), method.label)


def usable_method_field(block: str, label: str, *, hint: str) -> InputBlock:
    """Searches those that the form's item can be paid with."""
    return field(block, label, search(ActionId.FIND_USABLE_METHOD, None), hint=hint)


def usable_method_option(known: KnownMethod) -> Option:
    """With the bank account, which is what the choice is about."""
    account = "" if known.account is None else f" → {bank_account_label(known.account)}"
    return an_option(str(known.method.id), f"{known.method.label}{account}")


def linked(known: KnownMethod, ledger: str) -> str:
    """What is paid from with it, in half a sentence."""
    ledger = escape(ledger)
    name = "" if known.account is None else escape(bank_account_label(known.account))
    match known.link:
        case Link.LIVE:
            return f"→ {name}"
        case Link.NONE:
            return ":warning: no bank account linked"
        case Link.ARCHIVED:
            return f":warning: its bank account, {name}, is archived in {ledger}"
        case Link.GONE:
            return f":warning: its bank account{f', {name},' if name else ''} is not in {ledger} any more"
