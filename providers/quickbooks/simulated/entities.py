"""Which entities there are, and which of their fields may be asked for.

What may stand in a `where` or `orderby` is by "All entities" of the API reference and by refusals that people report;
a field that the entity has and that is not among these is "not queryable".
"""

from dataclasses import dataclass

META = ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
_TXN = (*META, "DocNumber", "TxnDate", "TotalAmt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """`group` is what a faulty reference to it is called by; `sequence` is who it shares its ids with."""

    name: str
    sequence: str
    group: str = ""
    fields: tuple[str, ...] = META
    is_list: bool = False
    """Whether its records are made inactive and never deleted; a query leaves inactive ones out unless it names `Active`."""
    is_posted: bool = True
    """Whether it may be written through the API here."""
    words: str = ""
    """As in a duplicate number's `TxnType`."""

    @property
    def path(self) -> str:
        return self.name.lower()


def _list(name: str, sequence: str, group: str, *fields: str, is_posted: bool = False) -> Entity:
    found = (*META, "Active", *fields)
    return Entity(name=name, sequence=sequence, group=group, fields=found, is_list=True, is_posted=is_posted)


def _txn(name: str, words: str, *fields: str) -> Entity:
    return Entity(name=name, sequence="Txn", fields=(*_TXN, *fields), words=words)


ENTITIES = {
    found.name: found
    for found in (
        _list(
            "Account",
            "Account",
            "Accounts",
            "Name",
            "FullyQualifiedName",
            "AccountType",
            "AccountSubType",
            "Classification",
            "AcctNum",
            "ParentRef",
            "SubAccount",
            "CurrentBalance",
            "Description",
        ),
        _list("TaxCode", "TaxCode", "TaxCodes", "Name", "Description"),
        _list("TaxRate", "TaxRate", "TaxRates", "Name", "Description"),
        _list(
            "Vendor",
            "Name",
            "Names",
            "DisplayName",
            "CompanyName",
            "GivenName",
            "FamilyName",
            "PrintOnCheckName",
            "Balance",
            is_posted=True,
        ),
        _list(
            "Customer",
            "Name",
            "Names",
            "DisplayName",
            "CompanyName",
            "FullyQualifiedName",
            "GivenName",
            "FamilyName",
            "PrintOnCheckName",
            "Balance",
            "Job",
            is_posted=True,
        ),
        _list("Class", "Class", "Klasses", "Name", "FullyQualifiedName", "ParentRef", "SubClass"),
        _list("Department", "Department", "Depts", "Name", "FullyQualifiedName", "ParentRef", "SubDepartment"),
        _list("CompanyCurrency", "CompanyCurrency", "CompanyCurrencies", "Code", "Name"),
        _list("Item", "Item", "Items", "Name", "FullyQualifiedName", "Type", "Sku"),
        _list("Term", "Term", "Terms", "Name"),
        _txn("Bill", "Bill", "VendorRef", "APAccountRef", "SalesTermRef", "DueDate", "Balance"),
        _txn("VendorCredit", "Vendor Credit", "VendorRef", "APAccountRef", "Balance"),
        _txn("Purchase", "Expense", "PaymentType", "AccountRef"),
        _txn("Deposit", "Deposit"),
        _txn("Invoice", "Invoice", "CustomerRef", "DueDate", "Balance", "SalesTermRef"),
        _txn("CreditMemo", "Credit Memo", "CustomerRef", "Balance"),
        _txn("SalesReceipt", "Sales Receipt", "CustomerRef", "Balance", "DepositToAccountRef"),
        _txn("RefundReceipt", "Refund", "CustomerRef", "DepositToAccountRef"),
        _txn("BillPayment", "Bill Payment", "VendorRef", "PayType", "APAccountRef"),
        _txn("Payment", "Payment", "CustomerRef", "PaymentRefNum", "UnappliedAmt"),
        Entity(
            name="Attachable",
            sequence="Attachable",
            fields=(
                *META,
                "FileName",
                "ContentType",
                "Note",
                "AttachableRef.EntityRef.type",
                "AttachableRef.EntityRef.Type",
                "AttachableRef.EntityRef.value",
            ),
        ),
    )
}
BY_PATH = {entity.path: entity for entity in ENTITIES.values()}
TRANSACTIONS = tuple(entity.name for entity in ENTITIES.values() if entity.sequence == "Txn")
NAMES = ("Vendor", "Customer")
"""Who shares one list of names with whom (employees too, of whom there are none here)."""
NOT_IN_CHANGES = frozenset({"TaxCode", "TaxRate"})
"""What change data capture does not tell of."""
