"""What an organisation's books ask of its documents, where books differ: by the package, its plan, the country, and what is
switched on.

A provider declares it when it reads the books (`Books.rules`), so that whatever looks at an item can ask without the
provider. What nobody declared is as in books that have a tax rate on every line.
"""

from dataclasses import dataclass

from bot.domain.documents import ItemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRules:
    taxes_costs: bool = True
    """Whether costs have tax rates. Without, what a document states as tax is part of what is paid for."""
    taxes_sales: bool = True
    """Whether sales have tax rates."""

    def taxes(self, kind: ItemKind) -> bool:
        return self.taxes_sales if kind is ItemKind.SALE else self.taxes_costs


USUAL_RULES = BookRules()
