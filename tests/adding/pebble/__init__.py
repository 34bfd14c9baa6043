"""Pebble Books, a package that nobody sells: bills and nothing else. It is the smallest provider that there can be, to be
copied from (docs/adding-a-provider.md).

| their word | our word |
|---|---|
| book | organisation |
| entry, kind bill | bill |
| account | account; "category" on screen |
| rate | tax rate |
| draft, final | draft, awaiting payment |
| mark | marker |
"""

from datetime import timedelta

from bot.domain.books import Capability, ListKind
from providers.base import ConnectSteps, Marker, Profile, RateLimits

PROFILE = Profile(
    key="pebble",
    name="Pebble Books",
    capabilities=frozenset({Capability.BILLS, Capability.DRAFT_BILLS, Capability.SEVERAL_ORGANISATIONS}),
    lists=(ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.CONTACTS),
    batch_size=20,
    limits=RateLimits(per_minute=None, per_day=None, at_once=2),
    marker=Marker(field="mark", visibility_delay=timedelta(seconds=1), key_remembered_for=timedelta(days=1)),
    connect=ConnectSteps(
        steps=("We link you out to Pebble Books, where you press *Allow*.",), rights=("Whoever keeps the book.",)
    ),
    uses_pkce=True,
    refresh_token_life=timedelta(days=30),
    apps_page="Apps",
    addresses={
        "auth_url": "https://pebble.example/oauth/authorize",
        "token_url": "https://pebble.example/oauth/token",
        "revoke_url": "https://pebble.example/oauth/revoke",
        "api_url": "https://pebble.example",
        "web_url": "https://pebble.example",
    },
)
