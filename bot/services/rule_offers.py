"""The rule that a supplier's or customer's past comes to: offered where there is none yet, with what it would have changed, and
made by one press.

What somebody presses is what they were shown: where the past comes to something else by then, it is shown anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.db.history import approved_before
from bot.db.rules import rule_with_key, rules_for
from bot.db.unit_of_work import Database, Tx
from bot.domain.cards import NamedOffer
from bot.domain.coding import Track
from bot.domain.documents import ItemKind
from bot.domain.due import Due
from bot.domain.history import of_company, suggested
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.offered_rule import ACCOUNT, DUE, PRODUCT, TAX_RATE, OfferedRule, digest_of, offered
from bot.domain.parties import name_key
from bot.domain.rights import Deed
from bot.domain.rule_forms import RuleForm
from bot.domain.rules import Rule, RuleOf, matching
from bot.domain.slack import Actor
from bot.services import lists
from bot.services.code_names import CodeNames
from bot.services.current import require_item
from bot.services.from_history import live_of
from bot.services.people import People
from bot.services.rule_pages import target_of
from bot.services.rules import Rules

FIELDS = {ACCOUNT: "Category", PRODUCT: "Product or service", TAX_RATE: "Tax rate", DUE: "Due"}


@dataclass(frozen=True, slots=True)
class RuleOffers:
    db: Database
    people: People
    rules: Rules

    async def make(self, actor: Actor, item_id: ItemId, digest: str) -> Rule | None:
        """Make the rule that was offered, for what waits and what comes in. Pressed once more it is there already.

        None where something else is offered by now, or nothing: there is a rule, or the past is another one.

        Raises:
            NotAllowedError: only bookkeepers and admins make rules.
            ItemNotFoundError: unknown, or of another workspace.
            RuleRefusedError, NoConnectionError: as `Rules.save`.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            offer = await offered_rule(tx, item)
            made = await _rule_of(tx, item) if offer is None else None
        if made is not None and made.is_in_force and digest_of(made.target, made.opinions) == digest:
            return made
        if offer is None or offer.digest != digest:
            return None
        form = RuleForm(version=0, target=offer.target, opinions=offer.opinions, is_for_waiting=True)
        return await self.rules.save(actor, item.organisation_id, None, form)


async def offered_rule(tx: Tx, item: Item) -> OfferedRule | None:
    """None where a rule has a say in it, or there was one that somebody switched off or deleted."""
    where = tx, item.workspace_id, item.organisation_id
    target, supplier = await target_of(tx, item, _of(item)), name_key(item.counterparty.name)
    if target is None or supplier is None or not item.is_booked:
        return None
    is_there = any(rule.of is target.of for rule in matching(await rules_for(tx, [item]), item))
    if is_there or await _rule_of(tx, item) is not None:
        return None
    pasts = of_company(await approved_before(*where, item.kind, supplier), item.counterparty)
    found = suggested(pasts)
    live = await live_of(tx, item, [found])
    return offered(target, pasts, live.usable(found, item.kind, await lists.rules_of(*where)))


def _of(item: Item) -> RuleOf:
    return RuleOf.CUSTOMER if item.kind is ItemKind.SALE else RuleOf.SUPPLIER


async def _rule_of(tx: Tx, item: Item) -> Rule | None:
    """The one there is of its supplier or customer, whatever became of it."""
    target = await target_of(tx, item, _of(item))
    if target is None or target.key is None:
        return None
    return await rule_with_key(tx, item.workspace_id, item.organisation_id, target.of, target.key)


async def named_offer(tx: Tx, item: Item) -> NamedOffer | None:
    """As `offered_rule`, with names for all that it says and would have changed."""
    offer = await offered_rule(tx, item)
    if offer is None:
        return None
    of = tx, item.workspace_id, item.organisation_id
    said = [(said.field, said.code) for said in offer.says]
    was = [(field, code) for each in offer.otherwise for field, code, _ in each.fields if code is not None]
    every = {*said, *was}
    categories = await lists.live_tracking(*of) if any(field not in FIELDS for field, _ in every) else ()
    names = CodeNames(
        accounts=await lists.accounts_by_code(*of, _codes(every, ACCOUNT)),
        tax_rates=await lists.tax_rates_by_code(*of, _codes(every, TAX_RATE)),
        products=await lists.products_by_code(*of, _codes(every, PRODUCT)),
        categories={category.provider_id: category for category in categories},
    )
    return NamedOffer(
        offer=offer,
        fields={**FIELDS, **{category.provider_id: category.name for category in categories}},
        codes={(field, code): _name(names, field, code) for field, code in every},
    )


def _codes(every: Iterable[tuple[str, str]], field: str) -> set[str]:
    return {code for of, code in every if of == field}


def _name(names: CodeNames, field: str, code: str) -> str:
    match field:
        case "account":
            return names.account(code) or code
        case "tax_rate":
            return names.tax_rate(code) or code
        case "product":
            return names.product(code) or code
        case "due":
            return Due.of(code).words
        case _:
            return names.track(Track(field, code))[1]
