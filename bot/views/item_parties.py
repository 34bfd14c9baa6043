"""Who an item is from, or to: chosen of the ledger's contacts, or written."""

from slack_sdk.models.blocks import Block

from bot.domain.documents import ItemKind, Party
from bot.domain.editing import Edit
from bot.domain.forms import ItemPage
from bot.views import fields
from bot.views.ids import ActionId, BlockId
from bot.views.reading import Reader
from bot.views.text import plain

LONGEST_NAME = 500
"""As much as a document is read with, so that the form cuts nothing off."""
LONGEST_PLACEHOLDER = 150
PARTIES = {
    ItemKind.COST: (BlockId.CONTACT, BlockId.SUPPLIER, "Supplier"),
    ItemKind.SALE: (BlockId.CUSTOMER_CONTACT, BlockId.CUSTOMER, "Customer"),
}
"""A kind's own fields, so that what was chosen as one is not read as the other."""


def party_fields(page: ItemPage) -> list[Block]:
    """One of them is needed. Of a contact the name is the ledger's, and is not shown a second time."""
    edit = page.edit
    contact_block, name_block, _ = PARTIES[shown_kind(edit.kind)]
    label = label_of(edit.kind)
    name = None if page.contact is not None else party_of(edit).name
    return [
        fields.contact_field(
            contact_block,
            label,
            page.contact,
            hint=f"Choose a {label.lower()} from {page.listed_in}, or type a new name below. One of the two is needed.",
        ),
        fields.text_field(
            name_block,
            f"Or type a new {label.lower()}'s name",
            name,
            longest=LONGEST_NAME,
            placeholder=plain(f"If it is not in {page.listed_in} yet", LONGEST_PLACEHOLDER),
            optional=True,
        ),
    ]


def read_party(reader: Reader, before: Edit) -> tuple[ItemKind, Party, str | None]:
    """Whose side the form had a field for, and who was chosen or written there.

    A contact counts, and the name that stood beside it already is the document's; another name beside it is a contradiction.
    """
    kind = ItemKind.SALE if reader.fields.has(BlockId.CUSTOMER) else ItemKind.COST
    contact_block, name_block, label = PARTIES[kind]
    label = label_of(before.kind) if before.kind not in PARTIES else label
    party = _side(before, kind)
    contact, name = reader.fields.option(contact_block, ActionId.FIND_CONTACT), reader.fields.text(name_block)
    is_both = contact is not None and name not in (None, party.name)
    reader.check(
        name_block, is_right=not is_both, otherwise="Clear this field or the one above: only one of them can be used."
    )
    has_one = contact is not None or name is not None
    reader.check(name_block, is_right=has_one, otherwise=f"Choose a {label.lower()} above, or type a name here.")
    if contact is not None or name is None:
        return kind, party, contact
    return kind, party if name == party.name else Party(name=name), None


def label_of(kind: ItemKind) -> str:
    return "Claimant" if kind is ItemKind.EXPENSE_REPORT else PARTIES[kind][2]


def shown_kind(kind: ItemKind) -> ItemKind:
    return kind if kind in PARTIES else ItemKind.COST


def party_of(edit: Edit) -> Party:
    return _side(edit, edit.kind)


def _side(edit: Edit, kind: ItemKind) -> Party:
    return edit.facts.buyer if kind is ItemKind.SALE else edit.facts.supplier
