"""What the product relies on when it imports an organisation's lists."""

from abc import abstractmethod
from datetime import UTC, datetime, timedelta

from bot.domain.books import USERS, Account, Contact, ListEntry, ListKind
from providers.base import Access
from tests.contract.far_end import FarEnd


class ListsFarEnd(FarEnd):
    access: Access
    long_list: ListKind

    @abstractmethod
    def lengthen(self) -> int:
        """Make the long list longer than a page; how many entries it has."""


class ListsContract:
    async def test_the_books_say_whose_they_are(self, lists: ListsFarEnd) -> None:
        books = await lists.provider.books(lists.access)

        assert books.provider_id == lists.access.tenant_id
        assert books.name
        assert len(books.base_currency) == 3

    async def test_every_list_that_is_promised_can_be_read_to_its_end(self, lists: ListsFarEnd) -> None:
        for kind in lists.provider.profile.lists:
            entries, _ = await _whole(lists, kind)

            assert len(set(entries)) == len(entries), kind

    async def test_accounts_carry_the_code_that_bills_refer_to(self, lists: ListsFarEnd) -> None:
        entries, _ = await _whole(lists, ListKind.ACCOUNTS)

        accounts = [entry for entry in entries if isinstance(entry, Account)]
        assert accounts
        assert all(account.code and account.name for account in accounts)

    async def test_a_list_longer_than_a_page_comes_whole(self, lists: ListsFarEnd) -> None:
        expected = lists.lengthen()

        entries, pages = await _whole(lists, lists.long_list)

        assert pages > 1
        assert len(entries) == len(set(entries)) == expected

    async def test_a_list_that_tells_what_changed_tells_all_since_before_it_was_and_nothing_since_now(
        self, lists: ListsFarEnd
    ) -> None:
        for kind in sorted(lists.provider.profile.incremental):
            whole, _ = await _whole(lists, kind)

            ever, _ = await _whole(lists, kind, since=datetime(2000, 1, 1, tzinfo=UTC))
            now, _ = await _whole(lists, kind, since=lists.clock.now() + timedelta(minutes=1))

            assert set(whole) <= set(ever), kind
            assert [entry for entry in now if not _is_user(entry)] == [], kind


def _is_user(entry: ListEntry) -> bool:
    """Users of the ledger are few, and read each time."""
    return isinstance(entry, Contact) and entry.provider_id.startswith(USERS)


async def _whole(lists: ListsFarEnd, kind: ListKind, *, since: datetime | None = None) -> tuple[list[ListEntry], int]:
    entries: list[ListEntry] = []
    page, pages = None, 0
    while pages == 0 or page is not None:
        found = await lists.provider.list_page(lists.access, kind, page, since=since)
        entries += found.entries
        page, pages = found.next_page, pages + 1
    return entries, pages
