"""Statements as banks write them."""

from collections.abc import Sequence

Row = tuple[str, str, str, str]
"""Day, amount, the bank's id, words."""
A_LINE: Row = ("20260303120000[0:GMT]", "-120.00", "F1", "PAPER &amp; INK")


def sgml(*rows: Row, account: str = "12345678", currency: str = "GBP", more: str = "") -> str:
    """OFX 1.x: elements of one value are not closed."""
    lines = "".join(
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}<NAME>{words}\r\n</STMTTRN>\r\n"
        for day, amount, fitid, words in rows
    )
    return (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n"
        f"<OFX><SIGNONMSGSRSV1><SONRS><DTSERVER>20260304</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS>{more}"
        f"<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>204010<ACCTID>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301<DTEND>20260331{lines}</BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>1.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def xml(*rows: Row, account: str = "12345678", currency: str = "GBP") -> str:
    """OFX 2.x, of a card."""
    lines = "".join(
        f"<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>{day}</DTPOSTED><TRNAMT>{amount}</TRNAMT><FITID>{fitid}</FITID>"
        f"<NAME>{words}</NAME><MEMO><![CDATA[a < b]]></MEMO></STMTTRN>"
        for day, amount, fitid, words in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n<OFX>'
        f"<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>{currency}</CURDEF><CCACCTFROM><ACCTID>{account}</ACCTID>"
        f"</CCACCTFROM><BANKTRANLIST>{lines}</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>"
    )


def table(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows)).encode()


def many(count: int) -> Sequence[Row]:
    return [("20260303", f"-{number}.00", f"F{number}", "X") for number in range(1, count + 1)]
