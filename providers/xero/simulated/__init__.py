"""The parts of the simulated Xero; `providers.xero.simulator` is its front door.

It knows Xero's JSON (`wire.py`) and Xero's rules, and nothing of ours: what it refuses is what Xero refuses. What other
vendors' simulators have too is in `providers.simulating`.

| file | holds |
|---|---|
| state | everything of one simulated Xero, and what tests do to it |
| books, seed, charts | one organisation's records, and what it starts with |
| grants, signin | tokens and connections; scopes, addresses and words of the sign-in |
| front, api, endpoints | limits, keys and bad days; who may call what; the endpoints, one module for each kind |
| kinds | what kinds of documents there are: invoices, credit notes, bank transactions |
| writing, rules, lines | creating and changing, as it is for all of them |
| invoices, credit_notes, bank_transactions | what is one kind's own |
| payments, allocations, settling | paying, crediting, and what is open then |
| contacts, sentences | contacts; every sentence of refusal, and which of them are not known to be Xero's words |
| refusals | the four shapes of an answer that says no |
| query, dates | `where`, `order`, paging; dates in the .NET form |
| page, reading, journal, drawing | the ledger as a bookkeeper reads it |
| levers, acting | what archives and locks, and so makes it refuse; what a person in Xero does to a document |
"""
