"""What belongs to an item's document in the ledger, in words: its payment and its file."""

from collections.abc import Collection

from bot.domain.cards import ItemCard
from bot.domain.publishing import StepKind
from bot.views.text import escape

_TAKEN = {StepKind.DOCUMENT: "it", StepKind.PAYMENT: "its payment", StepKind.ATTACHMENT: "its file"}
_REFUSED = {
    StepKind.PAYMENT: "Its payment is not in {ledger} as it should be",
    StepKind.ATTACHMENT: "Its file is not in {ledger} as it should be",
    StepKind.WITHDRAWAL: "It was not withdrawn from {ledger}",
}


def there(found: ItemCard) -> str:
    """What is there beside the document, after "and checked there"."""
    done = [kind for kind in found.additions.done if found.attached is None or kind is not StepKind.ATTACHMENT]
    files = found.additions.files_there
    verb = "are" if _are_several(done, files) else "is"
    return f"; {_together(done, found, files)} {verb} there too" if done else ""


def to_follow(found: ItemCard) -> str:
    """For a document that is not there yet."""
    kinds, files = found.additions.under_way, found.additions.files_to_come
    return f"\n{_capitalised(_together(kinds, found, files))} {_follow(kinds, files)}." if kinds else ""


def beside(found: ItemCard) -> str:
    """What was refused after the document, until that is mended or left so; what is still to come, and what keeps it; and
    what the ledger said of what it took.
    """
    ledger, additions = escape(found.ledger), found.additions
    said = (
        [] if found.attached is None else [f":paperclip: Its file is attached {found.attached}; here is the original"]
    )
    said += [
        f":no_entry: *{_REFUSED[kind].format(ledger=ledger)}*. {see_the_fix(found, kind)}" for kind in additions.refused
    ]
    said += [*_still_to_come(found), *_left_out(found)]
    said += [
        f":eyes: {ledger} took {_TAKEN[kind]} with a warning: {escape(words, 600)}" for kind, words in additions.warned
    ]
    return "".join(f"\n{line}" for line in said)


def _left_out(found: ItemCard) -> list[str]:
    kinds = found.additions.left_out
    if not kinds:
        return []
    names = " and ".join(escape(name, 60) for name in found.additions.stay_here)
    stays = (
        f"{names} {'stay' if len(found.additions.stay_here) > 1 else 'stays'} here"
        if names
        else "the original stays here"
    )
    return [f":paperclip: {escape(found.ledger)} does not take {escape(' or '.join(kinds))}; {stays}"]


def see_the_fix(found: ItemCard, of: StepKind = StepKind.DOCUMENT) -> str:
    """The way to the alert, which says why and has the buttons that mend it."""
    fix = f"<{found.link}?alert={of}|See the fix>" if found.link else "The fix is"
    return f"{fix} in its thread."


def _still_to_come(found: ItemCard) -> list[str]:
    ledger, additions = escape(found.ledger), found.additions
    files = additions.files_to_come
    if not found.is_connected:
        waits = {additions.under_way: f" when the connection to {ledger} is back"}
    else:
        goes_on = tuple(kind for kind in additions.under_way if kind not in additions.kept)
        waits = {goes_on: "", additions.kept: f" when {ledger} takes more requests (tomorrow)"}
    return [
        f":hourglass: {_capitalised(_together(kinds, found, files))} {_follow(kinds, files)}{when}"
        for kinds, when in waits.items()
        if kinds
    ]


def _together(kinds: Collection[StepKind], found: ItemCard, files: int) -> str:
    """`files` are those that are meant, of all that it has."""
    its_files = _TAKEN[StepKind.ATTACHMENT]
    if found.additions.files > 1:
        its_files = "its files" if files == found.additions.files else f"{files} of its {found.additions.files} files"
    return " and ".join(its_files if kind is StepKind.ATTACHMENT else _TAKEN[kind] for kind in kinds)


def _are_several(kinds: Collection[StepKind], files: int) -> bool:
    return len(kinds) > 1 or (StepKind.ATTACHMENT in kinds and files > 1)


def _follow(kinds: Collection[StepKind], files: int) -> str:
    return "follow" if _are_several(kinds, files) else "follows"


def _capitalised(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
