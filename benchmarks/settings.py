"""What a workspace as large as any feels: `python -m benchmarks.settings [postgresql+asyncpg://…]`.

Forty organisations; one of them with 10,000 categories, 50,000 suppliers, 5,000 rules, 5,000 products, 5,000 options that are
tracked, 200 bank accounts and as many payment methods. Each line is a request as Slack sends it, signed, to the product's own
`run`, and the time until its answer was there: of a select, each letter of names that are there, as somebody types them; of a
screen, opened again and again. Beside it `/dext help`, which asks no database, in the same run.
"""

import argparse
import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from benchmarks import requests
from benchmarks.finding import accounts, contacts
from benchmarks.load import one_by_one
from benchmarks.stand import Stand, add_organisation, stand
from benchmarks.table import milliseconds, show
from bot.clock import SystemClock
from bot.db.base import new_id, table_of
from bot.db.connections import ListSyncRow, OrganisationRow
from bot.db.payment_methods import insert_method
from bot.db.rules import insert_rule
from bot.db.unit_of_work import Database
from bot.domain.books import (
    Account,
    AccountClass,
    ListEntry,
    ListKind,
    Product,
    TrackingCategory,
    TrackingOption,
    Usually,
)
from bot.domain.ids import OrganisationId, RuleId, WorkspaceId
from bot.domain.payment_methods import PaymentMethodForm, PaymentMethodId
from bot.domain.rules import Opinions, Rule, RuleOf, Target
from bot.services.list_entries import put_rows, row_of
from bot.vault import Vault
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import FormRef, RulesRef

ORGANISATIONS, ACCOUNTS, CONTACTS, RULES, PRODUCTS, TRACKED, METHODS = 40, 10_000, 50_000, 5_000, 5_000, 5_000, 200
ITEMS, AT_ONCE = 400, 1000
TYPED, WARM = 40, 30
LETTERS = 8
"""Names that are typed, a letter at a time, up to so many of them."""
SCREENS, ROUNDS = 200, 3
REGION = "region"
BAR = "bar 150"

Requests = Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Large:
    """The organisation that has everything, in a database beside the running product."""

    db: Database
    workspace_id: WorkspaceId
    organisation_id: OrganisationId

    async def keep(self, kind: ListKind, entries: Sequence[ListEntry]) -> None:
        """As an import leaves them."""
        of = self.workspace_id, self.organisation_id
        for start in range(0, len(entries), AT_ONCE):
            rows = {
                row["key"]: row for each in entries[start : start + AT_ONCE] if (row := row_of(*of, kind, each, run=1))
            }
            async with self.db.write() as tx:
                await put_rows(tx, *of, kind, list(rows.values()))
        async with self.db.write() as tx:
            read = {"run": 1, "state": "done", "read": len(entries), "unreadable": "[]"}
            at = {"started_at": tx.now - timedelta(hours=3), "synced_at": tx.now - timedelta(hours=3)}
            row = {"workspace_id": of[0], "organisation_id": of[1], "kind": kind, **read, **at}
            await tx.execute(table_of(ListSyncRow).insert().values(**row))

    async def rule(self, suppliers: Sequence[str]) -> None:
        for start in range(0, len(suppliers), AT_ONCE):
            async with self.db.write() as tx:
                for place, name in enumerate(suppliers[start : start + AT_ONCE], start):
                    target = Target(of=RuleOf.SUPPLIER, name=name, label=name)
                    says = Opinions(account=f"4{place:04}", tax_rate="INPUT2")
                    of = {"workspace_id": self.workspace_id, "organisation_id": self.organisation_id}
                    await insert_rule(tx, Rule(id=RuleId(new_id()), **of, target=target, opinions=says))

    async def pay(self, number: int) -> None:
        async with self.db.write() as tx:
            for place in range(number):
                form = PaymentMethodForm(
                    version=0, name=f"Card of {place:03}", last_digits=f"{place:04}", bank_account=None
                )
                await insert_method(tx, self.workspace_id, self.organisation_id, PaymentMethodId(new_id()), form)


async def _filled(here: Stand) -> Large:
    db = Database(here.environment["DEXT_DATABASE_URL"], SystemClock())
    rows = table_of(OrganisationRow)
    async with db.read() as tx:
        row = (await tx.execute(select(rows.c.id, rows.c.workspace_id))).one()
    large = Large(db, WorkspaceId(row.workspace_id), OrganisationId(row.id))
    vault, sign_in = Vault.from_text(here.environment["DEXT_ENCRYPTION_KEYS"]), {"access": "none", "refresh": "none"}
    for number in range(ORGANISATIONS - 1):
        async with db.write() as tx:
            await add_organisation(tx, large.workspace_id, vault, sign_in, f"{number:08}-0000-4000-8000-000000000000")
    known = contacts(CONTACTS)
    await large.keep(ListKind.ACCOUNTS, accounts(ACCOUNTS))
    await large.keep(ListKind.CONTACTS, known)
    await large.keep(ListKind.PRODUCTS, _products())
    await large.keep(ListKind.TRACKING_CATEGORIES, [_tracked()])
    await large.keep(ListKind.BANK_ACCOUNTS, _banks())
    await large.rule(list(dict.fromkeys(f"{each.name} {place}" for place, each in enumerate(known)))[:RULES])
    await large.pay(METHODS)
    async with db.write() as tx:
        await tx.execute(text("ANALYZE"))
    return large


def _products() -> list[Product]:
    sold = Usually(account="200")
    return [
        Product(provider_id=str(place), code=f"P{place:04}", name=f"Widget {place} of oak", bought=sold, sold=sold)
        for place in range(PRODUCTS)
    ]


