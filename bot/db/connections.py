"""Organisations, their settings and people, connections and tokens, connect flows, imported lists, call budgets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Exact, LongText


class OrganisationRow(Base):
    """A set of books in a workspace. `books` is what the ledger says of itself (JSON of `Books`)."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str]
    books: Mapped[str] = mapped_column(LongText)
    next_reference: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class SettingsRow(Base):
    """`chosen` is JSON of where documents go, their status and defaults, for costs and for sales; people and channels have tables of their own."""

    __tablename__ = "organisation_settings"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    version: Mapped[int] = mapped_column(default=0)
    chosen: Mapped[str] = mapped_column(LongText, default="{}")
    bank_match: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether costs are matched with bank lines."""
    general: Mapped[str | None] = mapped_column(LongText)
    """JSON of `GeneralSettings`; None: nobody has decided any of them."""
    general_confirmed_at: Mapped[datetime | None]
    tax_confirmed_at: Mapped[datetime | None]


class GrantRow(Base):
    """One role of one person in one organisation. `position` keeps the order in which approvers were named."""

    __tablename__ = "grants"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)


class ChannelRow(Base):
    """A channel bound to an organisation for one purpose (`approvals`, `alerts`, `news`). `drops` says what becomes of files that
    are dropped there, in the one for approvals.
    """

    __tablename__ = "channels"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    drops: Mapped[str] = mapped_column(default="documents", server_default="documents")


class TokenSetRow(Base):
    """Tokens of one person at one provider; workspaces linked by the same person share the row, and its one refresh.

    It belongs to no workspace: `connections` says who uses it. `generation` grows with every refresh; `held_until` is
    the lease of whoever refreshes now.
    """

    __tablename__ = "token_sets"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    subject: Mapped[str]
    access_sealed: Mapped[bytes]
    refresh_sealed: Mapped[bytes]
    expires_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    generation: Mapped[int] = mapped_column(default=1)
    held_by: Mapped[str | None]
    held_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the provider said the sign-in is over; None while it is good."""
    login: Mapped[str | None] = mapped_column(LongText)
    """JSON of the `Login` that signed in; None where the provider does not tell."""


class ConnectionRow(Base):
    """A workspace's organisation linked to a provider's. `health`: importing, healthy, at_risk, broken, disconnected."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("workspace_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    provider: Mapped[str]
    tenant_id: Mapped[str] = mapped_column(index=True)
    link_id: Mapped[str | None]
    token_set_id: Mapped[UUID | None] = mapped_column(ForeignKey("token_sets.id"), index=True)
    """None once it was disconnected."""
    connected_by: Mapped[str]
    connected_at: Mapped[datetime]
    health: Mapped[str]
    trouble: Mapped[str | None] = mapped_column(LongText)
    """JSON of the `Problem` behind an unhealthy connection."""
    lapse_told_at: Mapped[datetime | None]
    queue_told_at: Mapped[datetime | None]
    """Since when a card stands that tells of what is held up there; None: nothing is."""
    """When people were told that the sign-in will lapse if nothing is done; None while it is not about to."""


class ConnectFlowRow(Base):
    """One try to connect, from the command to the finish. Every secret in it is a hash or sealed; single use.

    `stage`: offered → opened (cookie set) → proven (the person is who started) → sent (to the provider) → granted
    (came back with tokens) → finished; or denied, expired, failed.
    """

    __tablename__ = "connect_flows"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    user_id: Mapped[str]
    provider: Mapped[str]
    organisation_id: Mapped[UUID | None]
    """Set when an existing organisation is being reconnected; another one is then refused."""
    replaces_id: Mapped[UUID | None]
    """Set when another organisation is to take this one's place."""
    stage: Mapped[str]
    link_hash: Mapped[str] = mapped_column(unique=True)
    cookie_hash: Mapped[str | None] = mapped_column(index=True)
    state_hash: Mapped[str | None] = mapped_column(unique=True)
    nonce_hash: Mapped[str | None]
    code_hash: Mapped[str | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    verifier_sealed: Mapped[bytes | None]
    token_set_id: Mapped[UUID | None]
    choices: Mapped[str | None] = mapped_column(LongText)
    """JSON of what the login sees: `OrganisationChoice`s."""
    grant_id: Mapped[str | None]
    channel_id: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ListEntryRow(Base):
    """One entry of an imported list; `entry` is JSON of the domain value, `search` what its terms are made of.

    `search` is empty for what no form offers.
    """

    __tablename__ = "list_entries"
    __table_args__ = (
        Index(
            "ix_list_entries_used",
            "organisation_id",
            "kind",
            "used_at",
            sqlite_where=text("used_at IS NOT NULL"),
            postgresql_where=text("used_at IS NOT NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Exact, primary_key=True)
    """What items refer to: an account's or tax rate's code, a contact's id."""
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    search: Mapped[str]
    is_active: Mapped[bool]
    entry: Mapped[str] = mapped_column(LongText)
    seen_in: Mapped[int]
    """The import that saw it last; older ones are gone from the ledger."""
    used_at: Mapped[datetime | None]
    """When a person last coded an item to it; those are offered first."""


class ListSyncRow(Base):
    """How far one list's import is. `next_page` survives a crash; `unreadable` is JSON, a list of sentences."""

    __tablename__ = "list_syncs"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    run: Mapped[int]
    state: Mapped[str]
    """waiting, reading, done, failed"""
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When an unfinished import counts as not moving; None when it is over."""
    next_page: Mapped[str | None]
    since: Mapped[datetime | None]
    """This run reads what the ledger changed since then; None reads everything."""
    started_at: Mapped[datetime | None]
    """When this run's first page was asked for: the next one reads what changed since."""
    read: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int | None]
    """How many entries the list has by the ledger's own word, while it is read whole; None where it does not tell."""
    changes_read: Mapped[int] = mapped_column(default=0, server_default="0")
    """Readings of changes since the list was last read whole."""
    unreadable: Mapped[str] = mapped_column(LongText, default="[]")
    trouble: Mapped[str | None] = mapped_column(LongText)
    synced_at: Mapped[datetime | None]


class BudgetRow(Base):
    """One organisation's calls at its provider, shared by all processes."""

    __tablename__ = "call_budgets"

    provider: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    """Empty for calls that belong to no organisation."""
    paused_until: Mapped[datetime | None]
    tally: Mapped[str] = mapped_column(LongText, default="{}")
    """JSON of `bot.domain.budgets.Tally`."""
