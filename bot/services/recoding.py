"""Items looked at again: coded by the rules and settings as they are now (`bot.domain.coded`), checked, and moved to where
that leads.

Runs at the door, after an edit, and for all waiting items when rules or defaults change (`bot.services.following`). Neither
overrides what is stronger; an approval is never touched by them, because what was decided on is checked only. What they say
that the ledger is known not to take any more is no opinion. What is empty then is suggested from what was approved before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from bot.db.items import change_item
from bot.db.rules import rules_for
from bot.db.unattended import look_at
from bot.db.unit_of_work import Tx
from bot.domain.bank_match import keeps_its_line
from bot.domain.book_rules import BookRules
from bot.domain.checks import (
    check,
    in_closed_period,
    not_billed,
    not_paid,
    not_split,
    not_summed,
    not_taken,
    parted_on_bank,
    without_rate,
    without_required,
)
from bot.domain.coded import coded
from bot.domain.default_taxes import without_default_rates
from bot.domain.items import Item, ItemState
from bot.domain.payment_methods import KnownMethod, Link, PaymentMethodId
from bot.domain.rules import Rule
from bot.domain.settings import Destination, KindSettings, PaymentStatus, Settings
from bot.services.bank_accounts import Standing, bank_accounts
from bot.services.choices import usable_defaults
from bot.services.closed_periods import dated
from bot.services.contact_codes import with_contact_codes
from bot.services.default_rates import with_default_taxes
from bot.services.from_history import with_history
from bot.services.known_methods import known_methods
from bot.services.likely_contacts import with_likely_contacts
from bot.services.lists import rules_of
from bot.services.new_suppliers import asked_of_suppliers
from bot.services.seen_cards import methods_of_cards
from bot.services.usable_codes import usable_of_rules


async def judged(tx: Tx, item: Item, settings: Settings) -> Item:
    """An undecided item as the settings have it: coded by the defaults, and checked; its state is left alone."""
    (found,) = await judged_all(tx, [item], settings)
    return found


async def judged_all(tx: Tx, items: Sequence[Item], settings: Settings) -> tuple[Item, ...]:
    """As `judged`, for items of one organisation."""
    if not items:
        return ()
    rules = await rules_of(tx, items[0].workspace_id, items[0].organisation_id)
    known = await rules_for(tx, items)
    return await judged_by(tx, items, settings, known, rules)


async def judged_by(
    tx: Tx, items: Sequence[Item], settings: Settings, known: Sequence[Rule], rules: BookRules
) -> tuple[Item, ...]:
    """As `judged_all`, by these rules of the organisation's."""
    of = tx, items[0].workspace_id, items[0].organisation_id
    policy = settings.tax.policy_in(rules)
    taxed = rules.under(policy)
    kinds = {item.kind for item in items}
    defaults = {kind: await usable_defaults(*of, settings.defaults_of(kind), kind) for kind in kinds}
    usable = {kind: await usable_of_rules(tx, known, kind, rules) for kind in kinds}
    cards = await methods_of_cards(tx, items)
    if cards:
        usable = {kind: replace(each, by_card=cards) for kind, each in usable.items()}
    items = [replace(item, coding=without_default_rates(item.coding), tax_policy=policy) for item in items]
    found = [coded(item, known, defaults[item.kind], usable[item.kind], rules) for item in items]
    suggested = await with_history(tx, found, taxed)
    suggested = await with_likely_contacts(tx, suggested, rules, settings.supplier_match)
    rated = await with_default_taxes(tx, suggested, settings, defaults, taxed)
    going = await asked_of_suppliers(tx, await placed(tx, rated, settings, rules), settings)
    going = await with_contact_codes(tx, going, rules)
    return tuple(checked(item, rules) for item in going)


async def placed(tx: Tx, items: Sequence[Item], settings: Settings, rules: BookRules) -> tuple[Item, ...]:
    """Items of one organisation with where they go to in the ledger, with which status, on which day where the books are
    closed for their own, and from which bank account they are paid: by the settings, unless somebody chose for them.
    """
    going = await dated(tx, [_with_its_line(_going(item, settings.of(item.kind), rules)) for item in items], settings)
    methods = {method for item in going if item.is_to_be_paid and (method := _method_of(item)) is not None}
    of = tx, items[0].workspace_id, items[0].organisation_id
    known = await known_methods(*of, methods) if methods else {}
    accounts = await bank_accounts(*of) if any(item.bank_line is not None for item in going) else {}
    paid = tuple(_paid(item, known, accounts) for item in going)
    has_lost_its_line = any(item.bank_line is None and was.bank_line for was, item in zip(going, paid, strict=True))
    return await dated(tx, paid, settings) if has_lost_its_line else paid


