"""The parts of the simulated QuickBooks Online. They know nothing of how this product maps or reads what it says.

| module | holds |
|---|---|
| seed, charts | people, companies and their lists at the first start |
| entities | which entities there are, which of their fields may be asked for |
| books | one company's records, in the vendor's own JSON |
| statements, query | the vendor's SQL, read and answered |
| faults | refusals, with the vendor's codes and words |
| shapes, references, lines, taxes | the form of what is sent, what a transaction points at, its lines, and their tax |
| writing, settling, purchases, sales, payments, lists | what may be written, kind by kind |
| journal | what all that does to the accounts |
| endpoints, api | the addresses, and who may call them |
| front, grants, signin, state | limits and keys, tokens, consent, all of it put together |
| reading, page, levers, drawing | the ledger as a page to read, and what a person may do to it there |
"""
