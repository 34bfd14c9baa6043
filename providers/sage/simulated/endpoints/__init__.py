"""The addresses of the API; importing them fills the table of routes."""

from providers.sage.simulated.endpoints import documents, files, lists, settings
from providers.sage.simulated.endpoints.routing import ROUTES, Request

__all__ = ["ROUTES", "Request", "documents", "files", "lists", "settings"]
