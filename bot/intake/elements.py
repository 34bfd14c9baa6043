"""XML from strangers: parsed without entities, files or network, and read as strict values.

What cannot be a name, an amount or a date is refused with the element's name. The file's own words are never part of a
reason: a reason is posted in a channel, and the file must not choose what we post.
"""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from bot.domain.texts import cleaned
from bot.intake.result import UnreadableError
from bot.intake.sniff import HEAD

LONGEST_TEXT = 500
LONGEST_NOTE = 2000
LONGEST_CODE = 200
"""Characters. Longer texts are cut, and longer codes (numbers, accounts) refused: a cut number is a wrong number."""

_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15"}
    | {"latin1", "windows-1250", "windows-1252"}
)
_DECLARED_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{0,10})?|[+-]?\.[0-9]{1,10}")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
MOST_MONEY = Decimal(10) ** 14
_FINEST_MONEY = Decimal("0.0001")

Element = etree._Element  # noqa: SLF001 - lxml has no public name for an element's type


def parse(content: bytes) -> Element:
    """The root element.

    Raises:
        UnreadableError: broken, too deep, with a document type or in an encoding that invoices are not written in.
        MemoryError: the limit of this process was reached.
    """
    declared = _DECLARED_ENCODING.match(content.removeprefix(b"\xef\xbb\xbf")[:HEAD])
    if declared and declared[1].decode("ascii", "replace").lower() not in _ENCODINGS:
        raise UnreadableError("The XML says that it is written in an encoding that invoices do not use.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,  # so that `12<!-- -->34` is one text
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("The file declares a document type, which no e-invoice has and attacks do.")
    return root


def _refusal(error: etree.XMLSyntaxError) -> Exception:
    if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
        return MemoryError()
    if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return UnreadableError("The XML is nested deeper, or has a longer text in one place, than any invoice needs.")
    return UnreadableError(f"The XML is broken or cut off (line {error.lineno}).")


def text_at(parent: Element | None, path: str, longest: int = LONGEST_TEXT) -> str | None:
    """The cleaned text of the first such element, cut to `longest`."""
    element = None if parent is None else parent.find(path)
    return None if element is None else cleaned(_collapsed(element), longest)


def texts_at(parent: Element, path: str, longest: int) -> str | None:
    """The texts of all such elements, one below another."""
    found = (cleaned(_collapsed(element), longest) for element in parent.findall(path)[:longest])
    return "\n".join(text for text in found if text)[:longest] or None


def code_at(parent: Element | None, path: str) -> str | None:
    """A number or code, which is whole or refused."""
    element = None if parent is None else parent.find(path)
    return None if element is None else code_of(element, path)


def code_of(element: Element, path: str) -> str | None:
    """The same of an element that was found already; `path` is what a refusal names it by."""
    raw = _collapsed(element)
    if len(raw) > LONGEST_CODE:
        raise UnreadableError(f"Its {_name(path)} is longer than any in an invoice.")
    return cleaned(raw, LONGEST_CODE)


def currency_at(parent: Element | None, path: str) -> str | None:
    """A currency by its code (ISO 4217)."""
    currency = code_at(parent, path)
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise UnreadableError(f"Its {_name(path)} is not a currency.")
    return currency


def _collapsed(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def number_at(parent: Element | None, path: str) -> Decimal | None:
    """A quantity, price or percentage: at most 15 digits before and 10 after the point."""
    return _number(code_at(parent, path), path)


def _number(text: str | None, path: str) -> Decimal | None:
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise UnreadableError(f"Its {_name(path)} is not a number that an invoice can have.")
    return +Decimal(text)  # the plus turns -0 into 0


def money_at(parent: Element | None, path: str, currency: str | None) -> Decimal | None:
    """An amount in the document's currency, with at most four decimals. Of several currencies it is that one."""
    stated = [] if parent is None else parent.findall(path)
    if not stated:
        return None
    found = in_currency(stated, currency)
    if not found:
        raise UnreadableError(f"Its {_name(path)} is in another currency than the document.")
    amount = _within_limits(_number(code_of(found[0], path), path), path)
    return None if amount is None else _to_four_decimals(amount, path)


def amount_at(parent: Element | None, path: str) -> Decimal | None:
    """An amount that may be finer than money, for a syntax that has such."""
    return _within_limits(number_at(parent, path), path)


def _within_limits(amount: Decimal | None, path: str) -> Decimal | None:
    if amount is not None and abs(amount) >= MOST_MONEY:
        raise UnreadableError(f"Its {_name(path)} is larger than any invoice.")
    return amount


def in_currency(amounts: list[Element], currency: str | None) -> list[Element]:
    """Those in this currency. One that names none is in the document's, and a document without one has them all."""
    return [
        amount for amount in amounts if currency is None or (amount.get("currencyID") or "").strip() in ("", currency)
    ]


def _to_four_decimals(amount: Decimal, path: str) -> Decimal:
    kept = amount.quantize(_FINEST_MONEY)
    if kept != amount:
        raise UnreadableError(f"Its {_name(path)} has more than four decimals.")
    return kept if _decimals(amount) > _decimals(kept) else amount


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def date_at(parent: Element | None, path: str) -> date | None:
    """A calendar date; a time zone behind it does not move it."""
    text = code_at(parent, path)
    if text is None:
        return None
    found = _DATE.fullmatch(text)
    try:
        return date.fromisoformat(found[1] if found else text[:0])
    except ValueError:
        raise not_a_date(path) from None


def not_a_date(path: str) -> UnreadableError:
    return UnreadableError(f"Its {_name(path)} is not a date.")


def _name(path: str) -> str:
    """The last element of a path, without its namespace."""
    return path.rpartition("/")[2].rpartition("}")[2]
