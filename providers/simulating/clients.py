"""How an app shows a token endpoint who it is: by Basic, or in the form. A vendor takes one of them."""

import base64
import binascii
import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from aiohttp import web

IsClient = Callable[[web.Request, bytes, str, str], bool]
"""Of a call and its body: whether it is from the client with this id and secret."""


def by_basic(request: web.Request, body: bytes, client_id: str, client_secret: str) -> bool:
    """By HTTP Basic; the parts may be percent-encoded, as OAuth 2.0 has it."""
    del body
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    is_it = unquote(name) == client_id
    return (
        scheme.lower() == "basic" and is_it and secrets.compare_digest(unquote(secret).encode(), client_secret.encode())
    )


def by_form(request: web.Request, body: bytes, client_id: str, client_secret: str) -> bool:
    """By `client_id` and `client_secret` in the form."""
    del request
    form = form_in(body)
    is_it = form.get("client_id") == client_id
    return is_it and secrets.compare_digest(form.get("client_secret", "").encode(), client_secret.encode())


def form_in(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
