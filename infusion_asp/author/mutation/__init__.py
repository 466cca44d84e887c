"""For measuring rule tests: mutants of the rules, and the encounters that tell them apart."""
