"""What a new sign-in may do with bills, asked before anything is connected: a connection that can send nothing is none."""

import asyncio
from dataclasses import replace

from bot.domain.books import BillRights, OrganisationChoice
from providers.base import Access, AccountingProvider, TokenAnswer
from providers.errors import ProviderError

MOST_ASKED = 10
"""A practice sees hundreds of organisations; of those beyond it is asked once one is chosen."""
ASKED_FOR_SECONDS = 8
"""A person waits for the page."""


async def with_rights(
    provider: AccountingProvider, answer: TokenAnswer, choices: tuple[OrganisationChoice, ...], *, only: str | None
) -> tuple[OrganisationChoice, ...]:
    """The same choices, with what the login may do in the first of them, or in the `only` one that counts."""
    asked = [choice for choice in choices if only in (None, choice.tenant_id)][:MOST_ASKED]
    async with asyncio.TaskGroup() as group:
        tasks = {choice.tenant_id: group.create_task(_rights(provider, answer, choice)) for choice in asked}
    found = {tenant_id: task.result() for tenant_id, task in tasks.items()}
    return tuple(replace(choice, bill_rights=found.get(choice.tenant_id, choice.bill_rights)) for choice in choices)


async def _rights(provider: AccountingProvider, answer: TokenAnswer, choice: OrganisationChoice) -> BillRights:
    """Not told where it cannot be asked now: that stops nobody here, and `linking` reads it once more."""
    try:
        async with asyncio.timeout(ASKED_FOR_SECONDS):
            return await provider.bill_rights(Access(access_token=answer.access_token, tenant_id=choice.tenant_id))
    except (ProviderError, TimeoutError):
        return BillRights.UNTOLD
