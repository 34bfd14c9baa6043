"""The catalogue of problems: what each means, in plain words, whose move it is, and the button that resolves it.

No other folder contains such sentences: those on how an item is coded are in `coding`, on what the document says in
`document`, on the sign-in and its rights in `connection`, on the ledger itself in `ledger`, on what stays there in `withdrawing`, on payments in `paying`. A
`Problem` is one occurrence: its code, the facts that fill the sentence's placeholders, and the vendor's own words, verbatim. A test fills every
placeholder of every entry.
"""

from bot.domain.problems.catalogue import CATALOGUE
from bot.domain.problems.entries import OF_LINE, OF_PAYMENT, OF_STEPS, OF_WITHDRAWAL, Entry, Fix, Mover, ProblemCode
from bot.domain.problems.problem import MISSING_VALUE, Problem, placeholders
from bot.domain.problems.withdrawing import GONE, IS_DRAFT, LEFT, TAKEN_BACK

__all__ = [
    "CATALOGUE",
    "GONE",
    "IS_DRAFT",
    "LEFT",
    "MISSING_VALUE",
    "OF_LINE",
    "OF_PAYMENT",
    "OF_STEPS",
    "OF_WITHDRAWAL",
    "TAKEN_BACK",
    "Entry",
    "Fix",
    "Mover",
    "Problem",
    "ProblemCode",
    "placeholders",
]
