"""What has to be looked up in QuickBooks before a draft is a record: whom a name means, which rates a tax code has, what
kind of account money is paid from, whose document is paid, at which rate another currency is booked.

A name that nobody has yet is made a vendor or a customer here, by a `requestid` of its own: a document names its party by id.
What cannot be completed is refused, and the others of its call go out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.clock import Clock
from bot.domain.money import WIDE, to_cents
from bot.domain.problems import Problem, ProblemCode
from providers.base import Access
from providers.quickbooks.client import QuickBooksClient, among
from providers.quickbooks.parties import Parties, Party
from providers.quickbooks.rates import Rates
from providers.quickbooks.resources import (
    DEPOSIT,
    ENTITIES,
    PAYMENTS,
    PURCHASE,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    Entity,
    PaymentEntity,
)
from providers.refusals import mapped_errors

Json = dict[str, Any]
ANY_ACTIVE = "Active in (true, false)"
BY_NAME: dict[str, Entity | PaymentEntity] = {
    **{entity.name: entity for entity in (SALES_RECEIPT, REFUND_RECEIPT)},
    **{entity.name: entity for entity in ENTITIES.values()},
    **{entity.name: entity for entity in PAYMENTS.values()},
}
CARD, BANK = "Credit Card", "Bank"
TAXES_KEPT_FOR = 60.0
"""Seconds."""
PAID_FROM = (BANK, CARD, "Other Current Asset")


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a tax code: the rate's id and its percentage."""

    id: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class TaxSides:
    """The rates of one code, of what is bought and of what is sold."""

    bought: tuple[Rate, ...]
    sold: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Completer:
    client: QuickBooksClient
    clock: Clock
    parties: Parties
    rates: Rates
    _taxes: dict[str, tuple[float, dict[str, TaxSides]]] = field(default_factory=dict)
    """By company, until when they are taken as they were read, and codes with their rates."""

    async def complete(self, access: Access, drafts: Sequence[Json], key: str) -> list[Json | Problem]:
        """Each draft as it is sent, or why it is not."""
        rated = await self.rates.added(access, drafts)
        sent = [draft for draft in rated if not isinstance(draft, Problem)]
        completed = iter(await self._completed(access, sent, key) if sent else ())
        return [draft if isinstance(draft, Problem) else next(completed) for draft in rated]

    async def _completed(self, access: Access, drafts: Sequence[Json], key: str) -> list[Json | Problem]:
        accounts = await self._accounts(access, {draft["account"] for draft in drafts if draft["account"]})
        if "document" in drafts[0]:
            return await self._payments(access, drafts, accounts)
        rates = await self._known_rates(access, {code for draft in drafts for code in _tax_codes(draft)})
        parties = await self.parties.of(access, drafts, key)
        return [
            _document(draft, party, accounts, rates) if isinstance(party, Party) else party
            for draft, party in zip(drafts, parties, strict=True)
        ]

    async def _accounts(self, access: Access, wanted: set[str]) -> dict[str, str]:
        """The types of those that are active."""
        if not wanted:
            return {}
        found = await self.client.whole(access, "Account", among("Id", sorted(wanted)), "Active = true")
        with mapped_errors():
            return {str(one["Id"]): str(one["AccountType"]) for one in found}

    def forget(self, access: Access) -> None:
        """What was read may be why something was refused: whoever mends it there and tries again is not refused for it."""
        self._taxes.pop(access.tenant_id, None)
        self.parties.forget(access)
        self.rates.forget(access)

    async def _known_rates(self, access: Access, codes: set[str]) -> dict[str, TaxSides]:
        """A company's batches follow each other and have the same few codes: they are read once a minute."""
        now = self.clock.monotonic()
        for tenant in [tenant for tenant, (until, _) in self._taxes.items() if until <= now]:
            del self._taxes[tenant]
        until, known = self._taxes.get(access.tenant_id, (now + TAXES_KEPT_FOR, {}))
        if codes - known.keys():
            known = known | await self._rates(access, codes - known.keys())
            self._taxes[access.tenant_id] = until, known
        return {code: known[code] for code in codes if code in known}

    async def _rates(self, access: Access, codes: set[str]) -> dict[str, TaxSides]:
        if not codes:
            return {}
        found = await self.client.whole(access, "TaxCode", among("Id", sorted(codes)), ANY_ACTIVE)
        with mapped_errors():
            lists = {str(one["Id"]): (_ids(one, "Purchase"), _ids(one, "Sales")) for one in found}
            wanted = sorted({rate for sides in lists.values() for side in sides for rate in side})
        if not wanted:
            return {}
        rates = await self.client.whole(access, "TaxRate", among("Id", wanted), ANY_ACTIVE)
        with mapped_errors():
            percents = {str(one["Id"]): Decimal(one.get("RateValue") or 0) for one in rates}
            return {
                code: TaxSides(*(tuple(Rate(each, percents[each]) for each in side) for side in sides))
                for code, sides in lists.items()
            }

    async def _payments(
        self, access: Access, drafts: Sequence[Json], accounts: Mapping[str, str]
    ) -> list[Json | Problem]:
        entity = BY_NAME[drafts[0]["entity"]]
        assert isinstance(entity, PaymentEntity)
        found = await self.client.whole(
            access, entity.document, among("Id", sorted({draft["document"] for draft in drafts}))
        )
        with mapped_errors():
            documents = {str(one["Id"]): one for one in found}
            return [
                _payment(draft, entity, documents.get(draft["document"]), accounts.get(draft["account"]))
                for draft in drafts
            ]


