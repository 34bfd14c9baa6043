"""What this is, by name and version: said at `/healthz`, so that an address can be known to lead here."""

from importlib.metadata import PackageNotFoundError, version

PRODUCT = "dext-in-slack"
try:
    VERSION = version(PRODUCT)
except PackageNotFoundError:
    VERSION = "unknown"
IDENTITY_HEADER, IDENTITY = "X-Dext-Identity", f"{PRODUCT}/{VERSION}"
