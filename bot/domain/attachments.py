"""A file as a ledger takes it: under a name that it accepts, of a kind and size that it accepts, or why not."""

import mimetypes
from dataclasses import dataclass, replace

from bot.domain.ids import FileId, ItemId
from bot.domain.postings import Attachment, PostingKind
from bot.domain.problems import Problem, ProblemCode

LONGEST_NAME = 120
KIBIBYTE = 1024
AS_TEXT = frozenset({"xml"})
"""Kinds that are text: where a ledger does not take them by their own name, it takes the same bytes as a text file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRules:
    """What a ledger says of the files that hang on its documents. `endings` are in lower case, without the dot."""

    most_bytes: int
    endings: frozenset[str]
    not_in_names: str
    most_files: int | None = None
    """On one document; None: as many as there are."""

    def takes(self, name: str) -> bool:
        """Whether it takes files of this kind, by how the name ends."""
        return _ending(_taken_as(name, self)) in self.endings


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of ours without its bytes. `size` is in bytes."""

    id: FileId
    name: str
    size: int
    original_size: int | None = None
    """Of what it is a smaller version of."""
    original_kind: str | None = None
    """The ending of that one's name, where this is a file of another kind."""


def smaller_version(file: KeptFile, smaller: KeptFile) -> KeptFile:
    """Named as the original, with the ending of what it is now."""
    stem, ending = file.name.rpartition(".")[0] or file.name, _ending(smaller.name)
    was = _ending(file.name)
    kind = was if _JPEG.get(was, was) != ending else None
    return replace(smaller, name=f"{stem}.{ending}", original_size=file.size, original_kind=kind)


_JPEG = {"jpeg": "jpg"}


def in_a_smaller_version(work: Attachment) -> str | None:
    """In words, after "attached"; None for a file as it came."""
    if work.original_size is None:
        return None
    if work.original_kind in AS_TEXT:
        return "as the PDF that it carries"
    if work.original_kind is not None and work.size >= work.original_size:
        return f"as {_ending(work.name).upper()}"
    return f"in a smaller version ({_in_words(work.original_size)} → {_in_words(work.size)})"


def refused_as_too_large(work: Attachment, rules: FileRules) -> dict[str, str]:
    """Facts of a file that a ledger found too large, though by what is known of it there was room."""
    sizes = {"size": _in_words(work.original_size or work.size), "most": _in_words(rules.most_bytes)}
    if work.original_size is None:
        return {**sizes, "tried": "refused it as too large all the same; no smaller version was tried"}
    return {**sizes, "tried": f"refused it as too large {in_a_smaller_version(work)}, too"}


def attachment_of(
    file: KeptFile,
    rules: FileRules,
    *,
    item_id: ItemId,
    reference: str,
    kind: PostingKind,
    document_id: str,
    place: int = 0,
) -> Attachment | Problem:
    """What is attached, or the problem that it cannot be. `place` is the line whose record it hangs on."""
    name = _taken_as(file.name, rules)
    ending = _ending(name)
    facts = {"file": file.name, "size": _in_words(file.size), "most": _in_words(rules.most_bytes)}
    if file.size > rules.most_bytes:
        tried = "it could not be made so small and stay legible"
        return Problem(code=ProblemCode.FILE_TOO_LARGE, facts={**facts, "tried": tried})
    if not rules.takes(file.name):
        return Problem(code=ProblemCode.FILE_KIND_NOT_TAKEN, facts={**facts, "ending": ending or "no ending"})
    return Attachment(
        item_id=item_id,
        kind=kind,
        document_id=document_id,
        file_id=file.id,
        name=_accepted_name(name, ending, rules, reference),
        media_type=mimetypes.guess_type(f"file.{ending}")[0] or "application/octet-stream",
        size=file.size,
        original_size=file.original_size,
        original_kind=file.original_kind,
        place=place,
    )


def kind_in_words(name: str) -> str:
    """After "does not take", such as XML files."""
    return f"{_ending(name).upper()} files" if _ending(name) else "files without an ending"


def _taken_as(name: str, rules: FileRules) -> str:
    ending = _ending(name)
    return f"{name}.txt" if ending in AS_TEXT and ending not in rules.endings else name


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _accepted_name(name: str, ending: str, rules: FileRules, reference: str) -> str:
    """The item's reference comes first: two files of one document may have the same name, and it is found by its own."""
    stem = name[: len(name) - len(ending) - 1]
    kept = "".join(
        " " if character in rules.not_in_names or not character.isprintable() else character for character in stem
    )
    room = LONGEST_NAME - len(reference) - len(ending) - 2
    return f"{' '.join(f'{reference} {kept}'.split())[: room + len(reference)].rstrip(' .')}.{ending}"


def _in_words(size: int) -> str:
    mebibytes = size / KIBIBYTE / KIBIBYTE
    return f"{mebibytes:.1f} MB" if mebibytes >= 1 else f"{max(1, round(size / KIBIBYTE))} KB"