def _ids(code: Json, side: str) -> tuple[str, ...]:
    details = (code.get(f"{side}TaxRateList") or {}).get("TaxRateDetail") or []
    return tuple(str(one["TaxRateRef"]["value"]) for one in details)


def _document(draft: Json, party: Party, accounts: Mapping[str, str], rates: Mapping[str, TaxSides]) -> Json | Problem:
    entity = BY_NAME[draft["entity"]]
    assert isinstance(entity, Entity)
    record: Json = dict(draft["record"])
    if entity is DEPOSIT and accounts.get(draft["account"]) == CARD:
        entity, record = PURCHASE, _as_credit(record)
    if entity.account is not None:
        kind = accounts.get(draft["account"] or "")
        if kind not in PAID_FROM or (draft["is_cheque"] and kind != BANK) or (entity.is_sale and kind == CARD):
            return Problem(code=ProblemCode.BANK_ACCOUNT_NOT_TAKEN)
        record[entity.account] = {"value": draft["account"]}
        if entity is PURCHASE:
            record["PaymentType"] = "Check" if draft["is_cheque"] else "CreditCard" if kind == CARD else "Cash"
    _name_party(record, entity, party)
    is_sale = party.entity == "Customer" if entity is DEPOSIT else entity.is_sale
    sides = {code: found.sold if is_sale else found.bought for code, found in rates.items()}
    for line in record["Line"]:
        _leave_gross_out(line[line["DetailType"]], line["Amount"], sides)
    taxes = [one for code, (net, tax) in draft["taxes"].items() for one in _tax_lines(sides.get(code, ()), net, tax)]
    if taxes:
        record["TxnTaxDetail"] = {"TotalTax": sum((one["Amount"] for one in taxes), Decimal(0)), "TaxLine": taxes}
    return {entity.name: record}


def _as_credit(record: Json) -> Json:
    """A card takes no deposits: what is received on it is a purchase the other way round."""
    lines = [
        {**{name: value for name, value in line.items() if name != DEPOSIT.line}, "DetailType": PURCHASE.line}
        | {PURCHASE.line: line[DEPOSIT.line]}
        for line in record["Line"]
    ]
    return {**record, "Credit": True, "Line": lines}


def _name_party(record: Json, entity: Entity, party: Party) -> None:
    typed = {"value": party.id, "type": party.entity}
    if entity is not DEPOSIT:
        record[entity.party] = typed if entity is PURCHASE else {"value": party.id}
        return
    for line in record["Line"]:
        detail = line[line["DetailType"]]
        detail[entity.party] = typed
        if "TaxCodeRef" in detail:
            detail["TaxApplicableOn"] = "Sales" if party.entity == "Customer" else "Purchase"


def _tax_codes(draft: Json) -> set[str]:
    """Those whose rates are needed: for the tax that is stated, and for amounts with tax in them where the vendor works it out."""
    details = (line[line["DetailType"]] for line in draft["record"]["Line"] if "DetailType" in line)
    worked_out = {detail["TaxCodeRef"]["value"] for detail in details if "TaxInclusiveAmt" in detail}
    return {*draft["taxes"], *worked_out}


def _leave_gross_out(detail: Json, net: Decimal, sides: Mapping[str, tuple[Rate, ...]]) -> None:
    """From an amount with tax the vendor works out the one without; where that is not ours to the cent, ours goes alone."""
    if "TaxInclusiveAmt" not in detail:
        return
    percent = sum((rate.percent for rate in sides.get(detail["TaxCodeRef"]["value"], ())), Decimal(0))
    if to_cents(WIDE.divide(detail["TaxInclusiveAmt"], 1 + percent / 100)) != net:
        del detail["TaxInclusiveAmt"]


def _tax_lines(rates: Sequence[Rate], net: Decimal, tax: Decimal) -> list[Json]:
    """The tax of one code over its rates: in proportion; where they cancel each other out, as each says."""
    of_all = sum((rate.percent for rate in rates), Decimal(0))
    amounts = [
        to_cents(WIDE.divide(tax * rate.percent, of_all) if of_all else WIDE.divide(net * rate.percent, Decimal(100)))
        for rate in rates
    ]
    if amounts:
        amounts[-1] += tax - sum(amounts, Decimal(0))
    return [
        {
            "Amount": amount,
            "DetailType": "TaxLineDetail",
            "TaxLineDetail": {
                "TaxRateRef": {"value": rate.id},
                "PercentBased": True,
                "TaxPercent": rate.percent,
                "NetAmountTaxable": net,
            },
        }
        for rate, amount in zip(rates, amounts, strict=True)
    ]


def _payment(draft: Json, entity: PaymentEntity, document: Json | None, account_type: str | None) -> Json | Problem:
    """From the party of the document that is paid."""
    if document is None:
        return Problem(code=ProblemCode.PAYMENT_NOT_OPEN)
    account = {"value": draft["account"]}
    record: Json = {**draft["record"], entity.party: {"value": document[entity.party]["value"]}}
    if account_type not in PAID_FROM:
        return Problem(code=ProblemCode.BANK_ACCOUNT_NOT_TAKEN)
    if entity.party == "CustomerRef":
        record["DepositToAccountRef"] = account
    elif account_type == CARD:
        record |= {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": account}}
    elif account_type == BANK:
        record |= {"PayType": "Check", "CheckPayment": {"BankAccountRef": account}}
    else:
        return Problem(code=ProblemCode.BANK_ACCOUNT_NOT_TAKEN)
    return {entity.name: record}
