"""The parts of the simulated Sage Accounting. They know nothing of how this product maps or reads what it says.

| module | holds |
|---|---|
| seed, lists, charts | people, businesses and their lists at the first start |
| kinds | which resources there are, and which right and plan each needs |
| books | one business's records, in the vendor's own JSON |
| listing | pages of lists, their filters, and which attributes are told |
| refusals | `$severity`, `$dataCode`, `$message`, `$source`, with the vendor's codes and words |
| shapes, references, lines | the form of what is sent, what a document points at, and its lines |
| artefacts, quick_entries, banking, payments, settling, contacts | what may be written, kind by kind |
| journal | what all that does to the accounts |
| endpoints, api | the addresses, and who may call them |
| front, grants, signin, state | limits and keys, tokens, consent, all of it put together |
| reading, page, levers, drawing | the ledger as a page to read, and what a person may do to it there |
"""
