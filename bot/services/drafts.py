"""Working on an item's lines: every page is kept when it is left, and nothing reaches the item before its form is saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from bot.db.drafts import Draft, keep_draft, load_draft
from bot.db.unit_of_work import Database, Tx
from bot.domain.book_rules import USUAL_RULES
from bot.domain.coding import Codes
from bot.domain.editing import Edit
from bot.domain.forms import ItemPage
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.lines import Balance, TypedLine, balance_of, coded_alike, opened, worked_out
from bot.domain.products import with_product
from bot.domain.slack import Actor
from bot.services import lists
from bot.services.current import require_item
from bot.services.item_forms import ItemForms
from bot.services.items import require_editable
from bot.services.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRef:
    """The item, the form that the draft belongs to, and the revision that somebody saw of it."""

    item_id: ItemId
    form_id: UUID
    revision: int = 0


class NoDraftError(Exception):
    """The form was saved, or another one was opened since."""

    def __init__(self) -> None:
        super().__init__(
            "These lines were saved, or opened again in another window. Press *Edit* to see them as they are."
        )


class LinesDifferError(Exception):
    """The lines do not make what the document says. What was typed is kept."""

    def __init__(self, balance: Balance) -> None:
        self.balance = balance
        super().__init__(f"the lines differ by {balance.missing}")


@dataclass(frozen=True, slots=True)
class Drafts:
    db: Database
    people: People
    forms: ItemForms

    async def begin(self, actor: Actor, ref: DraftRef, edit: Edit) -> ItemPage:
        """Go to the lines with what is typed in the item's own form.

        Raises:
            NotAllowedError, NotNowError, ItemNotFoundError: as `ItemForms.editing`.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, ref.item_id)
            await self.people.require_edit(tx, actor, person, item)
            require_editable(item)
            before = await load_draft(tx, item.workspace_id, item.id, actor.user_id, ref.form_id)
            done = None if before is None else before.done
            revision = 1 if before is None else before.revision + 1
            draft = Draft(revision=revision, working=opened(edit), done=done)
            await keep_draft(tx, item.workspace_id, item.id, actor.user_id, form_id=ref.form_id, draft=draft)
            return await self._page(tx, item, ref, draft)

    async def opened(self, actor: Actor, ref: DraftRef) -> ItemPage:
        """The lines as they were kept last.

        Raises:
            NoDraftError: there is none any more; and as `begin`.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, ref.item_id)
            await self.people.require_edit(tx, actor, person, item)
            return await self._page(tx, item, ref, await _require(tx, item, actor, ref))

    async def type(
        self,
        actor: Actor,
        ref: DraftRef,
        typed: Mapping[int, TypedLine],
        then: Callable[[Edit], Edit] | None = None,
    ) -> ItemPage:
        """Keep what was typed on a page, and do what was pressed there. Only then is there a new revision to be drawn; a
        press on one that is drawn no more does nothing.

        Raises:
            NoDraftError: there is none any more; and as `begin`.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, ref.item_id)
            await self.people.require_edit(tx, actor, person, item)
            draft = await _require(tx, item, actor, ref)
            if ref.revision != draft.revision:
                return await self._page(tx, item, ref, draft)
            working = await _worked_out(tx, item, draft.working, typed)
            draft = replace(draft, working=working)
            if then is not None:
                draft = replace(draft, revision=draft.revision + 1, working=then(working))
            await keep_draft(tx, item.workspace_id, item.id, actor.user_id, form_id=ref.form_id, draft=draft)
            return await self._page(tx, item, ref, draft)

    async def code_alike(self, actor: Actor, ref: DraftRef, codes: Codes) -> ItemPage:
        """All lines with these codes; a product brings its own, as it does on one line. Raises: as `type`."""
        async with self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, ref.item_id)
            chosen = [codes.product] if codes.product else []
            known = await lists.products_by_code(tx, item.workspace_id, item.organisation_id, chosen) if chosen else {}
            rules = await lists.rules_of(tx, item.workspace_id, item.organisation_id)
        product = known.get(codes.product or "")
        return await self.type(actor, ref, {}, lambda edit: coded_alike(edit, codes, product, rules))

    async def finish(self, actor: Actor, ref: DraftRef, typed: Mapping[int, TypedLine]) -> ItemPage:
        """Agree to the lines; the item's own form, which is answered, saves them.

        Nothing is written where they do not agree, the name of the delivery neither: the same form is sent again then, and is
        no repeat.

        Raises:
            LinesDifferError: they do not make the total; and as `type`.
        """
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, ref.item_id)
            await self.people.require_edit(tx, actor, person, item)
            draft = await _require(tx, item, actor, ref)
            if ref.revision != draft.revision:
                raise NoDraftError
            working = await _worked_out(tx, item, draft.working, typed)
            balance = balance_of(working.facts)
            if not balance.agrees:
                raise LinesDifferError(balance)
            done = _agreed(working, item)
            draft = Draft(revision=draft.revision + 1, working=done, done=done)
            await keep_draft(tx, item.workspace_id, item.id, actor.user_id, form_id=ref.form_id, draft=draft)
            return await self._page(tx, item, ref, draft)

    async def _page(self, tx: Tx, item: Item, ref: DraftRef, draft: Draft) -> ItemPage:
        page = await self.forms.page(tx, item.workspace_id, item.organisation_id, item, draft.working)
        return replace(page, form_id=ref.form_id, revision=draft.revision)


def _agreed(edit: Edit, item: Item) -> Edit:
    """What a person made of the lines takes the place of the document's own break-down of its tax."""
    if edit.facts.lines == item.facts.lines:
        return edit
    return replace(edit, facts=replace(edit.facts, tax_breakdown=()))


async def _require(tx: Tx, item: Item, actor: Actor, ref: DraftRef) -> Draft:
    draft = await load_draft(tx, item.workspace_id, item.id, actor.user_id, ref.form_id)
    if draft is None:
        raise NoDraftError
    return draft


async def _as_products_are(tx: Tx, item: Item, edit: Edit, typed: Mapping[int, TypedLine]) -> Mapping[int, TypedLine]:
    """A product that was just chosen brings the category and the tax rate that the ledger has for it, where the line has
    none of its own.
    """
    chosen = {place: line.codes.product for place, line in typed.items() if line.codes.product}
    new = {place: code for place, code in chosen.items() if edit.own_codes(place).product != code}
    of = (tx, item.workspace_id, item.organisation_id)
    products = await lists.products_by_code(*of, set(new.values())) if new else {}
    rules, found = await lists.rules_of(*of) if products else USUAL_RULES, dict(typed)
    for place, code in new.items():
        if code in products:
            line = typed[place]
            found[place] = replace(line, codes=with_product(line.codes, products[code], edit.kind, rules))
    return found


async def _worked_out(tx: Tx, item: Item, edit: Edit, typed: Mapping[int, TypedLine]) -> Edit:
    typed = await _as_products_are(tx, item, edit, typed)
    codes = {line.codes.over(edit.codes).tax_rate for line in typed.values()}
    of = (tx, item.workspace_id, item.organisation_id)
    rates = await lists.tax_rates_by_code(*of, {code for code in codes if code})
    known = {code: rate.percent for code, rate in rates.items() if rate.percent is not None}
    return worked_out(edit, typed, known)
