"""What is in a file: told by its first bytes, read by a reader for its kind, in a child process with limits."""
