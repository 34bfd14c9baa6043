"""What is archived in the ledger is replaced by another entry of its list: what to propose, and how items and rules say it then."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.books import Account, ListKind, TaxRate
from bot.domain.coding import Codes
from bot.domain.editing import Edit, exchanged
from bot.domain.finding import words
from bot.domain.gone_codes import Code
from bot.domain.rules import Opinions
from bot.domain.splitting import Split, SplitLine

REPLACED = frozenset({ListKind.ACCOUNTS, ListKind.TAX_RATES})
"""Lists whose entries can stand for each other."""
LEAST_TELLING = 4
"""Letters of a word that says what is bought; "and" is in many names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What somebody replaces, by name, with what is proposed."""

    organisation: str
    label: str
    proposed: Account | TaxRate | None
    is_of_sale: bool
    """A tax rate that goes with sales alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """How many items and rules say `label` now. `left`: items that still wait with what is gone; `left_to_admins`: rules that
    only an admin may change.
    """

    label: str
    items: int
    rules: int
    left: int = 0
    left_to_admins: int = 0


def nearest_account(gone: Account, live: Iterable[Account]) -> Account | None:
    """The one of its class whose name shares most of its words; None where none shares one that tells anything."""
    wanted = telling_words(gone.name)
    shared = [
        (-len(wanted & telling_words(account.name)), len(account.name), account.label, account)
        for account in live
        if account.account_class is gone.account_class and account.code != gone.code
    ]
    best = min((each for each in shared if each[0] < 0), key=lambda each: each[:3], default=None)
    return None if best is None else best[3]


def nearest_rate(gone: TaxRate, live: Iterable[TaxRate]) -> TaxRate | None:
    """One of the same percentage that goes with all that it went with, the most alike in name."""
    wanted = telling_words(gone.name)
    fits = [
        (-len(wanted & telling_words(rate.name)), rate.label, rate)
        for rate in live
        if rate.code != gone.code
        and rate.percent is not None
        and rate.percent == gone.percent
        and gone.applies_to <= rate.applies_to
    ]
    best = min(fits, key=lambda each: each[:2], default=None)
    return None if best is None else best[2]


def telling_words(name: str) -> frozenset[str]:
    return frozenset(word for word in words(name) if len(word) >= LEAST_TELLING)


def edit_with(edit: Edit, code: Code, by: str) -> Edit:
    """An item's edit with another code wherever it has this one."""
    return exchanged(edit, is_meant=lambda codes: _has(codes, code), change=lambda codes: _codes_with(codes, code, by))


def opinions_with(says: Opinions, code: Code, by: str) -> Opinions:
    """What a rule says, the same way."""
    says = replace(says, split=None if says.split is None else _split_with(says.split, code, by))
    if code.kind is ListKind.ACCOUNTS and says.account == code.key:
        return replace(says, account=by)
    if code.kind is ListKind.TAX_RATES and says.tax_rate == code.key:
        return replace(says, tax_rate=by)
    return says


def _has(codes: Codes, code: Code) -> bool:
    return code.key == (codes.account if code.kind is ListKind.ACCOUNTS else codes.tax_rate)


def _codes_with(codes: Codes, code: Code, by: str) -> Codes:
    if not _has(codes, code):
        return codes
    return replace(codes, account=by) if code.kind is ListKind.ACCOUNTS else replace(codes, tax_rate=by)


def _split_with(split: Split, code: Code, by: str) -> Split:
    def line_with(line: SplitLine) -> SplitLine:
        if code.kind is ListKind.ACCOUNTS:
            return replace(line, account=by) if line.account == code.key else line
        return replace(line, tax_rate=by) if line.tax_rate == code.key else line

    return replace(split, lines=tuple(line_with(line) for line in split.lines))
