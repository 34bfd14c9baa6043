"""What a credit card cannot be the bank account of, as books declare it (`BookRules.cards_not`)."""

from bot.domain.book_rules import BookRules
from bot.domain.books import Account
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.settings import Destination


def takes_card(place: Destination, rules: BookRules, kind: ItemKind | None = None) -> bool:
    """Whether what goes there, of one kind or of some, can be booked on a credit card."""
    is_of_kind = kind is not None and place.is_of_bank and kind in rules.cards_not
    return place not in rules.cards_not and not is_of_kind


def fits(item: Item, account: Account, rules: BookRules) -> bool:
    """Whether the item can be paid from this bank account, as far as its kind goes."""
    return not (account.is_card and item.is_to_be_paid) or takes_card(item.publish_to, rules, item.kind)


def not_on_card(item: Item, account: Account | None, rules: BookRules) -> tuple[str, ...]:
    """What the ledger would refuse: said before anybody approves it."""
    if account is None or fits(item, account, rules):
        return ()
    goes = f"It goes to {item.publish_to.words}, and its bank account, {account.label}, is a credit card"
    return (f"{goes}: the ledger will refuse that. Edit chooses another payment method, or another place.",)
