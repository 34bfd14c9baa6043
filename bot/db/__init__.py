"""Tables, the queries beside them, and the unit of work. Imported as a whole so that the metadata is complete."""

from bot.db import connections, files, items, list_terms, messages, publications, workspaces

__all__ = ["connections", "files", "items", "list_terms", "messages", "publications", "workspaces"]
