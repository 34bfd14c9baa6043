"""Every code and its entry. A group of problems has its words in the file that is called so."""

from bot.domain.problems.coding import CODING
from bot.domain.problems.connection import CONNECTION
from bot.domain.problems.document import DOCUMENT
from bot.domain.problems.entries import Entry, ProblemCode
from bot.domain.problems.ledger import LEDGER
from bot.domain.problems.paying import PAYING
from bot.domain.problems.withdrawing import WITHDRAWING

CATALOGUE: dict[ProblemCode, Entry] = {**CODING, **DOCUMENT, **CONNECTION, **LEDGER, **PAYING, **WITHDRAWING}
