"""What can go wrong, by code, and what is said of each: whose move it is, and the buttons that resolve it."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    ACCOUNT_ARCHIVED = "account_archived"
    ACCOUNT_NOT_VALID = "account_not_valid"
    ACCOUNT_MISSING = "account_missing"
    TAX_NOT_USABLE = "tax_not_usable"
    TAX_RATE_GONE = "tax_rate_gone"
    TAX_MISSING = "tax_missing"
    PRODUCT_NOT_VALID = "product_not_valid"
    CUSTOMER_NOT_TAKEN = "customer_not_taken"
    PERIOD_LOCKED = "period_locked"
    PERIOD_CLOSED = "period_closed"
    """By a lock date that was set after it was approved, so that it was not sent at all."""
    BANK_ACCOUNT_NOT_TAKEN = "bank_account_not_taken"
    BANK_LINE_TAKEN = "bank_line_taken"
    BANK_LINE_GONE = "bank_line_gone"
    CONTACT_ARCHIVED = "contact_archived"
    CONTACT_NAME_TAKEN = "contact_name_taken"
    CONTACT_MISSING = "contact_missing"
    CLAIMANT_NOT_TAKEN = "claimant_not_taken"
    CURRENCY_NOT_ENABLED = "currency_not_enabled"
    CURRENCIES_OFF = "currencies_off"
    CURRENCIES_MIXED = "currencies_mixed"
    NUMBER_TAKEN = "number_taken"
    TOTALS_DIFFER = "totals_differ"
    FIELD_MISSING = "field_missing"
    FIELD_NOT_VALID = "field_not_valid"
    DOCUMENT_NOT_MADE = "document_not_made"
    DOCUMENT_NOT_EDITABLE = "document_not_editable"
    DOCUMENT_GONE = "document_gone"
    PLAN_LIMIT = "plan_limit"
    PLAN_LACKS_IT = "plan_lacks_it"
    SUBSCRIPTION_LAPSED = "subscription_lapsed"
    PERMISSION_MISSING = "permission_missing"
    RECONNECT_NEEDED = "reconnect_needed"
    ACCESS_REMOVED = "access_removed"
    SIGN_IN_LAPSES = "sign_in_lapses"
    SIGN_IN_LAPSED = "sign_in_lapsed"
    SIGN_IN_ALTERED = "sign_in_altered"
    LEDGER_BUSY = "ledger_busy"
    LEDGER_DOWN = "ledger_down"
    FILE_TOO_LARGE = "file_too_large"
    FILE_KIND_NOT_TAKEN = "file_kind_not_taken"
    FILE_REFUSED = "file_refused"
    FILES_NOT_ALLOWED = "files_not_allowed"
    MONEY_NOT_ALLOWED = "money_not_allowed"
    PAYMENT_ACCOUNT_NOT_TAKEN = "payment_account_not_taken"
    PAYMENT_SETTLED = "payment_settled"
    PAYMENT_NOT_OPEN = "payment_not_open"
    PAYMENT_LOCKED = "payment_locked"
    PAYMENTS_NOT_ALLOWED = "payments_not_allowed"
    PAYMENT_DIFFERS = "payment_differs"
    PAYMENT_REFUSED = "payment_refused"
    PAYMENT_TAKEN_BACK = "payment_taken_back"
    WITHDRAWAL_CHANGED = "withdrawal_changed"
    WITHDRAWAL_SETTLED = "withdrawal_settled"
    WITHDRAWAL_RECONCILED = "withdrawal_reconciled"
    WITHDRAWAL_BILLED_ON = "withdrawal_billed_on"
    WITHDRAWAL_LOCKED = "withdrawal_locked"
    WITHDRAWAL_NOT_ALLOWED = "withdrawal_not_allowed"
    WITHDRAWAL_REFUSED = "withdrawal_refused"
    CATEGORY_DROPPED = "category_dropped"
    READ_BACK_DIFFERS = "read_back_differs"
    NOT_UNDERSTOOD = "not_understood"
    SET_ASIDE = "set_aside"
    OUTCOME_SET_ASIDE = "outcome_set_aside"


OF_LINE = frozenset({ProblemCode.BANK_LINE_TAKEN, ProblemCode.BANK_LINE_GONE})
"""Of the bank line that a document was to be booked on."""
OF_FILE = frozenset(
    {
        ProblemCode.FILE_TOO_LARGE,
        ProblemCode.FILE_KIND_NOT_TAKEN,
        ProblemCode.FILE_REFUSED,
        ProblemCode.FILES_NOT_ALLOWED,
    }
)
OF_PAYMENT = frozenset(
    {
        ProblemCode.PAYMENT_ACCOUNT_NOT_TAKEN,
        ProblemCode.PAYMENT_SETTLED,
        ProblemCode.PAYMENT_NOT_OPEN,
        ProblemCode.PAYMENT_LOCKED,
        ProblemCode.PAYMENTS_NOT_ALLOWED,
        ProblemCode.PAYMENT_DIFFERS,
        ProblemCode.PAYMENT_REFUSED,
        ProblemCode.PAYMENT_TAKEN_BACK,
    }
)
OF_STEPS = OF_FILE | OF_PAYMENT
"""Problems of what comes after a document that is in the ledger already."""


OF_WITHDRAWAL = frozenset(
    {
        ProblemCode.WITHDRAWAL_CHANGED,
        ProblemCode.WITHDRAWAL_SETTLED,
        ProblemCode.WITHDRAWAL_RECONCILED,
        ProblemCode.WITHDRAWAL_BILLED_ON,
        ProblemCode.WITHDRAWAL_LOCKED,
        ProblemCode.WITHDRAWAL_NOT_ALLOWED,
        ProblemCode.WITHDRAWAL_REFUSED,
    }
)
"""Why a document that somebody wanted to take out of the ledger stays there."""


class Fix(StrEnum):
    """What a button on the alert does."""

    CHOOSE_ACCOUNT = "choose_account"
    CHOOSE_TAX_RATE = "choose_tax_rate"
    CHOOSE_PAYMENT_METHOD = "choose_payment_method"
    CHOOSE_BANK_LINE = "choose_bank_line"
    """Another line of the bank, or none: then the ledger makes one."""
    PAY_WITH_ANOTHER = "pay_with_another"
    """Another payment method for the payment alone: the document is in the ledger, and is not sent again."""
    CHOOSE_PRODUCT = "choose_product"
    CHOOSE_CONTACT = "choose_contact"
    USE_CONTACT = "use_contact"
    """The ledger's contact of that name is the one that is meant."""
    CHANGE_NUMBER = "change_number"
    SAME_DOCUMENT = "same_document"
    """It is there already, entered by somebody else: ours goes into the archive."""
    EDIT_ITEM = "edit_item"
    RECONNECT = "reconnect"
    TAKE_AS_IT_IS = "take_as_it_is"
    """What the ledger has is right, though it is not what was sent."""
    RETRY = "retry"
    PUBLISH_AS_DRAFT = "publish_as_draft"
    """A draft is taken where an approved document is not."""
    BOOK_ON_OPEN_DAY = "book_on_open_day"
    """Its date in the ledger is the first day that is not closed; its own stands in its description."""
    DRAFT_UNTIL_OPEN = "draft_until_open"
    """As a draft, which is approved when the period is open again."""
    WAIT_FOR_LEDGER = "wait_for_ledger"
    """It is looked again by itself whether the cause is gone; then it is sent."""
    LEAVE_STEP = "leave_step"
    """The document stays in the ledger as it is, without what was to come after it."""
    WITHDRAW_AGAIN = "withdraw_again"
    WITHDRAW_ANYWAY = "withdraw_anyway"
    """As it is by now, and as people were told."""
    MAKE_CREDIT_NOTE = "make_credit_note"
    """It stays in the ledger, and a credit note takes it back."""
    LEAVE_PUBLISHED = "leave_published"
    """It stays in the ledger after all."""
    OPEN_IN_LEDGER = "open_in_ledger"


class Mover(StrEnum):
    """Whose move it is."""

    BOOKKEEPER = "the bookkeeper"
    ADMIN = "an admin"
    LEDGER_ADVISER = "somebody with the right in the ledger"
    NOBODY = "nobody: it is tried again by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`explanation` and `remedy` are templates over the problem's facts."""

    title: str
    explanation: str
    remedy: str
    without: tuple[tuple[Fix, str, str], ...] = ()
    """Of a button that is not always there: what the remedy says of it, and what it says in its place where it is not."""
    mover: Mover
    needs_admins: bool = False
    """Whether the remedy, or a part of it, is for admins, whoever acts next."""
    fixes: tuple[Fix, ...] = ()
    field: str | None = None
    is_looked_after: bool = False
    """Whether it is looked by itself whether the cause is gone, without anybody asking for it."""
