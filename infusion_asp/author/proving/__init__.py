"""For proofs about the rulebook: every encounter up to a bound, invariants, two rulebooks compared."""
