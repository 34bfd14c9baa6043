"""What is decided about amounts: the form, read back where it is drawn, and what is said once it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.amounts import AmountSettings, AmountsForm, AmountsPage
from bot.domain.money import parse_amount
from bot.domain.rates import KnownRate, as_typed, parsed, typed
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.kind_settings import Change, change, what_changed
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.reading import plain_number
from bot.views.text import amount, escape, mention, plain

BLOCKS = {"rates": BlockId.EXCHANGE_RATES, "materiality": BlockId.MATERIALITY}
"""Where the sentence about a field stands in the form, before what tells one form from another."""
LONGEST_RATES = 1500
MOST_SHOWN = 12
LABEL = "Exchange rates"
ABOUT = (
    "• A document is published in its own currency: at the rate that it states, else at the ledger's.\n"
    "• Cards and limits convert it at the document's rate, else at that of the ledger's list, else at one that is typed below.\n"
    "• Without any rate nothing is converted, and every limit counts as exceeded."
)
SMALL = "Materiality"
ABOUT_SMALL = (
    "A document is small when its total is not more than the amount below. Then\n"
    "• it may lack the fields that *General* asks for,\n"
    "• and an unusual total, or a tax that is off by no more than that amount, is not pointed out.\n"
    "Who approves it stays the same, and a changed total is always approved again. What is in another currency is converted "
    "first, and is not small where no rate is known."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A form as it was sent, and what is wrong with it, a sentence by field."""

    form: AmountsForm
    wrong: dict[str, str] = field(default_factory=dict)


def form(page: AmountsPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [section(f"*Currencies*\n{ABOUT}"), context(_known(page)), _rates(page)]
    blocks += [section(f"*Small amounts*\n{ABOUT_SMALL}"), _materiality(page)]
    return View(
        type="modal",
        callback_id=CallbackId.AMOUNT_SETTINGS,
        title=PlainTextObject(text="Amounts"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def _known(page: AmountsPage) -> str:
    """What the ledger tells, and who typed the rest."""
    ledger, own = plain(page.ledger, 40), page.own
    of_ledger = _listed(page.of_ledger, own, ledger)
    if not of_ledger:
        of_ledger = f"{ledger} tells no exchange rates."
    others = [f"{each.in_words(own)}, by {mention(each.by or '')}" for each in typed(page.amounts.rates).values()]
    left = len(others) - MOST_SHOWN
    more = [f"and {left} more, which are in the field below"] if left > 0 else []
    typed_ones = f"\nTyped: {'; '.join([*others[:MOST_SHOWN], *more])}" if others else ""
    return escape(of_ledger, 2000) + typed_ones


def _listed(rates: Sequence[KnownRate], own: str, ledger: str) -> str:
    shown = [f"{each.in_words(own)} ({each.source_in_words(ledger)})" for each in rates[:MOST_SHOWN]]
    more = len(rates) - len(shown)
    return "; ".join([*shown, *([f"and {more} more"] if more > 0 else [])])


def _rates(page: AmountsPage) -> Block:
    return fields.text_field(
        f"{BlockId.EXCHANGE_RATES}:{page.version}",  # or Slack would keep what was typed into an older form
        f"{LABEL}: how many of each are 1 {page.own}",
        as_typed(page.amounts.rates) or None,
        longest=LONGEST_RATES,
        is_long=True,
        placeholder="USD 1.27",
        hint="A line for each currency, such as USD 1.27. A rate of the ledger's list stands above one that is typed here.",
        optional=True,
    )


def _materiality(page: AmountsPage) -> Block:
    limit = page.amounts.materiality
    return fields.text_field(
        f"{BlockId.MATERIALITY}:{page.version}",
        f"{SMALL}: up to how much in {page.own}",
        None if limit is None else plain_number(limit),
        longest=20,
        placeholder="25.00",
        hint="Leave it empty, and nothing is small.",
        optional=True,
    )


def read(state: dict[str, Any], version: int) -> Reading:
    found, wrong = Fields(state), dict[str, str]()
    try:
        rates = parsed(found.text(found.named(BlockId.EXCHANGE_RATES)) or "")
    except ValueError as error:
        rates, wrong["rates"] = {}, str(error)
    limit, typed_limit = None, found.text(found.named(BlockId.MATERIALITY))
    try:
        limit = None if typed_limit is None else parse_amount(typed_limit)
    except ValueError as error:
        wrong["materiality"] = str(error)
    if limit is not None and limit <= 0:
        limit, wrong["materiality"] = None, "Write an amount above 0, or leave it empty: then nothing is small."
    return Reading(form=AmountsForm(version=version, rates=rates, materiality=limit), wrong=wrong)


def block_of(field: str, state: dict[str, Any]) -> str:
    """Where the sentence about a field stands in the form that was sent."""
    return Fields(state).named(BLOCKS.get(field, field))


def saved(page: AmountsPage) -> View:
    """What was changed."""
    words = [":white_check_mark: It is saved. Cards show what their amounts come to by these rates."]
    if page.before is not None:
        words.append(what_changed(_changes(page.before, page.amounts)))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(words))],
    )


def _changes(before: AmountSettings, after: AmountSettings) -> list[Change]:
    return [
        *change(LABEL, _in_a_line(before), _in_a_line(after)),
        *change(SMALL, _limit(before), _limit(after)),
    ]


def _limit(amounts: AmountSettings) -> str:
    return "nothing" if amounts.materiality is None else f"up to {amount(amounts.materiality, None)}"


def _in_a_line(amounts: AmountSettings) -> str:
    return as_typed(amounts.rates).replace("\n", ", ") or "none"
