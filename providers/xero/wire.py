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
    OrganisationType: str
    OrganisationEntityType: str
    IsDemoCompany: bool
    PaysTax: bool
    TaxNumber: str
    FinancialYearEndDay: int
    FinancialYearEndMonth: int
    SalesTaxBasis: str
    SalesTaxPeriod: str
    DefaultSalesTax: str
    DefaultPurchasesTax: str
    Edition: str
    CreatedDateUTC: str


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
    Description: str
    EnablePaymentsToAccount: bool
    ShowInExpenseClaims: bool
    ReportingCode: str
    HasAttachments: bool
    AddToWatchlist: bool


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
    ReportTaxType: str


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
    ContactNumber: str
    AccountNumber: str
    FirstName: str
    LastName: str
    CompanyNumber: str
    AccountsPayableTaxType: str
    AccountsReceivableTaxType: str
    SalesDefaultAccountCode: str
    HasAttachments: bool
    StatusAttributeString: str
    HasValidationErrors: bool
    ValidationErrors: list["ValidationError"]


class User(TypedDict, total=False):
    UserID: str
    EmailAddress: str
    FirstName: str
    LastName: str
    UpdatedDateUTC: str
    IsSubscriber: bool
    OrganisationRole: str


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


class LineItemTracking(TypedDict, total=False):
    TrackingCategoryID: str
    TrackingOptionID: str
    Name: str
    Option: str


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
    ItemCode: str
    DiscountRate: Decimal
    DiscountAmount: Decimal
    Tracking: list[LineItemTracking]


class Attachment(TypedDict, total=False):
    AttachmentID: str
    FileName: str
    Url: str
    MimeType: str
    ContentLength: int
    IncludeOnline: bool


class Payment(TypedDict, total=False):
    PaymentID: str
    Invoice: "Invoice"
    Account: Account
    Date: str
    Amount: Decimal
    CurrencyRate: Decimal
    Reference: str
    Status: str
    PaymentType: str
    UpdatedDateUTC: str
    HasValidationErrors: bool
    StatusAttributeString: str
    ValidationErrors: list[ValidationError]


class HistoryRecord(TypedDict, total=False):
    Changes: str
    DateUTC: str
    User: str
    Details: str


class Pagination(TypedDict):
    page: int
    pageSize: int
    pageCount: int
    itemCount: int


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
    Reference: str
    PlannedPaymentDate: str
    HasAttachments: bool
    Attachments: list[Attachment]
    Payments: list[Payment]
    FullyPaidOnDate: str
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
    Extensions: dict[str, Any]


class TokenRefusal(TypedDict, total=False):
    error: str
    error_description: str
