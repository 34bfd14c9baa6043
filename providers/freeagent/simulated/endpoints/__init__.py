"""The endpoints of the API. Importing a module here adds what it serves."""

from providers.freeagent.simulated.endpoints import banking, claims, company, practices, records, transitions
from providers.freeagent.simulated.endpoints.routing import COMPANY, PRACTICE, Request

__all__ = ["COMPANY", "PRACTICE", "Request", "banking", "claims", "company", "practices", "records", "transitions"]
