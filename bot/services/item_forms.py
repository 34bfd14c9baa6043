"""The forms of items: what they are drawn from, read in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.db.base import new_id, table_of
from bot.db.connections import ConnectionRow
from bot.db.drafts import load_draft
from bot.db.unit_of_work import Database, Tx
from bot.domain.booking import kind_of, taken_by
from bot.domain.books import Capability
from bot.domain.documents import DocumentType, ItemKind
from bot.domain.editing import Edit, edit_of
from bot.domain.forms import ItemPage
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rights import Deed
from bot.domain.settings import Destination, KindSettings, PaymentStatus, statuses_for
from bot.domain.slack import Actor
from bot.services import lists
from bot.services.choices import offered_tracking
from bot.services.current import require_item
from bot.services.files import file_name
from bot.services.items import require_editable
from bot.services.known_methods import has_methods, methods_named
from bot.services.people import OrganisationNotFoundError, People
from bot.services.previews import preview_of
from bot.services.settings import load_settings, organisation_name
from providers.base import AccountingProvider, Profile

CONNECTIONS = table_of(ConnectionRow)
_PROVIDER = select(CONNECTIONS.c.provider).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
    CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
)


@dataclass(frozen=True, slots=True)
class ItemForms:
    db: Database
    people: People
    providers: Mapping[str, AccountingProvider]
    public_url: str

    async def new(self, actor: Actor, organisation_id: OrganisationId, typed: Edit | None = None) -> ItemPage:
        """Raises:
        NotAllowedError: outsiders and guests add nothing.
        OrganisationNotFoundError: the workspace has no such organisation.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.ADD_ITEM, actor, person, organisation_id)
            return await self.page(tx, actor.workspace.id, organisation_id, None, typed)

    async def editing(
        self, actor: Actor, item_id: ItemId, typed: Edit | None = None, *, form_id: UUID | None = None
    ) -> ItemPage:
        """The form as the item is now, or as somebody has it typed: also in the lines' form, which `form_id` has over it.

        Raises:
            NotAllowedError: only bookkeepers and admins edit; whoever sent it fills in what could not be read.
            NotNowError: it is being sent, published or over.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require_edit(tx, actor, person, item)
            require_editable(item)
            draft = (
                None if form_id is None else await load_draft(tx, item.workspace_id, item_id, actor.user_id, form_id)
            )
            done = None if draft is None or draft.done is None else draft
            page = await self.page(
                tx, item.workspace_id, item.organisation_id, item, typed or (None if done is None else done.done)
            )
            return replace(page, form_id=form_id or new_id(), revision=0 if done is None else done.revision)

    async def page(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        organisation_id: OrganisationId,
        item: Item | None,
        typed: Edit | None,
    ) -> ItemPage:
        of = (tx, workspace_id, organisation_id)
        settings, books = await load_settings(*of), await lists.books_of(*of)
        if books is None:
            raise OrganisationNotFoundError
        provider = await self._provider(*of)
        can = frozenset[Capability]() if provider is None else taken_by(provider.profile.capabilities, books.rules)
        edit = typed or (None if item is None else edit_of(item))
        kind = ItemKind.COST if edit is None else edit.kind
        usual = settings.of(kind)
        statuses = () if provider is None else _statuses(provider.profile, can, kind, edit)
        codes = () if edit is None else (edit.codes, *edit.lines)
        accounts = {code for code in (usual.default_account, *(each.account for each in codes)) if code}
        rates = {code for code in (usual.default_tax_rate, *(each.tax_rate for each in codes)) if code}
        products = {code for code in (usual.default_product, *(each.product for each in codes)) if code}
        contact = None if edit is None else edit.contact
        return ItemPage(
            organisation_id=organisation_id,
            organisation=await organisation_name(*of),
            ledger="the ledger" if provider is None else provider.profile.name,
            listed_in="the ledger" if provider is None else provider.profile.listed_in,
            currency=books.base_currency,
            accounts=await lists.accounts_by_code(*of, accounts),
            tax_rates=await lists.tax_rates_by_code(*of, rates),
            products=await lists.products_by_code(*of, products),
            has_products=Capability.PRODUCTS in can and item is not None and await lists.has_products(*of),
            contact=None if contact is None else await lists.load_contact(*of, contact),
            customers=await lists.contacts_by_id(*of, {each.customer for each in codes if each.customer}),
            tracking=offered_tracking(await lists.live_tracking(*of)) if Capability.TRACKING in can else (),
            methods=await methods_named(*of, _methods(usual, edit, item)),
            has_methods=item is None or await has_methods(*of),
            statuses=statuses,
            capabilities=can,
            rules=(await lists.rules_of(*of)).under(
                settings.tax.policy_in(books.rules) if item is None else item.tax_policy
            ),
            usual_destination=usual.destination,
            usual_status=_as_far_as(statuses, usual.payment_status),
            usual_account=usual.default_account,
            usual_tax_rate=usual.default_tax_rate,
            usual_payment_method=usual.default_payment_method,
            usual_product=usual.default_product,
            read_at={} if Capability.DOWNLOADS in can else await lists.read_at(*of),  # nobody reads what people typed
            item=item,
            typed=typed,
            preview=None if item is None else await preview_of(tx, workspace_id, item.file_id),
            file_name=None if item is None else await file_name(tx, workspace_id, item.file_id),
            file_url=None if item is None or item.file_id is None else f"{self.public_url}/i/{item.id}?file",
        )

    async def _provider(
        self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
    ) -> AccountingProvider | None:
        of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
        key = (await tx.execute(_PROVIDER, of)).scalar_one_or_none()
        return None if key is None else self.providers.get(key)


def _statuses(
    profile: Profile, capabilities: frozenset[Capability], kind: ItemKind, edit: Edit | None
) -> tuple[PaymentStatus, ...]:
    """What is offered: not as paid where the package takes no payment of what it becomes."""
    document_type = DocumentType.INVOICE if edit is None else edit.facts.document_type
    is_payable = kind_of(kind, document_type, Destination.PURCHASES) in profile.pays
    can = statuses_for(kind, capabilities)
    return tuple(status for status in can if is_payable or status is not PaymentStatus.PAID)


def _as_far_as(statuses: Sequence[PaymentStatus], usual: PaymentStatus) -> PaymentStatus:
    """What the settings come to: where it cannot be paid, or cannot be a draft, it is approved."""
    return PaymentStatus.AWAITING_PAYMENT if statuses and usual not in statuses else usual


def _methods(usual: KindSettings, edit: Edit | None, item: Item | None) -> tuple[str | None, ...]:
    """All that the form has to name."""
    typed = None if edit is None else edit.payment_method
    return usual.default_payment_method, typed, None if item is None else item.coding.payment_method.value
