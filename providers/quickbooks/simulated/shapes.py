"""The form of what is sent, before anybody asks what it means: lists where lists belong, objects where objects do.

What is null is as what is absent.
"""

from typing import Any

from providers.quickbooks.simulated.faults import fault
from providers.simulating.numbers import Json

_LISTS = frozenset({"Line", "LinkedTxn", "TaxLine", "CustomField", "AttachableRef", "OtherContactInfo"})
_OBJECTS = frozenset(
    {
        "CheckPayment",
        "CreditCardPayment",
        "CustomerMemo",
        "Entity",
        "MetaData",
        "MarkupInfo",
        "WebAddr",
        "DeliveryInfo",
        "PurchaseEx",
    }
    | {"PrimaryPhone", "Mobile", "AlternatePhone", "Fax", "BillEmail", "BillEmailCc", "BillEmailBcc", "ReplyEmail"}
)
_ENDS = ("Ref", "Detail", "Addr")
"""How the names of objects end."""


def shaped(sent: Json) -> Json:
    """
    Raises:
        FaultError: something is of another form than its name says.
    """  # noqa: D212
    return {name: _field(name, value) for name, value in sent.items() if value is not None}


def _field(name: str, value: Any) -> Any:
    if name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise _wrong(name)
        return [shaped(one) for one in value]
    if name in _OBJECTS or name.endswith(_ENDS):
        if not isinstance(value, dict):
            raise _wrong(name)
        return shaped(value)
    if isinstance(value, list | dict):
        raise _wrong(name)
    return value


def _wrong(name: str) -> Exception:
    return fault("2010", f"Property Name:{name} specified is unsupported or invalid", name)
