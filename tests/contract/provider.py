"""What the product relies on in every accounting provider. Real ones keep it against their simulators, fakes keep the
parts they play; so no fake can drift from what a ledger does.

Each part takes a fixture: the provider as the product holds it, with the levers at its other side.
"""

from typing import ClassVar

from tests.contract.lists import ListsContract
from tests.contract.recorded import RecordedContract
from tests.contract.signing_in import SigningInContract
from tests.contract.tables import TableContract


class ProviderContract(SigningInContract, ListsContract, TableContract, RecordedContract):
    """The whole of it: fixtures `signing_in`, `lists` and `writing`."""

    SCHEMA: ClassVar[bool] = False
    """Whether every request and answer is judged by the vendor's own description."""
