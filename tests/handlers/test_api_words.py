"""What whoever writes a sender reads of a body that was not taken: what is wrong with this one, and where."""

import pytest

from handlers import api_body
from handlers.api_body import NotJsonError
from handlers.multipart import BadPartsError, parts_of

FORM = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="item"'
JSON = {
    b'{"number": "1",}': "It is not JSON: Expecting property name enclosed in double quotes at line 1, column 16.",
    b'{"number"\n: "1"\n "net": "1"}': "It is not JSON: Expecting ',' delimiter at line 3, column 2.",
    b'{"number" "1"}': "It is not JSON: Expecting ':' delimiter at line 1, column 11.",
    b'{"number": "a\tb"}': "It is not JSON: Invalid control character at line 1, column 14.",
    b'{"net": NaN}': "It is not JSON: NaN is no number there.",
    b"[]": "It is JSON, but not an object: it has to begin with { and end with }.",
    b"\xff": "It is not in UTF-8.",
    b"\xef\xbb\xbf{}": "It begins with a byte order mark: leave that out.",
    b'{"net": "1", "tax": "1", "net": "2"}': 'An object has the name "net" twice.',
    rb'{"\ud800": 1, "\ud800": 2}': r'An object has the name "\ud800" twice.',
    rb'{"number": "\ud800"}': "A text has half of a surrogate pair, which is no character.",
    rb'{"number": "\u0000"}': "A text has the character NUL, which cannot be kept.",
    b'{"net": 1e999}': "It has a number that is too large.",
    b'{"net": ' + b"1" * 5000 + b"}": "It has a number that is too large.",
    b"[" * 30_000: "It has too many objects and lists, or too many within each other.",
    b'{"x":' * 15_000: "It has too many objects and lists, or too many within each other.",
}
PARTS = {
    ("multipart/form-data", HEAD + b"\r\n\r\n{}\r\n--x--"): "names no boundary",
    (FORM, b"{}"): "does not begin with the boundary",
    (FORM, HEAD + b"\r\n\r\n{}"): "up to the last boundary",
    (FORM, HEAD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\ne30=\r\n--x--"): "send its bytes as they are",
    (FORM, b"--x\r\nContent-Disposition: attachment\r\n\r\n{}\r\n--x--"): "with a name",
    (FORM, 3 * (HEAD + b"\r\n\r\n{}\r\n") + b"--x--"): "more than 2 parts",
}


@pytest.mark.parametrize("body", JSON, ids=range(len(JSON)))
def test_of_json_it_is_said_what_is_wrong_and_where(body: bytes) -> None:
    with pytest.raises(NotJsonError) as caught:
        api_body.read(body)

    assert str(caught.value) == JSON[body]


@pytest.mark.parametrize("sent", PARTS, ids=range(len(PARTS)))
def test_of_parts_it_is_said_what_is_wrong_with_them(sent: tuple[str, bytes]) -> None:
    with pytest.raises(BadPartsError, match=PARTS[sent]):
        parts_of(*sent, 2)
