"""Vendors and customers: made, changed and made inactive through the API; the other lists are changed inside QuickBooks."""

from typing import Any

from providers.quickbooks.simulated import seed
from providers.quickbooks.simulated.books import Books, shown
from providers.quickbooks.simulated.faults import LAPSED, FaultError, Problem, fault, missing, too_long, unknown
from providers.quickbooks.simulated.references import References, to, value_of
from providers.quickbooks.simulated.writing import SYSTEM, stale
from providers.simulating.numbers import Json

LONGEST_NAME = {"Vendor": 500, "Customer": 500}
_FORBIDDEN = frozenset(":\t\n")
_KEPT = (
    *("CompanyName", "GivenName", "MiddleName", "FamilyName", "Title", "Suffix", "PrintOnCheckName", "Notes"),
    *("PrimaryEmailAddr", "PrimaryPhone", "Mobile", "AlternatePhone", "Fax", "WebAddr", "BillAddr", "ShipAddr"),
    *("TaxIdentifier", "AcctNum", "Active", "Vendor1099", "Taxable", "Job", "BusinessNumber", "PrimaryTaxIdentifier"),
    *("BillWithParent", "PreferredDeliveryMethod", "ResaleNum"),
)
_FIELDS = frozenset(
    {*_KEPT, "DisplayName", "CurrencyRef", "TermRef", "SalesTermRef", "APAccountRef", "DefaultTaxCodeRef", "ParentRef"}
    | {
        "FullyQualifiedName",
        "Balance",
        "BalanceWithJobs",
        "CustomField",
        "Organization",
        "Source",
        "Level",
        "IsProject",
    }
    | {"PaymentMethodRef", "CostRate", "BillRate", "OtherContactInfo", "ClientEntityId", "CustomerTypeRef"}
)


def write(books: Books, entity: str, sent: Json, who: str) -> Json:
    """Create a name, or change one.

    Raises:
        FaultError: it is refused; nothing was written.
    """
    if books.is_lapsed:
        raise fault("6190", LAPSED)
    before = _current(books, entity, sent)
    references = References(books)
    for name in sorted(sent.keys() - _FIELDS - SYSTEM):
        references.say(Problem("2010", f"Property Name:{name} specified is unsupported or invalid", name))
    record = _record(references, entity, sent, before)
    if references.problems:
        raise FaultError(references.problems)
    if before is None:
        return shown(books.create(entity, {**record, "_author": who}))
    return shown(books.save(entity, {**record, "_author": who}))


def _current(books: Books, entity: str, sent: Json) -> Json | None:
    if not sent.get("Id"):
        return None
    before = books.get(entity, str(sent["Id"]))
    if before is None:
        raise unknown()
    if sent.get("SyncToken") is None:
        raise FaultError([missing("SyncToken")])
    if str(sent["SyncToken"]) != before["SyncToken"]:
        raise stale(entity, before)
    return before


def _record(references: References, entity: str, sent: Json, before: Json | None) -> Json:
    books = references.books
    name = _name(references, entity, sent, before)
    code = references.currency(sent) if sent.get("CurrencyRef") or before is None else before["CurrencyRef"]["value"]
    if before is not None and before["CurrencyRef"]["value"] != code:
        references.say(Problem("6000", "Business Validation Error: The currency of a name cannot be changed."))
    fresh = seed.new_name(entity, name, code)
    del fresh["CompanyName"]
    kept = {key: sent[key] for key in _KEPT if sent.get(key) is not None}
    for field, target in (("TermRef", "Term"), ("SalesTermRef", "Term"), ("APAccountRef", "Account")):
        found = references.find(target, sent.get(field), field)
        if found is not None:
            kept[field] = to(found)
    if value_of(sent.get("DefaultTaxCodeRef")) and books.get("TaxCode", str(value_of(sent["DefaultTaxCodeRef"]))):
        kept["DefaultTaxCodeRef"] = {"value": value_of(sent["DefaultTaxCodeRef"])}
    if before is None:
        return {**fresh, **kept}
    own = {key: before[key] for key in ("domain", "sparse", "Id", "SyncToken", "MetaData", "Balance")}
    own |= {key: before[key] for key in before if key.startswith("_")}
    return {**(before if sent.get("sparse") else {}), **fresh, **own, **kept, "DisplayName": name}


def _name(references: References, entity: str, sent: Json, before: Json | None) -> str:
    parts = (sent.get(key) for key in ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix"))
    given: Any = sent.get("DisplayName") or " ".join(str(part) for part in parts if part)
    if not given and before is not None and sent.get("sparse"):
        given = before["DisplayName"]
    name = str(given or "").strip()
    if not name:
        references.say(missing("DisplayName"))
    longest = LONGEST_NAME[entity]
    if len(name) > longest:
        references.say(too_long("DisplayName", longest, len(name)))
    if _FORBIDDEN & set(name):
        references.say(
            Problem("2040", f"Invalid String. The text you've entered has characters we don't support: {name}")
        )
    holder = references.books.holder_of(name, besides=before["Id"] if before else None)
    if holder is not None:
        words = (
            "The name supplied already exists. : Another customer, vendor or employee is already using this name. "
            "Please use a different name."
        )
        references.say(Problem("6240", words))
    return name
