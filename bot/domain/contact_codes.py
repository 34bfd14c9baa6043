"""Codes by which a file names whom a document is from, or to, where its software knows nobody by name.

Such a code is an account that exists there. One is proposed only where it can be that of nobody else: a code that was made
up would be refused by the software, or book a document to somebody else's account. Sage 50 keeps references of at most 8
letters A to Z and digits, in capitals, which cannot be changed once they are saved ("Supplier record data fields you can
import"; "Sage 50 Customer Account Reference", Tradebox), so that whoever keeps its books knows them by heart.
"""

import re

from bot.domain.questions import Question, QuestionKind

LONGEST_NAMED = 120
WHERE = "under Manage, Suppliers and customers"


def proposed(name: str, longest: int) -> str | None:
    """The first letters and digits of a name, in capitals; None where some are none that a code can have."""
    found = "".join(filter(str.isalnum, name))[:longest]
    return found.upper() if found and found.isascii() else None


def is_code(code: str, longest: int) -> bool:
    """Whether a code that somebody has typed can stand in a file: others would be cut off, or taken for a formula."""
    return len(code) <= longest and re.fullmatch(r"[A-Za-z0-9][!-~]*", code) is not None


def needs_code(name: str, longest: int) -> Question:
    words = (
        f"A file names {name[:LONGEST_NAMED]} by a code of at most {longest} letters from A to Z and digits, and none can be "
        f"made of that name: an admin adds it with its code {WHERE}. Or choose in Edit whom it is listed as."
    )
    return Question(kind=QuestionKind.CONTACT_CODE, words=words)


def is_anothers(name: str, code: str, other: str) -> Question:
    words = (
        f"A file would name {name[:LONGEST_NAMED]} by the code {code}, which is that of {other[:LONGEST_NAMED]}. If they are the "
        f"same, choose {other[:LONGEST_NAMED]} in Edit; else an admin adds the new one with a code of its own {WHERE}."
    )
    return Question(kind=QuestionKind.CONTACT_CODE, words=words)


def was_anothers(name: str, code: str, other: str) -> Question:
    words = (
        f"A file would name {name[:LONGEST_NAMED]} by the code {code}, which was that of {other[:LONGEST_NAMED]} before an admin took "
        f"it off the list: an admin adds {name[:LONGEST_NAMED]} with the code that it has in its software {WHERE}."
    )
    return Question(kind=QuestionKind.CONTACT_CODE, words=words)


def has_no_place(name: str, code: str, longest: int) -> Question:
    words = (
        f"{name[:LONGEST_NAMED]} has the code {code[:LONGEST_NAMED]}, and a file has place for at most {longest} letters from A to "
        f"Z and digits: an admin lists it with the code that it has in its software {WHERE}; then choose that in Edit."
    )
    return Question(kind=QuestionKind.CONTACT_CODE, words=words)
