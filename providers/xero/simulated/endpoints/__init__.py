"""The endpoints of the Accounting API. Importing a module here adds what it serves."""

from providers.xero.simulated.endpoints import attachments, contacts, documents, payments, settings
from providers.xero.simulated.endpoints.routing import Request, Route, find, hidden_after, is_path, needs_rights

__all__ = [
    "Request",
    "Route",
    "attachments",
    "contacts",
    "documents",
    "find",
    "hidden_after",
    "is_path",
    "needs_rights",
    "payments",
    "settings",
]
