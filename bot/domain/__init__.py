"""Words and rules of the product, without I/O: what an item is, which moves it has, who may make them."""
