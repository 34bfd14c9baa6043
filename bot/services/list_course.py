"""The course of one reading of a list: what came on which page, so that it ends, and so that whole is said of what is.

A ledger's pages are an answer from outside. They may lead round in a circle, bring the same entries for ever, or shift
while they are read because somebody works in the ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.domain.books import ListPage
from providers.errors import ProviderChangedError

MOST_PAGES, MOST_ENTRIES = 10_000, 500_000
"""No ledger's list is longer; what goes on past it is no list."""


@dataclass(slots=True, kw_only=True)
class Course:
    """`keys` are the entries that could be read, in an earlier life of this reading too; `kept` those that are there
    and could not; `totals` what the ledger said how many there are.
    """

    keys: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    totals: set[int] = field(default_factory=set)
    is_each_known: bool = True
    """Whether each entry that could not be read told its key at least."""
    _asked: set[str | None] = field(default_factory=set)

    def meet(self, page: ListPage, keys: Iterable[str], *, asked: str | None) -> None:
        """A page, and the keys of the entries on it.

        Raises:
            ProviderChangedError: the pages would not come to an end.
        """
        is_first, known = not self._asked, self._met
        self._asked.add(asked)
        self.keys.update(keys)
        self.kept.update(entry.key for entry in page.unreadable if entry.key is not None)
        self.is_each_known &= all(entry.key is not None for entry in page.unreadable)
        if page.total is not None:
            self.totals.add(page.total)
        if page.next_page is None:
            return
        if page.next_page in self._asked:
            raise ProviderChangedError("Its pages lead back to one that was read before")
        # what goes on after a kill may meet a page again that was stored and not noted
        if not is_first and self._met == known:
            raise ProviderChangedError("Its pages bring the same entries again and again")
        if len(self._asked) >= MOST_PAGES or self._met > MOST_ENTRIES:
            raise ProviderChangedError("It has no end that I could find")

    @property
    def is_steady(self) -> bool:
        """Pages that shift may hide an entry: then the ledger's count changes on the way, or is not what came."""
        return len(self.totals) <= 1 and all(self._met >= total for total in self.totals)

    @property
    def is_whole(self) -> bool:
        """Whether what was not met is certainly gone from the ledger."""
        return self.is_each_known and self.is_steady

    @property
    def _met(self) -> int:
        return len(self.keys) + len(self.kept - self.keys)
