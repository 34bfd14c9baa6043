"""What simulated ledgers are made of: all that is alike between vendors, with a place for what is not.

A vendor's `simulator.py` puts a ledger together of these, of its `wire.py` and of its own rules, refusals, shapes and
endpoints. Nothing here knows a vendor, nor anything else of the product but its clock; the product never imports it.

| module | a vendor gives |
|---|---|
| numbers, answers | nothing: JSON with money digit for digit; its refusals raise `RefusalError` |
| store | the key that its tables are named by |
| people | who has a login, with which role in which organisation |
| limits | `Limits`: calls a minute, an hour, a day, at once; of a caller and of the app |
| idempotency | `KeyRules`, and where a call's key is found; none, if it knows no keys |
| misbehaviour | nothing: faults, an outage, lists that are late |
| grants | `TokenRules`: lifetimes, rotation, grace; the form of its token answer |
| clients | which of the ways it knows an app by: Basic or form |
| state | its `Vendor`, its books, and what a consent gives and what ends it |
| serving | `Front`: what it says when no endpoint is reached; who a call counts for |
| routes | its endpoints |
| drawing, pages | templates, filters for its codes, tabs, notes |
| signin | `SignInRules`: addresses, scopes, words for what is asked wrongly, what the callback says |
| levers | kinds of calls that a fault can be planned for; levers of its own |
| double_entry | the legs of its documents |
| server | its parts, its icon, the largest body |
"""
