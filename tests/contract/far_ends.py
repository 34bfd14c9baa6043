"""The other side of each package, with the levers that tests pull: one line for a package, and they run for it as well."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from tests.contract.freeagent import freeagent_far_end
from tests.contract.losing import LosingFarEnd
from tests.contract.quickbooks import quickbooks_far_end
from tests.contract.sage import sage_far_end
from tests.contract.xero import xero_far_end

Opened = Callable[..., AbstractAsyncContextManager[LosingFarEnd]]
"""Given a clock, and how long is waited for an answer that never comes (`patience_seconds`)."""

FAR_ENDS: Mapping[str, Opened] = {
    "xero": xero_far_end,
    "quickbooks": quickbooks_far_end,
    "sage": sage_far_end,
    "freeagent": freeagent_far_end,
}
