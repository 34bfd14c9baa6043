"""The catalogue of problems: what each means, in plain words, whose move it is, and the button that resolves it.

No other file contains such sentences. A `Problem` is one occurrence: its code, the facts that fill the sentence's
placeholders, and the vendor's own words, verbatim. A test fills every placeholder of every entry.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter


class ProblemCode(StrEnum):
    ACCOUNT_ARCHIVED = "account_archived"
    ACCOUNT_NOT_VALID = "account_not_valid"
    ACCOUNT_MISSING = "account_missing"
    TAX_NOT_USABLE = "tax_not_usable"
    TAX_MISSING = "tax_missing"
    PERIOD_LOCKED = "period_locked"
    CONTACT_ARCHIVED = "contact_archived"
    CONTACT_NAME_TAKEN = "contact_name_taken"
    CONTACT_MISSING = "contact_missing"
    CURRENCY_NOT_ENABLED = "currency_not_enabled"
    NUMBER_TAKEN = "number_taken"
    TOTALS_DIFFER = "totals_differ"
    FIELD_MISSING = "field_missing"
    FIELD_NOT_VALID = "field_not_valid"
    DOCUMENT_NOT_EDITABLE = "document_not_editable"
    DOCUMENT_GONE = "document_gone"
    PLAN_LIMIT = "plan_limit"
    SUBSCRIPTION_LAPSED = "subscription_lapsed"
    PERMISSION_MISSING = "permission_missing"
    RECONNECT_NEEDED = "reconnect_needed"
    ACCESS_REMOVED = "access_removed"
    SIGN_IN_LAPSES = "sign_in_lapses"
    SIGN_IN_LAPSED = "sign_in_lapsed"
    SIGN_IN_ALTERED = "sign_in_altered"
    LEDGER_BUSY = "ledger_busy"
    LEDGER_DOWN = "ledger_down"
    READ_BACK_DIFFERS = "read_back_differs"
    NOT_UNDERSTOOD = "not_understood"


class Fix(StrEnum):
    """What a button on the alert does."""

    CHOOSE_ACCOUNT = "choose_account"
    CHOOSE_TAX_RATE = "choose_tax_rate"
    EDIT_ITEM = "edit_item"
    RECONNECT = "reconnect"
    RETRY = "retry"


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
    mover: Mover
    fixes: tuple[Fix, ...] = ()
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One occurrence of an entry. `facts` are plain strings; a fact that is not known reads as "unknown"."""

    code: ProblemCode
    facts: dict[str, str] = field(default_factory=dict)
    vendor_words: str = ""

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.code]

    @property
    def title(self) -> str:
        return _fill(self.entry.title, self.facts)

    @property
    def field(self) -> tuple[str, str] | None:
        """Which field it is about, and what stands there as far as that is known: "none" where it is missing."""
        if self.entry.field is None:
            return None
        name = _fill(self.entry.field, self.facts)
        if self.code in MISSING:
            return name, "none"
        return name, self.facts.get(FACT_OF.get(self.entry.field, ""), "")

    @property
    def explanation(self) -> str:
        return _fill(self.entry.explanation, self.facts)

    @property
    def remedy(self) -> str:
        return _fill(self.entry.remedy, self.facts)

    def with_facts(self, **facts: str) -> "Problem":
        return Problem(code=self.code, facts={**facts, **self.facts}, vendor_words=self.vendor_words)


FACT_OF = {
    "Category": "account",
    "Tax rate": "tax_rate",
    "Date": "date",
    "Supplier": "supplier",
    "Currency": "currency",
    "Number": "number",
}
"""The fact that holds a field's value."""

MISSING = frozenset(
    {
        ProblemCode.ACCOUNT_MISSING,
        ProblemCode.TAX_MISSING,
        ProblemCode.CONTACT_MISSING,
        ProblemCode.FIELD_MISSING,
    }
)
"""Problems whose field is empty."""


