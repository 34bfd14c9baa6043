"""Figures, one command each: `python -m benchmarks.answers`, `python -m benchmarks.memory`. Never asserted in tests."""
