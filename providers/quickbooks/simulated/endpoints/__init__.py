"""The endpoints of the Accounting API. Importing a module here adds what it serves."""

from providers.quickbooks.simulated.endpoints import batches, company, queries, records, uploads
from providers.quickbooks.simulated.endpoints.routing import ROUTES, Request

__all__ = ["ROUTES", "Request", "batches", "company", "queries", "records", "uploads"]
