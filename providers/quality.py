"""What every package is measured by. A provider's `quality.toml` speaks to each of these rules: done, todo, or exempt
with its reason; tests hold what is said to be done against the profile and the contract.

    python -m providers.quality        # writes README's table of packages anew (`make readme`)
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from providers import PROVIDERS

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- packages: written by `make readme` from each provider's quality.toml -->"
END = "<!-- /packages -->"

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Signing in": {
        "connect": "connect, by the package's own pages",
        "reconnect": "reconnect, to the same organisation only",
        "disconnect": "disconnect, confirmed by the package",
        "organisation_choice": "choose among several organisations",
    },
    "Lists": {
        "chart_of_accounts": "chart of accounts",
        "tax_rates": "tax rates",
        "tracking_categories": "tracking categories",
        "currencies": "currencies",
        "bank_accounts": "bank accounts",
        "bank_lines": "bank lines, and money spent that is booked on one of them",
        "contacts": "contacts",
        "products": "products and services",
        "changes_only": "of long lists only what changed",
    },
    "Documents": {
        "bills": "bills",
        "sales_invoices": "sales invoices",
        "credit_notes": "credit notes, of suppliers and to customers",
        "bank_transactions": "spend and receive money",
        "payments": "payments, for *Paid*",
        "expense_reports": "expense reports, a line and a file for each receipt",
        "attachments": "files",
        "tracking": "tracking on each line",
        "line_products": "products on lines",
        "customers_of_costs": "the customer or project that a cost is for, billable to them or not",
        "tax_modes": "tax inclusive, exclusive and none, equal to the cent",
        "several_currencies": "several currencies, at the document's rate or the package's",
    },
    "Statuses": {
        "drafts": "draft",
        "awaiting_approval": "awaiting approval",
        "awaiting_payment": "awaiting payment",
        "paid": "paid",
    },
    "Publishing": {
        "idempotent_publish": "the same sending twice writes once",
        "lost_answers": "a lost answer is looked for before anything is sent again",
        "read_back": "read back before it is called published",
        "links": "*Open in …* links",
        "withdraw": "void or delete, and publish again",
    },
    "Refusals": {
        "errors_mapped": "each refusal in plain words with its fix",
        "warnings": "warnings with which something was dropped",
        "locked_periods": "locked periods",
        "rate_limits": "limits are kept, and waited for",
    },
    "Held to": {
        "simulator": "a simulator that refuses as the package does",
        "schema": "the vendor's own schema, in both directions",
        "contract": "the contract of every provider",
    },
}
"""Each rule with what README calls it."""
RULES = tuple(rule for rules in GROUPS.values() for rule in rules)


class QualityError(Exception):
    """A quality file is not what it should be; the sentence says what to write."""


@dataclass(frozen=True, slots=True)
class Status:
    """`exempt` is the reason why a rule is not for this package; without one it is done, or not yet."""

    is_done: bool
    exempt: str | None = None


def folder_of(key: str) -> Path:
    """Where a package's rooms are."""
    return Path(str(import_module(f"providers.{key}").__file__)).parent


def quality_of(folder: Path) -> dict[str, Status]:
    """What a provider's folder says of each rule, in the order of `GROUPS`.

    Raises:
        QualityError: a rule is left out or not known, or what is said of it is none of the three.
    """
    said: dict[str, Any] = tomllib.loads((folder / "quality.toml").read_text(encoding="utf-8"))
    unlike = sorted(said.keys() ^ set(RULES))
    if unlike:
        raise QualityError(f"{folder.name}/quality.toml: {', '.join(unlike)} left out, or not a rule")
    return {rule: _status(folder.name, rule, said[rule]) for rule in RULES}


def _status(name: str, rule: str, said: object) -> Status:
    match said:
        case "done":
            return Status(is_done=True)
        case "todo":
            return Status(is_done=False)
        case {"exempt": str(reason), **others} if len(reason) > 10 and not others:
            return Status(is_done=False, exempt=reason)
        case _:
            raise QualityError(
                f'{name}/quality.toml: {rule} is "done", "todo" or {{ exempt = "the reason, as a sentence" }}'
            )


def table() -> str:
    """Rules as rows, packages as columns; reasons stand below it."""
    names = [entry.profile.name for entry in PROVIDERS.values()]
    quality = {entry.profile.name: quality_of(folder_of(key)) for key, entry in PROVIDERS.items()}
    reasons = list(
        dict.fromkeys(status.exempt for each in quality.values() for status in each.values() if status.exempt)
    )
    rows = [_row(["", *names]), _row(["---"] * (len(names) + 1))]
    for group, rules in GROUPS.items():
        rows.append(_row([f"**{group}**", *[""] * len(names)]))
        rows += [
            _row([words, *(_cell(quality[name][rule], reasons) for name in names)]) for rule, words in rules.items()
        ]
    return "\n".join([*rows, *_notes(reasons)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(status: Status, reasons: list[str]) -> str:
    if status.exempt:
        return f"– ({reasons.index(status.exempt) + 1})"
    return "yes" if status.is_done else "not yet"


def _notes(reasons: list[str]) -> Iterator[str]:
    if reasons:
        yield ""
    yield from (f"({number}) {reason}" for number, reason in enumerate(reasons, 1))


def with_table(readme: str) -> str:
    """README with the table of today.

    Raises:
        QualityError: the two marks between which it stands are not there.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise QualityError(f"README.md has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main() -> int:
    try:
        README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    except QualityError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
