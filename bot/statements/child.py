"""The process that reads one statement: nobody's, with limits, and nothing that it could open (`bot.intake.child`).

Before the file stands a line with the order of days and months that a person has said, or an empty one.
"""

import codecs
import sys

import msgspec

from bot.domain.bank_statements import StatementError, StatementOutcome
from bot.intake.child import main
from bot.sheets.values import DayOrder
from bot.statements.ofx import is_ofx, read_ofx
from bot.statements.table import UnsureOrderError, read_table

for each in ("cp1252", "utf-8-sig", "utf-16"):
    codecs.lookup(each)  # a codec is a file, and none can be opened once the limits hold
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
TWO_MEANINGS = "Its dates can be read in two ways, such as 03/04: say whether the day or the month comes first."


def read(content: bytes) -> bytes:
    said, _, file = content.partition(b"\n")
    try:
        text = text_of(file)
        found = read_ofx(text) if is_ofx(text) else read_table(file, DayOrder(said.decode()) if said else None)
    except StatementError as error:
        return msgspec.json.encode(StatementOutcome(reason=str(error)))
    except UnsureOrderError:
        return msgspec.json.encode(StatementOutcome(reason=TWO_MEANINGS, needs_order=True))
    return msgspec.json.encode(StatementOutcome(statement=found))


def text_of(content: bytes) -> str:
    """As OFX is written: in what its first bytes say, in UTF-8, or in the character set of Windows."""
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


if __name__ == "__main__":
    sys.exit(main(read))