def _tracked() -> TrackingCategory:
    options = tuple(TrackingOption(provider_id=str(place), name=f"Project {place} North") for place in range(TRACKED))
    return TrackingCategory(provider_id=REGION, name="Region", options=options)


def _banks() -> list[Account]:
    return [
        Account(
            provider_id=str(UUID(int=place)),
            code=f"0{place:03}",
            name=f"Current account {place}",
            account_class=AccountClass.ASSET,
            is_bank=True,
            currency="GBP",
        )
        for place in range(METHODS)
    ]


def _typed(names: Sequence[str]) -> list[str]:
    """As somebody types them, a letter more each time; and nothing, as the select is opened."""
    chance = random.Random(3)
    some = [chance.choice(names) for _ in range(TYPED)]
    return [name[:letters] for name in some for letters in range(LETTERS + 1)]


def _selects(large: Large) -> dict[str, Requests]:
    form = {"callback_id": "item", "private_metadata": FormRef(large.organisation_id, 1).encode()}
    listed = {"callback_id": "explanation", "private_metadata": RulesRef(large.organisation_id).encode()}
    suppliers = [contact.name for contact in contacts(CONTACTS)]
    two_words = [" ".join(word[:4] for word in name.split()[:2]) for name in suppliers]
    codes, names = zip(*((account.code, account.name) for account in accounts(ACCOUNTS)), strict=True)
    tracked = [option.name for option in _tracked().options]

    def asked(action: ActionId, typed: Sequence[str], view: dict[str, Any] = form, block: str = "account") -> Requests:
        return lambda: (requests.options(action, each, view, block_id=block) for each in typed)

    return {
        "a supplier, by its name": asked(ActionId.FIND_CONTACT, _typed(suppliers)),
        "a supplier, by two words begun": asked(ActionId.FIND_CONTACT, two_words[:: CONTACTS // (TYPED * LETTERS)]),
        "a category, by its code": asked(ActionId.FIND_ACCOUNT, _typed(codes)),
        "a category, by its name": asked(ActionId.FIND_ACCOUNT, _typed(names)),
        "a tax rate": asked(ActionId.FIND_TAX_RATE, _typed(["20% on expenses"])),
        "a product": asked(ActionId.FIND_PRODUCT, _typed([product.name for product in _products()])),
        "a tracking option": asked(ActionId.FIND_TRACKING, _typed(tracked), form, f"{BlockId.TRACKING}:{REGION}"),
        "a bank account": asked(ActionId.FIND_BANK_ACCOUNT, _typed([account.name for account in _banks()])),
        "a payment method": asked(
            ActionId.FIND_PAYMENT_METHOD, _typed([f"Card of {each:03}" for each in range(METHODS)])
        ),
        "a rule": asked(ActionId.GO_TO_RULE, _typed(suppliers), listed),
    }


def _screens(large: Large) -> dict[str, Requests]:
    def again(make: Callable[[int], bytes]) -> Requests:
        return lambda: (make(turn) for turn in range(SCREENS))

    def page_of_rules(turn: int) -> bytes:
        ref = RulesRef(large.organisation_id, turn * 37 % (RULES // 20)).encode()
        return requests.click_in({"callback_id": "explanation", "private_metadata": ref}, ActionId.NEXT_RULES, ref)

    return {
        "Home": again(lambda _: requests.home_opened()),
        "/dext settings, which organisation": again(lambda _: requests.command("settings", channel="C0ELSEWHERE")),
        "/dext settings": again(lambda _: requests.command("settings")),
        "/dext settings general": again(lambda _: requests.command("settings general")),
        "/dext settings tax": again(lambda _: requests.command("settings tax")),
        "/dext rules": again(lambda _: requests.command("rules")),
        "rules, another page": again(page_of_rules),
        "/dext payment-methods": again(lambda _: requests.command("payment-methods")),
        "/dext connections": again(lambda _: requests.command("connections")),
        "/dext items": again(lambda _: requests.command("items")),
        "/dext help": again(lambda _: requests.command("help")),
    }


async def _row(here: Stand, name: str, make: Requests) -> list[str]:
    """Of each figure the least of some rounds: what else the machine does only ever adds to it."""
    await one_by_one(here.app.port, list(islice(make(), WARM)))
    rounds = [await _round(here, name, list(make())) for _ in range(ROUNDS)]
    return [name, str(len(list(make()))), *(milliseconds(min(figures)) for figures in zip(*rounds, strict=True))]


async def _round(here: Stand, name: str, asked: Sequence[bytes]) -> tuple[float, ...]:
    before = here.app.cpu_seconds()
    answers = await one_by_one(here.app.port, asked)
    if answers.errors:
        raise RuntimeError(f"{name}: {answers.errors[:3]}")
    cpu = (here.app.cpu_seconds() - before) / len(asked)
    return (*(answers.percentile(share) for share in (0.5, 0.95, 0.99)), max(answers.seconds), cpu)


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("url", nargs="?")
    options.add_argument("--only", default="", help="what has this in its name")
    given = options.parse_args()
    entry = ("-m", "benchmarks.serve", "--without-messages")
    async with stand(ITEMS, entry=entry, database_url=given.url) as here:
        large = await _filled(here)
        head = ("what", "asked", "p50 ms", "p95", f"p99 ({BAR})", "most", "CPU ms")
        typed = [await _row(here, name, make) for name, make in _selects(large).items() if given.only in name]
        show(f"Searched as it is typed: {CONTACTS:,} suppliers, {ACCOUNTS:,} categories, {RULES:,} rules", head, typed)
        opened = [await _row(here, name, make) for name, make in _screens(large).items() if given.only in name]
        show(f"Screens, {ORGANISATIONS} organisations and {RULES:,} rules", head, opened)
        await large.db.close()


if __name__ == "__main__":
    asyncio.run(main())
