"""The digest: how many were published, for how much, the largest of them, what waits and what was refused."""

from bot.domain.digests import COUNTED, LARGEST, Digest, Sum
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.views.connections import Message
from bot.views.document_words import document_name, total_words
from bot.views.item_lines import parts
from bot.views.parts import context, section
from bot.views.text import amount, escape, moment, plain

_NAMES = {
    ItemKind.COST: ("cost", "costs"),
    ItemKind.SALE: ("sale", "sales"),
    ItemKind.EXPENSE_REPORT: ("expense report", "expense reports"),
}


def digest(found: Digest, *, hides_amounts: bool) -> Message:
    said = _published(found)
    lines = [_kind(found, kind, hides_amounts=hides_amounts) for kind in ItemKind if _of(found, kind)]
    if found.largest:
        lines.append(f"*The {LARGEST} largest*" if found.count > LARGEST else "*Which*")
        lines += [_item(found, item, hides_amounts=hides_amounts) for item in found.largest]
    return f"{plain(found.organisation)}: {said}.", (
        section(f"*{escape(found.organisation)}*\n{said} since {moment(found.since)}."),
        *(section(part) for part in parts(lines) if part),
        context(" ".join(_stand(found))),
    )


def _published(found: Digest) -> str:
    match found.count:
        case 0:
            return "Nothing was published"
        case 1:
            return "1 item was published"
        case number:
            return f"{number:,} items were published"


def _of(found: Digest, kind: ItemKind) -> list[Sum]:
    return [each for each in found.sums if each.kind is kind]


def _kind(found: Digest, kind: ItemKind, *, hides_amounts: bool) -> str:
    sums = _of(found, kind)
    count, notes = sum(each.count for each in sums), sum(each.credits for each in sums)
    name = _NAMES[kind][count != 1]
    sums_words = " and ".join(amount(each.total, each.currency) for each in sums)
    total = "" if hides_amounts else f": {sums_words}"
    counted = "1 credit note" if notes == 1 else f"{notes:,} credit notes"
    off = "" if not notes else f" ({counted} {'among them' if hides_amounts else 'taken off'})"
    return f"• {count:,} {name}{total}{off}"


def _item(found: Digest, item: Item, *, hides_amounts: bool) -> str:
    facts = item.facts
    name = escape(item.counterparty.name or "", 80) or "Name not stated"
    number = escape(facts.number or "", 40)
    told = [f"*{name}*", f"{document_name(item)} {number}".strip()]
    if not hides_amounts:
        told.append(escape(total_words(item)))
    told.append(f"<{found.address}{item.id}|{escape(item.reference, 20)}>")
    if item.ledger_url is not None:
        told.append(f"<{_address(item.ledger_url)}|Open in {escape(found.ledger, 60)}>")
    return f"• {' · '.join(told)}"


def _address(url: str) -> str:
    """Such that nothing in it ends the link."""
    return url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def _counted(number: int) -> str:
    return f"{number:,}" if number <= COUNTED else f"More than {COUNTED:,}"


def _stand(found: Digest) -> list[str]:
    waits = (
        "Nothing waits"
        if not found.waiting
        else f"{_counted(found.waiting)} {'waits' if found.waiting == 1 else 'wait'}"
    )
    told = [f"{waits} for approval."]
    if found.refused:
        were = "item was" if found.refused == 1 else "items were"
        told.append(f"{found.refused:,} {were} refused in that time.")
    if found.still_refused:
        number = "1 is" if found.still_refused == 1 else f"{_counted(found.still_refused)} are"
        told.append(f"{number} refused now: each has its alert.")
    if found.waiting or found.still_refused:
        told.append("`/dext items`, *Search*, lists them by state.")
    return told
