"""Every sentence with which Xero refuses or warns, and how sure it is that these are Xero's own words.

Published ones are in the examples of Xero's OpenAPI document, on developer.xero.com ("Accounting API", each endpoint;
"Tax rates", tax rate constraints; "HTTP response codes"), or are quoted from Xero's answers by its staff and partners
(community.xero.com; help pages of Dext, Chargebee, WorkflowMax, Neto, Garage Hive). `UNVERIFIED` names those whose rule
is documented and whose words are not. Each is a template of `str.format`; a `noun` other than "Invoice" is carried over
from the sentence about invoices, unverified but for "Credit Note not of valid status for modification" and "An existing
Credit Note with …".
"""

# Of "Invoices", "Credit Notes" and "Bank Transactions": the document as a whole
TYPE = "The Type field must be specified as {types}"
NOT_FOR_CREATION = "{noun} not of valid status for creation"
NOT_FOR_MODIFICATION = "{noun} not of valid status for modification"
ALLOCATED = "This document cannot be edited as it has a payment or credit note allocated to it."
STATUS_ALLOCATED = "The status {status} cannot be applied as the document has payments or credit notes allocated to it"
NO_SUCH = "An existing {noun} with the specified {key} could not be found"
NO_DOCUMENT = "The document with the supplied id was not found for this endpoint."
DATE = "The Date field must be specified."
DUE_DATE = "The document DueDate field must be specified."
LOCKED = "The document date cannot be before the {which}, currently set at {until}"
NUMBER_TAKEN = "{noun} # must be unique."
URL = "Url must be a valid absolute url"
NEGATIVE_TOTAL = "The Total for this document must be greater than or equal to zero."
NO_LINES = "One or more line items must be specified"
CURRENCY = "The organisation is not subscribed to currency {code}"
PLAN_LIMIT = "You have reached the limit of invoices you can approve."
NOT_PERMITTED = "The User specified does not have the correct permissions to perform this action"
RECONCILED = "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement."
BANK_ACCOUNT = "The specified bank account details do not match a known bank account"

# Of their line items
DESCRIPTION = "The description field is mandatory for each line item."
QUANTITY = "Quantity must not be less than zero."
LINE_TOTAL = "The line total {sent} does not match the expected line total {expected}"
DISCOUNT = "Discounts may not be applied to {type} invoices"
NO_ACCOUNT = "Account code must be specified."
ACCOUNT = "Account code '{code}' is not a valid code for this document."
ACCOUNT_ARCHIVED = (
    "Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
)
ACCOUNT_REMOVED = "Account code '{code}' has been removed as it does not match a recognised account."
TAX_TYPE = "TaxType code '{code}' does not exist or cannot be used for this type of transaction."
TAX_FOR_ACCOUNT = "The TaxType code '{code}' cannot be used with account code '{account}'."
TAX_AMOUNT = "The tax amount cannot be greater than the line amount."
ITEM = "Item code '{code}' is not valid"

# Of "Contacts"
NO_CONTACT = "A Contact must be specified for this type of transaction"
EMPTY_CONTACT = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
CONTACT_ARCHIVED = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes."
)
CONTACT_TAKEN = (
    "The contact name {name} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)

# Of "Payments"
PAYMENT_ACCOUNT = "Account could not be found"
PAYMENT_ACCOUNT_TYPE = "Account type is invalid for making a payment to/from"
PAYMENT_STATUS = "Payments can only be made against Authorised documents"
PAYMENT_TOO_HIGH = "Payment amount exceeds the amount outstanding on this document"

# The rule is documented, the words are not known to be Xero's
TOO_LONG = "The {name} field must not be longer than {longest} characters"
AMOUNT_TYPES = "LineAmountTypes '{sent}' is not valid"
BANK_CURRENCY = "The currency of the bank transaction must be that of the bank account, {code}"
TRACKING_CATEGORY = "Tracking category '{name}' was not found."
TRACKING_OPTION = "Tracking option '{name}' is archived or was not found in tracking category '{category}'."
TRACKING_REMOVED = "Tracking '{name}' has been removed as it does not match an active tracking option"
TRACKING_MOST = "A maximum of 2 tracking categories may be assigned to a line item."
CONTACT_UNNAMED = "The contact name must be specified."
CONTACT_GONE = "The contact with the specified ContactID could not be found"
CONTACT_ID = "The ContactID '{sent}' is not a valid identifier"
PAYMENT_CURRENCY = "The account's currency must be the organisation's base currency or that of the document, {code}"
PAYMENT_NOT_POSITIVE = "Payment amounts must be positive amounts"
PAYMENT_RECONCILED = "This Payment cannot be deleted as it has been reconciled with a Bank Statement."
PAYMENT_DELETED = "Payment not of valid status for modification"
ALLOCATION_TOO_HIGH = "The allocation amount exceeds the remaining credit or the amount outstanding"
ALLOCATION_MISMATCH = "A credit note may be allocated to invoices of its own contact, side and currency only"
FILE_KIND = "The file name or type of '{name}' is not supported"
FILE_EMPTY = "The attachment is empty"
FILES_MOST = "No more than {most} files may be attached"
SUBSCRIPTION_LAPSED = "The organisation's Xero subscription is not active"

UNVERIFIED = frozenset(
    {
        TOO_LONG,
        AMOUNT_TYPES,
        BANK_CURRENCY,
        TRACKING_CATEGORY,
        TRACKING_OPTION,
        TRACKING_REMOVED,
        TRACKING_MOST,
        CONTACT_UNNAMED,
        CONTACT_GONE,
        CONTACT_ID,
        PAYMENT_CURRENCY,
        PAYMENT_NOT_POSITIVE,
        PAYMENT_RECONCILED,
        PAYMENT_DELETED,
        ALLOCATION_TOO_HIGH,
        ALLOCATION_MISMATCH,
        FILE_KIND,
        FILE_EMPTY,
        FILES_MOST,
        SUBSCRIPTION_LAPSED,
    }
)
