"""Xero's JSON exactly as Xero spells it; nothing is required, because Xero leaves out what is empty."""

from decimal import Decimal
from typing import Any, TypedDict


class TokenAnswer(TypedDict, total=False):
    access_token: str
    refresh_token: str
    expires_in: int
    id_token: str
    scope: str
    token_type: str


class Connection(TypedDict, total=False):
    id: str
    authEventId: str
    tenantId: str
    tenantType: str
    tenantName: str
    createdDateUtc: str
    updatedDateUtc: str


class Organisation(TypedDict, total=False):
    OrganisationID: str
    Name: str
    LegalName: str
    BaseCurrency: str
    CountryCode: str
    Timezone: str
    Version: str
    Class: str
    ShortCode: str
    PeriodLockDate: str
    EndOfYearLockDate: str
    OrganisationStatus: str


class Action(TypedDict, total=False):
    Name: str
    Status: str


class Account(TypedDict, total=False):
    AccountID: str
    Code: str
    Name: str
    Type: str
    Class: str
    Status: str
    TaxType: str
    SystemAccount: str
    CurrencyCode: str
    BankAccountType: str
    BankAccountNumber: str
    UpdatedDateUTC: str


class TaxComponent(TypedDict, total=False):
    Name: str
    Rate: Decimal
    IsCompound: bool
    IsNonRecoverable: bool


class TaxRate(TypedDict, total=False):
    Name: str
    TaxType: str
    Status: str
    DisplayTaxRate: Decimal
    EffectiveRate: Decimal
    CanApplyToAssets: bool
    CanApplyToEquity: bool
    CanApplyToExpenses: bool
    CanApplyToLiabilities: bool
    CanApplyToRevenue: bool
    TaxComponents: list[TaxComponent]


class Contact(TypedDict, total=False):
    ContactID: str
    ContactStatus: str
    Name: str
    EmailAddress: str
    TaxNumber: str
    IsSupplier: bool
    IsCustomer: bool
    DefaultCurrency: str
    PurchasesDefaultAccountCode: str
    UpdatedDateUTC: str
    HasValidationErrors: bool
    ValidationErrors: list["ValidationError"]


class TrackingOption(TypedDict, total=False):
    TrackingOptionID: str
    Name: str
    Status: str


class TrackingCategory(TypedDict, total=False):
    TrackingCategoryID: str
    Name: str
    Status: str
    Options: list[TrackingOption]


class Currency(TypedDict, total=False):
    Code: str
    Description: str


class ValidationError(TypedDict, total=False):
    Message: str


class LineItem(TypedDict, total=False):
    LineItemID: str
    Description: str
    Quantity: Decimal
    UnitAmount: Decimal
    AccountCode: str
    AccountID: str
    TaxType: str
    TaxAmount: Decimal
    LineAmount: Decimal


class Invoice(TypedDict, total=False):
    InvoiceID: str
    InvoiceNumber: str
    Type: str
    Status: str
    Contact: Contact
    Date: str
    DateString: str
    DueDate: str
    DueDateString: str
    LineAmountTypes: str
    LineItems: list[LineItem]
    CurrencyCode: str
    CurrencyRate: Decimal
    Url: str
    SubTotal: Decimal
    TotalTax: Decimal
    Total: Decimal
    AmountDue: Decimal
    AmountPaid: Decimal
    AmountCredited: Decimal
    UpdatedDateUTC: str
    HasErrors: bool
    StatusAttributeString: str
    ValidationErrors: list[ValidationError]
    Warnings: list[ValidationError]


class Refusal(TypedDict, total=False):
    """Any error body: the 400 of validation, and the problem JSON of 401 and 403."""

    ErrorNumber: int
    Type: str
    Message: str
    Elements: list[Any]
    Title: str
    Status: int
    Detail: str
    Instance: str
