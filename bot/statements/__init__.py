"""Statements of banks, read from the files that people save from their bank's own pages: OFX and CSV."""
