"""What is different in an item from what somebody has typed into its form meanwhile, field by field.

Nothing that was typed is lost, and nothing that somebody else changed is overwritten unseen.
"""

from bot.domain.documents import Facts, Line, LineAmounts
from bot.domain.editing import Edit, edit_of
from bot.domain.exchange import in_words
from bot.domain.forms import ItemPage
from bot.views.item_parties import party_of
from bot.views.item_words import counted_lines, kind_words, type_words
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.text import amount, day, escape

MOST_LINES = 10
HEAD = (
    ":warning: *Somebody changed this bill while your form was open.* What you typed is still here. Compare, then save."
)
AMOUNTS = {LineAmounts.EXCLUSIVE: "tax exclusive", LineAmounts.INCLUSIVE: "tax inclusive", LineAmounts.NO_TAX: "no tax"}


def changes(page: ItemPage) -> str:
    assert page.item is not None
    mine, there = page.edit, edit_of(page.item)
    told = [*_fields(page, mine, there), *_lines(page, mine, there)]
    others = [f"• {name}: {escape(value or 'none', 120)}" for name, value in told]
    words = [HEAD, *(["The bill now has, where it differs from what you typed:", *others] if others else [])]
    if there.facts.lines and not _lines(page, mine, there):
        # the form goes by them, whoever wrote them: only who worked on lines has others
        words.append(f"Its lines are as they are on the bill now: {counted_lines(there.facts)} in all.")
    return "\n".join(words)


def _fields(page: ItemPage, mine: Edit, there: Edit) -> list[tuple[str, str | None]]:
    ours, theirs = _told(page, mine), _told(page, there)
    return [(name, theirs[name]) for name in theirs if theirs[name] != ours[name]]


def _told(page: ItemPage, edit: Edit) -> dict[str, str | None]:
    facts, codes = edit.facts, edit.codes
    tracking = {track.category: track.option for track in codes.tracking}
    return {
        "cost or sale": kind_words(edit.kind),
        "document type": type_words(facts.document_type),
        "customer" if edit.kind == "sale" else "supplier": party_of(edit).name,
        "number": facts.number,
        "date": day(facts.issued_on),
        "due date": day(facts.due_on),
        "total": amount(facts.gross, facts.currency),
        "exchange rate": in_words(facts),
        "tax": amount(facts.tax, facts.currency),
        "category": _account(page, codes.account),
        "product": _product(page, codes.product),
        "tax rate": _tax_rate(page, codes.tax_rate),
        "for customer": _customer(page, codes.customer),
        "billable": codes.billable,
        **{
            category.name: next(
                (
                    option.name
                    for option in category.options
                    if option.provider_id == tracking.get(category.provider_id)
                ),
                None,
            )
            for category in page.tracking
        },
        "description": facts.note,
        "amounts on the lines": AMOUNTS[facts.line_amounts],
        "publish to": "as in the settings" if edit.publish_to is None else DESTINATION_NAMES[edit.publish_to][0],
        "payment method": _method(page, edit.payment_method),
        "publish as": "as in the settings" if edit.publish_as is None else STATUS_NAMES[edit.publish_as][0],
    }


def _lines(page: ItemPage, mine: Edit, there: Edit) -> list[tuple[str, str | None]]:
    number = max(len(mine.facts.lines), len(there.facts.lines))
    ours, theirs = ([_line(page, edit, place) for place in range(number)] for edit in (mine, there))
    pairs = [(f"line {place + 1}", told) for place, told in enumerate(theirs) if told != ours[place]]
    more = len(pairs) - MOST_LINES
    return pairs if more <= 0 else [*pairs[:MOST_LINES], ("and lines", f"{more} more")]


def _line(page: ItemPage, edit: Edit, place: int) -> str | None:
    facts: Facts = edit.facts
    if place >= len(facts.lines):
        return None
    line: Line = facts.lines[place]
    own = edit.own_codes(place)
    coded = [_account(page, own.account), _tax_rate(page, own.tax_rate), _customer(page, own.customer)]
    tax = "" if line.tax is None else f" + {line.tax:,.2f} tax"
    return ", ".join([f"{line.description or 'no description'}: {line.net:,.2f}{tax}", *filter(None, coded)])


def _account(page: ItemPage, code: str | None) -> str | None:
    account = page.accounts.get(code or "")
    return code if account is None else account.label


def _product(page: ItemPage, code: str | None) -> str | None:
    product = page.products.get(code or "")
    return code if product is None else product.label


def _customer(page: ItemPage, contact: str | None) -> str | None:
    found = page.customers.get(contact or "")
    return contact and "another one" if found is None else found.label


def _method(page: ItemPage, method: str | None) -> str | None:
    known = page.methods.get(method or "")
    if known is None:
        return None if method is None else "another one"
    return known.method.label


def _tax_rate(page: ItemPage, code: str | None) -> str | None:
    rate = page.tax_rates.get(code or "")
    return code if rate is None else rate.label
