"""Which column says what: by the names that products give them, or as somebody said.

Names are compared without case, spaces, stars and underscores. What is not known is left alone and named; what is
needed and not there, or there twice, is asked about.

Sources: exports of Dext, and the import templates of Xero ("Import bills") and QuickBooks Online ("Import bills").
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Column(StrEnum):
    ID = "id"
    STATUS = "status"
    KIND = "kind"
    TYPE = "type"
    SUPPLIER = "supplier"
    SUPPLIER_TAX_NUMBER = "supplier-tax-number"
    SUPPLIER_COUNTRY = "supplier-country"
    PAYABLE_TO = "payable-to"
    CUSTOMER = "customer"
    CUSTOMER_TAX_NUMBER = "customer-tax-number"
    NUMBER = "number"
    ISSUED_ON = "date"
    DUE_ON = "due-date"
    CURRENCY = "currency"
    CURRENCY_RATE = "currency-rate"
    RATE_CURRENCY = "rate-currency"
    NET = "net"
    TAX = "tax"
    TOTAL = "total"
    CATEGORY = "category"
    TAX_RATE = "tax-rate"
    ITEM_CODE = "item-code"
    FOR_CUSTOMER = "for-customer"
    BILLABLE = "billable"
    DESCRIPTION = "description"
    NOTE = "note"
    LINE_DESCRIPTION = "line-description"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit-price"
    DISCOUNT = "discount"
    LINE_NET = "line-amount"
    LINE_TAX = "line-tax"
    LINE_TAX_PERCENT = "line-tax-percent"
    LINE_CATEGORY = "line-category"
    LINE_TAX_RATE = "line-tax-rate"
    LINE_ITEM_CODE = "line-item-code"
    LINE_FOR_CUSTOMER = "line-for-customer"
    LINE_BILLABLE = "line-billable"
    LINE_AMOUNTS = "line-amounts"
    TRACKING_1 = "tracking-1"
    OPTION_1 = "tracking-option-1"
    TRACKING_2 = "tracking-2"
    OPTION_2 = "tracking-option-2"
    TRACKING_3 = "tracking-3"
    OPTION_3 = "tracking-option-3"
    TRACKING_4 = "tracking-4"
    OPTION_4 = "tracking-option-4"

    @property
    def words(self) -> str:
        return self.value.replace("-", " ")


TRACKING = (
    (Column.TRACKING_1, Column.OPTION_1),
    (Column.TRACKING_2, Column.OPTION_2),
    (Column.TRACKING_3, Column.OPTION_3),
    (Column.TRACKING_4, Column.OPTION_4),
)
"""A tracking category and its option: as many of a line, and of a document as a whole, as forms offer."""


class Template(StrEnum):
    """Whose list it is. `LINES` of a document are rows of it in all but the general one."""

    DEXT = "Dext"
    XERO = "Xero's bill template"
    QUICKBOOKS = "QuickBooks' bill template"
    GENERAL = "a list"


_ALIASES: dict[Column, tuple[str, ...]] = {
    Column.ID: ("receiptid", "itemid", "documentid"),
    Column.STATUS: ("status", "state"),
    Column.KIND: ("kind",),
    Column.TYPE: ("type", "documenttype", "doctype"),
    Column.SUPPLIER: ("supplier", "suppliername", "vendor", "vendorname", "merchant", "payee"),
    Column.SUPPLIER_TAX_NUMBER: ("suppliertaxnumber", "suppliervatnumber", "vatnumber", "taxnumber"),
    Column.SUPPLIER_COUNTRY: ("suppliercountry",),
    Column.PAYABLE_TO: ("payableto", "iban"),
    Column.CUSTOMER: ("customer", "customername"),
    Column.CUSTOMER_TAX_NUMBER: ("customertaxnumber", "customervatnumber"),
    Column.NUMBER: ("invoicenumber", "invoiceno", "invoice#", "billno", "billnumber", "documentnumber", "number"),
    Column.ISSUED_ON: ("date", "invoicedate", "billdate", "issuedate", "documentdate"),
    Column.DUE_ON: ("duedate", "due"),
    Column.CURRENCY: ("currency", "currencycode", "originalcurrency"),
    Column.CURRENCY_RATE: ("currencyrate", "exchangerate"),
    Column.RATE_CURRENCY: ("ratecurrency",),
    Column.NET: ("net", "netamount", "subtotal"),
    Column.TAX: ("tax", "taxamount", "vat", "vatamount", "totaltax"),
    Column.TOTAL: ("total", "totalamount", "gross", "grossamount", "originalamount"),
    Column.CATEGORY: ("category", "categoryname", "ledgeraccount", "accountcode"),
    Column.TAX_RATE: ("taxrate", "taxcode", "taxname", "vatrate"),
    Column.ITEM_CODE: ("itemcode", "product", "productservice", "product/service"),
    Column.FOR_CUSTOMER: ("forcustomer", "customer/project", "rebillto"),
    Column.BILLABLE: ("billable", "rebillable", "rebillabletoclient"),
    Column.DESCRIPTION: ("description", "details"),
    Column.NOTE: ("note", "notes", "memo"),
    Column.LINE_DESCRIPTION: ("linedescription",),
    Column.QUANTITY: ("quantity", "linequantity"),
    Column.UNIT_PRICE: ("unitprice", "unitamount", "lineunitprice"),
    Column.DISCOUNT: ("discount",),
    Column.LINE_NET: ("linenet", "lineamount"),
    Column.LINE_TAX: ("linetax", "linetaxamount"),
    Column.LINE_TAX_PERCENT: ("linetaxpercent",),
    Column.LINE_CATEGORY: ("linecategory",),
    Column.LINE_TAX_RATE: ("linetaxrate", "linetaxcode"),
    Column.LINE_ITEM_CODE: ("lineitemcode", "inventoryitemcode", "lineproduct", "sku"),
    Column.LINE_FOR_CUSTOMER: ("lineforcustomer",),
    Column.LINE_BILLABLE: ("linebillable",),
    Column.LINE_AMOUNTS: ("lineamounts",),
    **{category: (f"trackingname{at}",) for at, (category, _) in enumerate(TRACKING, 1)},
    **{option: (f"trackingoption{at}",) for at, (_, option) in enumerate(TRACKING, 1)},
}
_OTHERWISE: dict[Template, dict[str, Column]] = {
    Template.XERO: {
        "contactname": Column.SUPPLIER,
        "description": Column.LINE_DESCRIPTION,
        "accountcode": Column.LINE_CATEGORY,
        "taxtype": Column.LINE_TAX_RATE,
        "taxamount": Column.LINE_TAX,
    },
    Template.QUICKBOOKS: {
        "account": Column.LINE_CATEGORY,
        "product": Column.LINE_ITEM_CODE,
        "productservice": Column.LINE_ITEM_CODE,
        "product/service": Column.LINE_ITEM_CODE,
    },
    Template.DEXT: {"taxname": Column.TAX_RATE},
}
_PERHAPS: dict[Column, tuple[str, ...]] = {
    Column.SUPPLIER: ("name", "contact", "company", "from"),
    Column.ISSUED_ON: ("timestamp", "posted", "created", "day"),
    Column.TOTAL: ("amount", "value", "sum", "net", "subtotal"),
}
"""Names that may mean it. Nothing is taken from them unasked."""
_SIGNS: dict[Template, frozenset[str]] = {
    Template.XERO: frozenset({"contactname", "invoicenumber", "unitamount"}),
    Template.QUICKBOOKS: frozenset({"billno", "supplier", "lineamount"}),
    Template.DEXT: frozenset({"receiptid"}),
}
_OF_LINES = (Column.LINE_NET, Column.UNIT_PRICE)


class UnsureError(Exception):
    """A column has to be named by a person; `candidates` are those it may be, the likeliest first."""

    def __init__(self, column: Column, candidates: tuple[str, ...]) -> None:
        self.column, self.candidates = column, candidates
        named = ", ".join(f'"{name}"' for name in candidates)
        super().__init__(f"Which column is the {column.words}? It may be {named}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each column stands. `unused` are the names of those that nothing is taken from."""

    template: Template
    places: Mapping[Column, int]
    unused: tuple[str, ...]
    options: Mapping[str, int] = field(default_factory=dict)
    """Columns that are called as a tracking category of the ledger and have its options, by that name."""

    def tracked(self, header: tuple[str, ...], categories: Iterable[str]) -> "Columns":
        """Those that nothing was taken from, and that are called as one of these `categories`, have its options."""
        free = {_plain(name): header.index(name) for name in reversed(self.unused)}
        options = {name: free[_plain(name)] for name in categories if _plain(name) in free}
        unused = tuple(name for name in self.unused if free[_plain(name)] not in options.values())
        return replace(self, options=options, unused=unused)

    @property
    def has_lines(self) -> bool:
        return any(column in self.places for column in _OF_LINES)


