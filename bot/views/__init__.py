"""Block Kit: what people see, built from domain values, and forms read back. No I/O."""
