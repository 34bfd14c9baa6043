"""The database's address, as our driver takes it.

It is written in libpq's words, as every other program takes it; asyncpg has its own.
<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSLMODE>,
<https://magicstack.github.io/asyncpg/current/api/index.html#connection>
"""

from sqlalchemy import URL, make_url


def for_driver(url: str) -> URL:
    """Asyncpg takes libpq's `sslmode`, its values too, under the name `ssl`, and does not know the word."""
    parsed = make_url(url)
    mode = parsed.query.get("sslmode")
    if mode is None or parsed.get_backend_name() != "postgresql":
        return parsed
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
