"""Workspaces, deliveries already answered, and the audit log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Identity, Index, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText, table_of


class WorkspaceRow(Base):
    """A Slack workspace. Our own id, because Slack's is unique only together with its enterprise."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("enterprise_id", "team_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(default="")
    """Empty where there is none: NULLs would not be unique."""
    team_id: Mapped[str]
    name: Mapped[str]
    bot_user_id: Mapped[str]
    bot_id: Mapped[str]
    app_id: Mapped[str | None]
    installer_user_id: Mapped[str | None]
    token_sealed: Mapped[bytes | None]
    """None where the token comes from SLACK_BOT_TOKEN."""
    installed_at: Mapped[datetime]
    scopes: Mapped[str | None]
    """What was granted at the installation, parted by commas; None where nobody said."""
    removed_at: Mapped[datetime | None]
    """When Slack said that the app was removed or its token revoked; None while it is installed."""
    token_check_at: Mapped[datetime | None]
    """When Slack is next asked whether our token is good; None: at the next look."""
    token_refused_at: Mapped[datetime | None]
    """Since when it is in doubt: Slack refused it, or an event may have been about it. None while it is good."""
    items_organisation: Mapped[UUID | None]
    """Whose items are that come in where no organisation is said; None: it is asked."""
    claims_organisation: Mapped[UUID | None]
    """As `items_organisation`, of expense claims."""


WORKSPACES = table_of(WorkspaceRow)


def is_installed(workspace_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Of a workspace that still has the app. What waits for another one stays as it is, until a reinstallation."""
    return workspace_id.not_in(select(WORKSPACES.c.id).where(WORKSPACES.c.removed_at.is_not(None)))


PURGED_PREFIX = "purged:"
"""Begins the team id of a row that is being purged; none of Slack's has a colon."""


def is_forgotten(workspace_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Of a workspace that is being purged: nobody finds it any more."""
    return workspace_id.in_(select(WORKSPACES.c.id).where(WORKSPACES.c.team_id.startswith(PURGED_PREFIX)))


class InstallStateRow(Base):
    """One try to install the app by OAuth, good once and for minutes, in the browser that began it."""

    __tablename__ = "install_states"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    cookie_hash: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DeliveryRow(Base):
    """A delivery of Slack that had its effect, by Slack's own name for it."""

    __tablename__ = "deliveries"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """What was done, by whom, to what; written in the transaction that did it. `facts` is JSON without secrets."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "workspace_id", "subject_id"),)

    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    deed: Mapped[str]
    by: Mapped[str | None]
    """A Slack user id; None is Dext itself."""
    at: Mapped[datetime]
    facts: Mapped[str] = mapped_column(LongText, default="{}")
