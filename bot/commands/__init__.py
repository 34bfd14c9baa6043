"""Commands of an operator that ask, show how far they are, and say what became of it."""
