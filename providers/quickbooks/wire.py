"""QuickBooks' JSON exactly as it is spelt there; nothing is required, because what is empty is left out."""

from decimal import Decimal
from typing import TypedDict


class TokenAnswer(TypedDict, total=False):
    access_token: str
    refresh_token: str
    expires_in: int
    x_refresh_token_expires_in: int
    id_token: str
    token_type: str


class UserInfo(TypedDict, total=False):
    sub: str
    email: str
    emailVerified: bool
    givenName: str
    familyName: str


class Reference(TypedDict, total=False):
    value: str
    name: str
    type: str


class NameValue(TypedDict, total=False):
    Name: str
    Value: str


class CompanyInfo(TypedDict, total=False):
    Id: str
    CompanyName: str
    LegalName: str
    Country: str
    DefaultTimeZone: str
    NameValue: list[NameValue]


class AccountingInfoPrefs(TypedDict, total=False):
    BookCloseDate: str
    UseAccountNumbers: bool
    ClassTrackingPerTxn: bool
    ClassTrackingPerTxnLine: bool
    TrackDepartments: bool
    DepartmentTerminology: str


class CurrencyPrefs(TypedDict, total=False):
    MultiCurrencyEnabled: bool
    HomeCurrency: Reference


class TaxPrefs(TypedDict, total=False):
    UsingSalesTax: bool


class VendorAndPurchasesPrefs(TypedDict, total=False):
    TrackingByCustomer: bool
    BillableExpenseTracking: bool


class Preferences(TypedDict, total=False):
    AccountingInfoPrefs: AccountingInfoPrefs
    VendorAndPurchasesPrefs: VendorAndPurchasesPrefs
    CurrencyPrefs: CurrencyPrefs
    TaxPrefs: TaxPrefs


class ExpenseDetail(TypedDict, total=False):
    """`AccountBasedExpenseLineDetail`, `ItemBasedExpenseLineDetail` and `SalesItemLineDetail`: each has some of these."""

    AccountRef: Reference
    ItemRef: Reference
    ItemAccountRef: Reference
    TaxCodeRef: Reference
    ClassRef: Reference
    CustomerRef: Reference
    BillableStatus: str
    TaxInclusiveAmt: Decimal
    Qty: Decimal
    UnitPrice: Decimal
    Entity: Reference


class LinkedTxn(TypedDict, total=False):
    TxnId: str
    TxnType: str


class Line(TypedDict, total=False):
    Id: str
    LineNum: int
    Description: str
    Amount: Decimal
    DetailType: str
    AccountBasedExpenseLineDetail: ExpenseDetail
    ItemBasedExpenseLineDetail: ExpenseDetail
    SalesItemLineDetail: ExpenseDetail
    DepositLineDetail: ExpenseDetail
    LinkedTxn: list[LinkedTxn]


class TaxLineDetail(TypedDict, total=False):
    TaxRateRef: Reference
    PercentBased: bool
    TaxPercent: Decimal
    NetAmountTaxable: Decimal


class TaxLine(TypedDict, total=False):
    Amount: Decimal
    DetailType: str
    TaxLineDetail: TaxLineDetail


class TxnTaxDetail(TypedDict, total=False):
    TotalTax: Decimal
    TaxLine: list[TaxLine]


class Document(TypedDict, total=False):
    """Any transaction that we write; each entity has some of these."""

    Id: str
    SyncToken: str
    VendorRef: Reference
    CustomerRef: Reference
    EntityRef: Reference
    AccountRef: Reference
    DepositToAccountRef: Reference
    DepartmentRef: Reference
    PaymentType: str
    TxnDate: str
    DueDate: str
    DocNumber: str
    PrivateNote: str
    CurrencyRef: Reference
    ExchangeRate: Decimal
    GlobalTaxCalculation: str
    TxnTaxDetail: TxnTaxDetail
    Line: list[Line]
    LinkedTxn: list[LinkedTxn]
    TotalAmt: Decimal
    Balance: Decimal


class Error(TypedDict, total=False):
    """One of a `Fault`; the gateway spells the same in lower case."""

    Message: str
    Detail: str
    code: str
    element: str
