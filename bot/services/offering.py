"""Whether the codes that came with a document are in the ledger's lists, and may be used for it."""

from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.ingesting import Codes, Stated
from bot.services.choices import NotOfferedError
from bot.services.lists import load_account, load_tax_rate


async def require_live(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, stated: Stated) -> None:
    """Each code once, however many lines have it.

    Raises:
        NotOfferedError: by where it stands in the item, such as `lines[2].coding.category`.
    """
    wrong: dict[str, str] = {}
    known: dict[tuple[str, str], bool] = {}
    for place, codes in _places(stated):
        for name, code in (("category", codes.category), ("tax_rate", codes.tax_rate)):
            if code is None:
                continue
            if (name, code) not in known:
                known[name, code] = await _is_live(
                    tx, workspace_id, organisation_id, name, code, kind=stated.kind or ItemKind.COST
                )
            if not known[name, code]:
                wrong[f"{place}coding.{name}"] = _SENTENCES[name]
    if wrong:
        raise NotOfferedError(wrong)


_SENTENCES = {
    "category": "No live category of these books has this code. Send one of the ledger's own codes, or none.",
    "tax_rate": "No live tax rate of these books that goes with such a document has this code. Send one of the ledger's "
    "own codes, or none.",
}


def _places(stated: Stated) -> tuple[tuple[str, Codes], ...]:
    lines = ((f"lines[{place}].", codes) for place, codes in enumerate(stated.codes_of_lines))
    return (("", stated.codes), *lines)


async def _is_live(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, name: str, code: str, *, kind: ItemKind
) -> bool:
    if name == "category":
        account = await load_account(tx, workspace_id, organisation_id, code)
        return account is not None and account.is_active and account.is_codable
    rate = await load_tax_rate(tx, workspace_id, organisation_id, code)
    return rate is not None and rate.is_active and rate.goes_with(kind)
