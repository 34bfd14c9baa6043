"""How an item is coded: its categories, tax rates and products."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

CODING: dict[ProblemCode, Entry] = {
    ProblemCode.ACCOUNT_ARCHIVED: Entry(
        title="Category {account} is archived in {ledger}",
        explanation="This item is coded to category {account}, which was archived or deleted in {ledger} after the last "
        "refresh, so {ledger} did not take it.",
        remedy="Choose another category here; the approval is kept and the item is sent again. Or restore {account} in "
        "{ledger} and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_ACCOUNT, Fix.RETRY),
        field="Category",
    ),
    ProblemCode.ACCOUNT_NOT_VALID: Entry(
        title="Category {account} cannot be used for this document",
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
        title="Tax rate {tax_rate} does not go with category {account}",
        explanation="{ledger} does not allow tax rate {tax_rate} with category {account}.",
        remedy="Choose another tax rate, or another category; the approval is kept while the total stays the same, and "
        "the item is sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_TAX_RATE, Fix.CHOOSE_ACCOUNT),
        field="Tax rate",
    ),
    ProblemCode.TAX_RATE_GONE: Entry(
        title="Tax rate {tax_rate} is not in {ledger} any more, or not for this document",
        explanation="{ledger} has no tax rate {tax_rate} that this kind of document may use: it was archived or deleted there "
        "after the last refresh, or is for other documents.",
        remedy="Choose another tax rate here; the approval is kept while the total stays the same, and the item is sent again. "
        "Or restore {tax_rate} in {ledger} and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_TAX_RATE, Fix.RETRY),
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
    ProblemCode.PRODUCT_NOT_VALID: Entry(
        title="The product is not in {ledger} any more",
        explanation="A line of this item names product {product}, which {ledger} does not have, or not any more.",
        remedy="Choose another product here, or none; the approval is kept and the item is sent again.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.CHOOSE_PRODUCT, Fix.RETRY),
        field="Product",
    ),
    ProblemCode.CUSTOMER_NOT_TAKEN: Entry(
        title="{ledger} does not take whom this cost is for",
        explanation="A line of this item names a customer, or is billable to one, and {ledger} does not take that: tracking costs "
        "by customer or billable expenses are switched off there or not in its plan, or the line's category has no account of "
        "income to bill it on to.",
        remedy="Edit the item: choose Not billable, another category, or no customer; the approval is kept and the item is sent "
        "again. Or have it switched on in {ledger} and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
    ),
}
