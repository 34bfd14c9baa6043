"""The parts of the simulated Xero; `providers.xero.simulator` is its front door.

It knows Xero's JSON (`wire.py`) and Xero's rules, and nothing of ours: what it refuses is what Xero refuses.

| file | holds |
|---|---|
| state | everything of one simulated Xero, and what tests do to it |
| books, seed, charts, store | one organisation's records, what it starts with, where they are kept |
| grants, signin | people, tokens, connections; the sign-in and consent pages |
| api, endpoints | the way of one call; which endpoints there are, one module for each kind |
| kinds | what kinds of documents there are: invoices, credit notes, bank transactions |
| writing, rules, lines | creating and changing, as it is for all of them |
| invoices, credit_notes, bank_transactions | what is one kind's own |
| payments, allocations, settling | paying, crediting, and what is open then |
| contacts, sentences | contacts; every sentence of refusal, and which of them are not known to be Xero's words |
| refusals | the four shapes of an answer that says no |
| query, numbers | `where`, `order`, paging; JSON with money digit for digit and dates in the .NET form |
| limits, idempotency, misbehaviour | what stands between a call and its answer |
| page, reading, journal, drawing | the ledger as a bookkeeper reads it |
| levers, acting | what makes it refuse; what a person in Xero does to a document |
"""
