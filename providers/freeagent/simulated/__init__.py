"""The parts of the simulated FreeAgent: what is FreeAgent's own, put onto what all simulations are made of."""
