"""Contacts: creating, changing, and finding the one that a document means."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from providers.simulating.numbers import Json
from providers.xero.simulated import sentences
from providers.xero.simulated.books import Books
from providers.xero.simulated.seed import new_contact

EDITABLE = (
    "Name",
    "FirstName",
    "LastName",
    "EmailAddress",
    "TaxNumber",
    "ContactNumber",
    "AccountNumber",
    "CompanyNumber",
    "DefaultCurrency",
    "BankAccountDetails",
    "AccountsPayableTaxType",
    "AccountsReceivableTaxType",
    "PurchasesDefaultAccountCode",
    "SalesDefaultAccountCode",
    "IsSupplier",
    "IsCustomer",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    errors: tuple[str, ...]


def write(books: Books, sent: Json, *, may_update: bool) -> Json | Refused:
    """One element of PUT (create only) or POST (create, or change what matches)."""
    found = _existing(books, sent) if may_update else None
    name = str(sent.get("Name") or "").strip()
    if found is None and sent.get("ContactID") and may_update:
        return Refused(errors=(sentences.CONTACT_GONE,))
    if found is None and not name:
        return Refused(errors=(sentences.CONTACT_UNNAMED,))
    errors = _errors(books, sent, name, found)
    if errors:
        return Refused(errors=tuple(errors))
    contact = dict(found) if found else new_contact(str(uuid4()), name, books.now())
    _apply(contact, sent)
    if sent.get("ContactStatus") in ("ACTIVE", "ARCHIVED"):
        contact["ContactStatus"] = sent["ContactStatus"]
    books.save_contact(contact)
    return contact


def _existing(books: Books, sent: Json) -> Json | None:
    if sent.get("ContactID"):
        return books.contacts.get(str(sent["ContactID"]))
    if sent.get("ContactNumber"):
        wanted = sent["ContactNumber"]
        return next((found for found in books.contacts.values() if found.get("ContactNumber") == wanted), None)
    return books.contact_named(str(sent.get("Name") or ""))


def _errors(books: Books, sent: Json, name: str, found: Json | None) -> list[str]:
    errors = []
    holder = books.contact_holding(name) if name else None
    if holder is not None and (found is None or holder["ContactID"] != found["ContactID"]):
        errors.append(sentences.CONTACT_TAKEN.format(name=name))
    if len(name) > 255:
        errors.append(sentences.TOO_LONG.format(name="contact name", longest=255))
    currency = sent.get("DefaultCurrency")
    if currency and not books.has_currency(currency):
        errors.append(sentences.CURRENCY.format(code=currency))
    return errors


def _apply(contact: Json, sent: Json) -> None:
    contact |= {name: sent[name] for name in EDITABLE if sent.get(name) is not None}
    contact["Name"] = str(contact["Name"]).strip()


def of_document(books: Books, sent: Any) -> Json | Refused:
    """The contact a document means: by id, by number, by name; a name nobody has makes a new contact.

    The answer may be new: `keep` saves it once the document is accepted. Whatever else was sent beside the id changes
    the contact, and its contact persons are dropped.
    """
    if sent is None:
        return Refused(errors=(sentences.NO_CONTACT,))
    wanted = sent if isinstance(sent, dict) else {}
    if not any(wanted.get(name) for name in ("Name", "ContactID", "ContactNumber")):
        return Refused(errors=(sentences.EMPTY_CONTACT,))
    found = _existing(books, wanted)
    if found is None and wanted.get("ContactID"):
        return Refused(errors=(_unknown(str(wanted["ContactID"])),))
    if found is not None and found["ContactStatus"] != "ACTIVE":
        return Refused(errors=(sentences.CONTACT_ARCHIVED,))
    contact = dict(found) if found else new_contact(str(uuid4()), str(wanted["Name"]).strip(), books.now())
    before = {**contact}
    _apply(contact, wanted)
    if contact["Name"] != before["Name"] or found is None:
        holder = books.contact_holding(str(contact["Name"]))
        if holder and holder["ContactID"] != contact["ContactID"]:
            return Refused(errors=(sentences.CONTACT_TAKEN.format(name=contact["Name"]),))
    if found and contact != before:
        contact["ContactPersons"] = []
    return contact


def keep(books: Books, contact: Json, *, is_customer: bool) -> None:
    """Save a document's contact where that changes anything; dealing with somebody makes them supplier or customer."""
    contact["IsCustomer" if is_customer else "IsSupplier"] = True
    if books.contacts.get(contact["ContactID"]) != contact:
        books.save_contact(contact)


def _unknown(contact_id: str) -> str:
    try:
        UUID(contact_id)
    except ValueError:
        return sentences.CONTACT_ID.format(sent=contact_id)
    return sentences.CONTACT_GONE