def _with_its_line(item: Item) -> Item:
    """What is of another amount by now, or goes somewhere else, was not paid by that bank line."""
    return item if keeps_its_line(item) else replace(item, bank_line=None)


def _paid(item: Item, known: Mapping[PaymentMethodId, KnownMethod], accounts: Mapping[str, Standing]) -> Item:
    """From the account of its bank line, unless its payment method pays from another one, or nothing is booked there any more."""
    line, by_method = item.bank_line, _paid_from(item, known)
    if line is None:
        return replace(item, paid_from=by_method)
    is_live = line.bank_account in accounts and accounts[line.bank_account][0] is Link.LIVE
    if is_live and by_method in (None, line.bank_account):
        return replace(item, paid_from=line.bank_account)
    return replace(item, bank_line=None, paid_from=by_method)


def _method_of(item: Item) -> PaymentMethodId | None:
    chosen = item.coding.payment_method.value
    return None if chosen is None else PaymentMethodId(UUID(chosen))


def _paid_from(item: Item, known: Mapping[PaymentMethodId, KnownMethod]) -> str | None:
    """The ledger's id of the bank account that its payment method can pay from now, where it is to be paid."""
    method = _method_of(item)
    found = known.get(method) if item.is_to_be_paid and method is not None else None
    account = None if found is None else found.pays_from
    return None if account is None else account.provider_id


async def paid_from_live(tx: Tx, item: Item) -> Item:
    """A decided item that is edited: what was decided on stays, unless nothing can be paid from it any more and its payment
    method has another bank account by now.
    """
    if not item.is_to_be_paid or item.paid_from is None:
        return item
    accounts = await bank_accounts(tx, item.workspace_id, item.organisation_id)
    link = accounts[item.paid_from][0] if item.paid_from in accounts else Link.GONE
    return item if link is Link.LIVE else await paid_from_now(tx, item)


async def paid_from_now(tx: Tx, item: Item) -> Item:
    """A published item whose payment is tried again: its payment method may have another bank account by now."""
    method = _method_of(item)
    if method is None:
        return item
    known = await known_methods(tx, item.workspace_id, item.organisation_id, (method,))
    account = _paid_from(item, known)
    if account is None:
        return item
    is_of_line = item.bank_line is not None and item.bank_line.bank_account == account
    return replace(item, paid_from=account, bank_line=item.bank_line if is_of_line else None)


def _going(item: Item, settings: KindSettings, rules: BookRules) -> Item:
    """A place that the kind of item cannot go to, because it was chosen while it was of another, counts as none chosen. What
    the books take no payment of is approved in the place of paid.
    """
    to, status = item.coding.publish_to.value, item.coding.publish_as.value
    wanted = settings.destination if to is None else Destination(to)
    publish_as = settings.payment_status if status is None else PaymentStatus(status)
    if publish_as is PaymentStatus.PAID and not rules.pays(item.facts.document_type):
        publish_as = PaymentStatus.AWAITING_PAYMENT
    if not publish_as.is_approved and item.kind in rules.books_at_once:
        publish_as = PaymentStatus.AWAITING_PAYMENT  # what nobody chose yet would be called a draft, and be none
    return replace(
        item,
        publish_to=wanted if wanted.takes(item.kind) else settings.destination,
        publish_as=publish_as,
    )


def checked(item: Item, rules: BookRules) -> Item:
    """The item as it stands, checked by what its books ask (`lists.rules_of`), with what somebody has to answer; its state is
    left alone.
    """
    asked = tuple(question.words for question in item.questions if question.is_open)
    rules = rules.under(item.tax_policy)
    known = check(item.facts, item.coding, item.kind, rules)
    taken = (*not_summed(item), *not_taken(item, rules), *without_rate(item, rules))
    taken = (*taken, *not_billed(item, rules), *not_split(item))
    going = (*not_paid(item), *parted_on_bank(item, rules), *taken)
    return replace(item, complaints=(*asked, *known, *without_required(item, rules), *going, *in_closed_period(item)))


async def settle(tx: Tx, item: Item) -> Item | None:
    """Move an undecided item, as already judged, to where its complaints lead: to review, or on into approval; there it is
    looked at whether anybody has to approve it.

    None when somebody else changed it meanwhile.
    """
    current: Item | None = item
    for state in _way(item):
        if current is not None and current.state is not state:
            current = await change_item(tx, current, replace(current, state=state))
    if current is not None:
        await look_at(tx, current)
    return current


def _way(item: Item) -> tuple[ItemState, ...]:
    if item.complaints:
        return (ItemState.TO_REVIEW,)
    return () if item.state is ItemState.IN_APPROVAL else (ItemState.READY, ItemState.IN_APPROVAL)