def columns_of(header: tuple[str, ...], given: Mapping[Column, str]) -> Columns:
    """`given` names columns by what their header says, and wins.

    Raises:
        UnsureError: one that is needed is not known, or is there twice.
    """
    names = tuple(map(_plain, header))
    template = next((each for each, signs in _SIGNS.items() if signs <= set(names)), Template.GENERAL)
    places: dict[Column, int] = {}
    for column in Column:
        found = _places(column, template, names, given)
        if len(found) > 1:
            raise UnsureError(column, tuple(header[place] for place in found))
        if found:
            places[column] = found[0]
    _require(header, names, places)
    unused = tuple(name for place, name in enumerate(header) if name and place not in places.values())
    return Columns(template=template, places=places, unused=unused)


def _places(column: Column, template: Template, names: tuple[str, ...], given: Mapping[Column, str]) -> tuple[int, ...]:
    if column in given:
        return tuple(place for place, name in enumerate(names) if name == _plain(given[column]))[:1]
    taken = {_plain(name) for name in given.values()}
    otherwise = _OTHERWISE.get(template, {})
    own = tuple(
        place
        for place, name in enumerate(names)
        if name not in taken and (otherwise.get(name, None if name not in _ALIASES[column] else column) is column)
    )
    return own if len({names[place] for place in own}) > 1 else own[:1]


def _require(header: tuple[str, ...], names: tuple[str, ...], places: Mapping[Column, int]) -> None:
    wanted: list[tuple[Column, bool]] = [
        (Column.SUPPLIER, Column.SUPPLIER in places or Column.CUSTOMER in places),
        (Column.ISSUED_ON, Column.ISSUED_ON in places),
        (Column.TOTAL, Column.TOTAL in places or any(column in places for column in _OF_LINES)),
    ]
    for column, is_there in wanted:
        if not is_there:
            free = [place for place in range(len(header)) if place not in places.values() and header[place]]
            free.sort(key=lambda place: names[place] not in _PERHAPS[column])
            raise UnsureError(column, tuple(header[place] for place in free))


def _plain(name: str) -> str:
    return re.sub(r"[\s*_]", "", name).casefold()
