"""An item's form in words: kinds, types, lines, and how old the lists are that it offers."""

from slack_sdk.models.blocks import Block

from bot.domain.books import ListKind
from bot.domain.connections import LIST_NAMES
from bot.domain.documents import DocumentType, Facts, ItemKind
from bot.domain.editing import Edit
from bot.domain.forms import ItemPage
from bot.domain.lines import with_taxes
from bot.views.parts import context
from bot.views.text import amount, escape, moment

KINDS = {ItemKind.COST: "A cost", ItemKind.SALE: "A sale", ItemKind.EXPENSE_REPORT: "An expense report"}
TYPES = {DocumentType.OTHER: "Something else, not a bill"}
OFFERED = (ListKind.CONTACTS, ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.TRACKING_CATEGORIES)


def kind_words(kind: ItemKind) -> str:
    return KINDS[kind]


def type_words(document_type: DocumentType) -> str:
    without_article = document_type.words.removeprefix("a ").removeprefix("an ")
    return TYPES.get(document_type, without_article.capitalize())


def lines_words(edit: Edit, *, asks_product: bool = False) -> str:
    """What the lines are, for the form that does not show them; in books that may ask for a product in the place of a category."""
    facts, what = edit.facts, "product" if asks_product else "category"
    if not facts.lines:
        return f"*One line* for the whole total, with the {what} and tax rate above."
    if not facts.is_bookable:
        return (
            "*The amounts on the document do not add up*, or have fractions of a cent. When you save, the total and tax "
            "above are used, on one line."
        )
    return f"*{_counted(facts)}*, {_sum(facts)} in all. {_own(edit, what)}"


def _own(edit: Edit, what: str) -> str:
    lines = [edit.own_codes(place) for place in range(len(edit.facts.lines))]
    own = sum((codes.product if what == "product" else codes.account) is not None for codes in lines)
    taxed = sum(codes.tax_rate is not None for codes in lines)
    if own or taxed:
        return f"With their own {what}: {own}; with their own tax rate: {taxed}. The others use those above."
    use = "It uses" if len(edit.facts.lines) == 1 else "All of them use"
    return f"{use} the {what} and tax rate above. If you change the total or tax, they become one line."


def counted_lines(facts: Facts) -> str:
    return f"{_counted(facts)}, {_sum(facts)}"


def _counted(facts: Facts) -> str:
    return "1 line" if len(facts.lines) == 1 else f"{len(facts.lines)} lines"


def _sum(facts: Facts) -> str:
    taxed = with_taxes(facts)
    return amount(taxed.of_lines + sum(line.tax or 0 for line in taxed.lines), facts.currency)


def ages(page: ItemPage) -> list[Block]:
    """When the lists were read that the form offers; the same moment is told once."""
    by_moment: dict[str, list[str]] = {}
    for kind in OFFERED:
        if kind in page.read_at:
            by_moment.setdefault(moment(page.read_at[kind]), []).append(LIST_NAMES[kind])
    if not by_moment:
        return []
    told = "; ".join(f"{', '.join(names)} {at}" for at, names in by_moment.items())
    return [context(f"Read from {escape(page.ledger, 60)}: {told}. `/dext sync` reads them again.")]
