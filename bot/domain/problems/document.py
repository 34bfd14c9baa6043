"""What the document says: its date, supplier, currency, number, amounts and whatever else the ledger asks for."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

_WAIT = "Ask an adviser to move the lock date in {ledger} and press Wait: then it goes out by itself."
_DRAFT = "press Publish as draft, to be approved in {ledger} when the period is open again, or "
_OPEN_DAY = "press Book on the next open day, which keeps its own date in its description, or "
_UNTIL_OPEN = "press Publish as draft, to be approved in {ledger} when the period is open again, or "

DOCUMENT: dict[ProblemCode, Entry] = {
    ProblemCode.PERIOD_LOCKED: Entry(
        title="The date is in a locked period",
        explanation="The document is dated {date}, and the {lock} lock date in {ledger} is {locked_to}.",
        remedy=f"{_WAIT} Or {_DRAFT}{_OPEN_DAY}edit the date, if it was read wrongly.",
        without=(
            (Fix.WAIT_FOR_LEDGER, _WAIT, "It goes out by itself once an adviser has moved the lock date in {ledger}."),
            (Fix.PUBLISH_AS_DRAFT, _DRAFT, ""),
            (Fix.BOOK_ON_OPEN_DAY, _OPEN_DAY, ""),
        ),
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.PUBLISH_AS_DRAFT, Fix.BOOK_ON_OPEN_DAY, Fix.WAIT_FOR_LEDGER, Fix.EDIT_ITEM, Fix.RETRY),
        field="Date",
    ),
    ProblemCode.PERIOD_CLOSED: Entry(
        title="The books were closed after it was approved",
        explanation="It was approved to be booked on {date}, and the books are closed up to {locked_to} by now ({whose}). "
        "Nothing of it was sent to {ledger}.",
        remedy=f"To go on, {_OPEN_DAY}{_UNTIL_OPEN}edit the date, if it was read wrongly. When the lock date was moved back, "
        "press Retry. The approval is kept.",
        without=((Fix.BOOK_ON_OPEN_DAY, _OPEN_DAY, ""), (Fix.DRAFT_UNTIL_OPEN, _UNTIL_OPEN, "")),
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.BOOK_ON_OPEN_DAY, Fix.DRAFT_UNTIL_OPEN, Fix.EDIT_ITEM, Fix.RETRY),
        field="Date",
    ),
    ProblemCode.BANK_ACCOUNT_NOT_TAKEN: Entry(
        title="{ledger} does not take the bank account",
        explanation="The bank account that this is paid from or received on, {bank_account}, is archived in {ledger}, or is no "
        "bank account there.",
        remedy="Choose another payment method here; another paying account is approved again. Or restore the bank account in "
        "{ledger} and press Retry; the approval is kept.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_PAYMENT_METHOD, Fix.RETRY),
        field="Bank account",
    ),
    ProblemCode.BANK_LINE_TAKEN: Entry(
        title="The bank line is booked already in {ledger}",
        explanation="Somebody has said in {ledger} what the line of {date} on {bank_account} was for since it was chosen here, "
        "perhaps of this very document.",
        remedy="Look at it in {ledger}. If it was for something else, choose another bank line here, or none. If it is this "
        "document, archive the item; or take that back there, and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_BANK_LINE, Fix.RETRY),
        field="Bank account",
    ),
    ProblemCode.BANK_LINE_GONE: Entry(
        title="{ledger} does not have the bank line any more",
        explanation="The line of {date} on {bank_account} that this was paid by was deleted in {ledger} since it was chosen here.",
        remedy="Choose another bank line here, or none, so that {ledger} makes one; what is paid from the same account keeps its "
        "approval and is sent again at once.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_BANK_LINE, Fix.RETRY),
        field="Bank account",
    ),
    ProblemCode.CONTACT_ARCHIVED: Entry(
        title="The contact is archived in {ledger}",
        explanation="{supplier} is an archived contact in {ledger}, and archived contacts get no new documents.",
        remedy="Choose another contact here; another payee is approved again. Or restore {supplier} in {ledger} and press "
        "Retry; the approval is kept.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_CONTACT, Fix.RETRY),
        field="Contact",
    ),
    ProblemCode.CONTACT_NAME_TAKEN: Entry(
        title="A contact has this name already",
        explanation="{ledger} has a contact called {supplier} already, and wanted to make a second one of that name.",
        remedy="Press Use the existing contact if it is the same; the approval is kept and the item is sent again. If it is "
        "somebody else, choose another contact; that is approved again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.USE_CONTACT, Fix.CHOOSE_CONTACT),
        field="Contact",
    ),
    ProblemCode.CONTACT_MISSING: Entry(
        title="The supplier is missing",
        explanation="{ledger} wants a supplier on every bill, and this one has none that it knows.",
        remedy="Edit the item and name the supplier; it is approved again and then sent.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM,),
        field="Supplier",
    ),
    ProblemCode.CLAIMANT_NOT_TAKEN: Entry(
        title="{ledger} pays nothing back to that user",
        explanation="{supplier} is no user of {ledger} any more, is hidden there, or is its accountant.",
        remedy="Choose another user here; another payee is approved again. Or restore {supplier} in {ledger} and press Retry; the "
        "approval is kept.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_CONTACT, Fix.RETRY),
        field="Contact",
    ),
    ProblemCode.CURRENCY_NOT_ENABLED: Entry(
        title="The currency is not switched on in {ledger}",
        explanation="The document is in {currency}, and this organisation in {ledger} has not switched that currency on.",
        remedy="Add {currency} in {ledger} (some plans do not allow it), type /dext sync currencies, then press Retry.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
        field="Currency",
    ),
    ProblemCode.CURRENCIES_OFF: Entry(
        title="{ledger} keeps these books in one currency",
        explanation="The document is in {currency}, and Multicurrency is off for this organisation in {ledger}.",
        remedy="Turn Multicurrency on in {ledger} first: it cannot be turned off again, and some plans do not have it. Then add "
        "{currency} there, type /dext sync currencies, and press Retry.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
        field="Currency",
    ),
    ProblemCode.CURRENCIES_MIXED: Entry(
        title="The contact or an account is in another currency",
        explanation="The document is in {currency}, and in {ledger} the contact, {supplier}, the bank account or a category is "
        "kept in another foreign currency. {ledger} takes only one for each document.",
        remedy="Choose a contact that is in {currency}; another payee is approved again. Or choose another payment method or "
        "category; or edit the item.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_CONTACT, Fix.CHOOSE_ACCOUNT, Fix.EDIT_ITEM),
        field="Currency",
    ),
    ProblemCode.NUMBER_TAKEN: Entry(
        title="The document's number is already used",
        explanation="{ledger} has another document with number {number}, and numbers are unique there. The other one: {other}.",
        remedy="If this one's number was read wrongly, change it; another number is approved again. If it is the same document, "
        "press It is the same document: this one is archived and never sent. If the other one is deleted in {ledger}, press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHANGE_NUMBER, Fix.SAME_DOCUMENT, Fix.RETRY),
        field="Number",
    ),
    ProblemCode.TOTALS_DIFFER: Entry(
        title="The totals do not agree",
        explanation="{ledger} adds the lines up to another amount than the document states.",
        remedy="Edit the amounts so that net and tax make the total; a new total is approved again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM,),
        field="Amounts",
    ),
    ProblemCode.FIELD_MISSING: Entry(
        title="Something is missing on the document",
        explanation="{ledger} wants {what}, and this item has none.",
        remedy="Edit the item and fill it in.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM,),
        field="{what}",
    ),
    ProblemCode.FIELD_NOT_VALID: Entry(
        title="{ledger} does not accept a value",
        explanation="{ledger} does not accept what the item says for {what}.",
        remedy="Edit the item; the ledger's own words say what it expects.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
        field="{what}",
    ),
    ProblemCode.DOCUMENT_NOT_MADE: Entry(
        title="No document for {ledger} can be made of it",
        explanation="Nothing of this item was sent or put into a file: {what}.",
        remedy="Edit the item; the approval is kept where only its coding changes. If nothing in it looks unusual, tell whoever runs "
        "this program, whose log says more, and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
    ),
    ProblemCode.FILE_TOO_LARGE: Entry(
        title="The file is too large for {ledger}",
        explanation="The {document} is in {ledger}, and its file is not: {file} has {size}, {ledger} takes "
        "{most}, and {tried}.",
        remedy="Attach in {ledger} by hand what is wanted of it. The file stays here with the item.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.LEAVE_STEP,),
    ),
    ProblemCode.FILE_KIND_NOT_TAKEN: Entry(
        title="{ledger} does not take files of this kind",
        explanation="The {document} is in {ledger}, and its file is not: {file} is of a kind ({ending}) that {ledger} "
        "does not take.",
        remedy="If it is wanted there, turn it into a PDF and attach it in {ledger} by hand. It stays here with the item.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.LEAVE_STEP,),
    ),
    ProblemCode.FILE_REFUSED: Entry(
        title="{ledger} did not take the file",
        explanation="The {document} is in {ledger}, and its file is not: {ledger} refused {file}.",
        remedy="Press Retry to send the file alone again, or attach it in {ledger} by hand. The file stays here with the item.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.LEAVE_STEP),
    ),
    ProblemCode.FILES_NOT_ALLOWED: Entry(
        title="Dext may not attach files in {ledger}",
        explanation="The {document} is in {ledger}, and its file is not: the sign-in behind the connection was not asked "
        "for the right to attach files, or {ledger} took it away.",
        remedy="An admin presses Reconnect and allows it in {ledger}; then press Retry. The file stays here with the item.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT, Fix.RETRY, Fix.LEAVE_STEP),
    ),
}
