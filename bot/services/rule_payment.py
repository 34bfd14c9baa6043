"""Rules that have documents published as paid, or to a bank account, without saying what is paid from: such documents wait, and
whoever makes the rule is told before.
"""

from collections.abc import Mapping, Sequence

from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import KnownMethod
from bot.domain.rules import Opinions, RuleOf, Target
from bot.domain.settings import PaymentStatus, Settings
from bot.services.known_methods import methods_named
from bot.services.settings import load_settings

Saying = tuple[Target, Opinions]


async def why_unpaid(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, rules: Sequence[Saying]
) -> tuple[str | None, ...]:
    """Of each, in a sentence, why nothing would be paid by it; None where it says nothing of that, or something would."""
    if not any(_is_to_be_paid(says) for _, says in rules):
        return tuple(None for _ in rules)
    settings = await load_settings(tx, workspace_id, organisation_id)
    methods = [_method_of(target, says, settings) for target, says in rules]
    known = await methods_named(
        tx, workspace_id, organisation_id, sorted({each for each in methods if each is not None})
    )
    return tuple(
        _sentence(says, method, known) if _is_to_be_paid(says) else None
        for (_, says), method in zip(rules, methods, strict=True)
    )


def _is_to_be_paid(says: Opinions) -> bool:
    return says.publish_as is PaymentStatus.PAID or (says.publish_to is not None and says.publish_to.is_of_bank)


def _method_of(target: Target, says: Opinions, settings: Settings) -> str | None:
    """The one that its documents have where neither they nor a person name another."""
    if target.of is RuleOf.PAYMENT_METHOD:
        return target.name
    defaults = settings.sales if target.of is RuleOf.CUSTOMER else settings.costs
    return says.payment_method or defaults.default_payment_method


def _sentence(says: Opinions, method: str | None, known: Mapping[str, KnownMethod]) -> str | None:
    goes = "as paid" if says.publish_as is PaymentStatus.PAID else "to a bank account"
    if method is None:
        return f"It publishes {goes}, but no payment method is named here or in the settings: a document without one waits."
    found = known.get(method)
    if found is None or found.pays_from is not None:
        return None
    why = "is not linked to a bank account of the ledger" if found.method.is_active else "is switched off"
    return f"It publishes {goes}, and its payment method, {found.method.label}, {why}: what is paid with it waits."