def placeholders(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def _fill(template: str, facts: dict[str, str]) -> str:
    return template.format_map(_Facts(facts))


CATALOGUE: dict[ProblemCode, Entry] = {
    ProblemCode.ACCOUNT_ARCHIVED: Entry(
        title="The category is archived in {ledger}",
        explanation="This item is coded to category {account}, which was archived or deleted in {ledger} after the last "
        "refresh, so {ledger} did not take it.",
        remedy="Choose another category here; the approval is kept and the item is sent again. Or restore {account} in "
        "{ledger} and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_ACCOUNT, Fix.RETRY),
        field="Category",
    ),
    ProblemCode.ACCOUNT_NOT_VALID: Entry(
        title="The category cannot be used for this document",
        explanation="{ledger} does not allow category {account} on this kind of document; bank, debtors, creditors and "
        "tax accounts are never allowed.",
        remedy="Choose another category here; the approval is kept and the item is sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_ACCOUNT,),
        field="Category",
    ),
    ProblemCode.ACCOUNT_MISSING: Entry(
        title="A category is missing",
        explanation="{ledger} wants a category on every line, and at least one line has none.",
        remedy="Choose a category here; the approval is kept and the item is sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_ACCOUNT,),
        field="Category",
    ),
    ProblemCode.TAX_NOT_USABLE: Entry(
        title="The tax rate does not go with the category",
        explanation="{ledger} does not allow tax rate {tax_rate} with category {account}.",
        remedy="Choose another tax rate, or another category; the approval is kept while the total stays the same, and "
        "the item is sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_TAX_RATE, Fix.CHOOSE_ACCOUNT),
        field="Tax rate",
    ),
    ProblemCode.TAX_MISSING: Entry(
        title="A tax rate is missing",
        explanation="{ledger} wants a tax rate on every line, and at least one line has none.",
        remedy="Choose a tax rate here; the approval is kept and the item is sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_TAX_RATE,),
        field="Tax rate",
    ),
    ProblemCode.PERIOD_LOCKED: Entry(
        title="The date is in a locked period",
        explanation="The document is dated {date}, and the books in {ledger} are locked up to {locked_to}.",
        remedy="Ask somebody with the adviser role in {ledger} to move the lock date, then press Retry. Or edit the "
        "date here, if the document's own date was read wrongly; the approval is kept and the item is sent again.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
        field="Date",
    ),
    ProblemCode.CONTACT_ARCHIVED: Entry(
        title="The supplier is archived in {ledger}",
        explanation="{supplier} is an archived contact in {ledger}, and archived contacts get no new bills.",
        remedy="Restore the contact in {ledger} and press Retry, or edit the supplier here; another payee is approved again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
        field="Supplier",
    ),
    ProblemCode.CONTACT_NAME_TAKEN: Entry(
        title="Another contact has the supplier's name",
        explanation="{ledger} already has a contact called {supplier}, and names are unique there.",
        remedy="Press Retry to use the existing contact, or edit the supplier here.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
        field="Supplier",
    ),
    ProblemCode.CONTACT_MISSING: Entry(
        title="The supplier is missing",
        explanation="{ledger} wants a supplier on every bill, and this one has none that it knows.",
        remedy="Edit the item and name the supplier; it is approved again and then sent.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM,),
        field="Supplier",
    ),
    ProblemCode.CURRENCY_NOT_ENABLED: Entry(
        title="The currency is not switched on in {ledger}",
        explanation="The document is in {currency}, and this organisation in {ledger} is not subscribed to that currency.",
        remedy="Add {currency} in {ledger} (some plans do not allow it), then press Retry.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
        field="Currency",
    ),
    ProblemCode.NUMBER_TAKEN: Entry(
        title="The document's number is already used",
        explanation="{ledger} has another document with number {number}, and the number must be unique.",
        remedy="Edit the number if it was read wrongly. If it is the same document, leave this one unpublished.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
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
    ProblemCode.DOCUMENT_NOT_EDITABLE: Entry(
        title="The document was changed in {ledger}",
        explanation="The document in {ledger} is approved, paid, voided or has something allocated to it, so it cannot "
        "be changed from here.",
        remedy="Open it in {ledger} and decide there; press Retry when it can be sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY,),
    ),
    ProblemCode.DOCUMENT_GONE: Entry(
        title="The document is no longer in {ledger}",
        explanation="{ledger} does not find the document or entry that this item refers to; it was deleted there.",
        remedy="Press Retry to publish it as new.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
    ),
    ProblemCode.PLAN_LIMIT: Entry(
        title="The plan's limit of approved bills is reached",
        explanation="This organisation's plan in {ledger} allows no more approved bills this month.",
        remedy="Ask the owner of the subscription to upgrade it, or wait for next month; then press Retry.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY,),
    ),
    ProblemCode.SUBSCRIPTION_LAPSED: Entry(
        title="The subscription to {ledger} is not active",
        explanation="{ledger} refuses new documents because the organisation's subscription is not active.",
        remedy="Ask the owner of the subscription to settle it, then press Retry.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY,),
    ),
    ProblemCode.PERMISSION_MISSING: Entry(
        title="The connection lacks a right in {ledger}",
        explanation="The {ledger} login that connected this ({login}) may not {deed}.",
        remedy="Reconnect as somebody with {role}, or have it changed in {ledger}, then press Retry.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT, Fix.RETRY),
    ),
    ProblemCode.RECONNECT_NEEDED: Entry(
        title="The connection to {ledger} has ended",
        explanation="{ledger} no longer accepts our sign-in for {organisation}: it was withdrawn, or not used for too "
        "long. Items wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again; the waiting items then go on by themselves.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.ACCESS_REMOVED: Entry(
        title="Somebody took our access away at {ledger}",
        explanation="In {ledger}, Dext was disconnected from {organisation}, or whoever connected it was removed there. "
        "Items wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again; the waiting items then go on by themselves.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.SIGN_IN_LAPSES: Entry(
        title="The connection to {ledger} lapses {when}, on {lapses_on}",
        explanation="A sign-in at {ledger} has to be renewed from time to time, and for long that did not work. On "
        "{lapses_on} {ledger} forgets it; until then everything goes on as usual.",
        remedy="An admin presses Reconnect and signs in to {ledger} again. If a renewal works before, this is over by "
        "itself.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.SIGN_IN_LAPSED: Entry(
        title="The connection to {ledger} has probably lapsed",
        explanation="{ledger} forgets a sign-in that is not renewed for {life}. Ours was renewed last on {renewed_on}, so "
        "it was good until {lapsed_on}. Whether it still is cannot be asked: {ledger} does not answer at the moment. Items "
        "wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again, as soon as {ledger} answers. If it takes the old "
        "sign-in after all, this is over by itself.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.SIGN_IN_ALTERED: Entry(
        title="The stored sign-in for {ledger} cannot be read",
        explanation="What Dext keeps of the sign-in at {ledger} was altered or damaged where it is stored, so it is not used "
        "any more. Items wait; nothing is lost.",
        remedy="An admin presses Reconnect and signs in to {ledger} again; the waiting items then go on by themselves. "
        "Whoever runs Dext should find out who could write to its database.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT,),
    ),
    ProblemCode.LEDGER_BUSY: Entry(
        title="{ledger} asks us to wait",
        explanation="{ledger} allows only so many requests, and the limit is reached for now.",
        remedy="Nothing to do: it goes on by itself as soon as {ledger} allows it.",
        mover=Mover.NOBODY,
    ),
    ProblemCode.LEDGER_DOWN: Entry(
        title="{ledger} does not answer",
        explanation="{ledger} is out of order or cannot be reached at the moment.",
        remedy="Nothing to do: it is tried again by itself until {ledger} answers.",
        mover=Mover.NOBODY,
    ),
    ProblemCode.READ_BACK_DIFFERS: Entry(
        title="{ledger} has other values than we sent",
        explanation="The document is in {ledger}, but reading it back does not agree: {differences}.",
        remedy="Open it in {ledger} and correct it there, then press Retry to read it again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY,),
    ),
    ProblemCode.NOT_UNDERSTOOD: Entry(
        title="{ledger} refused the document",
        explanation="{ledger} gave a reason that is not in our catalogue; its own words are below.",
        remedy="Read the ledger's words, edit the item if they tell what to change, and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
    ),
}
