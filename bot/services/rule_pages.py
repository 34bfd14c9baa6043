"""What the form of a rule is drawn from, and what a new one is proposed to be."""

from collections.abc import Sequence
from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.booking import taken_by
from bot.domain.books import Account, Capability, Contact, Product, TaxRate
from bot.domain.coding import Track
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rule_forms import RuleForm, RuleNames, RulePage, kinds_of
from bot.domain.rules import NO_OPINIONS, SAYS, Opinions, RuleOf, Target
from bot.domain.settings import destinations_for, statuses_for
from bot.domain.splitting import Split, splits_like
from bot.services import choices, lists
from bot.services.known_methods import has_methods, method_of, methods_named
from bot.services.rule_payment import why_unpaid
from bot.services.settings import organisation_name
from providers.base import Profile


async def rule_page(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, profile: Profile, form: RuleForm
) -> RulePage:
    """Of a new one, for who may do less than an admin."""
    of, says = (tx, workspace_id, organisation_id), form.opinions
    books = await lists.rules_of(*of)
    can, kinds = taken_by(profile.capabilities, books), kinds_of(form.target.of)
    known = await choices.chosen(*of, says.account, says.tax_rate, product=says.product)
    (unpaid,) = await why_unpaid(*of, [(form.target, says)])
    return RulePage(
        organisation_id=organisation_id,
        organisation=await organisation_name(*of),
        ledger=profile.name,
        form=form,
        account=known.account,
        tax_rate=known.tax_rate,
        product=known.product,
        customer=None if says.customer is None else await lists.load_contact(*of, says.customer),
        payment_method=await method_of(*of, says.payment_method),
        has_methods="payment_method" not in SAYS[form.target.of] or await has_methods(*of),
        tracking=await lists.live_tracking(*of),
        destinations=tuple(dict.fromkeys(place for kind in kinds for place in destinations_for(kind, can))),
        statuses=tuple(dict.fromkeys(status for kind in kinds for status in statuses_for(kind, can))),
        books=books,
        can_go_by_itself=Capability.DOWNLOADS not in can,
        names=await names_of(*of, [says]),
        unpaid=unpaid,
    )


async def names_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, says: Sequence[Opinions]
) -> RuleNames:
    """What the codes in them are called, each list asked once."""
    of = tx, workspace_id, organisation_id
    accounts = await lists.accounts_by_code(*of, {code for each in says for code in each.accounts})
    rates = await lists.tax_rates_by_code(*of, {code for each in says for code in each.tax_rates})
    products = await lists.products_by_code(*of, {each.product for each in says if each.product is not None})
    customers = await lists.contacts_by_id(*of, {each.customer for each in says if each.customer is not None})
    known: list[Account | TaxRate | Product | Contact] = [
        *accounts.values(),
        *rates.values(),
        *products.values(),
        *customers.values(),
    ]
    methods = {each.payment_method for each in says if each.payment_method is not None}
    named = await methods_named(*of, methods) if methods else {}
    tracked = await lists.live_tracking(*of) if any(each.tracking for each in says) else ()
    return RuleNames(
        accounts={code: account.label for code, account in accounts.items()},
        tax_rates={code: rate.label for code, rate in rates.items()},
        products={code: product.label for code, product in products.items()},
        customers={key: contact.label for key, contact in customers.items()},
        methods={str(key): known.method.label for key, known in named.items()},
        options={option.provider_id: f"{each.name} {option.name}" for each in tracked for option in each.options},
        gone=frozenset(each.label for each in known if not each.is_active),
    )


async def labelled(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, target: Target) -> Target | None:
    """With what people call it; None where it is of a payment method that there is not."""
    if target.of is not RuleOf.PAYMENT_METHOD:
        return target
    found = (await methods_named(tx, workspace_id, organisation_id, (target.name,))).get(target.name)
    return None if found is None else replace(target, label=found.method.label)


def splits_by(item: Item) -> tuple[Split, ...]:
    """As its own lines are, with the codes that were decided for them."""
    own, lines = item.coding.lines, len(item.facts.lines)
    codes = [(each.account.decided, each.tax_rate.decided) for each in own[:lines]]
    return splits_like(item.facts, [*codes, *[(None, None)] * (lines - len(codes))])


async def target_of(tx: Tx, item: Item, of: RuleOf) -> Target | None:
    """What a rule could be of that an item has; None where it has none."""
    method, party = item.coding.payment_method.value, item.counterparty
    if not of.applies_to(item.kind):
        return None
    if of is RuleOf.PERSON:
        return Target(of=of, name=item.submitted_by, label=item.submitted_by)
    if of is RuleOf.PAYMENT_METHOD:
        known = await methods_named(tx, item.workspace_id, item.organisation_id, (method,))
        found = known.get(method or "")
        return None if found is None else Target(of=of, name=str(found.method.id), label=found.method.label)
    if not party.name:
        return None
    contact = item.coding.stated_contact
    return Target(of=of, name=party.name, label=party.name, tax_number=party.tax_number, contact=contact)


def said_by(item: Item, of: RuleOf) -> Opinions:
    """What a new rule from an item would say: what was decided of it. A default is not frozen: the next one gets it anyway, as it
    is by then.
    """
    if not of.is_of_party:
        return NO_OPINIONS
    coding = item.coding
    decided = [(each.category, each.option.decided) for each in coding.tracking]
    return Opinions(
        account=coding.account.decided,
        tax_rate=coding.tax_rate.decided,
        product=coding.product.decided if of is RuleOf.CUSTOMER else None,
        tracking=tuple(sorted(Track(category, option) for category, option in decided if option is not None)),
    )
