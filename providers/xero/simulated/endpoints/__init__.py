"""The endpoints of the Accounting API. Importing a module here adds what it serves."""

from providers.xero.simulated.endpoints import attachments, contacts, documents, payments, settings
from providers.xero.simulated.endpoints.routing import ROUTES, Request, needs_rights

__all__ = [
    "ROUTES",
    "Request",
    "attachments",
    "contacts",
    "documents",
    "needs_rights",
    "payments",
    "settings",
]
