"""Files made to harm: every one ends in a reason, quickly, and nothing of the machine gets into what was read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.intake.elements import parse
from bot.intake.parent import ChildReader
from bot.intake.result import Reading, Unreadable, UnreadableError
from tests.intake.documents import Row, a_document

XML = '<?xml version="1.0"?>'
SECRET = "a secret of this machine"


def declaring(subset: str, value: str = "&e;") -> bytes:
    return a_document(prolog=f"{XML}<!DOCTYPE Invoice [{subset}]>", number=value).encode()


def bomb(levels: int = 10) -> str:
    first = '<!ENTITY e0 "ha">'
    more = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, levels))
    return f'{first}{more}<!ENTITY e "&e{levels - 1};">'


MILLION_ATTRIBUTES = " ".join(f"a{i}='1'" for i in range(1_000_000))
HOSTILE: dict[str, bytes] = {
    "a document type alone": declaring("", "1"),
    "billion laughs": declaring(bomb()),
    "quadratic blow-up": declaring(f'<!ENTITY e "{"x" * 50_000}">', "&e;" * 20_000),
    "parameter entity": declaring('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;', "1"),
    "document type behind a long comment": f"{XML}<!--{'-+' * 40_000}-->".encode() + declaring(bomb())[len(XML) :],
    "document type in UTF-16": declaring(bomb()).decode().encode("utf-16"),
    "a hundred thousand levels": a_document(extra="<a>" * 100_000 + "</a>" * 100_000).encode(),
    "eleven megabytes in one text": a_document(number="9" * 11_000_000).encode(),
    "a million attributes": a_document(extra=f"<a {MILLION_ATTRIBUTES}/>").encode(),
    "five million elements": a_document(extra="<a/>" * 5_000_000).encode(),
    "cut off": a_document().encode()[:-100],
    "cut off in the first tag": a_document().encode()[:60],
    "says UTF-8, is Latin-1": a_document(number="Größe").encode("latin-1"),
    "an encoding that hides": f'<?xml version="1.0" encoding="UTF-7"?>{a_document(prolog="")}'.encode(),
    "NUL in the middle": a_document(number="1\x002").encode(),
    "a character XML forbids": a_document(number="&#1;").encode(),
    "a lone surrogate": a_document(number="&#xD800;").encode(),
    "a lone surrogate in bytes": a_document(number="@").encode().replace(b"@", b"\xed\xa0\x80"),
    "an undeclared entity": a_document(number="&nbsp;").encode(),
    "another XML file": b'<?xml version="1.0"?><catalog><book/></catalog>',
    "nothing": b"",
    "spaces": b" \n" * 1000,
    "noise": bytes(range(256)) * 100,
    "two roots": (a_document() + a_document(prolog="")).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(30)
async def test_a_hostile_file_ends_in_a_reason(name: str) -> None:
    found = await ChildReader()(HOSTILE[name], "invoice.xml")

    assert isinstance(found, Unreadable)
    assert found.reason.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_a_file_of_this_machine_cannot_be_read_through_an_entity(tmp_path: Path, encoding: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    document = declaring(f'<!ENTITY e SYSTEM "file://{secret}">').decode().encode(encoding)

    found = await ChildReader()(document, "invoice.xml")

    assert isinstance(found, Unreadable)
    assert SECRET not in found.reason


@pytest.mark.parametrize(
    "make", [lambda: declaring(bomb()), lambda: declaring('<!ENTITY e SYSTEM "file:///etc/hosts">')]
)
def test_the_parser_itself_refuses_a_document_type_that_sniffing_had_missed(make: Callable[[], bytes]) -> None:
    with pytest.raises(UnreadableError):
        parse(make())


async def test_an_inclusion_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'

    found = await ChildReader()(a_document(number=include).encode(), "invoice.xml")

    assert isinstance(found, Reading)
    assert found.facts.number is None


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("iso-8859-1", "ISO-8859-1"),
        ("iso-8859-15", "ISO-8859-15"),
        ("windows-1252", "windows-1252"),
    ],
)
async def test_honest_encodings_are_read_by_a_child_that_can_open_no_file(encoding: str, declared: str) -> None:
    document = a_document(prolog=f'<?xml version="1.0" encoding="{declared}"?>', rows=(Row(name="Tür, 5 % Nachlaß"),))

    found = await ChildReader()(document.encode(encoding), "rechnung.xml")

    assert isinstance(found, Reading)
    assert found.facts.lines[0].description == "Tür, 5 % Nachlaß"
