"""Identifiers that mypy keeps apart: an item's id never lands where a connection's is wanted."""

from typing import NewType
from uuid import UUID

WorkspaceId = NewType("WorkspaceId", UUID)
OrganisationId = NewType("OrganisationId", UUID)
ConnectionId = NewType("ConnectionId", UUID)
TokenSetId = NewType("TokenSetId", UUID)
ItemId = NewType("ItemId", UUID)
FileId = NewType("FileId", UUID)
PublicationId = NewType("PublicationId", UUID)
BatchId = NewType("BatchId", UUID)
AlertId = NewType("AlertId", UUID)
RuleId = NewType("RuleId", UUID)
UserId = NewType("UserId", str)
"""A person's id in Slack, such as `U012AB3CD`; unique together with the workspace only."""
ChannelId = NewType("ChannelId", str)
