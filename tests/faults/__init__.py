"""What the machine, the database and the clock do to the product, and that it comes through."""
