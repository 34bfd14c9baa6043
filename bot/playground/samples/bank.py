"""A bank's statement that pays the sample bills, each on the day on which it is due."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from bot.playground.samples.bills import Bill

_OPENS = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n"


def as_bank_statement(bills: Iterable[Bill]) -> bytes:
    """OFX 1.x, as banks offer it for download."""
    lines = "\r\n".join(_line(bill) for bill in bills)
    account = "<BANKACCTFROM><BANKID>204010<ACCTID>12345678<ACCTTYPE>CHECKING</BANKACCTFROM>"
    return (
        f"{_OPENS}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP{account}\r\n<BANKTRANLIST>\r\n{lines}\r\n"
        "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\r\n"
    ).encode("cp1252")


def _line(bill: Bill) -> str:
    kind, amount = ("CREDIT", bill.gross) if bill.is_credit else ("DEBIT", -bill.gross)
    return (
        f"<STMTTRN><TRNTYPE>{kind}<DTPOSTED>{bill.due:%Y%m%d}<TRNAMT>{amount}<FITID>{bill.number}"
        f"<NAME>{escape(bill.supplier.upper())}<MEMO>{bill.number}</STMTTRN>"
    )
