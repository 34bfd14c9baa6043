"""E-invoices that name the card that they were paid with."""

from tests.handlers.desk import SUPPLIER

NAMED = SUPPLIER.format(name="Paper &amp; Ink Ltd")


def paid_by(digits: str, network: str = "VISA") -> str:
    return (
        f"{NAMED}<cac:PaymentMeans><cbc:PaymentMeansCode>48</cbc:PaymentMeansCode><cac:CardAccount>"
        f"<cbc:PrimaryAccountNumberID>XXXX{digits}</cbc:PrimaryAccountNumberID><cbc:NetworkID>{network}</cbc:NetworkID>"
        "</cac:CardAccount></cac:PaymentMeans>"
    )
